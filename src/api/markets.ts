import { z } from "zod";
import { addDays, daysBetween, type IsoDate, maxDate } from "../calendar/calendar-date.ts";
import { settlementInstant, tradeDateAt, tradeDateOnOrBefore } from "../calendar/trade-dates.ts";
import { dateInZone, UTC } from "../calendar/zoned-time.ts";
import { type LegEnd, marketBlock } from "../markets/market-block.ts";
import { pathChanges } from "../markets/path-changes.ts";
import { BASES } from "../pricing/observations.ts";
import { closesAtHand, closesKnown, pathKnown } from "../store/market-reads.ts";
import { Asset, assetJson, Markets, marketsJson } from "./market-json.ts";
import { knownAt, type MarketTime, marketTimeParameter } from "./parameters.ts";
import { badParameter } from "./problem.ts";
import { CalendarDate, Instant } from "./provenance.ts";
import { defineResource, soon, viewpoint } from "./resource.ts";
import { timeText } from "./shift-period.ts";

/** Ranks look back five years, for which a leg longer than that has nothing to be compared with. */
const LONGEST_DAYS = 5 * 366;
/** The path of beta and correlation looks back no farther than this; a session's grace on either side. */
const HISTORY_DAYS = 5 * 366 + 60;
/** Before any close: a drawdown is from the record of all that is stored. */
const FIRST: IsoDate = "1900-01-01";
/** The session after the end and the five after it, with a holiday week between. */
const AFTER_DAYS = 21;

const End = z.strictObject({
  date: CalendarDate.meta({ format: "date", description: "Date of the closes that count" }),
  as_of: Instant,
});

/** A trade date means its settlement, or the last before it; an instant goes with the closes of the last settlement. */
function endOf(time: MarketTime): LegEnd {
  if ("instant" in time) return { date: tradeDateAt(time.instant), asOf: time.instant };
  const date = tradeDateOnOrBefore(time.tradeDate);
  return { date, asOf: settlementInstant(date) };
}

function endJson({ date, asOf }: LegEnd) {
  return { date, as_of: asOf.toISOString() };
}

function reach(to: LegEnd): { readonly from: IsoDate; readonly to: IsoDate } {
  return { from: FIRST, to: addDays(to.date, AFTER_DAYS) };
}

export const marketsResource = defineResource({
  path: "/v1/markets",
  summary: "What assets did between any two times",
  description:
    "The block that stands beside a repricing, for a period of your own: each asset from the close dated `from` to the close " +
    "dated `to`. Real closes where there are any in the period, otherwise the built-in sample's; never both.",
  parameters: z.object({
    from: marketTimeParameter("Where it starts; a date means that trade date, or the last before it"),
    to: marketTimeParameter(`Where it ends, at most ${LONGEST_DAYS} days later`),
    known_at: knownAt,
  }),
  answer: z.strictObject({
    from: End,
    to: End,
    provisional: z.boolean().meta({ description: "Some close is still to come" }),
    sample: z.boolean().nullable().meta({ description: "Null: there are no closes in the period" }),
    path_basis: z.enum(BASES).nullable().meta({ description: "Basis of the path that betas are taken on" }),
    assets: z.array(Asset),
    markets: Markets,
  }),
  item: null,
  read: async (question, { sql, now, knownBy, passable }) => {
    const [from, to] = [endOf(question.from), endOf(question.to)];
    if (from.asOf > to.asOf) {
      throw badParameter("from", timeText(question.from), `at or before to, ${timeText(question.to)}`);
    }
    if (daysBetween(from.date, to.date) > LONGEST_DAYS) {
      throw badParameter("from", timeText(question.from), `at most ${LONGEST_DAYS} days before to`);
    }
    const clock = viewpoint(now, question.known_at);
    const period = { ...reach(to), knownAt: knownBy };
    const atHand = await closesAtHand(sql, { from: from.date, to: to.date, knownAt: knownBy });
    const isSample = atHand === "sample";
    const [closes, path] = await Promise.all([
      atHand === null ? [] : closesKnown(sql, { ...period, isSample }),
      pathKnown(sql, { ...period, isSample, from: addDays(to.date, -HISTORY_DAYS), to: to.date }),
    ]);
    const years = [...new Set(path.rates.map((rate) => rate.year))];
    const block = marketBlock({
      from,
      to,
      closes,
      path: years.flatMap((year) => pathChanges(path.rates.filter((rate) => rate.year === year))),
      knownAt: clock,
    });
    const allowed = await passable();
    const isRecent = maxDate(addDays(to.date, AFTER_DAYS), dateInZone(clock, UTC)) !== dateInZone(clock, UTC);
    return {
      body: {
        from: endJson(from),
        to: endJson(to),
        provisional: block.provisional,
        sample: atHand === null ? null : isSample,
        path_basis: path.stream?.basis ?? null,
        assets: block.assets.map((asset) => assetJson(asset, allowed)),
        markets: marketsJson(block.markets),
      },
      until: isRecent && clock >= now ? soon(now) : null,
    };
  },
});
