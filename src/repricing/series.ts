/** One target's series of expected rates, read one observation at a time: legs by directional change, and their alerts. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import { daysBetween } from "../calendar/calendar-date.ts";
import { confirmLeg, type Move, type OpenLeg, raiseLeg } from "./open-leg.ts";
import type { DetectorParameters } from "./parameters.ts";
import type { Alert, Direction, EndReason, Leg, Level, Moment } from "./repricing.ts";
import { firstScaleBp, legThresholdBp, nextScaleBp, sigmaBp } from "./scale.ts";
import type { Target } from "./target.ts";
import { targetKey } from "./target.ts";
import { tradeDatesBetween } from "./trade-date-count.ts";

/** What one reading says about a target. */
export interface Observation extends Moment {
  /** null: unsolved or missing */
  readonly expectedRateBp: number | null;
  /** how far the expected rate moves for one tick of the contract solved from its own average; null: there is none */
  readonly ownTickBp: number | null;
  /** why the input must not be believed (quarantined, stale); null: it may be */
  readonly unusable: string | null;
}

/** All that a series remembers: a few hundred bytes of plain JSON, to be stored between readings. */
export interface SeriesState {
  readonly target: Target;
  readonly parametersVersion: string;
  /** null before the first usable reading */
  readonly track: Track | null;
  readonly open: OpenLeg | null;
  /** the last leg that ended, for the one that may start where it stopped */
  readonly former: { readonly key: string; readonly direction: Direction; readonly extremeDate: IsoDate } | null;
  readonly ended: boolean;
}

export interface Track {
  readonly last: Level;
  /** mean absolute move of a day, in bp */
  readonly scaleBp: number;
  /** running extremes since the last turn: where the next leg may start */
  readonly high: Level;
  readonly low: Level;
  /** trade dates since the open leg's extreme */
  readonly quietTradeDates: number;
}

/** What one step did: the legs that are new or changed, as they stand now, and the alerts to send. */
export interface SeriesStep {
  readonly state: SeriesState;
  readonly legs: readonly Leg[];
  readonly alerts: readonly Alert[];
}

const NO_LEGS: readonly Leg[] = [];
const NO_ALERTS: readonly Alert[] = [];

/** A series before its first reading. */
export function initialSeries(target: Target, { version }: DetectorParameters): SeriesState {
  return { target, parametersVersion: version, track: null, open: null, former: null, ended: false };
}

/**
 * One reading further. The same function serves the newest settlement and ten years of them.
 *
 * A reading that is missing or must not be believed changes nothing, so that the next good one is compared with the last
 * good one. The series ends with the target's own decision: that day's reading is not looked at.
 *
 * @param observation of a later trade date than the one before
 * @throws RangeError for an earlier or equal trade date, a rate that is no finite number, other parameters than the state's
 * @see README, "When the market changes its mind"
 */
export function advance(state: SeriesState, observation: Observation, parameters: DetectorParameters): SeriesStep {
  const { tradeDate, expectedRateBp, unusable } = observation;
  const refuse = (problem: string) =>
    new RangeError(`Cannot advance the series ${targetKey(state.target)} to ${tradeDate}: ${problem}`);
  if (state.parametersVersion !== parameters.version) {
    throw refuse(`it was begun with parameters ${state.parametersVersion}, given are ${parameters.version}`);
  }
  if (state.ended) return { state, legs: NO_LEGS, alerts: NO_ALERTS };
  const { track } = state;
  if (track !== null && tradeDate <= track.last.tradeDate) {
    throw refuse(`it stands at ${track.last.tradeDate}, accepted are later trade dates`);
  }
  if (tradeDate >= state.target.meeting) return endSeries(state, observation, "decision");
  if (expectedRateBp === null || unusable !== null) return { state, legs: NO_LEGS, alerts: NO_ALERTS };
  if (!Number.isFinite(expectedRateBp)) throw refuse(`the expected rate is ${expectedRateBp}, must be finite or null`);
  const level: Level = { tradeDate, asOf: observation.asOf, rateBp: expectedRateBp };
  const days = daysBetween(tradeDate, state.target.meeting);
  if (track === null) {
    const scaleBp = firstScaleBp(days, parameters);
    const first: Track = { last: level, scaleBp, high: level, low: level, quietTradeDates: 0 };
    return { state: { ...state, track: first }, legs: NO_LEGS, alerts: NO_ALERTS };
  }
  const moveBp = level.rateBp - track.last.rateBp;
  const sigma = sigmaBp(track.scaleBp, days, parameters);
  const elapsed = tradeDatesBetween(track.last.tradeDate, tradeDate);
  const move: Move = {
    level,
    moveBp,
    oneDayBp: elapsed === 1 ? moveBp : null,
    isNoise: observation.ownTickBp !== null && Math.abs(moveBp) <= parameters.noiseTicks * observation.ownTickBp,
    daysToMeeting: days,
    sigmaBp: sigma,
    thresholdBp: legThresholdBp(sigma, parameters),
  };
  const scaleBp = nextScaleBp(track.scaleBp, moveBp, parameters);
  return step(state, extended(track, state.open, level, { elapsed, scaleBp }), move, parameters);
}

/** Ends a series for a reason that is not in the readings, and the open leg with it. */
export function endSeries(state: SeriesState, at: Moment, reason: EndReason): SeriesStep {
  const open = state.open === null ? null : closed(state.open.leg, at, reason);
  return { state: { ...state, open: null, ended: true }, legs: open === null ? NO_LEGS : [open], alerts: NO_ALERTS };
}

/** The track with one more level. After a new extreme of the open leg the opposite extreme counts from there. */
function extended(
  { high, low, quietTradeDates }: Track,
  open: OpenLeg | null,
  last: Level,
  { elapsed, scaleBp }: { readonly elapsed: number; readonly scaleBp: number },
): Track {
  const isHigh = last.rateBp > high.rateBp;
  const isLow = last.rateBp < low.rateBp;
  const direction = open?.leg.direction ?? null;
  if ((direction === "hawkish" && isHigh) || (direction === "dovish" && isLow)) {
    return { last, scaleBp, high: last, low: last, quietTradeDates: 0 };
  }
  return {
    last,
    scaleBp,
    high: isHigh ? last : high,
    low: isLow ? last : low,
    quietTradeDates: quietTradeDates + elapsed,
  };
}

function step(state: SeriesState, track: Track, move: Move, parameters: DetectorParameters): SeriesStep {
  const { open } = state;
  const turn = turnOf(track, open, move);
  if (turn !== null) return turned(state, track, turn, move, parameters);
  if (open === null) return { state: successor(state, track, null), legs: NO_LEGS, alerts: NO_ALERTS };
  if (track.quietTradeDates >= parameters.leg.quietTradeDates) {
    const leg = closed(open.leg, move.level, "quiet");
    return { state: successor(state, track, null, memoryOf(leg)), legs: [leg], alerts: NO_ALERTS };
  }
  const extreme = open.leg.direction === "hawkish" ? track.high : track.low;
  const raised = raiseLeg(open, extreme, move, parameters);
  return {
    state: successor(state, track, raised.open),
    legs: raised.open.leg === open.leg ? NO_LEGS : [raised.open.leg],
    alerts: raised.alert === null ? NO_ALERTS : [raised.alert],
  };
}

/** A move that confirms a leg: what was open ends at its extreme, where the new leg starts. */
function turned(
  state: SeriesState,
  track: Track,
  direction: Direction,
  move: Move,
  parameters: DetectorParameters,
): SeriesStep {
  const reversed = state.open === null ? null : closed(state.open.leg, move.level, "reversed");
  const former = reversed === null ? state.former : memoryOf(reversed);
  const start = direction === "hawkish" ? track.low : track.high;
  const startsAtFormer = former !== null && former.extremeDate === start.tradeDate && former.direction !== direction;
  const reverses = startsAtFormer ? former.key : null;
  const { open, alert } = confirmLeg({ target: state.target, direction, start, move, reverses }, parameters);
  const fresh = { ...track, high: move.level, low: move.level, quietTradeDates: 0 };
  return {
    state: successor(state, fresh, open, former),
    legs: reversed === null ? [open.leg] : [reversed, open.leg],
    alerts: [alert],
  };
}

// Written out: a spread of the state on each of 13,000 steps took half the detector's time.
function successor(
  { target, parametersVersion, former: formerSoFar }: SeriesState,
  track: Track,
  open: OpenLeg | null,
  former: SeriesState["former"] = formerSoFar,
): SeriesState {
  return { target, parametersVersion, track, open, former, ended: false };
}

/**
 * The direction in which a leg is confirmed by this move, if any. Only a real move can, and only one in the leg's own
 * direction: the threshold shrinks as the meeting comes near, and a shrinking threshold is no news.
 */
function turnOf(track: Track, open: OpenLeg | null, move: Move): Direction | null {
  if (move.isNoise || move.moveBp === 0) return null;
  const direction: Direction = move.moveBp > 0 ? "hawkish" : "dovish";
  if (open?.leg.direction === direction) return null;
  const { rateBp } = move.level;
  const distance = direction === "hawkish" ? rateBp - track.low.rateBp : track.high.rateBp - rateBp;
  return distance >= move.thresholdBp ? direction : null;
}

function closed(leg: Leg, { tradeDate, asOf }: Moment, endReason: EndReason): Leg {
  return { ...leg, status: "closed", endedAt: { tradeDate, asOf }, endReason };
}

function memoryOf({ key, direction, extremeAt }: Leg): NonNullable<SeriesState["former"]> {
  return { key, direction, extremeDate: extremeAt.tradeDate };
}
