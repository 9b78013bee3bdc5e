import { createHash } from "node:crypto";
import type { Sql, TransactionSql } from "postgres";
import type { IsoDate } from "../src/pricing/calendar-date.ts";
import type { MeetingCalendar } from "../src/pricing/meetings.ts";
import { type AtMostShift, largestAtMostShift } from "../src/repricing/at-most.ts";
import { advanceDay, type DetectorState, initialDetector } from "../src/repricing/detector.ts";
import { type DetectorParameters, PARAMETERS } from "../src/repricing/parameters.ts";
import type { ClusteredAlert, Leg } from "../src/repricing/repricing.ts";
import { howUnusual } from "../src/repricing/unusual.ts";
import { UPSTREAMS } from "../src/sources/catalog.ts";
import {
  type DetectorStream,
  datesToldByBetter,
  daysFrom,
  detectorStreams,
  firstUnseenDate,
  outcomesOn,
  recordDetectorDays,
  registerParameters,
  type StoredDay,
  stateBefore,
} from "../src/store/detector.ts";
import { meetingsKnown } from "../src/store/meetings.ts";
import {
  clusterOfLeg,
  pastLegs,
  recordAlerts,
  recordLegStates,
  repricingIds,
  withdrawVanished,
} from "../src/store/repricings.ts";
import { takeTurn } from "../src/store/write.ts";
import { alertBody } from "../src/webhooks/payload.ts";
import { storeBlocks } from "./asset-blocks.ts";
import { completeThrough } from "./snapshot-inputs.ts";

const HISTORICAL_AFTER_MS = 24 * 3_600_000;
const LIVE_SOURCES: ReadonlySet<string> = new Set(UPSTREAMS.map(({ id }) => id));

export interface FlagJob {
  readonly sql: Sql;
  readonly now: () => Date;
  /** false for what an import, a backfill or a recomputation raises: it is history, told only on demand */
  readonly live: boolean;
}

export interface FlagResult {
  readonly days: number;
  readonly legs: number;
  readonly alerts: number;
  readonly withdrawn: number;
}

/** A name for a cluster that is short and the same for ever. */
function clusterId(stream: DetectorStream, name: string): string {
  return createHash("sha256").update(`${stream.basis} ${stream.isSample} ${name}`).digest("hex").slice(0, 16);
}

interface Detected {
  readonly days: readonly { readonly tradeDate: IsoDate; readonly snapshotId: number; readonly state: DetectorState }[];
  readonly legs: ReadonlyMap<string, Leg>;
  readonly alerts: readonly { readonly alert: ClusteredAlert; readonly leg: Leg }[];
}

function run(
  from: DetectorState,
  days: readonly StoredDay[],
  calendar: MeetingCalendar,
  parameters: DetectorParameters,
): Detected {
  const legs = new Map<string, Leg>();
  const alerts: { alert: ClusteredAlert; leg: Leg }[] = [];
  const states: { tradeDate: IsoDate; snapshotId: number; state: DetectorState }[] = [];
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

async function atMostOf(
  tx: TransactionSql,
  stream: DetectorStream,
  legs: readonly Leg[],
): Promise<ReadonlyMap<string, AtMostShift | null>> {
  const wanted = legs.flatMap(({ target, startedAt, extremeAt }) => [
    { tradeDate: startedAt.tradeDate, meeting: target.meeting },
    { tradeDate: extremeAt.tradeDate, meeting: target.meeting },
  ]);
  const outcomes = await outcomesOn(tx, stream, wanted);
  const side = (date: IsoDate, meeting: IsoDate) => ({
    outcomes: outcomes.get(`${date} ${meeting}`) ?? [],
    unsolved: null,
  });
  return new Map(
    legs.map(({ key, target, startedAt, extremeAt }) => [
      key,
      largestAtMostShift(side(startedAt.tradeDate, target.meeting), side(extremeAt.tradeDate, target.meeting)),
    ]),
  );
}

async function flagStream(job: FlagJob, stream: DetectorStream, calendar: MeetingCalendar): Promise<FlagResult> {
  const { sql, now } = job;
  const { version } = PARAMETERS;
  const from = await firstUnseenDate(sql, stream, version);
  if (from === null) return { days: 0, legs: 0, alerts: 0, withdrawn: 0 };
  return sql.begin(async (tx) => {
    // Alerts are numbered in the order in which they become visible: writers take turns.
    await takeTurn(tx, "repricings");
    const recordedAt = now();
    await registerParameters(tx, PARAMETERS, recordedAt);
    const before = (await stateBefore(tx, stream, version, from)) ?? initialDetector(PARAMETERS);
    const days = await daysFrom(tx, stream, from);
    const detected = run(before, days, calendar, PARAMETERS);
    await recordDetectorDays(tx, stream, detected.days, recordedAt);
    const legs = [...detected.legs.values()];
    const ids = await repricingIds(tx, stream, legs, recordedAt);
    const atMost = await atMostOf(tx, stream, legs);
    const named = new Map<string, string>();
    for (const { alert } of detected.alerts) {
      if (!named.has(alert.legKey)) named.set(alert.legKey, clusterId(stream, alert.cluster));
    }
    const drafts = [];
    for (const leg of legs) {
      const known = await clusterOfLeg(tx, ids.get(leg.key) ?? 0);
      drafts.push({
        leg,
        cluster: known ?? named.get(leg.key) ?? clusterId(stream, leg.key),
        atMost: atMost.get(leg.key) ?? null,
      });
    }
    const stored = await recordLegStates(tx, drafts, ids, recordedAt);
    const kept = legs.map((leg) => leg.key);
    const withdrawn = await withdrawVanished(tx, stream, version, { from, kept, recordedAt });
    const assets = await storeBlocks(tx, stream, { ids, alerts: detected.alerts, recordedAt });
    const past = await pastLegs(tx, stream, version);
    const dates = detected.alerts.map(({ alert }) => alert.tradeDate);
    const toldByBetter = await datesToldByBetter(tx, stream, dates);
    const sources = new Map(days.map((day) => [day.tradeDate, day.source]));
    const bodies = detected.alerts.map(({ alert, leg }) => {
      const late = recordedAt.getTime() - Date.parse(alert.asOf) > HISTORICAL_AFTER_MS;
      const parts = (sources.get(alert.tradeDate) ?? "").split("+");
      const historical = !job.live || stream.isSample || late || !parts.every((source) => LIVE_SOURCES.has(source));
      const body = alertBody(leg, alert, clusterId(stream, alert.cluster), {
        repricingId: ids.get(alert.legKey) ?? 0,
        basis: stream.basis,
        method: stream.basis === "published" ? "published" : "cme",
        isSample: stream.isSample,
        historical,
        recordedAt,
        atMost: atMost.get(alert.legKey) ?? null,
        unusual: howUnusual(leg, past),
        assets: assets.get(`${alert.legKey} ${alert.tradeDate}`) ?? [],
      });
      return {
        alert: { ...alert, cluster: clusterId(stream, alert.cluster) },
        historical,
        isPrimary: !toldByBetter.has(alert.tradeDate),
        body,
        parametersVersion: version,
      };
    });
    const alerts = await recordAlerts(tx, stream, bodies, ids, recordedAt);
    return { days: days.length, legs: stored, alerts: alerts.length, withdrawn };
  });
}

/**
 * Looks at every daily reading the detector has not seen, in each basis apart, and stores legs, alerts and what assets did
 * in one transaction. A corrected day is looked at again with all that follow it; what was raised before stays raised.
 */
export async function flagRepricings(job: FlagJob): Promise<FlagResult> {
  const meetings = await meetingsKnown(job.sql, null);
  const calendar = { meetings, completeThrough: completeThrough(meetings) };
  const total = { days: 0, legs: 0, alerts: 0, withdrawn: 0 };
  for (const stream of await detectorStreams(job.sql)) {
    const result = await flagStream(job, stream, calendar);
    total.days += result.days;
    total.legs += result.legs;
    total.alerts += result.alerts;
    total.withdrawn += result.withdrawn;
  }
  return total;
}
