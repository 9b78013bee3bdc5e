/** The odds of each meeting that a strip of futures prices implies, with all that they rest on. */
import type { Band } from "./band.ts";
import { distributionsIfDearer, halfTickBands, monthsBehind, ownTick, ownTickBp, probabilityOf } from "./band.ts";
import type { Distribution } from "./distribution.ts";
import { explainGap } from "./gap.ts";
import { expectedRateBp, splitAgainst, splitOfMoves } from "./measures.ts";
import type { ContractUse, MeetingReading, Outcome, Strip, TargetRange } from "./reading.ts";
import type { OpenMeeting } from "./schedule.ts";
import { CURRENT, MEETING_LIMIT } from "./schedule.ts";
import type { ChainMethod, SolvedStrip } from "./solve-strip.ts";
import { solveStrip } from "./solve-strip.ts";
import { STEP_BP } from "./split.ts";
import { bp, priceOfRate } from "./units.ts";

const PP_PER_WHOLE = 100;

export interface ReadOptions {
  /** `cme` when absent */
  readonly method?: ChainMethod;
  /** also compute tick sensitivities and the half-tick bands; they cost several times the rest */
  readonly bands?: boolean;
  /** how many open meetings to read, 1 to 16; later ones are left out of the answer */
  readonly limit?: number;
}

/** What the bands add to the readings, by meeting. */
interface TickEffects {
  readonly bands: readonly Band[];
  /** by position of the month: the distributions after a rise of its price by its own tick */
  readonly dearer: readonly (readonly Distribution[] | undefined)[];
}

/**
 * Reads the odds of the next open meetings from a strip.
 *
 * A meeting of the trade date is still open, announced or not, and the distribution starts from the range in force. A
 * meeting that cannot be solved says why; so does every meeting after it, since the ranges after those count from it.
 *
 * @returns one reading a meeting, ascending by date; none where no meeting is open
 * @throws RangeError for a `limit` outside 1 to 16
 * @see README, "How the numbers are made"
 */
export function readStrip(
  strip: Strip,
  { method = "cme", bands = false, limit = MEETING_LIMIT }: ReadOptions = {},
): readonly MeetingReading[] {
  const solved = solveStrip(strip, method, limit);
  const { schedule, moves, distributions, rates } = solved;
  const behind = monthsBehind(solved);
  const months = behind.at(-1) ?? [];
  const ticks = bands ? tickEffects(solved, months) : null;
  const tickBp = ownTickBp(solved, months);
  let unverified = false;
  return schedule.open.slice(0, limit).map((meeting, k) => {
    const distribution = distributions[k];
    const move = moves[k];
    if (distribution === undefined || move === undefined) return unsolvedReading(meeting, explainGap(solved, k));
    unverified ||= restsOnUnverified(solved, k);
    const outcomes = outcomesOf(distribution, strip.target, ticks?.bands[k]);
    const contracts = contractsOf(solved, k, behind[k] ?? [], ticks);
    return {
      meetingDate: meeting.meetingDate,
      announced: meeting.announced,
      expectedRateBp: expectedRateBp(outcomes),
      moves: move,
      startRateBp: rates.startBp[k] ?? null,
      endRateBp: rates.endBp[k] ?? null,
      outcomes,
      cumulative: splitAgainst(outcomes, strip.target),
      meetingMove: splitOfMoves(move),
      tickSensitivityPp: largestSensitivity(contracts),
      ownTickBp: tickBp[k] ?? null,
      contracts,
      unsolved: null,
      unverified,
    };
  });
}

function outcomesOf(
  { lowestStep, probabilities }: Distribution,
  target: TargetRange,
  band: Band | undefined,
): readonly Outcome[] {
  return probabilities.map((probability, i) => {
    const changeBp = (lowestStep + i) * STEP_BP;
    return {
      lowerBp: target.lowerBp + changeBp,
      upperBp: target.upperBp + changeBp,
      probability,
      low: band?.low[i] ?? null,
      high: band?.high[i] ?? null,
    };
  });
}

function tickEffects(solved: SolvedStrip, months: readonly number[]): TickEffects {
  const dearer: (readonly Distribution[])[] = [];
  for (const month of months) {
    if (month >= CURRENT) dearer[month] = distributionsIfDearer(solved, month, ownTick(solved, month));
  }
  return { bands: halfTickBands(solved, months), dearer };
}

/** The contracts behind a meeting. An expired one is listed for its price, which no tick moves any more. */
function contractsOf(
  { strip, schedule, averages, distributions }: SolvedStrip,
  meeting: number,
  behind: readonly number[],
  ticks: TickEffects | null,
): readonly ContractUse[] {
  const distribution = distributions[meeting];
  const step = distribution === undefined ? 0 : likeliestStep(distribution);
  return behind.map((month) => {
    const contractMonth = schedule.months[month] ?? "";
    const after = ticks?.dearer[month]?.[meeting];
    return {
      contractMonth,
      price: strip.prices.get(contractMonth) ?? priceOfRate(bp(averages.months[month] ?? 0)),
      tickSensitivityPp:
        after === undefined || distribution === undefined
          ? null
          : (probabilityOf(after, step) - probabilityOf(distribution, step)) * PP_PER_WHOLE,
    };
  });
}

function likeliestStep({ lowestStep, probabilities }: Distribution): number {
  return lowestStep + probabilities.indexOf(Math.max(...probabilities));
}

function largestSensitivity(contracts: readonly ContractUse[]): number | null {
  let largest: number | null = null;
  for (const { tickSensitivityPp } of contracts) {
    if (tickSensitivityPp !== null) largest = Math.max(largest ?? 0, Math.abs(tickSensitivityPp));
  }
  return largest;
}

/** Whether a rule that no published figure has confirmed gave the meeting's start. */
function restsOnUnverified({ schedule, rule, averages }: SolvedStrip, meeting: number): boolean {
  const { open, hasMeeting, decidedDay } = schedule;
  const month = open[meeting]?.monthIndex;
  const divided = open[meeting - 1]?.monthIndex === month || open[meeting + 1]?.monthIndex === month;
  if (divided || month !== CURRENT) return divided;
  // The month before has no meeting, but nothing of it is known: the own average stands in for it.
  const unknown = hasMeeting[CURRENT - 1] === false && averages.months[CURRENT - 1] === null;
  return decidedDay > 0 || (rule.opensOnPrevious && unknown);
}

function unsolvedReading(
  { meetingDate, announced }: OpenMeeting,
  unsolved: MeetingReading["unsolved"],
): MeetingReading {
  return {
    meetingDate,
    announced,
    expectedRateBp: null,
    moves: null,
    startRateBp: null,
    endRateBp: null,
    outcomes: [],
    cumulative: null,
    meetingMove: null,
    tickSensitivityPp: null,
    ownTickBp: null,
    contracts: [],
    unsolved,
    unverified: false,
  };
}
