import type { Sql, TransactionSql } from "postgres";
import { addDays, daysBetween, type IsoDate } from "../src/calendar/calendar-date.ts";
import { dateInZone, SHANGHAI } from "../src/calendar/zoned-time.ts";
import type { MarketEvent } from "../src/pricing/market-event.ts";
import type { AssetClose, FuturesQuote } from "../src/pricing/observations.ts";
import type { ParsedFile } from "../src/sources/files/import-file.ts";
import { excerpt, type ImportResult, type RejectedRow } from "../src/sources/files/import-result.ts";
import { closeFault } from "../src/sources/quality/close-levels.ts";
import { checkQuotes, type QuoteCheck } from "../src/sources/quality/quality.ts";
import { nearestCloses, recordCloses } from "../src/store/closes.ts";
import { recordFixings } from "../src/store/fixings.ts";
import { lastPricesBefore } from "../src/store/last-prices.ts";
import { recordEvents } from "../src/store/market-events.ts";
import { recordPublished } from "../src/store/published.ts";
import { dailyQuotes, datesQuotedBy, recordQuotes } from "../src/store/quotes.ts";
import { dateSpan, ensureMonths, type Provenance, type Written } from "../src/store/write.ts";

/** The rows of a file after plausibility, with what remains to be done with them. */
export interface CheckedFile {
  readonly result: ImportResult<unknown>;
  readonly flagged: number;
  readonly duplicates: number;
  readonly rejected: readonly RejectedRow[];
  readonly newest: Date | null;
  readonly kept: number;
  readonly write: (tx: TransactionSql, provenance: Provenance) => Promise<Written>;
}

function newest(instants: readonly Date[]): Date | null {
  return instants.reduce<Date | null>((latest, at) => (latest === null || at > latest ? at : latest), null);
}

/** Noon UTC stands for a date whose instant does not matter. */
function noon(date: string): Date {
  return new Date(`${date}T12:00:00Z`);
}

/** A file of more days than this has neighbours of its own for nearly every price. */
const BESIDE_STORED_DAYS = 45;
/** A price is judged by how it and its neighbours moved since they were last quoted. */
const BEFORE_DAYS = 10;

function placeOf(quote: Pick<FuturesQuote, "tradeDate" | "contractMonth" | "basis">): string {
  return `${quote.tradeDate} ${quote.contractMonth} ${quote.basis}`;
}

/**
 * Judges a file's prices beside those already stored for the same days: a file of one contract would otherwise have no
 * neighbours to be held against.
 */
async function checkBesideStored(
  sql: Sql,
  kept: readonly FuturesQuote[],
  span: { readonly from: IsoDate; readonly to: IsoDate } | null,
  now: Date,
): Promise<QuoteCheck> {
  if (span === null) return checkQuotes(kept, () => null, now);
  if (daysBetween(span.from, span.to) > BESIDE_STORED_DAYS) {
    return checkQuotes(kept, await lastPricesBefore(sql, span.from), now);
  }
  const from = addDays(span.from, -BEFORE_DAYS);
  const own = new Set(kept.map(placeOf));
  const stored = (await dailyQuotes(sql, { from, to: span.to }))
    .filter((row) => !row.isSample && !own.has(placeOf(row)))
    .map(
      ({ tradeDate, contractMonth, asOf, basis, price }): FuturesQuote => ({
        tradeDate,
        contractMonth,
        asOf,
        basis,
        price: String(price),
        grid: "settlement",
        open: null,
        high: null,
        low: null,
        volume: null,
        openInterest: null,
        flags: [],
      }),
    );
  const check = checkQuotes([...kept, ...stored], await lastPricesBefore(sql, from), now);
  const ours = check.kept.filter((quote) => own.has(placeOf(quote)));
  return {
    ...check,
    kept: ours,
    rejected: check.rejected.filter(({ index }) => index < kept.length),
    flagged: ours.filter((quote) => quote.flags.length > 0).length,
  };
}

async function checkSettlements(
  sql: Sql,
  file: Extract<ParsedFile, { kind: "settlements" }>,
  now: Date,
): Promise<CheckedFile> {
  const { kept, lines } = file.quotes;
  const span = dateSpan(kept.map((quote) => quote.tradeDate));
  const check = await checkBesideStored(sql, kept, span, now);
  if (span !== null) await ensureMonths(sql, ["futures_quotes"], span.from, span.to);
  const rejected = check.rejected.map(({ index, code, reason, quote }) => ({
    line: lines[index] ?? 0,
    code,
    reason,
    row: [quote.tradeDate, quote.contractMonth, quote.price].join(","),
  }));
  return {
    result: file.quotes,
    flagged: check.flagged,
    duplicates: check.duplicates,
    rejected,
    newest: newest(check.kept.map((quote) => quote.asOf)),
    kept: check.kept.length,
    write: async (tx, provenance) => {
      if (!file.preliminary) return recordQuotes(tx, check.kept, provenance);
      // The exchange's preliminary report never replaces its final one.
      const settled = span === null ? new Set<string>() : await datesQuotedBy(tx, file.source, span);
      const open = check.kept.filter((quote: FuturesQuote) => !settled.has(quote.tradeDate));
      const written = await recordQuotes(tx, open, provenance);
      return { stored: written.stored, unchanged: written.unchanged + check.kept.length - open.length };
    },
  };
}

/** Sorts a file's rows by what is plausible, and says how to write those that are. */
export async function checkFile(sql: Sql, file: ParsedFile, now: Date): Promise<CheckedFile> {
  switch (file.kind) {
    case "settlements":
      return checkSettlements(sql, file, now);
    case "fedwatch": {
      const distributions = withoutFuture(file.distributions, (distribution) => distribution.tradeDate, now);
      const { kept } = distributions;
      const span = dateSpan(kept.map((distribution) => distribution.tradeDate));
      if (span !== null) await ensureMonths(sql, ["published_probabilities"], span.from, span.to);
      return plain(distributions, newest(kept.map((d) => d.asOf)), (tx, p) => recordPublished(tx, kept, p));
    }
    case "closes": {
      const closes = await ofTheirAsset(
        sql,
        withoutFuture(file.closes, (close) => close.date, now),
      );
      const { kept } = closes;
      return plain(closes, newest(kept.map((c) => noon(c.date))), (tx, p) => recordCloses(tx, kept, p));
    }
    case "events": {
      const events = withoutEarly(file.events, now);
      const { kept } = events;
      const past = kept.map((event) => event.scheduledAt).filter((at) => at <= now);
      return plain(events, newest(past), (tx, p) => recordEvents(tx, kept, p));
    }
    case "effr": {
      const fixings = withoutFuture(file.fixings, (fixing) => fixing.date, now);
      const { kept } = fixings;
      return plain(fixings, newest(kept.map((f) => noon(f.date))), (tx, p) => recordFixings(tx, kept, p));
    }
  }
}

/** Puts closes aside that cannot be of their asset, by what is stored around them or else by what the asset has ever stood at. */
async function ofTheirAsset(sql: Sql, result: ImportResult<AssetClose>): Promise<ImportResult<AssetClose>> {
  const nearest = await nearestCloses(sql, result.kept);
  const faults = result.kept.map((close, i) => closeFault(close, nearest[i] ?? null));
  if (faults.every((fault) => fault === null)) return result;
  const rejected = result.kept.flatMap(({ symbol, date, close }, i) => {
    const reason = faults[i] ?? null;
    const row = [date, symbol, close].join(",");
    return reason === null ? [] : [{ line: result.lines[i] ?? 0, code: "implausible_close", reason, row }];
  });
  return {
    ...result,
    kept: result.kept.filter((_, i) => faults[i] === null),
    lines: result.lines.filter((_, i) => faults[i] === null),
    rejected: [...result.rejected, ...rejected],
  };
}

/** Puts rows aside that are dated on a day which has begun nowhere yet: a wrong year would pass for the newest figure. */
function withoutFuture<T extends object>(
  result: ImportResult<T>,
  dateOf: (row: T) => string,
  now: Date,
): ImportResult<T> {
  const today = dateInZone(now, SHANGHAI);
  const future = (row: T) => dateOf(row) > today;
  if (!result.kept.some(future)) return result;
  const rejected = result.kept.flatMap((row, i) =>
    future(row)
      ? [
          {
            line: result.lines[i] ?? 0,
            code: "future_date",
            reason: `dated ${dateOf(row)}, which is yet to come`,
            row: JSON.stringify(row),
          },
        ]
      : [],
  );
  return {
    ...result,
    kept: result.kept.filter((row) => !future(row)),
    lines: result.lines.filter((_, i) => {
      const row = result.kept[i];
      return row !== undefined && !future(row);
    }),
    rejected: [...result.rejected, ...rejected],
  };
}

/** Puts events aside that are said to be released and whose time is yet to come. */
function withoutEarly(result: ImportResult<MarketEvent>, now: Date): ImportResult<MarketEvent> {
  const kept: MarketEvent[] = [];
  const lines: number[] = [];
  const rejected: RejectedRow[] = [...result.rejected];
  for (const [i, event] of result.kept.entries()) {
    const line = result.lines[i] ?? 0;
    if (event.status === "released" && event.scheduledAt > now) {
      const reason = `status is released, and ${event.scheduledAt.toISOString()} is yet to come`;
      rejected.push({ line, code: "future_date", reason, row: excerpt(`${event.eventKey}: ${event.what}`) });
    } else {
      kept.push(event);
      lines.push(line);
    }
  }
  return { ...result, kept, lines, rejected };
}

function plain(result: ImportResult<unknown>, newestAsOf: Date | null, write: CheckedFile["write"]): CheckedFile {
  return {
    result,
    flagged: result.flagged,
    duplicates: 0,
    rejected: [],
    newest: newestAsOf,
    kept: result.kept.length,
    write,
  };
}
