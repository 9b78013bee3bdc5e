import type { IsoDate, Month } from "../calendar/calendar-date.ts";
import { BASES, type Basis } from "../pricing/observations.ts";
import { indexPoints } from "../pricing/units.ts";
import { type DecisionSurprise, decisionSurprise } from "./decision-surprise.ts";

/** One contract's daily price. */
export interface DailyPrice {
  readonly tradeDate: IsoDate;
  readonly contractMonth: Month;
  readonly basis: Basis;
  readonly isSample: boolean;
  readonly source: string;
  /** index points */
  readonly price: number;
}

/** A decision and the trade dates whose settlements lie on either side of it. */
export interface DecisionSides {
  readonly meeting: IsoDate;
  readonly before: IsoDate;
  readonly after: IsoDate;
}

/** A surprise and the kind of price it was taken from. */
export interface BestSurprise extends DecisionSurprise {
  readonly from: Pick<DailyPrice, "basis" | "isSample" | "source">;
}

/**
 * The surprise of a decision on the best basis that has both prices: real before sample, then settlement before last trade.
 *
 * @param prices of the decision's month and the next, of any trade dates and bases
 * @returns null where no basis has both; {@link noSurprise} says so
 */
export function bestSurprise(sides: DecisionSides, prices: readonly DailyPrice[]): BestSurprise | null {
  const kinds = new Map<string, DailyPrice[]>();
  for (const price of prices) {
    if (price.tradeDate !== sides.before && price.tradeDate !== sides.after) continue;
    const kind = `${Number(price.isSample)} ${BASES.indexOf(price.basis)}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), price]);
  }
  const side = (rows: readonly DailyPrice[], date: IsoDate) =>
    new Map(rows.filter((row) => row.tradeDate === date).map((row) => [row.contractMonth, indexPoints(row.price)]));
  for (const [, rows] of [...kinds].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [from] = rows;
    const { meeting, before, after } = sides;
    const surprise = decisionSurprise({ decisionDate: meeting, before: side(rows, before), after: side(rows, after) });
    if (surprise !== null && from !== undefined) return { ...surprise, from };
  }
  return null;
}

/** Why there is no surprise. */
export function noSurprise({ before, after }: DecisionSides): string {
  return `no basis has the contract's daily price of both ${before} and ${after}`;
}
