import { z } from "zod";
import { type IsoDate, isIsoDate } from "../calendar/calendar-date.ts";
import { closesKnownAt } from "../markets/close-history.ts";
import { closeInstant, isSession, previousSession } from "../markets/sessions.ts";
import { returnBetween } from "../markets/timed-return.ts";
import { PANEL, type PanelSymbol } from "../pricing/observations.ts";
import { type CloseRow, closesOf } from "../store/closes.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { choice, dateParameter, knownAt, LIST_PARAMETERS } from "./parameters.ts";
import { CalendarDate, Instant } from "./provenance.ts";
import { defineResource } from "./resource.ts";
import { mayPass } from "./withholding.ts";

const Item = z.strictObject({
  symbol: z.enum(PANEL),
  date: CalendarDate.meta({ format: "date", description: "In the asset's own zone" }),
  as_of: Instant.nullable().meta({
    description: "Instant of the close; null where the market's calendar has no session",
  }),
  close: z.number().nullable(),
  return: z.number().nullable().meta({
    description: "Simple, as a fraction, from the close of the session before; null where there is none",
  }),
  recorded_at: Instant,
  source: z.string(),
  sample: z.boolean(),
  withheld: z.literal(true).optional(),
});

/** Returns by date. The sample's closes and real ones are never paired. */
function returnsOf(symbol: PanelSymbol, rows: readonly CloseRow[], clock: Date): ReadonlyMap<IsoDate, number | null> {
  const histories = [false, true].map((isSample) => {
    const own = rows.filter((row) => row.isSample === isSample);
    const closes = own.map(({ date, close }) => ({ symbol, date, close: Number(close) }));
    return { own, history: closesKnownAt(closes, null).histories.get(symbol) };
  });
  const returns = new Map<IsoDate, number | null>();
  for (const { own, history } of histories) {
    for (const { date } of own) {
      const isPaired = history !== undefined && isSession(symbol, date);
      const value = isPaired
        ? returnBetween({ symbol, history, clock }, previousSession(symbol, date), date).value
        : null;
      returns.set(date, value);
    }
  }
  return returns;
}

export const closesResource = defineResource({
  path: "/v1/assets/{symbol}/closes",
  summary: "Daily closes of one asset",
  description: "Ascending by date, one a date: the latest known. A closed market has no row.",
  parameters: z.object({
    symbol: choice("Asset of the panel", PANEL),
    from: dateParameter("First date").optional(),
    to: dateParameter("Last date").optional(),
    known_at: knownAt,
    ...LIST_PARAMETERS,
  }),
  answer: z.strictObject({ data: z.array(Item), next_cursor: z.string().nullable() }),
  item: Item,
  read: async (question, { sql, now, passable, knownBy }) => {
    const closeBefore = async (row: CloseRow | undefined) => {
      if (row === undefined || !isSession(question.symbol, row.date)) return [];
      const date = previousSession(question.symbol, row.date);
      const one = { symbol: question.symbol, from: date, to: date, knownAt: knownBy };
      return closesOf(sql, { ...one, after: null, limit: 1 });
    };
    const list = `closes ${question.symbol}`;
    const isMark = ([date = ""]: readonly string[]) => isIsoDate(date);
    const { symbol } = question;
    const closes = await closesOf(sql, {
      symbol,
      from: question.from ?? "1900-01-01",
      to: question.to ?? "2100-12-31",
      knownAt: knownBy,
      after: question.cursor === undefined ? null : (decodeCursor(list, question.cursor, isMark)[0] ?? null),
      limit: question.limit + 1,
    });
    const page = closes.slice(0, question.limit);
    const last = page.at(-1);
    const returns = returnsOf(symbol, [...(await closeBefore(page[0])), ...page], now);
    const allowed = await passable();
    return {
      body: {
        data: page.map((row) => {
          const passes = mayPass(row.source, allowed);
          return {
            symbol: question.symbol,
            date: row.date,
            as_of: closeInstant(question.symbol, row.date)?.toISOString() ?? null,
            close: passes ? Number(row.close) : null,
            return: passes ? (returns.get(row.date) ?? null) : null,
            recorded_at: row.recordedAt.toISOString(),
            source: row.source,
            sample: row.isSample,
            ...(passes ? {} : { withheld: true as const }),
          };
        }),
        next_cursor: closes.length > page.length && last !== undefined ? encodeCursor(list, [last.date]) : null,
      },
      until: null,
    };
  },
});
