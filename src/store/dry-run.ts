/** What a subscription would have been told of stored history. */
import type { Sql, TransactionSql } from "postgres";
import { addDays, type IsoDate } from "../calendar/calendar-date.ts";
import type { Meeting } from "../calendar/meetings.ts";
import { alertDrafts, noticeDrafts } from "../webhooks/delivery-drafts.ts";
import {
  type DryRun,
  type DryRunMessage,
  dryRunMessage,
  dryRunOf,
  type NotJudged,
  type UnjudgedReadings,
} from "../webhooks/dry-run.ts";
import { wantsType } from "../webhooks/match.ts";
import type { MessageBody } from "../webhooks/message-body.ts";
import { ruleBody } from "../webhooks/rule-body.ts";
import { type RuleGap, type RuleHistory, ruleHistory } from "../webhooks/rule-history.ts";
import { ruleJson, ruleName } from "../webhooks/rule-json.ts";
import { ruleSpans } from "../webhooks/rule-spans.ts";
import type { Rule, Subscription } from "../webhooks/subscription.ts";
import { WITHHELD_READINGS } from "../webhooks/withheld-words.ts";
import { meetingsKnown } from "./meetings.ts";
import { messageBodies } from "./message-bodies.ts";
import { mayPass, mayPassReading } from "./passable-sources.ts";
import { measuredReadings } from "./rule-readings.ts";
import { toldAlerts, toldNotices } from "./told-news.ts";

export interface DryRunRequest {
  /** absent: from the first reading */
  readonly from?: Date;
  /** absent: to the last reading */
  readonly to?: Date;
  readonly now: Date;
  /** the sources whose own figures messages may tell; null: all */
  readonly passable: ReadonlySet<string> | null;
}

export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** Before the period's first day, a rule is followed for so long: contracts are listed for three years, so meetings are as old. */
const LONGEST_LIFE_DAYS = 1_100;
/** Trade dates this far apart have a gap between them that no reading covers: longer than any holidays. */
const GAP_DAYS = 7;

/** The period asked for, as far as readings are stored; null: none of it is. */
export async function storedPeriod(
  sql: Sql | TransactionSql,
  { from, to, now }: Omit<DryRunRequest, "passable">,
): Promise<Period | null> {
  const [row] = await sql<{ first: Date | null; last: Date | null }[]>`
    select min(as_of) as first, max(as_of) as last
    from cutwatch.snapshots
    where as_of <= ${now.toISOString()}::timestamptz
  `;
  if (row === undefined || row.first === null || row.last === null) return null;
  const begins = from !== undefined && from > row.first ? from : row.first;
  const ends = to !== undefined && to < row.last ? to : row.last;
  return begins > ends ? null : { from: begins, to: ends };
}

/** How long the daily readings of a period cover: the time between trade dates, without gaps. */
async function coveredMs(sql: Sql, { from, to }: Period): Promise<number> {
  const [row] = await sql<{ ms: number }[]>`
    select coalesce(1000 * sum(extract(epoch from as_of - before)), 0)::float8 as ms
    from (
      select min(as_of) as as_of, lag(min(as_of)) over (order by trade_date) as before
      from cutwatch.snapshots
      where grid = 'settlement' and as_of between ${from.toISOString()}::timestamptz and ${to.toISOString()}::timestamptz
      group by trade_date
    ) dates
    where as_of - before <= ${GAP_DAYS}::integer * interval '1 day'
  `;
  return row?.ms ?? 0;
}

function dayOf(instant: Date): IsoDate {
  return instant.toISOString().slice(0, 10);
}

interface TriedRule {
  readonly messages: readonly DryRunMessage[];
  readonly gaps: readonly RuleGap[];
  readonly notJudged: string | null;
}

/** What a rule comes to along the stored daily readings of a period, as they are known now. */
export async function storedHistory(
  sql: Sql | TransactionSql,
  rule: Rule,
  meetings: readonly Meeting[],
  { passable, ...period }: Period & Pick<DryRunRequest, "passable">,
): Promise<RuleHistory> {
  // What it remembers when the period begins is of the meetings that it means then.
  const first = dayOf(period.from);
  const begin = new Date(`${addDays(first, -LONGEST_LIFE_DAYS)}T00:00:00Z`);
  const spans = ruleSpans(rule, meetings, { from: dayOf(begin), to: addDays(dayOf(period.to), 1) }).filter(
    ({ to }) => to >= first,
  );
  const stored = await measuredReadings(sql, { measure: rule, spans, intradayFrom: null });
  const readings = stored.filter((reading) => mayPassReading(reading, passable));
  if (stored.length > 0 && readings.length === 0) {
    const notJudged = WITHHELD_READINGS;
    return { found: [], gaps: [], notJudged };
  }
  return ruleHistory(rule, readings, meetings, { begin, ...period });
}

async function triedRule(
  sql: Sql,
  rule: Rule,
  meetings: readonly Meeting[],
  period: Period & Pick<DryRunRequest, "passable">,
): Promise<TriedRule> {
  const { found, gaps, notJudged } = await storedHistory(sql, rule, meetings, period);
  const messages = found.map((match) => {
    const how = { webhookId: 0, baseUrl: null, recordedAt: match.reading.recordedAt };
    return dryRunMessage(ruleBody(match, how), null);
  });
  return { messages, gaps, notJudged };
}

function unjudgedOf(rule: number, { meeting, from, to, days, reason }: RuleGap): UnjudgedReadings {
  return { rule, meeting, from: from.toISOString(), to: to.toISOString(), days, reason };
}

/**
 * The messages that a subscription would have been sent over a period of stored history: alerts and notices as they were
 * recorded, and matches of its rules along the daily readings as they are known now. What may not be passed on would not have
 * been sent: it is counted. Nothing is stored or sent.
 */
export async function dryRun(sql: Sql, subscription: Subscription, request: DryRunRequest): Promise<DryRun> {
  const period = await storedPeriod(sql, request);
  const rules = wantsType(subscription, "rule.matched") ? subscription.rules : [];
  if (period === null) {
    const at = request.now;
    const notJudged = rules.map((_, rule) => ({ rule, reason: "no reading is stored of the period" }));
    const none = { from: request.from ?? at, to: request.to ?? at, coveredMs: 0 };
    return dryRunOf([], none, { notJudged, unjudged: [], withheld: 0 });
  }
  const [alerts, notices, meetings] = await Promise.all([
    toldAlerts(sql, period),
    toldNotices(sql, period),
    meetingsKnown(sql, null),
  ]);
  const webhook = { webhookId: 0, tenant: "", subscription };
  const told = alertDrafts([webhook], alerts, { meetings }).flatMap(({ alertId }) => alertId ?? []);
  const noticed = noticeDrafts([webhook], notices, { meetings }).flatMap(({ noticeId }) => noticeId ?? []);
  const { passable } = request;
  const stored = [...(await messageBodies(sql, { alertIds: told, noticeIds: noticed }))];
  const passing = stored.filter(([, { published }]) => published === null || mayPass(published, passable));
  const messages = passing.map(([id, { body }]) => dryRunMessage(body as MessageBody, id));
  const notJudged: NotJudged[] = [];
  const unjudged: UnjudgedReadings[] = [];
  const names = new Set<string>();
  for (const [i, rule] of rules.entries()) {
    const tried = await triedRule(sql, rule, meetings, { ...period, passable });
    // A rule that stands there twice is told once.
    const name = ruleName(ruleJson(rule));
    if (!names.has(name)) messages.push(...tried.messages);
    names.add(name);
    unjudged.push(...tried.gaps.map((gap) => unjudgedOf(i, gap)));
    if (tried.notJudged !== null) notJudged.push({ rule: i, reason: tried.notJudged });
  }
  const gaps = { notJudged, unjudged, withheld: stored.length - passing.length };
  return dryRunOf(messages, { ...period, coveredMs: await coveredMs(sql, period) }, gaps);
}
