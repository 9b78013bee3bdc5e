import type { Sql, TransactionSql } from "postgres";
import type { Meeting } from "../src/calendar/meetings.ts";
import {
  queueDeliveries,
  recordUnsent,
  type WebhookWithRules,
  webhooksWithRules,
} from "../src/store/delivery-queue.ts";
import { meetingsKnown } from "../src/store/meetings.ts";
import { mayPassReading, passableSources } from "../src/store/passable-sources.ts";
import { measuredReadings } from "../src/store/rule-readings.ts";
import { forgetRuleStates, recordRuleStates, ruleStates, type StoredRuleState } from "../src/store/rule-states.ts";
import { takeTurn } from "../src/store/write.ts";
import type { DeliveryDraft } from "../src/webhooks/delivery-drafts.ts";
import { wantsType } from "../src/webhooks/match.ts";
import { judgedAgainFrom } from "../src/webhooks/rule-again.ts";
import { ruleDraft } from "../src/webhooks/rule-body.ts";
import { ruleJson } from "../src/webhooks/rule-json.ts";
import { followRule, type MeasuredReading } from "../src/webhooks/rule-series.ts";
import { tellSight } from "./tell-sight.ts";
import { NEWEST_WITHIN_DAYS, newsOf, type Watched, watchedRules } from "./watched-rules.ts";

const DAY_MS = 86_400_000;
/** What is a day old is history: it is followed, and told to nobody. */
const NEWS_MS = DAY_MS;

export interface MatchRulesJob {
  readonly sql: Sql;
  readonly now: () => Date;
  /** where cutwatch is served, for the links in messages; null: links are paths */
  readonly baseUrl: string | null;
  /** rules are not shown what may not be passed on: a match would tell it */
  readonly withhold: boolean;
}

export interface MatchRulesResult {
  readonly rules: number;
  /** matches that are told */
  readonly matched: number;
  /** rules that could not be followed, with the reason */
  readonly broken: readonly string[];
  /** how many rules could not be judged now, by the reason; absent where all could */
  readonly unjudged?: Readonly<Record<string, number>>;
}

/** A result in words, for a run's detail. */
export function matchWords({ rules, matched, broken, unjudged = {} }: MatchRulesResult): string {
  const failed = broken.length === 0 ? "" : `, ${broken.length} not followed (${broken.join("; ")})`;
  const blind = Object.entries(unjudged).map(([reason, count]) => `, ${count} not judged: ${reason}`);
  return `rules: ${rules} followed, ${matched} matched${failed}${blind.join("")}`;
}

/** From when on intraday readings matter: since the rule's last look, or as far back as the newest may be. */
function intradayFrom({ rule, before }: Watched, now: Date): number {
  const earliest = now.getTime() - NEWEST_WITHIN_DAYS * DAY_MS;
  // An hour's window may reach over a long weekend.
  if (before === null || rule.window === "1h") return earliest;
  return Math.max(earliest, ...Object.values(before.tracks).map(({ asOf }) => Date.parse(asOf)));
}

interface Shown {
  readonly now: Date;
  readonly passable: ReadonlySet<string> | null;
}

/**
 * Rules on the same measure of the same meeting look at the same readings: one query for each measure, and another where a
 * reading was corrected, for what came after it.
 */
async function readingsFor(tx: TransactionSql, watched: readonly Watched[], shown: Shown): Promise<ByMeeting> {
  const from = new Date(Math.min(...watched.map((each) => intradayFrom(each, shown.now))));
  const readings = await readingsSince(tx, watched, from, shown);
  const again = watched.flatMap(
    ({ before, span }) => judgedAgainFrom(before, readings.get(span.meeting) ?? [])?.getTime() ?? [],
  );
  const earliest = new Date(Math.min(...again, from.getTime()));
  return earliest < from ? readingsSince(tx, watched, earliest, shown) : readings;
}

type ByMeeting = ReadonlyMap<string, readonly MeasuredReading[]>;

async function readingsSince(
  tx: TransactionSql,
  watched: readonly Watched[],
  from: Date,
  { passable }: Shown,
): Promise<ByMeeting> {
  const [first] = watched;
  if (first === undefined) return new Map();
  const spans = new Map(watched.map(({ span }) => [span.meeting, span]));
  const query = { measure: first.rule, spans: [...spans.values()], intradayFrom: from };
  const byMeeting = new Map<string, MeasuredReading[]>();
  for (const reading of await measuredReadings(tx, query)) {
    // A match would tell the figure; one that is withheld when it is sent would count as told on every other basis.
    if (reading.isSample || !mayPassReading(reading, passable)) continue;
    const known = byMeeting.get(reading.meeting);
    if (known === undefined) byMeeting.set(reading.meeting, [reading]);
    else known.push(reading);
  }
  return byMeeting;
}

interface Followed {
  readonly states: readonly StoredRuleState[];
  readonly told: readonly { readonly webhook: WebhookWithRules; readonly draft: DeliveryDraft }[];
}

function follow(
  watched: Watched,
  readings: readonly MeasuredReading[],
  meetings: readonly Meeting[],
  how: { readonly baseUrl: string | null; readonly recordedAt: Date },
): Followed {
  const { webhook, rule, key, before, arrives } = watched;
  const { webhookId } = webhook;
  const news = newsOf(watched, readings, meetings, how.recordedAt);
  const { state, found } = followRule(rule, { state: before, arrives }, readings, (reading) => news.has(reading));
  const fresh = found.filter(({ reading }) => how.recordedAt.getTime() - reading.asOf.getTime() <= NEWS_MS);
  return {
    states: state === null || state === before ? [] : [{ webhookId, ruleKey: key, state }],
    told: fresh.map((match) => ({ webhook, draft: ruleDraft(match, { webhookId, ...how }) })),
  };
}

function byMeasure(watched: readonly Watched[]): Watched[][] {
  const groups = new Map<string, Watched[]>();
  for (const each of watched) {
    const { measure, range = "" } = ruleJson(each.rule);
    const group = groups.get(`${measure} ${range}`);
    if (group === undefined) groups.set(`${measure} ${range}`, [each]);
    else group.push(each);
  }
  return [...groups.values()];
}

/**
 * Shows every rule of every webhook the live readings that it has not seen, and queues what matches in the transaction
 * that remembers them. History, whether of the sample, an import or a backfill, raises nothing; a rule that looks for the
 * first time only learns where things stand; one whose selector moves to another meeting goes on from that meeting's earlier
 * readings; a reading that is recorded anew is judged again. What a disabled webhook misses is recorded, not sent, so that a replay has it. A rule that cannot be judged says
 * so: its webhook is told once that it is blind while the outcome of a meeting is not known, and once that it is not any more.
 */
export async function matchRules({ sql, now, baseUrl, withhold }: MatchRulesJob): Promise<MatchRulesResult> {
  const nothing = { rules: 0, matched: 0, broken: [] };
  if ((await webhooksWithRules(sql)).length === 0) return nothing;
  const passable = withhold ? await passableSources(sql) : null;
  return sql.begin(async (tx) => {
    // Two processes that look at once would both see a reading for the first time.
    await takeTurn(tx, "rules");
    const webhooks = (await webhooksWithRules(tx)).filter(({ subscription }) =>
      wantsType(subscription, "rule.matched"),
    );
    const ids = webhooks.map(({ webhookId }) => webhookId);
    if (ids.length === 0) return nothing;
    const recordedAt = now();
    const [meetings, known] = await Promise.all([meetingsKnown(tx, null), ruleStates(tx, ids)]);
    const { watched, broken } = watchedRules(webhooks, meetings, known, recordedAt);
    const states: StoredRuleState[] = [];
    const told: Followed["told"][number][] = [];
    for (const group of byMeasure(watched)) {
      const readings = await readingsFor(tx, group, { now: recordedAt, passable });
      for (const each of group) {
        const followed = follow(each, readings.get(each.span.meeting) ?? [], meetings, { baseUrl, recordedAt });
        states.push(...followed.states);
        told.push(...followed.told);
      }
    }
    await recordRuleStates(tx, states, recordedAt);
    await forgetRuleStates(
      tx,
      ids,
      watched.map(({ webhook: { webhookId }, key }) => ({ webhookId, ruleKey: key })),
    );
    const draftsOf = (enabled: boolean) =>
      told.filter(({ webhook }) => webhook.enabled === enabled).map(({ draft }) => draft);
    const matched = await queueDeliveries(tx, draftsOf(true), recordedAt);
    await recordUnsent(tx, draftsOf(false), "The webhook was disabled: not sent", recordedAt);
    const unjudged = await tellSight(tx, webhooks, meetings, { baseUrl, recordedAt, passable });
    const rules = webhooks.reduce((sum, { subscription }) => sum + subscription.rules.length, 0);
    return { rules, matched, broken, ...(Object.keys(unjudged).length === 0 ? {} : { unjudged }) };
  });
}
