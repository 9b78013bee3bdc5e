import { LRUCache } from "lru-cache";
import type { Sql } from "postgres";
import type { ClaimedDelivery } from "../src/store/delivery-claims.ts";
import { messageBodies } from "../src/store/message-bodies.ts";
import { renderBody } from "../src/webhooks/chat.ts";
import type { WebhookFormat } from "../src/webhooks/subscription.ts";

/** The text of each of some messages, in UTF-8. @throws whatever rendering it throws */
export type TextOf = (claimed: ClaimedDelivery) => Uint8Array;

interface Told {
  readonly body: object;
  readonly texts: Map<WebhookFormat, Uint8Array>;
}

// One alert goes to many endpoints: its body is read once, and written once for each format. 256 bodies are 5 MB at most.
const KEPT_BODIES = 256;

/** Texts of messages as they are sent; bodies that many share are kept for a while. */
export function messageTexts(sql: Sql): (claims: readonly ClaimedDelivery[]) => Promise<TextOf> {
  const kept = new LRUCache<number, Told>({ max: KEPT_BODIES });
  return async (claims) => {
    const told = new Map<number, Told>();
    const missing = { alertIds: new Set<number>(), noticeIds: new Set<number>() };
    for (const { alertId, noticeId } of claims) {
      const id = alertId ?? noticeId;
      if (id === null) continue;
      const found = kept.get(id);
      if (found !== undefined) told.set(id, found);
      else if (alertId !== null) missing.alertIds.add(alertId);
      else missing.noticeIds.add(id);
    }
    if (missing.alertIds.size + missing.noticeIds.size > 0) {
      const bodies = await messageBodies(sql, { alertIds: [...missing.alertIds], noticeIds: [...missing.noticeIds] });
      for (const [id, body] of bodies) {
        const fresh = { body, texts: new Map() };
        told.set(id, fresh);
        kept.set(id, fresh);
      }
    }
    return ({ alertId, noticeId, body, format, messageId }) => {
      if (body !== null) return Buffer.from(renderBody(format, body));
      const found = told.get(alertId ?? noticeId ?? -1);
      if (found === undefined) throw new Error(`Cannot write message ${messageId}: what it tells of is not stored`);
      const text = found.texts.get(format) ?? Buffer.from(renderBody(format, found.body));
      found.texts.set(format, text);
      return text;
    };
  };
}
