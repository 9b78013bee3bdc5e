import type { TransactionSql } from "postgres";
import type { IsoDate } from "../src/calendar/calendar-date.ts";
import type { MeetingCalendar } from "../src/calendar/meetings.ts";
import type { ProvisionalAlert } from "../src/repricing/intraday.ts";
import { clusterElsewhere, isToldElsewhere } from "../src/repricing/one-telling.ts";
import { PARAMETERS } from "../src/repricing/parameters.ts";
import type { ClusteredAlert, Leg } from "../src/repricing/repricing.ts";
import { bringsBackNews, withdrawalKey } from "../src/repricing/told.ts";
import {
  type AnsweredAlert,
  answeredAlerts,
  feedNumbers,
  recordAlerts,
  recordAnswers,
  type ToldRow,
} from "../src/store/alerts.ts";
import type { DetectorStream } from "../src/store/detector.ts";
import { clustersElsewhere, toldElsewhere } from "../src/store/told-moves.ts";
import { voiceKey } from "../src/webhooks/one-voice.ts";
import {
  ALERT_TYPES,
  type AlertParts,
  type AlertPlace,
  type AlsoTold,
  alertBody,
  answerBody,
  type WithdrawalReason,
} from "../src/webhooks/payload.ts";
import { queueAlerts, type RecordedAlert } from "./queue-alerts.ts";
import { tellAfterAll } from "./tell-after-all.ts";

/** An alert to tell, with all that its body says of it. */
export interface RaisedAlert
  extends Pick<AlertParts, "repricingId" | "reversesId" | "historical" | "atMost" | "unusual" | "assets"> {
  /** under the key it is told with, in the cluster that people see */
  readonly alert: ClusteredAlert;
  readonly leg: Leg;
  /** no better stream speaks for its day; it is told unless another one has told as much of the same repricing */
  readonly isPrimary: boolean;
  readonly provisional: ProvisionalAlert | null;
}

/** An alert to confirm or withdraw. */
export interface AlertAnswer {
  readonly kind: "confirmed" | "withdrawn";
  readonly resolvesId: number;
  /** of a confirmation: of the settlement that gives it; of a withdrawal: as the alert has it */
  readonly tradeDate: IsoDate;
  /** of a confirmation: its key; of a withdrawal: the key of the alert or leg that is withdrawn */
  readonly key: string;
  /** of a withdrawal */
  readonly reason?: WithdrawalReason;
}

/** What one run of the detector tells of one stream. */
export interface Telling {
  readonly stream: DetectorStream;
  readonly calendar: MeetingCalendar;
  readonly baseUrl: string | null;
  /** false: nothing of it is told by itself */
  readonly live: boolean;
  readonly recordedAt: Date;
  /** all that was told before of the legs concerned */
  readonly told: readonly ToldRow[];
  readonly answers: readonly AlertAnswer[];
  readonly raised: readonly RaisedAlert[];
}

type Numbered = RecordedAlert & Pick<AlsoTold, "amplitude_bp" | "expected_rate_bp"> & { readonly repricingId: number };

function alsoTold({ id, meeting, path, kind, severity, amplitude_bp, expected_rate_bp }: Numbered): AlsoTold {
  return { id, meeting, path, kind, severity, amplitude_bp, expected_rate_bp };
}

/** Where each alert stands: after the last one of its repricing, beside the others of its cluster and snapshot. */
function placesOf(alerts: readonly Numbered[], told: readonly ToldRow[]): AlertPlace[] {
  const last = new Map(told.map(({ repricingId, id }) => [repricingId, id]));
  const voices = new Map<string, Numbered[]>();
  for (const alert of alerts) {
    const together = voices.get(voiceKey(alert));
    if (together === undefined) voices.set(voiceKey(alert), [alert]);
    else together.push(alert);
  }
  return alerts.map((alert) => {
    const supersedes = last.get(alert.repricingId) ?? null;
    last.set(alert.repricingId, alert.id);
    const others = (voices.get(voiceKey(alert)) ?? []).filter(({ id }) => id !== alert.id);
    return { id: alert.id, supersedes, also: others.map(alsoTold) };
  });
}

/** A late answer is news to whoever was told in time; nobody is told of it by an import or a recomputation. */
function isHistory(answered: AnsweredAlert, { live }: Telling): boolean {
  return answered.historical || !live;
}

function numberedAnswer(answer: AlertAnswer, answered: AnsweredAlert, id: number, telling: Telling): Numbered {
  return {
    id,
    type: ALERT_TYPES[answer.kind],
    kind: answer.kind,
    severity: answered.severity,
    meeting: answered.meeting,
    path: answered.path,
    clusterId: answered.cluster,
    asOf: answered.asOf.toISOString(),
    recordedAt: telling.recordedAt,
    historical: isHistory(answered, telling),
    isPrimary: answered.isPrimary,
    repricingId: answered.repricingId,
    amplitude_bp: answered.amplitudeBp,
    expected_rate_bp: answered.expectedRateBp,
  };
}

function numberedAlert({ alert, ...raised }: RaisedAlert, id: number, { recordedAt }: Telling): Numbered {
  return {
    id,
    type: ALERT_TYPES[alert.kind],
    kind: alert.kind,
    severity: alert.severity,
    meeting: alert.target.meeting,
    path: alert.target.path,
    clusterId: alert.cluster,
    asOf: alert.asOf,
    recordedAt,
    historical: raised.historical,
    isPrimary: raised.isPrimary,
    repricingId: raised.repricingId,
    amplitude_bp: alert.amplitudeBp,
    expected_rate_bp: alert.expectedRateBp,
  };
}

/**
 * What is raised, and whether it is told: each repricing is told once a strength, by whichever stream comes first. What one
 * has more to say joins the cluster in which another has told of the same days.
 */
async function toldOnce(tx: TransactionSql, { stream, raised }: Telling): Promise<RaisedAlert[]> {
  const alerts = raised.flatMap(({ isPrimary, alert }) => (isPrimary ? [alert] : []));
  const courses = alerts.map(({ target, direction }) => ({ ...target, direction }));
  const dates = alerts.map(({ tradeDate }) => tradeDate);
  const [elsewhere, clusters] = await Promise.all([
    toldElsewhere(tx, stream, PARAMETERS.version, courses),
    clustersElsewhere(tx, stream, PARAMETERS.version, dates),
  ]);
  return raised.map((each) => {
    const { alert, leg, isPrimary } = each;
    const asked = { ...alert, ...alert.target, startedOn: leg.startedAt.tradeDate, through: alert.tradeDate };
    // What is history reached nobody, so it is no reason to keep back what is news.
    const told = elsewhere.filter((other) => each.historical || !other.historical);
    if (!isPrimary || isToldElsewhere(asked, told)) return { ...each, isPrimary: false };
    return { ...each, alert: { ...alert, cluster: clusterElsewhere(alert, clusters, PARAMETERS) ?? alert.cluster } };
  });
}

/** Answers after which another stream's alerts may be all there is: what people were told is gone, or what stands they were not. */
function mayLeaveUntold({ answer, told }: { readonly answer: AlertAnswer; readonly told: AnsweredAlert }): boolean {
  return (answer.kind === "withdrawn") === told.isPrimary;
}

const NOWHERE: AlertPlace = { id: 0, supersedes: null, also: [] };

/**
 * Records what there is to tell, answers first, and queues it for the webhooks that want it: all in one transaction. The
 * caller holds the turn `repricings`, has stored how the legs stand, and gives nothing that was told already.
 *
 * @returns how many alerts were recorded
 */
export async function tellAlerts(tx: TransactionSql, telling: Telling): Promise<number> {
  const { stream, answers, recordedAt } = telling;
  const count = answers.length + telling.raised.length;
  if (count === 0) return 0;
  const [numbers, raised, answered] = await Promise.all([
    feedNumbers(tx, count),
    toldOnce(tx, telling),
    answeredAlerts(
      tx,
      answers.map(({ resolvesId }) => resolvesId),
    ),
  ]);
  const answering = answers.map((answer, i) => {
    const told = answered.get(answer.resolvesId);
    if (told === undefined) {
      throw new RangeError(`Cannot answer the alert ${answer.resolvesId}: none is stored under that number`);
    }
    return { answer, told, numbered: numberedAnswer(answer, told, numbers[i] ?? 0, telling) };
  });
  const before = [
    ...telling.told,
    ...answering.map(({ answer: { kind, key }, numbered: { repricingId, historical } }) => {
      return { kind, key, repricingId, historical };
    }),
  ];
  const raising = raised.map((each, i) => {
    const ofLeg = before.filter(({ repricingId }) => repricingId === each.repricingId);
    // Late, but whoever was sent the withdrawal would believe it for ever.
    const isNews = telling.live && bringsBackNews(each.alert.key, ofLeg);
    const asTold = { ...each, historical: each.historical && !isNews };
    return { raised: asTold, numbered: numberedAlert(asTold, numbers[answers.length + i] ?? 0, telling) };
  });
  const all = [...answering, ...raising].map(({ numbered }) => numbered);
  const places = placesOf(all, telling.told);
  const answerRows = answering.map(({ answer, told, numbered: { id, historical } }, i) => ({
    id,
    resolvesId: answer.resolvesId,
    kind: answer.kind,
    tradeDate: answer.tradeDate,
    key: answer.kind === "confirmed" ? answer.key : withdrawalKey(answer.key, id),
    historical,
    body: answerBody(told.body, answer.kind, {
      resolves: answer.resolvesId,
      resolved: {
        kind: told.kind,
        severity: told.severity,
        trade_date: told.tradeDate,
        alert_key: told.key,
        ...(answer.reason === undefined ? {} : { reason: answer.reason }),
      },
      leg: told.leg,
      place: places[i] ?? NOWHERE,
      historical,
      recordedAt,
    }),
  }));
  const alertRows = raising.map(
    ({ raised: { alert, leg, isPrimary, provisional, ...parts }, numbered: { id } }, i) => ({
      id,
      repricingId: parts.repricingId,
      alert,
      provisional,
      historical: parts.historical,
      isPrimary,
      reversesId: parts.reversesId,
      parametersVersion: PARAMETERS.version,
      body: alertBody(leg, alert, {
        ...parts,
        place: places[answering.length + i] ?? NOWHERE,
        baseUrl: telling.baseUrl,
        basis: stream.basis,
        method: stream.basis === "published" ? "published" : "cme",
        isSample: stream.isSample,
        recordedAt,
      }),
    }),
  );
  await Promise.all([
    recordAnswers(tx, answerRows, recordedAt),
    recordAlerts(tx, stream, alertRows, recordedAt),
    queueAlerts(tx, all, telling.calendar, recordedAt),
  ]);
  const untold = answering.filter(mayLeaveUntold);
  const afterAll = await tellAfterAll(tx, {
    stream,
    version: PARAMETERS.version,
    calendar: telling.calendar,
    recordedAt,
    alertIds: untold.map(({ answer }) => answer.resolvesId),
    newsOf: new Set(untold.flatMap(({ numbered }) => (numbered.historical ? [] : [numbered.repricingId]))),
  });
  return count + afterAll;
}
