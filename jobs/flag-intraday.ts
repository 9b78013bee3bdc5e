import type { IsoDate } from "../src/calendar/calendar-date.ts";
import type { MeetingCalendar } from "../src/calendar/meetings.ts";
import { assignClusters } from "../src/repricing/clusters.ts";
import type { DetectorState } from "../src/repricing/detector.ts";
import { type ProvisionalAlert, provisionalAlerts } from "../src/repricing/intraday.ts";
import { PARAMETERS } from "../src/repricing/parameters.ts";
import type { ClusteredAlert } from "../src/repricing/repricing.ts";
import { isSameTarget, targetsOn } from "../src/repricing/target.ts";
import { toldAlerts } from "../src/store/alerts.ts";
import { stateBefore } from "../src/store/detector.ts";
import { outrankedOn } from "../src/store/detector-days.ts";
import { historyWrite } from "../src/store/history-writes.ts";
import { meetingsKnown } from "../src/store/meetings.ts";
import { intradayReadings, type OpenDay, openDays, settledContracts } from "../src/store/provisional.ts";
import { recordLegStates, repricingIds } from "../src/store/repricings.ts";
import { takeTurn } from "../src/store/write.ts";
import { clusterNames } from "./cluster-names.ts";
import type { FlagJob } from "./flag-repricings.ts";
import { isHistorical } from "./historical.ts";
import { completeThrough } from "./snapshot-inputs.ts";
import { type RaisedAlert, tellAlerts } from "./tell-alerts.ts";

/** All provisional alerts of a trade date so far, told or not. */
async function alertsOf(
  job: FlagJob,
  day: OpenDay,
  state: DetectorState,
  calendar: MeetingCalendar,
): Promise<ProvisionalAlert[]> {
  const [contracts, readings] = await Promise.all([settledContracts(job.sql, day), intradayReadings(job.sql, day)]);
  const newest = newestInstant(readings);
  if (newest === null) return [];
  const targets = targetsOn(calendar, day.tradeDate, newest, PARAMETERS);
  return state.series.flatMap((series) => {
    // A target of yesterday that is none today has its decision today: what it moves by is the decision.
    if (!targets.some((target) => isSameTarget(target, series.target))) return [];
    const settled = { state: series, contracts: contracts.get(series.target.meeting) ?? [] };
    return [...provisionalAlerts(settled, readings.get(series.target.meeting) ?? [], PARAMETERS)];
  });
}

function newestInstant(readings: ReadonlyMap<IsoDate, readonly { readonly asOf: string }[]>): Date | null {
  const instants = [...readings.values()].flat().map((reading) => Date.parse(reading.asOf));
  return instants.length === 0 ? null : new Date(Math.max(...instants));
}

/** The clusters that the settlement would put the alerts in, so that a confirmation stays in its own. */
function settledClusters(state: DetectorState, alerts: readonly ProvisionalAlert[]): ReadonlyMap<string, string> {
  const settled = alerts.map((alert) => ({ ...alert, key: alert.settledKey }));
  const { alerts: clustered } = assignClusters(state.clusters, settled, PARAMETERS);
  return new Map(clustered.map(({ key, cluster }) => [key, cluster]));
}

async function flagDay(job: FlagJob, day: OpenDay, calendar: MeetingCalendar): Promise<number> {
  const { version } = PARAMETERS;
  const { stream, tradeDate } = day;
  const state = await stateBefore(job.sql, stream, version, tradeDate);
  if (state === null) return 0;
  const found = await alertsOf(job, day, state, calendar);
  if (found.length === 0) return 0;
  return historyWrite(job.sql, job.now, async (tx, recordedAt) => {
    await takeTurn(tx, "repricings");
    const clusters = settledClusters(state, found);
    const inCluster = found.map((alert) => ({
      alert: { ...alert, cluster: clusters.get(alert.settledKey) ?? alert.settledKey },
    }));
    const keys = inCluster.flatMap(({ alert: { key, cluster } }) => [key, cluster]);
    const told = await toldAlerts(tx, stream, version, { repricingIds: [], keys });
    const known = new Set(told.map(({ key }) => key));
    const fresh = inCluster.filter(({ alert }) => !known.has(alert.key));
    if (fresh.length === 0) return 0;
    const legs = fresh.map(({ alert }) => alert.leg);
    const [ids, outranked] = await Promise.all([
      repricingIds(tx, stream, version, legs, recordedAt),
      outrankedOn(
        tx,
        stream,
        fresh.map(({ alert }) => ({ tradeDate, meeting: alert.target.meeting })),
      ),
    ]);
    const ofLegs = await toldAlerts(tx, stream, version, { repricingIds: [...ids.values()], keys: [] });
    const clusterOf = clusterNames(stream, inCluster, [...told, ...ofLegs]);
    const raised = fresh.map(({ alert }): RaisedAlert => {
      const { leg, settledKey: _, ...plain } = alert;
      const shown: ClusteredAlert = { ...plain, cluster: clusterOf(alert.cluster) };
      const reading = { asOf: alert.asOf, source: day.source, isSample: stream.isSample };
      return {
        alert: shown,
        leg: { ...leg, state: "provisional" },
        repricingId: ids.get(alert.legKey) ?? 0,
        reversesId: alert.reverses === null ? null : (ids.get(alert.reverses) ?? null),
        historical: isHistorical(reading, { live: job.live, recordedAt }),
        isPrimary: !outranked.has(`${tradeDate} ${alert.target.meeting}`),
        provisional: { ...plain, settledKey: alert.settledKey, leg },
        atMost: null,
        unusual: null,
        assets: [],
      };
    });
    // A leg that stands since an earlier settlement is changed by settlements alone.
    const drafts = fresh
      .filter(({ alert }) => alert.leg.state === "provisional")
      .map(({ alert }) => ({ leg: alert.leg, cluster: clusterOf(alert.cluster), atMost: null }));
    const [, alerts] = await Promise.all([
      recordLegStates(tx, drafts, ids, recordedAt),
      tellAlerts(tx, {
        stream,
        calendar,
        baseUrl: job.baseUrl ?? null,
        live: job.live,
        recordedAt,
        told: ofLegs,
        answers: [],
        raised,
      }),
    ]);
    return alerts;
  });
}

/**
 * Provisional alerts from intraday readings, at once when a threshold holds: the settlement confirms or withdraws them.
 *
 * @returns how many are new
 */
export async function flagIntraday(job: FlagJob): Promise<number> {
  const days = await openDays(job.sql);
  if (days.length === 0) return 0;
  const meetings = await meetingsKnown(job.sql, null);
  const calendar = { meetings, completeThrough: completeThrough(meetings) };
  let told = 0;
  for (const day of days) told += await flagDay(job, day, calendar);
  return told;
}
