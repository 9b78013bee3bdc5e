import { addDays, type IsoDate } from "../calendar/calendar-date.ts";
import { isTradeDate, settlementInstant } from "../calendar/trade-dates.ts";
import { dateInZone, UTC } from "../calendar/zoned-time.ts";
import type { PanelSymbol } from "../pricing/observations.ts";
import type { AssetMove } from "./asset-move.ts";
import { assetMovesTo } from "./asset-move.ts";
import type { Beta } from "./beta.ts";
import { betasOnPath } from "./beta.ts";
import type { Breadth } from "./breadth.ts";
import { breadthOf } from "./breadth.ts";
import type { ClosesKnown, DailyClose, IgnoredClose } from "./close-history.ts";
import { closesKnownAt } from "./close-history.ts";
import type { AdjustedCorrelation, Correlation } from "./correlation.ts";
import { correlationOf } from "./correlation.ts";
import type { Leader } from "./leader.ts";
import { leaderOf } from "./leader.ts";
import type { PathChange } from "./path-changes.ts";
import type { Statistic } from "./statistic.ts";

/** One end of a leg: the trade date whose closes count, and the instant of the reading itself. */
export interface LegEnd {
  readonly date: IsoDate;
  readonly asOf: Date;
}

export interface MarketQuestion {
  /** where the leg starts */
  readonly from: LegEnd;
  /** the evaluation: an alert, or the leg's end */
  readonly to: LegEnd;
  /** daily closes of the panel, as far back as there are; five years and a half for all ranks. Sorted ones are taken as known */
  readonly closes: readonly DailyClose[] | ClosesKnown;
  /** daily changes of the path; none: no beta */
  readonly path?: readonly PathChange[];
  /** answers as at this instant: closes and settlements after it take no part; left out: all that is given is known */
  readonly knownAt?: Date;
}

/** What the markets did as a whole. */
export interface MarketWide {
  readonly breadth: Breadth;
  readonly breadthNull: Statistic;
  readonly correlation: Correlation;
  readonly correlationAdjusted: AdjustedCorrelation;
  /** one an asset */
  readonly beta: readonly Beta[];
  readonly leader: Leader;
}

/** The block beside a repricing, or between any two dates. */
export interface MarketBlock {
  readonly from: LegEnd;
  readonly to: LegEnd;
  readonly knownAt: Date | null;
  /** some leg's return waits for a close that is still to come */
  readonly provisional: boolean;
  /** the panel, in its order */
  readonly assets: readonly AssetMove[];
  readonly markets: MarketWide;
  readonly ignored: readonly IgnoredClose[];
}

/**
 * What the panel did from the closes dated `from.date` to those dated `to.date`.
 *
 * Only `assets[].next` and the event window +1 to +5 look at closes dated after `to.date`; with `knownAt`, nothing that came
 * after it changes anything. Without it, whether a missing close is still to come is judged at `to.asOf`.
 *
 * @throws RangeError when `from` is later than `to`, for a close that is not above 0, a date listed twice, or a change of the
 *   path on a day that is no trade date
 * @see README, "When the market changes its mind"
 */
export function marketBlock({ from, ...question }: MarketQuestion): MarketBlock {
  return marketBlocksTo({ ...question, earliest: from.date })(from);
}

/**
 * {@link marketBlock} for several legs that end alike: correlation, betas and what each asset did up to `to` are worked out
 * once, and are most of the work.
 *
 * @param question with the earliest date that a leg starts on
 * @throws RangeError as {@link marketBlock}
 */
export function marketBlocksTo({
  earliest,
  to,
  closes,
  path = [],
  knownAt,
}: Omit<MarketQuestion, "from"> & { readonly earliest: IsoDate }): (from: LegEnd) => MarketBlock {
  if (earliest > to.date) throw backwards(earliest, to.date);
  const { histories, ignored } = "histories" in closes ? closes : closesKnownAt(closes, knownAt ?? null);
  const moves = [...histories].map(([symbol, history]) =>
    assetMovesTo({ symbol, history, earliest, to: to.date, toAsOf: to.asOf, clock: knownAt ?? to.asOf }),
  );
  const correlation = correlationOf(histories, to.date);
  const beta = betasOnPath(histories, pathKnownAt(path, knownAt ?? null), to.date);
  return (from) => {
    if (from.date > to.date) throw backwards(from.date, to.date);
    if (from.date < earliest) {
      throw new RangeError(`Cannot compare markets from ${from.date}: the earliest start named was ${earliest}`);
    }
    const assets = moves.map((moveFrom) => moveFrom(from.date));
    const window = { from: from.date, to: to.date };
    const returns = new Map<PanelSymbol, number | null>(assets.map((asset) => [asset.symbol, asset.return]));
    return {
      from,
      to,
      knownAt: knownAt ?? null,
      provisional: assets.some((asset) => asset.provisional),
      assets,
      markets: {
        ...breadthOf(
          assets.map((asset) => asset.returns.leg),
          window,
        ),
        ...correlation,
        beta,
        leader: leaderOf({ histories, returns, ...window }),
      },
      ignored,
    };
  };
}

function backwards(from: IsoDate, to: IsoDate): RangeError {
  return new RangeError(`Cannot compare markets from ${from} to ${to}: the start is later than the end`);
}

function pathKnownAt(path: readonly PathChange[], knownAt: Date | null): PathChange[] {
  const dates = new Set<IsoDate>();
  for (const { date, changeBp } of path) {
    if (!isTradeDate(date)) throw new RangeError(`Cannot use the path's change on ${date}: not a trade date`);
    if (dates.has(date)) throw new RangeError(`Cannot use the path's change on ${date}: listed twice`);
    if (!Number.isFinite(changeBp)) throw new RangeError(`Cannot use the path's change on ${date}: ${changeBp} bp`);
    dates.add(date);
  }
  if (knownAt === null) return [...path];
  // Settlements come at 20:00 UTC or before on their own date: only the newest need their instant looked up.
  const surelySettled = addDays(dateInZone(knownAt, UTC), -2);
  return path.filter(({ date }) => date <= surelySettled || settlementInstant(date).getTime() <= knownAt.getTime());
}
