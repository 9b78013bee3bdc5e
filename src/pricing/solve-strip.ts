/** From one strip of prices to the distributions of its meetings: the numbers behind the readings. */
import { aggregatedDistributions } from "./aggregated.ts";
import { articleNeeds, solveArticle } from "./article.ts";
import type { AverageRates } from "./average-rates.ts";
import { averageRates } from "./average-rates.ts";
import type { ChainRates } from "./chain.ts";
import { chainNeeds, solveChain } from "./chain.ts";
import type { Distribution } from "./distribution.ts";
import { conditionalDistributions } from "./distribution.ts";
import type { Method } from "./observations.ts";
import type { Strip } from "./reading.ts";
import type { MeetingSchedule } from "./schedule.ts";
import { MEETING_LIMIT, prepareCalendar } from "./schedule.ts";
import { STEP_BP, snapMoves } from "./split.ts";

/** Methods that compute odds from prices. */
export type ChainMethod = Exclude<Method, "published">;

/** What sets one method apart from another. */
interface MethodRule {
  /** whether a meeting month opens at the average of a month without a meeting before it, expired or not */
  readonly opensOnPrevious: boolean;
  readonly solve: (schedule: MeetingSchedule, averages: AverageRates) => ChainRates;
  readonly needs: (schedule: MeetingSchedule, averages: AverageRates, meeting: number) => readonly number[];
  readonly distribute: (moves: readonly number[], kept?: readonly Distribution[]) => readonly Distribution[];
}

const RULES: Readonly<Record<ChainMethod, MethodRule>> = {
  cme: { opensOnPrevious: true, solve: solveChain, needs: chainNeeds, distribute: conditionalDistributions },
  cme_article: {
    opensOnPrevious: false,
    solve: solveArticle,
    needs: articleNeeds,
    distribute: conditionalDistributions,
  },
  aggregated: { opensOnPrevious: true, solve: solveChain, needs: chainNeeds, distribute: aggregatedDistributions },
};

/** A strip with its chain solved. Arrays follow the schedule's open meetings, as many as were asked for. */
export interface SolvedStrip {
  readonly strip: Strip;
  readonly schedule: MeetingSchedule;
  readonly rule: MethodRule;
  readonly averages: AverageRates;
  readonly rates: ChainRates;
  /** expected change in steps of 25 bp at each meeting before the first that cannot be solved */
  readonly moves: readonly number[];
  /** cumulative, in steps from the range in force, of the same meetings */
  readonly distributions: readonly Distribution[];
}

/**
 * Solves a strip. The distributions stop at the first meeting that cannot be solved: what follows it starts nowhere known.
 *
 * @throws RangeError for a `limit` outside 1 to 16
 */
export function solveStrip(strip: Strip, method: ChainMethod = "cme", limit = MEETING_LIMIT): SolvedStrip {
  if (!Number.isInteger(limit) || limit < 1 || limit > MEETING_LIMIT) {
    throw new RangeError(`Cannot solve ${limit} meetings: must be a whole number from 1 to ${MEETING_LIMIT}`);
  }
  const rule = RULES[method];
  const schedule = prepareCalendar(strip.calendar, strip.tradeDate, strip.asOf);
  const averages = averageRates(strip, schedule);
  const rates = rule.solve(schedule, averages);
  const moves = movesOf(rates, limit);
  return { strip, schedule, rule, averages, rates, moves, distributions: rule.distribute(moves) };
}

/** Each meeting's moves if the average of one month (by position) were higher by `shiftBp`. */
export function movesIfShifted(
  { schedule, rule, averages, moves }: SolvedStrip,
  month: number,
  shiftBp: number,
): readonly number[] {
  const months = averages.months.slice();
  const average = months[month];
  if (average !== null && average !== undefined) months[month] = average + shiftBp;
  return movesOf(rule.solve(schedule, { months, realisedBp: averages.realisedBp }), moves.length);
}

function movesOf({ startBp, endBp }: ChainRates, limit: number): readonly number[] {
  const moves: number[] = [];
  for (let k = 0; k < Math.min(limit, startBp.length); k++) {
    const start = startBp[k] ?? null;
    const end = endBp[k] ?? null;
    if (start === null || end === null) break;
    moves.push(snapMoves((end - start) / STEP_BP));
  }
  return moves;
}
