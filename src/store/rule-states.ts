/** What the rules of webhooks remember between two readings. */
import type { TransactionSql } from "postgres";
import type { RuleState } from "../webhooks/rule-state.ts";

/** A rule of a webhook, by what {@link ruleKey} calls it, and what it remembers. */
export interface StoredRuleState {
  readonly webhookId: number;
  readonly ruleKey: string;
  readonly state: RuleState;
}

/** What some webhooks' rules remember. */
export async function ruleStates(
  tx: TransactionSql,
  webhookIds: readonly number[],
): Promise<readonly StoredRuleState[]> {
  return tx<StoredRuleState[]>`
    select webhook_id::float8 as "webhookId", rule_key as "ruleKey", state
    from cutwatch.webhook_rule_states
    where webhook_id = any(${webhookIds}::bigint[])
  `;
}

/** The newest instant a rule has looked at. */
function newestLook({ tracks }: RuleState): string {
  return Object.values(tracks).reduce((newest, { asOf }) => (asOf > newest ? asOf : newest), "");
}

/** Remembers what changed. */
export async function recordRuleStates(
  tx: TransactionSql,
  states: readonly StoredRuleState[],
  recordedAt: Date,
): Promise<void> {
  if (states.length === 0) return;
  await tx`
    insert into cutwatch.webhook_rule_states (webhook_id, rule_key, as_of, recorded_at, state)
    select webhook_id, rule_key, as_of, ${recordedAt.toISOString()}::timestamptz, state::jsonb
    from unnest(
      ${states.map(({ webhookId }) => webhookId)}::bigint[],
      ${states.map((each) => each.ruleKey)}::text[],
      ${states.map(({ state }) => newestLook(state))}::text[]::timestamptz[],
      ${states.map(({ state }) => JSON.stringify(state))}::text[]
    ) as s (webhook_id, rule_key, as_of, state)
    on conflict (webhook_id, rule_key)
      do update set as_of = excluded.as_of, recorded_at = excluded.recorded_at, state = excluded.state
  `;
}

/** Forgets what no rule will ask for again: the rule was changed, or `next` means another meeting. */
export async function forgetRuleStates(
  tx: TransactionSql,
  webhookIds: readonly number[],
  kept: readonly Pick<StoredRuleState, "webhookId" | "ruleKey">[],
): Promise<void> {
  await tx`
    delete from cutwatch.webhook_rule_states s
    where s.webhook_id = any(${webhookIds}::bigint[])
      and not exists (
        select from unnest(
          ${kept.map(({ webhookId }) => webhookId)}::bigint[], ${kept.map((each) => each.ruleKey)}::text[]
        ) as k (webhook_id, rule_key)
        where k.webhook_id = s.webhook_id and k.rule_key = s.rule_key
      )
  `;
}
