/** Quotes put in order and freed of repeats, before they are judged one after the other. */
import type { FuturesQuote } from "../../pricing/observations.ts";

/** A quote that contradicts what is known, and how. */
export interface RefusedQuote {
  readonly quote: FuturesQuote;
  readonly code: "unshared_jump" | "conflicting_rows";
  readonly reason: string;
}

/** Quotes that may be compared with one another: of one basis and grid. */
export function bySeries(quotes: readonly FuturesQuote[]): Iterable<readonly FuturesQuote[]> {
  const [first] = quotes;
  if (quotes.every(({ basis, grid }) => basis === first?.basis && grid === first.grid)) return [quotes];
  const groups = new Map<string, FuturesQuote[]>();
  for (const quote of quotes) {
    const key = `${quote.basis} ${quote.grid}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [quote]);
    else group.push(quote);
  }
  return groups.values();
}

function byTime(a: FuturesQuote, b: FuturesQuote): number {
  if (a.tradeDate !== b.tradeDate) return a.tradeDate < b.tradeDate ? -1 : 1;
  const ms = a.asOf.getTime() - b.asOf.getTime();
  if (ms !== 0) return ms;
  return a.contractMonth < b.contractMonth ? -1 : Number(a.contractMonth > b.contractMonth);
}

/** The quotes by trade date, instant and contract. Files are nearly always in order already, which is cheaper to see than to sort. */
export function inTime(quotes: readonly FuturesQuote[]): readonly FuturesQuote[] {
  let before: FuturesQuote | null = null;
  for (const quote of quotes) {
    if (before !== null && byTime(before, quote) > 0) return quotes.toSorted(byTime);
    before = quote;
  }
  return quotes;
}

/**
 * Of quotes for one contract and instant keeps the first when all agree on the price, otherwise none. The others are added to
 * `repeats` and `refused`.
 *
 * @param sorted as {@link inTime} gives them
 */
export function withoutRepeats(
  sorted: readonly FuturesQuote[],
  repeats: Set<FuturesQuote>,
  refused: RefusedQuote[],
): readonly FuturesQuote[] {
  if (sorted.every((quote, at) => !isSameKey(quote, sorted[at + 1]))) return sorted;
  const unique: FuturesQuote[] = [];
  for (let start = 0; start < sorted.length; ) {
    const first = sorted[start];
    if (first === undefined) break;
    let end = start + 1;
    while (isSameKey(first, sorted[end])) end += 1;
    const run = sorted.slice(start, end);
    if (run.every(({ price }) => Number(price) === Number(first.price))) {
      unique.push(first);
      for (const repeat of run.slice(1)) repeats.add(repeat);
    } else {
      const prices = [...new Set(run.map(({ price }) => price))].join(" and ");
      const reason = `${first.contractMonth} on ${first.tradeDate} has the prices ${prices}: nothing tells which is right`;
      for (const quote of run) refused.push({ quote, code: "conflicting_rows", reason });
    }
    start = end;
  }
  return unique;
}

function isSameKey(a: FuturesQuote, b: FuturesQuote | undefined): boolean {
  if (b === undefined || a.contractMonth !== b.contractMonth) return false;
  return a.tradeDate === b.tradeDate && a.asOf.getTime() === b.asOf.getTime();
}
