import type { IsoDate } from "../src/pricing/calendar-date.ts";
import type { MeetingCalendar } from "../src/pricing/meetings.ts";
import { assignClusters } from "../src/repricing/clusters.ts";
import type { DetectorState } from "../src/repricing/detector.ts";
import { type ProvisionalAlert, provisionalAlerts } from "../src/repricing/intraday.ts";
import { PARAMETERS } from "../src/repricing/parameters.ts";
import { isSameTarget, targetsOn } from "../src/repricing/target.ts";
import { stateBefore } from "../src/store/detector.ts";
import { meetingsKnown } from "../src/store/meetings.ts";
import {
  intradayReadings,
  knownAlertKeys,
  type OpenDay,
  openDays,
  settledContracts,
} from "../src/store/provisional.ts";
import { recordAlerts, recordLegStates, repricingIds } from "../src/store/repricings.ts";
import { takeTurn } from "../src/store/write.ts";
import { alertBody } from "../src/webhooks/payload.ts";
import { clusterId, type FlagJob, LIVE_SOURCES } from "./flag-repricings.ts";
import { completeThrough } from "./snapshot-inputs.ts";

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

async function flagDay(job: FlagJob, day: OpenDay, calendar: MeetingCalendar): Promise<number> {
  const { version } = PARAMETERS;
  const { stream } = day;
  const state = await stateBefore(job.sql, stream, version, day.tradeDate);
  if (state === null) return 0;
  const found = await alertsOf(job, day, state, calendar);
  if (found.length === 0) return 0;
  return job.sql.begin(async (tx) => {
    await takeTurn(tx, "repricings");
    const known = await knownAlertKeys(
      tx,
      stream,
      version,
      found.map((alert) => alert.key),
    );
    const fresh = found.filter((alert) => !known.has(alert.key));
    if (fresh.length === 0) return 0;
    const recordedAt = job.now();
    const ids = await repricingIds(
      tx,
      stream,
      version,
      fresh.map((alert) => alert.leg),
      recordedAt,
    );
    const clustered = new Map(
      assignClusters(state.clusters, fresh, PARAMETERS).alerts.map(({ key, cluster }) => [
        key,
        clusterId(stream, cluster),
      ]),
    );
    const cluster = (alert: ProvisionalAlert) => clustered.get(alert.key) ?? clusterId(stream, alert.key);
    // A leg that stands since an earlier settlement is changed by settlements alone.
    const legs = fresh.filter((alert) => alert.leg.state === "provisional");
    const drafts = legs.map((alert) => ({ leg: alert.leg, cluster: cluster(alert), atMost: null }));
    await recordLegStates(tx, drafts, ids, recordedAt);
    const historical = !job.live || !day.source.split("+").every((source) => LIVE_SOURCES.has(source));
    const alerts = fresh.map((alert) => {
      const reversesId = alert.reverses === null ? null : (ids.get(alert.reverses) ?? null);
      const body = alertBody(
        { ...alert.leg, state: "provisional" },
        { ...alert, cluster: cluster(alert) },
        cluster(alert),
        {
          repricingId: ids.get(alert.legKey) ?? 0,
          reversesId,
          baseUrl: job.baseUrl ?? null,
          basis: stream.basis,
          method: stream.basis === "published" ? "published" : "cme",
          isSample: stream.isSample,
          historical,
          recordedAt,
          atMost: null,
          unusual: null,
          assets: [],
        },
      );
      return {
        alert: { ...alert, cluster: cluster(alert) },
        historical,
        isPrimary: true,
        reversesId,
        provisional: alert,
        resolvesId: null,
        body,
        parametersVersion: version,
      };
    });
    return (await recordAlerts(tx, stream, alerts, ids, recordedAt)).length;
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
