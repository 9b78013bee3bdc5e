/** What a subscription would have been told over a period, and how often that is. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import { SEVERITIES, type Severity } from "../repricing/repricing.ts";
import type { MessageBody } from "./message-body.ts";
import { messageText } from "./message-text.ts";
import type { EventType } from "./subscription.ts";

const YEAR_MS = 365.25 * 86_400_000;

/** One message that would have been sent. Names as they are answered. */
export interface DryRunMessage {
  readonly type: EventType;
  readonly as_of: string;
  readonly meeting: IsoDate | null;
  /** of repricings; null otherwise */
  readonly severity: Severity | null;
  readonly kind: string | null;
  /** its place in the feed; null: it is the match of a rule */
  readonly alert_id: number | null;
  /** its first line in a chat */
  readonly summary: string;
}

/** A rule that could not be tried on what is stored. */
export interface NotJudged {
  /** its place among the rules, the first 0 */
  readonly rule: number;
  readonly reason: string;
}

/** Readings at which a rule could not be judged: what it would have said of them nobody knows. */
export interface UnjudgedReadings {
  /** its place among the rules, the first 0 */
  readonly rule: number;
  readonly meeting: IsoDate;
  /** of the first and the last of them */
  readonly from: string;
  readonly to: string;
  /** trade dates */
  readonly days: number;
  readonly reason: string;
}

/** What a dry run could not tell. */
export interface DryRunGaps {
  readonly notJudged: readonly NotJudged[];
  readonly unjudged: readonly UnjudgedReadings[];
  readonly withheld: number;
}

export interface DryRun {
  readonly from: string;
  readonly to: string;
  /** ascending by `as_of` */
  readonly messages: readonly DryRunMessage[];
  /** of the period, what lies between readings: a gap is no quiet time */
  readonly days_covered: number;
  /** by the days covered; null: they are fewer than 28 */
  readonly per_year: number | null;
  /** rules that no stored reading can judge: that they brought no message says nothing */
  readonly not_judged: readonly NotJudged[];
  /** of each rule, where in the period it was blind */
  readonly unjudged: readonly UnjudgedReadings[];
  /** messages that would not have been sent, for their figures may not be passed on */
  readonly withheld: number;
  readonly by_type: Readonly<Record<string, number>>;
  readonly by_severity: Readonly<Record<Severity, number>>;
}

const DAY_MS = 86_400_000;
// A message or two in a few days is no rate: 1 in 3 days would be 122 a year. Four weeks hold a release of each monthly kind.
const LEAST_DAYS = 28;

/** A message by its body. */
export function dryRunMessage(body: MessageBody, feedId: number | null): DryRunMessage {
  const { data } = body;
  const isRepricing = "severity" in data;
  return {
    type: body.type as EventType,
    as_of: data.as_of,
    meeting: "meeting" in data ? data.meeting : null,
    severity: isRepricing ? data.severity : null,
    kind: isRepricing ? data.kind : null,
    alert_id: feedId,
    summary: messageText(body).headline,
  };
}

/**
 * The answer of a dry run.
 *
 * @param period as far as anything is stored; `coveredMs`: of it, what lies between readings, for a gap is no quiet time
 * @param gaps what could not be told
 */
export function dryRunOf(
  messages: readonly DryRunMessage[],
  period: { readonly from: Date; readonly to: Date; readonly coveredMs: number },
  gaps: DryRunGaps,
): DryRun {
  const byType: Record<string, number> = {};
  for (const { type } of messages) byType[type] = (byType[type] ?? 0) + 1;
  const bySeverity = { notice: 0, sharp: 0, severe: 0, extreme: 0 } satisfies Record<Severity, number>;
  for (const severity of SEVERITIES) {
    bySeverity[severity] = messages.filter((message) => message.severity === severity).length;
  }
  return {
    from: period.from.toISOString(),
    to: period.to.toISOString(),
    messages: messages.toSorted(
      (a, b) => Date.parse(a.as_of) - Date.parse(b.as_of) || (a.alert_id ?? 0) - (b.alert_id ?? 0),
    ),
    days_covered: period.coveredMs / DAY_MS,
    per_year: period.coveredMs < LEAST_DAYS * DAY_MS ? null : (messages.length * YEAR_MS) / period.coveredMs,
    not_judged: gaps.notJudged,
    unjudged: gaps.unjudged,
    withheld: gaps.withheld,
    by_type: byType,
    by_severity: bySeverity,
  };
}
