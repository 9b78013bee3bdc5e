import { randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { signatures } from "../../src/webhooks/sign.ts";

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const PARTS = ["body", "id", "timestamp", "key"] as const;

/**
 * Signs `messages` messages at `now` and changes one bit of each, in turn in its body, id, time and key.
 *
 * @returns how many of the whole messages and how many of the changed ones the official library accepts
 */
export function acceptedAfterBitFlips(messages: number, random: () => number, now: Date) {
  let whole = 0;
  let changed = 0;
  const timestamp = Math.floor(now.getTime() / 1000);
  for (let n = 0; n < messages; n += 1) {
    const key = randomBytes(32);
    const body = JSON.stringify({ type: "repricing.sharp", n, shift_pp: random() * 100 - 50, note: "§ 25 bp ≥ 3σ" });
    const id = `msg_${n}_a${Math.floor(random() * 1e6)}`;
    const parts = {
      body: Buffer.from(body),
      id: Buffer.from(id),
      timestamp: Buffer.from(String(timestamp)),
      key,
    };
    const signature = signatures({ id, timestamp, body, secrets: [`whsec_${key.toString("base64")}`] });
    if (isAccepted(parts, signature)) whole += 1;

    const part = PARTS[n % PARTS.length] ?? "body";
    const bytes = Buffer.from(parts[part]);
    const at = Math.floor(random() * bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    if (isAccepted({ ...parts, [part]: bytes }, signature)) changed += 1;
  }
  return { whole, changed };
}

function isAccepted(parts: Readonly<Record<(typeof PARTS)[number], Buffer>>, signature: string): boolean {
  const headers = {
    "webhook-id": parts.id.toString("latin1"),
    "webhook-timestamp": parts.timestamp.toString("latin1"),
    "webhook-signature": signature,
  };
  try {
    new Webhook(parts.key.toString("base64")).verify(parts.body, headers, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}
