import { z } from "zod";
import { nextTradeDate, tradeDateAt } from "../calendar/trade-dates.ts";
import { BASES, METHODS } from "../pricing/observations.ts";
import { bestSurprise, noSurprise } from "../repricing/best-surprise.ts";
import { type DecisionDates, type DecisionPrice, oddsBefore, pricesAround } from "../store/decision-reads.ts";
import { pageOf } from "./cursor.ts";
import { decidedMeetings } from "./meetings.ts";
import { dateParameter, knownAt, LIST_PARAMETERS } from "./parameters.ts";
import { CalendarDate, Instant, Range, rangeJson } from "./provenance.ts";
import { defineResource, soon, viewpoint } from "./resource.ts";
import { mayPass } from "./withholding.ts";

const Item = z.strictObject({
  meeting: CalendarDate,
  scheduled: z.boolean(),
  announced_at: Instant,
  outcome: Range,
  change_bp: z.number().nullable().meta({ description: "Against the range before; null when that is unknown" }),
  surprise_bp: z.number().nullable().meta({ description: "Above 0: the rate came out higher than expected" }),
  surprise_reason: z.string().nullable().meta({ description: "Why there is no surprise" }),
  surprise: z
    .strictObject({
      contract: z.string().meta({ example: "2025-11" }),
      scale: z.number().meta({ description: "Days of the month per day after the decision; 1 late in the month" }),
      before: CalendarDate,
      after: CalendarDate,
      basis: z.enum(BASES),
      source: z.string(),
      sample: z.boolean(),
    })
    .nullable()
    .meta({ description: "What it was taken from: settlements of the trade dates before and after" }),
  odds_before: z
    .strictObject({
      trade_date: CalendarDate,
      probability: z.number().nullable(),
      expected_rate_bp: z.number().nullable(),
      basis: z.enum(BASES),
      method: z.enum(METHODS),
      source: z.string(),
      sample: z.boolean(),
      recorded_at: Instant,
      withheld: z.literal(true).optional(),
    })
    .nullable()
    .meta({ description: "What the range that was decided was given at the last settlement before" }),
});

/** The surprise on the best basis that has both prices. */
function surpriseOf(dates: DecisionDates, prices: readonly DecisionPrice[]) {
  const found = bestSurprise(dates, prices);
  if (found === null) return { surprise_bp: null, surprise_reason: noSurprise(dates), surprise: null };
  const { surpriseBp, contractMonth, scale, from } = found;
  return {
    surprise_bp: surpriseBp,
    surprise_reason: null,
    surprise: {
      contract: contractMonth,
      scale,
      before: dates.before,
      after: dates.after,
      basis: from.basis,
      source: from.source,
      sample: from.isSample,
    },
  };
}

export const decisionsResource = defineResource({
  path: "/v1/decisions",
  summary: "Each decision beside what the market had expected of it",
  description:
    "By date. The surprise is Kuttner's: the change of the month's contract over the decision, scaled up to the days it " +
    "applies to; within seven days of the month's end, that of the next month's contract as it is.",
  parameters: z.object({
    from: dateParameter("First decision day").optional(),
    to: dateParameter("Last decision day").optional(),
    known_at: knownAt,
    ...LIST_PARAMETERS,
  }),
  answer: z.strictObject({ data: z.array(Item), next_cursor: z.string().nullable() }),
  item: Item,
  read: async (question, { sql, now, passable, knownBy: known }) => {
    const { from = "", to = "9999" } = question;
    const decided = (await decidedMeetings(sql, viewpoint(now, question.known_at), known)).filter(
      ({ meeting }) => meeting >= from && meeting <= to,
    );
    const page = pageOf("decisions", decided, ({ meeting }) => meeting, question);
    const dates = page.data.map(({ meeting, decision }) => {
      // The settlement comes an hour after a statement: the last one before is of the trade date before.
      const before = tradeDateAt(decision.announcedAt);
      return { meeting, before, after: nextTradeDate(before), lowerBp: decision.lowerBp };
    });
    const [prices, odds, allowed] = await Promise.all([
      pricesAround(sql, dates, known),
      oddsBefore(sql, dates, known),
      passable(),
    ]);
    const oddsByMeeting = new Map(odds.map((row) => [row.meeting, row]));
    const data = page.data.map(({ meeting, scheduled, decision, changeBp }, i) => {
      const found = oddsByMeeting.get(meeting);
      const around = dates[i];
      const withheld = found !== undefined && found.method === "published" && !mayPass(found.source, allowed);
      return {
        meeting,
        scheduled,
        announced_at: decision.announcedAt.toISOString(),
        outcome: rangeJson(decision),
        change_bp: changeBp,
        ...(around === undefined
          ? { surprise_bp: null, surprise_reason: "no trade dates around it", surprise: null }
          : surpriseOf(around, prices)),
        odds_before:
          found === undefined
            ? null
            : {
                trade_date: found.tradeDate,
                probability: withheld ? null : found.probability,
                expected_rate_bp: withheld ? null : found.expectedRateBp,
                basis: found.basis,
                method: found.method,
                source: found.source,
                sample: found.isSample,
                recorded_at: found.recordedAt.toISOString(),
                ...(withheld ? { withheld: true as const } : {}),
              },
      };
    });
    return { body: { data, next_cursor: page.next_cursor }, until: known === null ? soon(now) : null };
  },
});
