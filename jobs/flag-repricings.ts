import { createHash } from "node:crypto";
import type { Sql, TransactionSql } from "postgres";
import { type IsoDate, minDate } from "../src/pricing/calendar-date.ts";
import type { MeetingCalendar } from "../src/pricing/meetings.ts";
import { type AtMostShift, largestAtMostShift } from "../src/repricing/at-most.ts";
import { advanceDay, type DetectorState, initialDetector } from "../src/repricing/detector.ts";
import { type DetectorParameters, PARAMETERS } from "../src/repricing/parameters.ts";
import type { ClusteredAlert, Leg } from "../src/repricing/repricing.ts";
import { howUnusual } from "../src/repricing/unusual.ts";
import { UPSTREAMS } from "../src/sources/catalog.ts";
import {
  type DailyStream,
  type DetectorStream,
  datesToldByBetter,
  daysFrom,
  detectorStreams,
  outcomesOn,
  recordDetectorDays,
  registerParameters,
  type StoredDay,
  stateBefore,
  type Unseen,
  unseenFrom,
} from "../src/store/detector.ts";
import { meetingsKnown } from "../src/store/meetings.ts";
import {
  clustersOfLegs,
  pastLegs,
  recordAlerts,
  recordLegStates,
  repricingIds,
  withdrawVanished,
} from "../src/store/repricings.ts";
import { lastAlerts, recordWithdrawals } from "../src/store/withdrawals.ts";
import { takeTurn } from "../src/store/write.ts";
import { alertBody, answerBody } from "../src/webhooks/payload.ts";
import { answerProvisional } from "./answer-provisional.ts";
import { storeBlocks } from "./asset-blocks.ts";
import { completeThrough } from "./snapshot-inputs.ts";

const HISTORICAL_AFTER_MS = 24 * 3_600_000;
export const LIVE_SOURCES: ReadonlySet<string> = new Set(UPSTREAMS.map(({ id }) => id));

export interface FlagJob {
  readonly sql: Sql;
  readonly now: () => Date;
  /** false for what an import, a backfill or a recomputation raises: it is history, told only on demand */
  readonly live: boolean;
  /** where cutwatch is served, for the links in alerts; absent: links are paths */
  readonly baseUrl?: string | null;
  /** looks at every day from here on again, seen or not (a recomputation) */
  readonly from?: IsoDate;
}

export interface FlagResult {
  readonly days: number;
  readonly legs: number;
  readonly alerts: number;
  readonly withdrawn: number;
}

/** A result in words, for a run's detail. */
export function flagWords({ days, legs, alerts, withdrawn }: FlagResult): string {
  const taken = withdrawn === 0 ? "" : `, ${withdrawn} withdrawn`;
  return `repricings: ${days} days looked at, ${legs} legs changed, ${alerts} alerts${taken}`;
}

/** A name for a cluster that is short and the same for ever. */
export function clusterId(stream: DetectorStream, name: string): string {
  return createHash("sha256").update(`${stream.basis} ${stream.isSample} ${name}`).digest("hex").slice(0, 16);
}

export interface Detected {
  readonly days: readonly { readonly tradeDate: IsoDate; readonly snapshotId: number; readonly state: DetectorState }[];
  readonly legs: ReadonlyMap<string, Leg>;
  readonly alerts: readonly { readonly alert: ClusteredAlert; readonly leg: Leg }[];
}

/** The detector over some days. `again`: legs that were open before them count too, for what ended them may be gone. */
function run(
  from: DetectorState,
  days: readonly StoredDay[],
  again: boolean,
  calendar: MeetingCalendar,
  parameters: DetectorParameters,
): Detected {
  const open = again ? from.series.flatMap((series) => (series.open === null ? [] : [series.open.leg])) : [];
  const legs = new Map<string, Leg>(open.map((leg) => [leg.key, leg]));
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

/** How far the odds of a fixed range moved from a leg's start to its extreme, as it stood when it was last looked at. */
async function atMostOf(
  tx: TransactionSql,
  stream: DetectorStream,
  legs: readonly Leg[],
): Promise<(leg: Leg) => AtMostShift | null> {
  const outcomes = await outcomesOn(
    tx,
    stream,
    legs.flatMap(({ target: { meeting }, startedAt, extremeAt }) => [
      { tradeDate: startedAt.tradeDate, meeting },
      { tradeDate: extremeAt.tradeDate, meeting },
    ]),
  );
  const side = (date: IsoDate, meeting: IsoDate) => ({
    outcomes: outcomes.get(`${date} ${meeting}`) ?? [],
    unsolved: null,
  });
  return ({ target: { meeting }, startedAt, extremeAt }) =>
    largestAtMostShift(side(startedAt.tradeDate, meeting), side(extremeAt.tradeDate, meeting));
}

const NOTHING: FlagResult = { days: 0, legs: 0, alerts: 0, withdrawn: 0 };

/** Where to begin, under the turn: another process may have looked meanwhile. */
async function start(
  sql: Sql | TransactionSql,
  stream: DetectorStream,
  asked: IsoDate | undefined,
): Promise<Unseen | null> {
  const unseen = await unseenFrom(sql, stream, PARAMETERS.version);
  if (asked === undefined) return unseen;
  return { from: unseen === null ? asked : minDate(asked, unseen.from), isAgain: true };
}

async function flagStream(job: FlagJob, stream: DailyStream, calendar: MeetingCalendar): Promise<FlagResult> {
  const { sql, now } = job;
  const { version } = PARAMETERS;
  if (!stream.hasNews && job.from === undefined) return NOTHING;
  return sql.begin(async (tx) => {
    // Alerts are numbered in the order in which they become visible: writers take turns.
    await takeTurn(tx, "repricings");
    const begin = await start(tx, stream, job.from);
    if (begin === null) return NOTHING;
    const { from, isAgain } = begin;
    const recordedAt = now();
    const [before, days] = await Promise.all([
      stateBefore(tx, stream, version, from),
      daysFrom(tx, stream, from),
      registerParameters(tx, PARAMETERS, recordedAt),
    ]);
    const detected = run(before ?? initialDetector(PARAMETERS), days, isAgain, calendar, PARAMETERS);
    await recordDetectorDays(tx, stream, detected.days, recordedAt);
    const legs = [...detected.legs.values()];
    const answered = await answerProvisional(tx, stream, detected, recordedAt);
    // What was told during the day is confirmed, not told again.
    const alerts = detected.alerts.filter(({ alert }) => !answered.confirmedKeys.has(alert.key));
    const found = { alerts, legs, recordedAt, days };
    const vanished = isAgain
      ? await withdrawVanished(tx, stream, version, { from, kept: legs.map((leg) => leg.key), recordedAt })
      : [];
    const withdrawn = vanished.length;
    // Who was told of such a leg is told that it is gone.
    const told = (await lastAlerts(tx, vanished)).map(({ id, body }) => ({
      id,
      body: answerBody(body, "withdrawn", { id, recordedAt }),
    }));
    const takenBack = await recordWithdrawals(tx, told, recordedAt);
    if (legs.length === 0) return { ...NOTHING, days: days.length, withdrawn, alerts: answered.stored + takenBack };
    const stored = await storeFound(tx, job, stream, found);
    return { days: days.length, withdrawn, legs: stored.legs, alerts: stored.alerts + answered.stored + takenBack };
  });
}

/** Stores legs, what assets did beside their alerts, and the alerts. */
async function storeFound(
  tx: TransactionSql,
  job: FlagJob,
  stream: DetectorStream,
  found: Pick<Detected, "alerts"> & {
    readonly legs: readonly Leg[];
    readonly days: readonly StoredDay[];
    readonly recordedAt: Date;
  },
): Promise<Pick<FlagResult, "legs" | "alerts">> {
  const { version } = PARAMETERS;
  const { recordedAt, legs } = found;
  const dates = found.alerts.map(({ alert }) => alert.tradeDate);
  const [ids, atMost, toldByBetter] = await Promise.all([
    repricingIds(tx, stream, version, legs, recordedAt),
    // An alert tells of its leg as it was then: when many days are looked at together, the leg has gone on since.
    atMostOf(tx, stream, [...legs, ...found.alerts.map(({ leg }) => leg)]),
    datesToldByBetter(tx, stream, dates),
  ]);
  const named = new Map<string, string>();
  for (const { alert } of found.alerts) {
    if (!named.has(alert.legKey)) named.set(alert.legKey, clusterId(stream, alert.cluster));
  }
  const known = await clustersOfLegs(tx, [...ids.values()]);
  const drafts = legs.map((leg) => ({
    leg,
    cluster: known.get(ids.get(leg.key) ?? 0) ?? named.get(leg.key) ?? clusterId(stream, leg.key),
    atMost: atMost(leg),
  }));
  const stored = await recordLegStates(tx, drafts, ids, recordedAt);
  if (found.alerts.length === 0) return { legs: stored, alerts: 0 };
  const [past, assets] = await Promise.all([
    pastLegs(tx, stream, version),
    storeBlocks({ sql: job.sql, tx }, stream, { ids, alerts: found.alerts, recordedAt }),
  ]);
  const sources = new Map(found.days.map((day) => [day.tradeDate, day.source]));
  const bodies = found.alerts.map(({ alert, leg }) => {
    const late = recordedAt.getTime() - Date.parse(alert.asOf) > HISTORICAL_AFTER_MS;
    const parts = (sources.get(alert.tradeDate) ?? "").split("+");
    const historical = !job.live || stream.isSample || late || !parts.every((source) => LIVE_SOURCES.has(source));
    const cluster = clusterId(stream, alert.cluster);
    const reversesId = alert.reverses === null ? null : (ids.get(alert.reverses) ?? null);
    const body = alertBody(leg, alert, cluster, {
      repricingId: ids.get(alert.legKey) ?? 0,
      reversesId,
      baseUrl: job.baseUrl ?? null,
      basis: stream.basis,
      method: stream.basis === "published" ? "published" : "cme",
      isSample: stream.isSample,
      historical,
      recordedAt,
      atMost: atMost(leg),
      unusual: howUnusual(leg, past),
      assets: assets.get(`${alert.legKey} ${alert.tradeDate}`) ?? [],
    });
    return {
      alert: { ...alert, cluster },
      historical,
      isPrimary: !toldByBetter.has(alert.tradeDate),
      reversesId,
      provisional: null,
      resolvesId: null,
      body,
      parametersVersion: version,
    };
  });
  const alerts = await recordAlerts(tx, stream, bodies, ids, recordedAt);
  return { legs: stored, alerts: alerts.length };
}

/**
 * Looks at every daily reading the detector has not seen, in each basis apart, and stores legs, alerts and what assets did
 * in one transaction. A corrected day is looked at again with all that follow it; what was raised before stays raised.
 */
export async function flagRepricings(job: FlagJob): Promise<FlagResult> {
  const [meetings, streams] = await Promise.all([
    meetingsKnown(job.sql, null),
    detectorStreams(job.sql, PARAMETERS.version),
  ]);
  const calendar = { meetings, completeThrough: completeThrough(meetings) };
  const total = { days: 0, legs: 0, alerts: 0, withdrawn: 0 };
  for (const stream of streams) {
    const result = await flagStream(job, stream, calendar);
    total.days += result.days;
    total.legs += result.legs;
    total.alerts += result.alerts;
    total.withdrawn += result.withdrawn;
  }
  return total;
}
