import { z } from "zod";
import type { IsoDate, Month } from "../../calendar/calendar-date.ts";
import { isIsoDate } from "../../calendar/calendar-date.ts";
import { parseContract } from "../../pricing/contract.ts";
import { checkShape, parseJson } from "../http/decode-json.ts";
import { SourceError } from "../http/source-error.ts";

const SOURCE = "databento";
const SETTLEMENT = 3;
const CLEARED_VOLUME = 6;
const OPEN_INTEREST = 9;
const DELETED = 2;
// CME's settlement price type: bit 0 final (else preliminary), bit 3 intraday (no day's settlement).
const FINAL_BIT = 1;
const INTRADAY_BIT = 8;
// The largest numbers of their kind stand for "none".
const UNDEFINED_QUANTITIES = new Set([2_147_483_647, Number("9223372036854775807")]);

const instant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/, "expected a time such as 2025-11-17T00:00:00Z");
const header = z.object({ instrument_id: z.number().int() });
const Definition = z.object({
  hd: header,
  raw_symbol: z.string(),
  instrument_class: z.string().length(1),
  expiration: instant,
});
const Statistic = z.object({
  hd: header,
  ts_recv: instant,
  ts_ref: instant.nullable(),
  // Decimal text in index points where pretty prices were asked for, as they are.
  price: z
    .string()
    .regex(/^-?\d{1,4}\.\d+$/, "expected decimal text in index points")
    .nullish(),
  quantity: z.union([z.number(), z.string()]).nullish(),
  stat_type: z.number().int(),
  update_action: z.number().int(),
  stat_flags: z.number().int(),
});

/** What one day's statistics say about one contract month. */
export interface DayStatistics {
  readonly contractMonth: Month;
  readonly tradeDate: IsoDate;
  /** decimal text in index points; null while only a preliminary settlement is known */
  readonly settlement: string | null;
  readonly volume: number | null;
  readonly openInterest: number | null;
}

/** Newline-delimited JSON, each line through `schema`. @throws SourceError that names the line */
function readLines<T>(text: string, schema: z.ZodType<T>, what: string): T[] {
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    if (line.trim() === "") return [];
    const place = `line ${index + 1} of the ${what}`;
    return [checkShape(SOURCE, schema, parseJson(SOURCE, line, place), place)];
  });
}

/**
 * Contract months by instrument, from the `definition` schema's lines. Spreads are left out.
 *
 * @throws SourceError when a line cannot be read, a symbol disagrees with its expiry, or an instrument has two
 */
export function readDefinitions(text: string): ReadonlyMap<number, Month> {
  const months = new Map<number, Month>();
  for (const { hd, raw_symbol: symbol, instrument_class: kind, expiration } of readLines(
    text,
    Definition,
    "definitions",
  )) {
    if (kind !== "F") continue;
    // ZQZ5 comes back every ten years; the day it expires settles which one it is.
    const expiryMonth = expiration.slice(0, 7);
    let month: Month;
    try {
      month = parseContract(symbol, `${expiryMonth}-01`);
    } catch (error) {
      throw new SourceError(SOURCE, `Cannot read the definition of "${symbol}": expected a contract such as ZQZ5`, {
        cause: error,
      });
    }
    const earlier = months.get(hd.instrument_id);
    if (month !== expiryMonth || (earlier !== undefined && earlier !== month)) {
      const other = earlier !== undefined && earlier !== month ? earlier : expiryMonth;
      throw new SourceError(SOURCE, `Cannot read the definition of ${symbol}: it is of ${month} and of ${other}`);
    }
    months.set(hd.instrument_id, month);
  }
  return months;
}

function quantityOf(quantity: number | string | null | undefined): number | null {
  const count = quantity == null || quantity === "" ? Number.NaN : Number(quantity);
  return Number.isInteger(count) && count >= 0 && !UNDEFINED_QUANTITIES.has(count) ? count : null;
}

type Statistic = z.infer<typeof Statistic>;

function withStatistic(day: DayStatistics, row: Statistic): DayStatistics {
  const deleted = row.update_action === DELETED;
  switch (row.stat_type) {
    case SETTLEMENT: {
      const final = (row.stat_flags & FINAL_BIT) !== 0 && (row.stat_flags & INTRADAY_BIT) === 0;
      return final ? { ...day, settlement: deleted ? null : (row.price ?? null) } : day;
    }
    case CLEARED_VOLUME:
      return { ...day, volume: deleted ? null : quantityOf(row.quantity) };
    case OPEN_INTEREST:
      return { ...day, openInterest: deleted ? null : quantityOf(row.quantity) };
    default:
      return day;
  }
}

/**
 * The last final settlement, volume and open interest of each contract month and day, from the `statistics` schema's
 * lines. `ts_ref` names the trade date a figure is for; figures of instruments without a definition (spreads) are left
 * out.
 *
 * @throws SourceError when a line cannot be read or a settlement names no day
 */
export function readStatistics(text: string, months: ReadonlyMap<number, Month>): readonly DayStatistics[] {
  const days = new Map<string, DayStatistics>();
  const rows = readLines(text, Statistic, "statistics");
  rows.sort((a, b) => (a.ts_recv < b.ts_recv ? -1 : a.ts_recv > b.ts_recv ? 1 : 0));
  for (const row of rows) {
    const contractMonth = months.get(row.hd.instrument_id);
    if (contractMonth === undefined || ![SETTLEMENT, CLEARED_VOLUME, OPEN_INTEREST].includes(row.stat_type)) continue;
    const tradeDate = row.ts_ref?.slice(0, 10) ?? "";
    if (!isIsoDate(tradeDate)) {
      throw new SourceError(
        SOURCE,
        `Cannot read a figure of ${contractMonth}: ts_ref must name its day, got ${row.ts_ref}`,
      );
    }
    const key = `${tradeDate} ${contractMonth}`;
    const none = { contractMonth, tradeDate, settlement: null, volume: null, openInterest: null };
    days.set(key, withStatistic(days.get(key) ?? none, row));
  }
  return [...days.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, day]) => day);
}
