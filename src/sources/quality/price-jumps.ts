import type { IsoDate, Month } from "../../calendar/calendar-date.ts";
import { daysBetween } from "../../calendar/calendar-date.ts";
import type { FuturesQuote } from "../../pricing/observations.ts";
import { bySeries, inTime, type RefusedQuote, withoutRepeats } from "./quote-order.ts";

/** A price known before. */
export interface PastPrice {
  readonly tradeDate: IsoDate;
  /** index points */
  readonly price: number | string;
}

/** The last sound price of a contract on that basis before a trade date; null when there is none. */
export type PreviousPrice = (contractMonth: Month, basis: FuturesQuote["basis"], before: IsoDate) => PastPrice | null;

// A jump is more than 25 bp and more than 12 standard deviations of the contract's own days.
const JUMP_BP = 25;
const JUMP_SIGMAS = 12;
// A neighbour shares a jump when it moved the same way by at least half as much, or when less than 25 bp of the jump is
// left after its move. Half is generous: on 13 March 2023 ZQM23 rose 54 bp between neighbours that rose 34 and 83.
const SHARED_PART = 0.5;
const NEIGHBOURS_A_SIDE = 2;
// Nobody to ask: the distance doubles. ZQV23 by itself, 119.5 bp on 13 March 2023, then still passes on its own scale.
const ALONE_FACTOR = 2;
// Moves grow with the square root of time. Up to four days (a weekend with a holiday) count as one trading day; a price
// more than a month old says nothing about today's.
const ONE_SESSION_DAYS = 4;
const FORGOTTEN_DAYS = 31;
// A level is a print no longer when it comes a third time in a row: the price before it was wrong, or stale.
const PRINTS_OF_A_LEVEL = 3;
// The scale of the repricing detector: an average of absolute changes with a half-life of 20 observations, each cut at four
// times the average so far, times 1.2533 for a standard deviation.
const DECAY = 0.5 ** (1 / 20);
const CUT_AT = 4;
const LEAST_SCALE_BP = 0.3;
const SIGMA_PER_MEAN_MOVE = 1.2533;
const BP_PER_POINT = 100;

/** What is known of one contract on one basis and grid, at some point of the walk through time. */
interface Series {
  readonly contractMonth: Month;
  /** sound prices so far, oldest first, with their trade dates */
  readonly dates: IsoDate[];
  readonly prices: number[];
  /** running mean absolute change */
  meanMoveBp: number;
  /** a refused level that may turn out to be the true one, and how often in a row it came */
  doubted: { readonly price: number; readonly prints: number } | null;
  /** the quote of the round under way, and its price in index points */
  candidate: FuturesQuote | null;
  price: number;
}

/**
 * Takes out jumps that the neighbouring months do not share, and prices that contradict each other. Looks at the past
 * alone: a quote is judged by prices of earlier dates and by what the other months did since the same date.
 *
 * @param quotes with prices that are numbers, in any order; kept ones come back in the order given
 */
export function refuseJumps(
  quotes: readonly FuturesQuote[],
  previous: PreviousPrice,
): { readonly kept: readonly FuturesQuote[]; readonly refused: readonly RefusedQuote[]; readonly duplicates: number } {
  const refused: RefusedQuote[] = [];
  const repeats = new Set<FuturesQuote>();
  for (const group of bySeries(quotes)) {
    walk(withoutRepeats(inTime(group), repeats, refused), previous, refused);
  }
  if (repeats.size === 0 && refused.length === 0) return { kept: quotes, refused, duplicates: 0 };
  const dropped = new Set([...repeats, ...refused.map(({ quote }) => quote)]);
  return { kept: quotes.filter((quote) => !dropped.has(quote)), refused, duplicates: repeats.size };
}

/** Goes through time in rounds: one quote a contract, all of one trade date. */
function walk(sorted: readonly FuturesQuote[], previous: PreviousPrice, refused: RefusedQuote[]): void {
  const known = new Map<Month, Series>();
  const sessionsBetween = rememberedSessions();
  let round: Series[] = [];
  let roundDate = "";
  for (const quote of sorted) {
    let series = known.get(quote.contractMonth);
    if (series === undefined) {
      series = newSeries(quote, previous);
      known.set(quote.contractMonth, series);
    }
    if (quote.tradeDate !== roundDate || series.candidate !== null) {
      closeRound(round, sessionsBetween, refused);
      round = [];
      roundDate = quote.tradeDate;
    }
    series.candidate = quote;
    series.price = Number(quote.price);
    round.push(series);
  }
  closeRound(round, sessionsBetween, refused);
}

function newSeries({ contractMonth, basis, grid, tradeDate }: FuturesQuote, previous: PreviousPrice): Series {
  const past = previous(contractMonth, basis, tradeDate);
  // A price of the same date is this very quote as stored earlier, except through the day.
  const usable = past !== null && (past.tradeDate < tradeDate || (grid === "intraday" && past.tradeDate === tradeDate));
  return {
    contractMonth,
    dates: usable ? [past.tradeDate] : [],
    prices: usable ? [Number(past.price)] : [],
    meanMoveBp: 0,
    doubted: null,
    candidate: null,
    price: 0,
  };
}

function closeRound(round: readonly Series[], sessionsBetween: SessionsBetween, refused: RefusedQuote[]): void {
  // All of a round are judged before any of it counts as past, so that the order within a day plays no part.
  const reasons = round.map((series) => jumpReason(series, round));
  for (const [at, series] of round.entries()) {
    const quote = series.candidate;
    if (quote === null) continue;
    const reason = reasons[at] ?? null;
    if (reason === null || isSettledLevel(series)) accept(series, quote, sessionsBetween);
    else refused.push({ quote, code: "unshared_jump", reason });
    series.candidate = null;
  }
}

/** Why a series' candidate is a jump of its own, or null. */
function jumpReason(series: Series, round: readonly Series[]): string | null {
  const { candidate, price } = series;
  const date = series.dates.at(-1);
  const before = series.prices.at(-1);
  if (candidate === null || date === undefined || before === undefined) return null;
  const moveBp = (price - before) * BP_PER_POINT;
  if (Math.abs(moveBp) <= JUMP_BP) return null;
  const days = daysBetween(date, candidate.tradeDate);
  if (days > FORGOTTEN_DAYS) return null;
  const neighbours = neighbourMoves(series, date, round);
  const sharing = neighbours.filter((neighbour) => sharesMove(moveBp, neighbour.moveBp)).length;
  if (neighbours.length > 0 && sharing * 2 >= neighbours.length) return null;
  const sigmaBp = SIGMA_PER_MEAN_MOVE * series.meanMoveBp;
  const alone = neighbours.length === 0 ? ALONE_FACTOR : 1;
  const limitBp = Math.max(JUMP_BP, JUMP_SIGMAS * sigmaBp) * loosening(days) * alone;
  if (Math.abs(moveBp) <= limitBp) return null;
  const others = neighbours.map(({ contractMonth, moveBp: bp }) => `${contractMonth} ${signed(bp)}`).join(", ");
  return (
    `${candidate.price} is ${signed(moveBp)} bp from ${before} on ${date}, accepted is ${limitBp.toFixed(1)} bp ` +
    `unless the neighbours move too: ${others === "" ? "none is quoted on both dates" : others}`
  );
}

function signed(figureBp: number): string {
  return `${figureBp > 0 ? "+" : ""}${figureBp.toFixed(1)}`;
}

function loosening(days: number): number {
  return days <= ONE_SESSION_DAYS ? 1 : Math.sqrt(days / ONE_SESSION_DAYS);
}

type SessionsBetween = (from: IsoDate, to: IsoDate) => number;

/** {@link loosening} of two dates; those of the call before are at hand, as a day's contracts nearly all share them. */
function rememberedSessions(): SessionsBetween {
  let last = { from: "", to: "", factor: 1 };
  return (from, to) => {
    if (from !== last.from || to !== last.to) last = { from, to, factor: loosening(daysBetween(from, to)) };
    return last.factor;
  };
}

/** What the nearest months on either side did from `date` to this round. */
function neighbourMoves(
  series: Series,
  date: IsoDate,
  round: readonly Series[],
): { readonly contractMonth: Month; readonly moveBp: number }[] {
  const moved = round.flatMap(({ contractMonth, price, dates, prices }) => {
    const before = prices[dates.lastIndexOf(date)];
    if (before === undefined || contractMonth === series.contractMonth) return [];
    return [{ contractMonth, moveBp: (price - before) * BP_PER_POINT }];
  });
  moved.sort((a, b) => (a.contractMonth < b.contractMonth ? -1 : 1));
  const nearer = moved.filter(({ contractMonth }) => contractMonth < series.contractMonth);
  const farther = moved.filter(({ contractMonth }) => contractMonth > series.contractMonth);
  return [...nearer.slice(-NEIGHBOURS_A_SIDE), ...farther.slice(0, NEIGHBOURS_A_SIDE)];
}

function sharesMove(moveBp: number, neighbourBp: number): boolean {
  const along = moveBp > 0 ? neighbourBp : -neighbourBp;
  const size = Math.abs(moveBp);
  return along >= SHARED_PART * size || (along > 0 && size - along <= JUMP_BP);
}

/** Whether a refused price is the third in a row on its level; remembers it as doubted otherwise. */
function isSettledLevel(series: Series): boolean {
  const { doubted, price } = series;
  const near = doubted !== null && Math.abs(price - doubted.price) * BP_PER_POINT <= JUMP_BP;
  const prints = near ? doubted.prints + 1 : 1;
  series.doubted = { price, prints };
  return prints >= PRINTS_OF_A_LEVEL;
}

function accept(series: Series, { tradeDate }: FuturesQuote, sessionsBetween: SessionsBetween): void {
  const { price } = series;
  const date = series.dates.at(-1);
  const before = series.prices.at(-1);
  if (date !== undefined && before !== undefined) {
    const moveBp = (Math.abs(price - before) * BP_PER_POINT) / sessionsBetween(date, tradeDate);
    const cutBp = Math.min(moveBp, CUT_AT * Math.max(series.meanMoveBp, LEAST_SCALE_BP));
    series.meanMoveBp = DECAY * series.meanMoveBp + (1 - DECAY) * cutBp;
  }
  series.dates.push(tradeDate);
  series.prices.push(price);
  series.doubted = null;
}
