/**
 * What `doctor` finds about webhooks: endpoints that were given up, what waits, rules that are blind, where links lead, the key
 * that seals their secrets.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Sql } from "postgres";
import { type Config, publicUrl } from "../config.ts";
import { type DeliveryHealth, deliveryHealth, unsentSince } from "../store/delivery-health.ts";
import { webhooksWithRules } from "../store/delivery-queue.ts";
import { passableSources } from "../store/passable-sources.ts";
import { notJudgedNow } from "../store/rule-sight.ts";
import { sealingKeys } from "../store/sealing-keys.ts";
import { wantsType } from "../webhooks/match.ts";
import type { NotJudgedNow } from "../webhooks/rule-sight.ts";
import { keyFingerprint } from "../webhooks/secret.ts";
import { loadSecretKey } from "../webhooks/secret-key.ts";
import { WITHHELD_BY } from "../webhooks/withheld-words.ts";
import type { Check } from "./doctor-checks.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const DEAD_DAYS = 7;
/** A delivery is begun within seconds of being due; one that waits for minutes has nobody who sends. */
const WAITING_MINUTES = 5;

/** One line on endpoints and what was given up, one on what waits. */
export function webhookChecks(health: DeliveryHealth, now: Date): Check[] {
  const { enabled, failing, givenUp, dead } = health;
  const parts = [
    `${enabled} enabled`,
    ...failing.map(({ id, since }) => `${id} fails since ${since.toISOString().slice(0, 16)}Z`),
    ...givenUp.map(({ id, reason }) => `${id} was disabled: ${reason}`),
    ...(dead === 0 ? [] : [`${dead} messages given up in ${DEAD_DAYS} days; cutwatch webhooks deliveries shows them`]),
  ];
  const state = failing.length + givenUp.length + dead > 0 ? "warn" : "ok";
  const waitsMinutes = health.oldestDueAt === null ? 0 : (now.getTime() - health.oldestDueAt.getTime()) / MINUTE_MS;
  const isLate = waitsMinutes > WAITING_MINUTES;
  const queue = `${health.due} messages wait to be sent`;
  const why = `the oldest for ${Math.round(waitsMinutes)} min; cutwatch serve or worker sends them`;
  return [
    { name: "webhooks", state, detail: parts.join("; ") },
    { name: "deliveries", state: isLate ? "warn" : "ok", detail: isLate ? `${queue}, ${why}` : queue },
  ];
}

const minute = (instant: Date) => `${instant.toISOString().slice(0, 16)}Z`;

/**
 * One line on rules that say nothing because no reading is shown to them; none where there are no rules. A rule whose meeting
 * is over has nothing left to say, and is not at fault.
 */
export function ruleChecks(
  webhooks: readonly { readonly id: number; readonly rules: number; readonly notJudged: readonly NotJudgedNow[] }[],
): Check[] {
  const count = webhooks.reduce((sum, { rules }) => sum + rules, 0);
  if (count === 0) return [];
  const blind = new Map<string, { since: Date | null; which: string[] }>();
  let unjudged = 0;
  for (const { id, notJudged } of webhooks) {
    for (const { rule, kind, since, reason } of notJudged) {
      if (kind === "over") continue;
      unjudged++;
      const named = blind.get(reason) ?? { since, which: [] };
      named.which.push(`rule ${rule + 1} of webhook ${id}`);
      if (since !== null && (named.since === null || since < named.since)) named.since = since;
      blind.set(reason, named);
    }
  }
  if (unjudged === 0)
    return [{ name: "rules", state: "ok", detail: `${count}, each is judged or its meeting is over` }];
  const parts = [...blind].map(
    ([reason, { since, which }]) =>
      `${reason}${since === null ? "" : ` (since ${minute(since)})`}: ${which.join(", ")}`,
  );
  return [{ name: "rules", state: "warn", detail: `${unjudged} of ${count} not judged: ${parts.join("; ")}` }];
}

/** Links in messages must lead others to where cutwatch is served; none where there are no webhooks, or an address is given. */
export function linkChecks(webhooks: number, config: Pick<Config, "baseUrl" | "host" | "port">): Check[] {
  if (webhooks === 0 || config.baseUrl !== null) return [];
  const count = webhooks === 1 ? "1 webhook" : `${webhooks} webhooks`;
  const url = publicUrl(config);
  const where =
    url === null
      ? "are paths alone, but of what serve itself sends, for PORT is 0"
      : `lead to ${url}, where only this machine finds anything`;
  const detail = `not set with ${count}: links in messages ${where}`;
  return [{ name: "CUTWATCH_BASE_URL", state: "warn", detail }];
}

/** What was not sent since it may not be passed on; none where nothing is withheld. */
async function withheldChecks(sql: Sql, { withhold }: Config, since: Date): Promise<Check[]> {
  if (!withhold) return [];
  const count = await unsentSince(sql, since, WITHHELD_BY);
  const name = "withheld messages";
  if (count === 0) return [{ name, state: "ok", detail: `none in ${DEAD_DAYS} days` }];
  const detail = `${count} not sent in ${DEAD_DAYS} days, for CUTWATCH_WITHHOLD keeps their figures back; cutwatch webhooks deliveries shows them`;
  return [{ name, state: "warn", detail }];
}

async function readRuleChecks(sql: Sql, { withhold }: Config, now: Date): Promise<Check[]> {
  const following = (await webhooksWithRules(sql)).filter(
    ({ enabled, subscription }) => enabled && wantsType(subscription, "rule.matched"),
  );
  const asked = following.map(({ webhookId: id, subscription: { rules } }) => ({ id, rules }));
  const passable = withhold ? await passableSources(sql) : null;
  const notJudged = await notJudgedNow(sql, asked, { now, passable });
  return ruleChecks(asked.map(({ id, rules }) => ({ id, rules: rules.length, notJudged: notJudged.get(id) ?? [] })));
}

/** Whether this installation can open the secrets of the database. */
async function keyCheck(config: Config, sealedWith: readonly string[]): Promise<Check> {
  const name = "secret key";
  const path = join(config.dataDir, "secret.key");
  const from = config.secretKey === null ? path : "CUTWATCH_SECRET_KEY";
  if (config.secretKey === null && !existsSync(path)) {
    return sealedWith.length === 0
      ? { name, state: "ok", detail: "none yet: the first webhook makes one" }
      : {
          name,
          state: "fail",
          detail: `${path} is missing: webhook secrets cannot be opened; set CUTWATCH_SECRET_KEY`,
        };
  }
  try {
    const fingerprint = keyFingerprint(await loadSecretKey({ given: config.secretKey, dataDir: config.dataDir }));
    if (sealedWith.length === 0 || sealedWith.includes(fingerprint)) return { name, state: "ok", detail: from };
    const detail = `${from} is ${fingerprint}, webhook secrets were sealed with ${sealedWith.join(", ")}: nothing is sent`;
    return { name, state: "fail", detail };
  } catch (error) {
    return { name, state: "fail", detail: error instanceof Error ? error.message : String(error) };
  }
}

/** What there is to say of webhooks in a database whose schema is in place. */
export async function readWebhookChecks(sql: Sql, config: Config, now: Date): Promise<Check[]> {
  const since = new Date(now.getTime() - DEAD_DAYS * DAY_MS);
  const health = await deliveryHealth(sql, now, since);
  return [
    ...webhookChecks(health, now),
    ...(await readRuleChecks(sql, config, now)),
    ...(await withheldChecks(sql, config, since)),
    ...linkChecks(health.webhooks, config),
    await keyCheck(config, await sealingKeys(sql)),
  ];
}
