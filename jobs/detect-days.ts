import type { IsoDate } from "../src/calendar/calendar-date.ts";
import type { MeetingCalendar } from "../src/calendar/meetings.ts";
import { advanceDay, type DetectorState } from "../src/repricing/detector.ts";
import type { DetectorParameters } from "../src/repricing/parameters.ts";
import type { ClusteredAlert, Leg } from "../src/repricing/repricing.ts";
import type { StoredDay } from "../src/store/detector-days.ts";

/** An alert with its leg as it was then: when many days are looked at together, the leg has gone on since. */
export interface DetectedAlert {
  readonly alert: ClusteredAlert;
  readonly leg: Leg;
}

/** What the detector made of some days. */
export interface Detected {
  readonly days: readonly { readonly tradeDate: IsoDate; readonly snapshotId: number; readonly state: DetectorState }[];
  /** as they stand after the last day, by key */
  readonly legs: ReadonlyMap<string, Leg>;
  readonly alerts: readonly DetectedAlert[];
}

/**
 * The detector over some days.
 *
 * @param again legs that were open before the days count too, for what ended them may be gone
 */
export function detectDays(
  from: DetectorState,
  days: readonly StoredDay[],
  again: boolean,
  calendar: MeetingCalendar,
  parameters: DetectorParameters,
): Detected {
  const open = again ? from.series.flatMap((series) => (series.open === null ? [] : [series.open.leg])) : [];
  const legs = new Map<string, Leg>(open.map((leg) => [leg.key, leg]));
  const alerts: DetectedAlert[] = [];
  const states: Detected["days"][number][] = [];
  let state = from;
  for (const day of days) {
    const step = advanceDay(state, day, calendar, parameters);
    for (const leg of step.legs) legs.set(leg.key, leg);
    for (const alert of step.alerts) {
      const leg = legs.get(alert.legKey);
      if (leg === undefined)
        throw new RangeError(`Cannot store alert ${alert.key}: its leg ${alert.legKey} was not given`);
      alerts.push({ alert, leg });
    }
    state = step.state;
    states.push({ tradeDate: day.tradeDate, snapshotId: day.snapshotId, state });
  }
  return { days: states, legs, alerts };
}
