/** What `doctor` finds about webhooks: endpoints that were given up, what waits, the key that seals their secrets. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Sql } from "postgres";
import type { Config } from "../config.ts";
import { type DeliveryHealth, deliveryHealth } from "../store/delivery-health.ts";
import { sealingKeys } from "../store/sealing-keys.ts";
import { keyFingerprint } from "../webhooks/secret.ts";
import { loadSecretKey } from "../webhooks/secret-key.ts";
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
  const health = await deliveryHealth(sql, now, new Date(now.getTime() - DEAD_DAYS * DAY_MS));
  return [...webhookChecks(health, now), await keyCheck(config, await sealingKeys(sql))];
}
