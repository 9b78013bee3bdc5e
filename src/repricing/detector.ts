/** The detector over all targets: one trade date after another, live and over history by the same function. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { MeetingCalendar } from "../calendar/meetings.ts";
import { isTradeDate } from "../calendar/trade-dates.ts";
import type { MeetingReading } from "../pricing/reading.ts";
import { assignClusters, type Clusters, NO_CLUSTERS } from "./clusters.ts";
import type { DetectorParameters } from "./parameters.ts";
import { PARAMETERS } from "./parameters.ts";
import type { Alert, ClusteredAlert, EndReason, Leg, Moment } from "./repricing.ts";
import { advance, endSeries, initialSeries, type SeriesState } from "./series.ts";
import { isSameTarget, targetsOn } from "./target.ts";

/** One trade date's readings, of one basis and method. */
export interface DayReadings {
  readonly tradeDate: IsoDate;
  readonly asOf: Date;
  /** in any order */
  readonly readings: readonly Pick<MeetingReading, "meetingDate" | "expectedRateBp" | "ownTickBp">[];
  /** why the whole day must not be believed (quarantined, stale); null: it may be */
  readonly unusable: string | null;
}

/** All that the detector remembers of a basis. Plain JSON, a few kilobytes. */
export interface DetectorState {
  readonly parametersVersion: string;
  readonly tradeDate: IsoDate | null;
  /** one a target; ended series are dropped */
  readonly series: readonly SeriesState[];
  readonly clusters: Clusters;
}

/** What one trade date did. */
export interface DetectorStep {
  readonly state: DetectorState;
  /** new or changed, as they stand now */
  readonly legs: readonly Leg[];
  readonly alerts: readonly ClusteredAlert[];
}

export function initialDetector({ version }: DetectorParameters = PARAMETERS): DetectorState {
  return { parametersVersion: version, tradeDate: null, series: [], clusters: NO_CLUSTERS };
}

/**
 * One trade date further on all targets. The order of the readings makes no difference.
 *
 * @param day of a later trade date than the one before
 * @param calendar with what was known at the day's `asOf` in it; later knowledge is not looked at
 * @throws RangeError for a day that is no trade date or not later than the last, a meeting listed twice, and what
 *   {@link advance} refuses
 */
export function advanceDay(
  state: DetectorState,
  day: DayReadings,
  calendar: MeetingCalendar,
  parameters: DetectorParameters = PARAMETERS,
): DetectorStep {
  const readings = readingsByMeeting(state, day);
  const at: Moment = { tradeDate: day.tradeDate, asOf: day.asOf.toISOString() };
  const targets = targetsOn(calendar, day.tradeDate, day.asOf, parameters);
  const steps = targets.map((target) => {
    const reading = readings.get(target.meeting);
    const observation = {
      tradeDate: at.tradeDate,
      asOf: at.asOf,
      expectedRateBp: reading?.expectedRateBp ?? null,
      ownTickBp: reading?.ownTickBp ?? null,
      unusable: day.unusable,
    };
    const series = state.series.find((old) => isSameTarget(old.target, target));
    return advance(series ?? initialSeries(target, parameters), observation, parameters);
  });
  const series = steps.map((stepped) => stepped.state);
  for (const old of state.series) {
    if (targets.some((target) => isSameTarget(old.target, target))) continue;
    steps.push(endSeries(old, at, endReason(old, day.tradeDate)));
  }
  const legs = steps.flatMap((stepped) => stepped.legs).sort((a, b) => (a.key < b.key ? -1 : 1));
  const raised: Alert[] = steps.flatMap((stepped) => stepped.alerts);
  const { clusters, alerts } = assignClusters(state.clusters, raised, parameters);
  const { parametersVersion } = state;
  return { state: { parametersVersion, tradeDate: day.tradeDate, series, clusters }, legs, alerts };
}

/**
 * All legs and alerts of a history: {@link advanceDay} over its days.
 *
 * @param days of one basis, in any order
 * @returns legs as they stand after the last day, by first confirmation; alerts in the order they were raised
 * @throws RangeError as {@link advanceDay}, so also for a trade date given twice
 */
export function detect(
  days: readonly DayReadings[],
  calendar: MeetingCalendar,
  parameters: DetectorParameters = PARAMETERS,
): { readonly legs: readonly Leg[]; readonly alerts: readonly ClusteredAlert[]; readonly state: DetectorState } {
  const legs = new Map<string, Leg>();
  const alerts: ClusteredAlert[] = [];
  let state = initialDetector(parameters);
  for (const day of days.toSorted((a, b) => (a.tradeDate < b.tradeDate ? -1 : 1))) {
    const stepped = advanceDay(state, day, calendar, parameters);
    for (const leg of stepped.legs) legs.set(leg.key, leg);
    alerts.push(...stepped.alerts);
    state = stepped.state;
  }
  return { legs: [...legs.values()], alerts, state };
}

function readingsByMeeting({ tradeDate: last }: DetectorState, { tradeDate, readings }: DayReadings) {
  const refuse = (problem: string) => new RangeError(`Cannot advance the detector to ${tradeDate}: ${problem}`);
  if (!isTradeDate(tradeDate)) throw refuse("it is no trade date, accepted are days with a settlement");
  if (last !== null && tradeDate <= last) throw refuse(`it stands at ${last}, accepted are later trade dates`);
  const byMeeting = new Map<IsoDate, DayReadings["readings"][number]>();
  for (const reading of readings) {
    if (byMeeting.has(reading.meetingDate)) throw refuse(`the meeting of ${reading.meetingDate} is listed twice`);
    byMeeting.set(reading.meetingDate, reading);
  }
  return byMeeting;
}

/** Why a target is none any more: decided, grown from a path into a meeting of its own, or called off. */
function endReason({ target }: SeriesState, tradeDate: IsoDate): EndReason {
  if (tradeDate >= target.meeting) return "decision";
  return target.path === null ? "cancelled" : "path_ended";
}
