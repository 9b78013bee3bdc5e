import { z } from "zod";
import { closeInstant } from "../markets/sessions.ts";
import { isIsoDate } from "../pricing/calendar-date.ts";
import { PANEL } from "../pricing/observations.ts";
import { closesOf } from "../store/closes.ts";
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
  recorded_at: Instant,
  source: z.string(),
  sample: z.boolean(),
  withheld: z.literal(true).optional(),
});

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
  read: async (question, { sql, passable }) => {
    const list = `closes ${question.symbol}`;
    const isMark = ([date = ""]: readonly string[]) => isIsoDate(date);
    const closes = await closesOf(sql, {
      symbol: question.symbol,
      from: question.from ?? "1900-01-01",
      to: question.to ?? "2100-12-31",
      knownAt: question.known_at ?? null,
      after: question.cursor === undefined ? null : (decodeCursor(list, question.cursor, isMark)[0] ?? null),
      limit: question.limit + 1,
    });
    const page = closes.slice(0, question.limit);
    const last = page.at(-1);
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
