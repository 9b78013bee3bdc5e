/** Whether futures prices can be true. Shared by every source of quotes, and pure: the prices before them come by argument. */
import type { IsoDate, Month } from "../../calendar/calendar-date.ts";
import { addDays, addMonths, monthOf } from "../../calendar/calendar-date.ts";
import type { FuturesQuote, QuoteFlag } from "../../pricing/observations.ts";
import { type PreviousPrice, refuseJumps } from "./price-jumps.ts";

export type QuoteRejectCode =
  | "price_out_of_band"
  | "unshared_jump"
  | "conflicting_rows"
  | "expired_contract"
  | "beyond_listing"
  | "future_date";

/** A quote that cannot be used, for the quarantine. */
export interface RejectedQuote {
  readonly quote: FuturesQuote;
  /** its place among the quotes that were checked */
  readonly index: number;
  readonly code: QuoteRejectCode;
  readonly reason: string;
}

/** Something odd about a quote that is kept, with the text that was printed. */
export interface QuoteRemark {
  readonly contractMonth: Month;
  readonly tradeDate: IsoDate;
  readonly flag: QuoteFlag;
  readonly printed: string;
}

export interface QuoteCheck {
  /** in the order given; flagged ones are copies that carry their flags, a bad open, high or low is null in them */
  readonly kept: readonly FuturesQuote[];
  readonly rejected: readonly RejectedQuote[];
  readonly remarks: readonly QuoteRemark[];
  /** quotes that carry a flag */
  readonly flagged: number;
  /** quotes left out because they repeat another's price for the same contract and instant */
  readonly duplicates: number;
}

// Rates of -5 to 15 %; since the contract was listed in 1988 they have been 0 to 10 %.
const LOWEST_PRICE = 85;
const HIGHEST_PRICE = 105;
// The farthest at hand from its day's price is 1.11 points off: the low of ZQV23 on 13 March 2023.
const WIDEST_DAY = 3;
const TICKS_PER_POINT = 400; // the smallest tick of any contract is 0.0025
const TICK_NOISE = 1e-6;
// 61 months is the farthest contract the exchange has listed; the history at hand reaches 60.
const LISTED_MONTHS = 61;
// A month's final settlement is sometimes dated the first business day of the next month (2022-06 on 2022-07-01).
const DAYS_AFTER_EXPIRY = 7;
const DAY_MS = 86_400_000;
/**
 * Sorts quotes into those to keep and those to set aside.
 *
 * Set aside: a price outside 85 to 105; a jump that the neighbouring months do not share (`refuseJumps`); one contract and
 * instant with two prices; a contract long expired or not yet listed; a trade date to come. Kept and flagged: a price off
 * the 0.0025 grid, unless it is a mid; an open, high or low that cannot be (which becomes null). Legal: no volume, a
 * settlement outside the day's range, a price above 100.
 *
 * @param quotes of one source, in any order; the answer does not depend on the order
 * @param previous what is known of a contract before its first quote among these, or null
 * @param now for dates to come
 */
export function checkQuotes(quotes: readonly FuturesQuote[], previous: PreviousPrice, now: Date): QuoteCheck {
  const refused: Omit<RejectedQuote, "index">[] = [];
  const latestMs = now.getTime() + DAY_MS;
  const listing = listings();
  const possible = quotes.filter((quote) => {
    const refusal = impossible(quote, latestMs, listing);
    if (refusal !== null) refused.push({ quote, ...refusal });
    return refusal === null;
  });
  const jumps = refuseJumps(possible, previous);
  refused.push(...jumps.refused);
  const remarks: QuoteRemark[] = [];
  let flagged = 0;
  const kept = jumps.kept.map((quote) => {
    const marked = withFlags(quote, remarks);
    if (marked.flags.length > 0) flagged += 1;
    return marked;
  });
  return { kept, rejected: withIndex(refused, quotes), remarks, flagged, duplicates: jumps.duplicates };
}

function withIndex(refused: readonly Omit<RejectedQuote, "index">[], quotes: readonly FuturesQuote[]): RejectedQuote[] {
  if (refused.length === 0) return [];
  const places = new Map(quotes.map((quote, index) => [quote, index] as const));
  return refused
    .map((refusal) => ({ ...refusal, index: places.get(refusal.quote) ?? 0 }))
    .sort((a, b) => a.index - b.index);
}

type Listing = (tradeDate: IsoDate) => { readonly first: Month; readonly last: Month };

/** The months that can be quoted on a trade date; worked out once for quotes of one date in a row. */
function listings(): Listing {
  let date: IsoDate = "";
  let months = { first: "", last: "" };
  return (tradeDate) => {
    if (tradeDate !== date) {
      date = tradeDate;
      months = {
        first: monthOf(addDays(tradeDate, -DAYS_AFTER_EXPIRY)),
        last: addMonths(monthOf(tradeDate), LISTED_MONTHS),
      };
    }
    return months;
  };
}

function impossible(
  quote: FuturesQuote,
  latestMs: number,
  listing: Listing,
): { readonly code: QuoteRejectCode; readonly reason: string } | null {
  const price = Number(quote.price);
  if (!(price >= LOWEST_PRICE && price <= HIGHEST_PRICE)) {
    const reason = `a price of ${quote.price}, accepted is ${LOWEST_PRICE} to ${HIGHEST_PRICE}`;
    return { code: "price_out_of_band", reason };
  }
  if (quote.asOf.getTime() > latestMs) {
    return { code: "future_date", reason: `dated ${quote.tradeDate}, which is yet to come` };
  }
  const { first, last } = listing(quote.tradeDate);
  if (quote.contractMonth < first) {
    const reason = `${quote.contractMonth} had expired on ${quote.tradeDate}, accepted up to ${DAYS_AFTER_EXPIRY} days after`;
    return { code: "expired_contract", reason };
  }
  if (quote.contractMonth > last) {
    const reason = `${quote.contractMonth} was not listed on ${quote.tradeDate}, accepted up to ${LISTED_MONTHS} months ahead`;
    return { code: "beyond_listing", reason };
  }
  return null;
}

function withFlags(quote: FuturesQuote, remarks: QuoteRemark[]): FuturesQuote {
  const found = oddities(quote);
  if (found.length === 0) return quote;
  const { contractMonth, tradeDate } = quote;
  const cleared: { open?: null; high?: null; low?: null } = {};
  for (const { flag, printed, field } of found) {
    remarks.push({ contractMonth, tradeDate, flag, printed });
    if (field !== null) cleared[field] = null;
  }
  const flags = new Set([...quote.flags, ...found.map(({ flag }) => flag)]);
  return { ...quote, ...cleared, flags: [...flags] };
}

interface Oddity {
  readonly flag: QuoteFlag;
  readonly printed: string;
  /** the figure that cannot be; null where the price itself is the odd one */
  readonly field: "open" | "high" | "low" | null;
}

const NOTHING_ODD: readonly Oddity[] = [];

function oddities(quote: FuturesQuote): readonly Oddity[] {
  const price = Number(quote.price);
  const ticks = price * TICKS_PER_POINT;
  const offTick = quote.basis !== "mid" && Math.abs(ticks - Math.round(ticks)) > TICK_NOISE;
  const { open, high, low } = quote;
  if (
    !offTick &&
    isInRange(open, quote.price, price) &&
    isInRange(high, quote.price, price) &&
    isInRange(low, quote.price, price)
  )
    return NOTHING_ODD;
  const found: Oddity[] = offTick ? [{ flag: "off_tick", printed: quote.price, field: null }] : [];
  if (open !== null && !isInRange(open, quote.price, price))
    found.push({ flag: "bad_open", printed: open, field: "open" });
  if (high !== null && !isInRange(high, quote.price, price))
    found.push({ flag: "bad_high", printed: high, field: "high" });
  if (low !== null && !isInRange(low, quote.price, price)) found.push({ flag: "bad_low", printed: low, field: "low" });
  return found;
}

/** Whether an open, high or low can be one of a day with that price; an absent one can. */
function isInRange(printed: string | null, text: string, price: number): boolean {
  if (printed === null || printed === text) return true; // settled without trading, as a third of all rows
  const figure = Number(printed);
  return figure >= LOWEST_PRICE && figure <= HIGHEST_PRICE && Math.abs(figure - price) <= WIDEST_DAY;
}
