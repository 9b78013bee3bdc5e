import { LRUCache } from "lru-cache";
import type { Sql } from "postgres";
import type { ClaimedDelivery } from "../src/store/delivery-claims.ts";
import { messageBodies } from "../src/store/message-bodies.ts";
import { mayPass, passableSources } from "../src/store/passable-sources.ts";
import { renderBody } from "../src/webhooks/chat.ts";
import { publishedInBody } from "../src/webhooks/published-body.ts";
import type { WebhookFormat } from "../src/webhooks/subscription.ts";

/** The text of each of some messages, in UTF-8. */
export interface MessageTexts {
  /** @throws whatever rendering it throws */
  readonly textOf: (claimed: ClaimedDelivery) => Uint8Array;
  /** whether it holds figures that may not be passed on, so that it is not sent: a body goes whole or not at all */
  readonly isWithheld: (claimed: ClaimedDelivery) => boolean;
}

interface Told {
  readonly body: object;
  /** whose published figures are in it; null: there are none */
  readonly published: string | null;
  readonly texts: Map<WebhookFormat, Uint8Array>;
}

// One alert goes to many endpoints: its body is read once, and written once for each format. 256 bodies are 5 MB at most.
const KEPT_BODIES = 256;

const newsOf = ({ alertId, noticeId }: ClaimedDelivery) => alertId ?? noticeId ?? -1;

/**
 * Texts of messages as they are sent; bodies that many share are kept for a while.
 *
 * @param options.withhold what may not be passed on is withheld from every webhook, wherever its receiver is: what it does with
 *   a message nobody knows
 */
export function messageTexts(
  sql: Sql,
  { withhold }: { readonly withhold: boolean },
): (claims: readonly ClaimedDelivery[]) => Promise<MessageTexts> {
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
      const stored = await messageBodies(sql, { alertIds: [...missing.alertIds], noticeIds: [...missing.noticeIds] });
      for (const [id, { body, published }] of stored) {
        const fresh = { body, published, texts: new Map() };
        told.set(id, fresh);
        kept.set(id, fresh);
      }
    }
    const publishedIn = (claimed: ClaimedDelivery) =>
      claimed.body === null ? (told.get(newsOf(claimed))?.published ?? null) : publishedInBody(claimed.body);
    const passable =
      withhold && claims.some((claimed) => publishedIn(claimed) !== null) ? await passableSources(sql) : null;
    return {
      isWithheld: (claimed) => {
        const published = passable === null ? null : publishedIn(claimed);
        return published !== null && !mayPass(published, passable);
      },
      textOf: (claimed) => {
        const { body, format, messageId } = claimed;
        if (body !== null) return Buffer.from(renderBody(format, body));
        const found = told.get(newsOf(claimed));
        if (found === undefined) throw new Error(`Cannot write message ${messageId}: what it tells of is not stored`);
        const text = found.texts.get(format) ?? Buffer.from(renderBody(format, found.body));
        found.texts.set(format, text);
        return text;
      },
    };
  };
}
