import type { TransactionSql } from "postgres";
import type { IsoDate } from "../src/calendar/calendar-date.ts";
import type { MeetingCalendar } from "../src/calendar/meetings.ts";
import { type AtMostShift, largestAtMostShift } from "../src/repricing/at-most.ts";
import { endedByCalendar } from "../src/repricing/calendar-end.ts";
import { PARAMETERS } from "../src/repricing/parameters.ts";
import type { Leg } from "../src/repricing/repricing.ts";
import { freshAlerts, keyToTell, type LookedAgain, standingAlerts, voidAlerts } from "../src/repricing/told.ts";
import { howUnusual } from "../src/repricing/unusual.ts";
import { type ToldRow, toldAlerts } from "../src/store/alerts.ts";
import type { DetectorStream, Unseen } from "../src/store/detector.ts";
import { outcomesOn, outrankedOn, type StoredDay } from "../src/store/detector-days.ts";
import { pastLegs } from "../src/store/past-legs.ts";
import { provisionalOn } from "../src/store/provisional.ts";
import {
  clustersOfLegs,
  recordLegStates,
  repricingIds,
  withdrawLegs,
  withdrawVanished,
} from "../src/store/repricings.ts";
import { answerProvisional, type ProvisionalAnswers } from "./answer-provisional.ts";
import { alertBlocks } from "./asset-blocks.ts";
import { clusterNames } from "./cluster-names.ts";
import type { Detected } from "./detect-days.ts";
import type { FlagJob, FlagResult } from "./flag-repricings.ts";
import { isHistorical } from "./historical.ts";
import { type AlertAnswer, type RaisedAlert, tellAlerts } from "./tell-alerts.ts";

/** What the detector made of some days of a stream. */
export interface FoundDays {
  readonly stream: DetectorStream;
  readonly calendar: MeetingCalendar;
  readonly recordedAt: Date;
  readonly unseen: Unseen;
  readonly days: readonly StoredDay[];
  readonly detected: Detected;
}

function withdrawal({ id, tradeDate }: ToldRow, key: string): AlertAnswer {
  return { kind: "withdrawn", resolvesId: id, tradeDate, key, reason: "corrected" };
}

/** Whom a withdrawal must reach: 2 all who were sent the alert, 1 those who read it in the feed, 0 nobody who was told. */
function reachOf({ isPrimary, historical }: ToldRow): number {
  return isPrimary ? (historical ? 1 : 2) : 0;
}

/** Of each leg the alert whose withdrawal takes back the leg: the last of those that reached most people. */
function lastHeard(told: readonly ToldRow[]): ToldRow[] {
  const last = new Map<number, ToldRow>();
  for (const row of standingAlerts(told)) {
    const before = last.get(row.repricingId);
    if (before === undefined || reachOf(row) >= reachOf(before)) last.set(row.repricingId, row);
  }
  return [...last.values()];
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

/** What days that were looked at before give now; null: they were not. */
function lookedAgain({ unseen: { isAgain, from }, detected }: FoundDays): LookedAgain | null {
  if (!isAgain) return null;
  return { from, found: new Map(detected.alerts.map(({ alert }) => [alert.key, alert.tradeDate])) };
}

/**
 * Takes back what was told and is no more: alerts of the day, legs that are gone, and single alerts of legs that stay.
 * Then confirms what the day's settlement bears out: the last that is said of a leg that stands is that it does.
 */
function answersOf(
  again: LookedAgain | null,
  told: readonly ToldRow[],
  provisional: ProvisionalAnswers,
  gone: readonly number[],
): AlertAnswer[] {
  const ofGone = told.filter(({ repricingId }) => gone.includes(repricingId));
  const ofOthers = told.filter(({ repricingId }) => !gone.includes(repricingId));
  const voided = again === null ? [] : voidAlerts(ofOthers, { ...again, borneOut: provisional.borneOut });
  return [
    ...provisional.withdrawn.map(({ id, alert }) => ({
      kind: "withdrawn" as const,
      resolvesId: id,
      tradeDate: alert.tradeDate,
      key: alert.key,
      reason: "settlement" as const,
    })),
    // Of a leg that is gone the last thing that was told is taken back, and all else with it.
    ...lastHeard(ofGone).map((row) => withdrawal(row, row.legKey)),
    ...voided.map((row) => withdrawal(row, row.key)),
    ...provisional.confirmed.map((row, i) => ({
      kind: "confirmed" as const,
      resolvesId: row.id,
      tradeDate: row.settledOn,
      // One settlement may bear out what was told on several days.
      key: keyToTell(row.alert.settledKey, [
        ...told.filter(({ repricingId }) => repricingId === row.repricingId),
        ...provisional.confirmed
          .slice(0, i)
          .map(({ alert }) => ({ key: alert.settledKey, kind: "confirmed" as const, isProvisional: false })),
      ]),
    })),
  ];
}

/**
 * All that does not depend on each other, asked at once: an alert's day takes some 20 statements, and waiting for each in
 * turn cost half of the time. New legs get their numbers, and legs that are gone are withdrawn, on the way.
 */
async function readBeside(tx: TransactionSql, job: FlagJob, { stream, unseen, days, detected, recordedAt }: FoundDays) {
  const { version } = PARAMETERS;
  const legs = [...detected.legs.values()];
  const kept = legs.map((leg) => leg.key);
  const to = days.at(-1)?.tradeDate ?? unseen.from;
  const none: readonly number[] = [];
  const [past, ids, provisional, gone, atMost, outranked, blocks] = await Promise.all([
    // First: it reads how legs stood before any of these is stored.
    detected.alerts.length > 0 ? pastLegs(job.sql, tx, stream, version) : [],
    repricingIds(tx, stream, version, legs, recordedAt),
    provisionalOn(
      tx,
      stream,
      version,
      detected.days.map(({ tradeDate }) => tradeDate),
    ),
    unseen.isAgain ? withdrawVanished(tx, stream, version, { from: unseen.from, to, kept, recordedAt }) : none,
    // An alert tells of its leg as it was then: when many days are looked at together, the leg has gone on since.
    atMostOf(tx, stream, [...legs, ...detected.alerts.map(({ leg }) => leg)]),
    outrankedOn(
      tx,
      stream,
      detected.alerts.map(({ alert: { tradeDate, target } }) => ({ tradeDate, meeting: target.meeting })),
    ),
    alertBlocks({ sql: job.sql, tx }, stream, detected.alerts, recordedAt),
  ]);
  // Legs that ended in these days count as past too, as they stand now, and not those that are gone.
  const before = [...past.filter(({ id, key }) => !gone.includes(id) && !detected.legs.has(key)), ...legs];
  return { ids, provisional, gone, atMost, outranked, before, blocks };
}

/** The alerts that nobody was told of, with all that is said of them. */
function raisedOf(
  job: FlagJob,
  { stream, days, detected, recordedAt }: FoundDays,
  beside: Awaited<ReturnType<typeof readBeside>>,
  told: readonly ToldRow[],
  tell: {
    readonly confirmed: ReadonlySet<string>;
    readonly again: LookedAgain | null;
    readonly clusterOf: (cluster: string) => string;
  },
): RaisedAlert[] {
  const { ids, atMost, outranked, before, blocks } = beside;
  const sources = new Map(days.map((day) => [day.tradeDate, day.source]));
  // What was told during the day is confirmed, not told again.
  const news = detected.alerts.filter(({ alert }) => !tell.confirmed.has(alert.key));
  return freshAlerts(news, told, tell.again).map(({ alert, leg }) => {
    const reading = { asOf: alert.asOf, source: sources.get(alert.tradeDate) ?? "", isSample: stream.isSample };
    return {
      alert: { ...alert, cluster: tell.clusterOf(alert.cluster) },
      leg,
      repricingId: ids.get(alert.legKey) ?? 0,
      reversesId: alert.reverses === null ? null : (ids.get(alert.reverses) ?? null),
      historical: isHistorical(reading, { live: job.live, recordedAt }),
      isPrimary: !outranked.has(`${alert.tradeDate} ${alert.target.meeting}`),
      provisional: null,
      atMost: atMost(leg),
      unusual: howUnusual(leg, before),
      assets: blocks.partsOf(alert),
    };
  });
}

/** Stores legs, what assets did beside their alerts, and the alerts, and takes back what is no more. */
export async function storeDetected(
  tx: TransactionSql,
  job: FlagJob,
  found: FoundDays,
): Promise<Omit<FlagResult, "days">> {
  const { version } = PARAMETERS;
  const { stream, detected, recordedAt } = found;
  const beside = await readBeside(tx, job, found);
  const { ids, provisional, gone, atMost, blocks } = beside;
  const answered = answerProvisional(detected, provisional);
  const numbers = [...ids.values()];
  const [told, known] = await Promise.all([
    toldAlerts(tx, stream, version, {
      repricingIds: [...numbers, ...gone, ...provisional.map(({ repricingId }) => repricingId)],
      keys: detected.alerts.map(({ alert }) => alert.cluster),
    }),
    clustersOfLegs(tx, numbers),
    withdrawLegs(tx, answered.goneLegs, { states: ["provisional"], reason: "withdrawn", recordedAt }),
  ]);
  const clusterOf = clusterNames(stream, detected.alerts, told);
  // The cluster of a leg is that of its first alert, whatever clusters later ones belong to.
  const ofLeg = new Map(detected.alerts.toReversed().map(({ alert }) => [alert.legKey, clusterOf(alert.cluster)]));
  const drafts = [...detected.legs.values()].map((leg) => ({
    // The last readings there are may leave a leg open whose meeting has long been decided.
    leg: endedByCalendar(leg, found.calendar, recordedAt),
    cluster: known.get(ids.get(leg.key) ?? 0) ?? ofLeg.get(leg.key) ?? clusterOf(leg.key),
    atMost: atMost(leg),
  }));
  const confirmed = new Set(answered.confirmed.map(({ alert }) => alert.settledKey));
  const again = lookedAgain(found);
  // What takes an alert back says how its leg stands, so that is stored first.
  const stored = await recordLegStates(tx, drafts, ids, recordedAt);
  const [alerts] = await Promise.all([
    tellAlerts(tx, {
      stream,
      calendar: found.calendar,
      baseUrl: job.baseUrl ?? null,
      live: job.live,
      recordedAt,
      told,
      answers: answersOf(again, told, answered, gone),
      raised: raisedOf(job, found, beside, told, { confirmed, again, clusterOf }),
    }),
    blocks.store(ids),
  ]);
  return { legs: stored, alerts, withdrawn: gone.length };
}
