/** Names of messages, sent as `webhook-id`: the same for one subject and one webhook, however often it is queued or sent. */
import { createHash } from "node:crypto";

/** An alert's message to a webhook. */
export function alertMessageId(webhookId: number, alertId: number): string {
  return `msg_${webhookId}_a${alertId}`;
}

/** A notice's message to a webhook. */
export function noticeMessageId(webhookId: number, noticeId: number): string {
  return `msg_${webhookId}_n${noticeId}`;
}

const RULE_ID_DIGITS = 16;

/** A rule's match at an instant (ISO 8601); of one that a correction brought, with when that was recorded. */
export function ruleMessageId(webhookId: number, ruleKey: string, at: string): string {
  const hash = createHash("sha256").update(`${ruleKey} ${at}`).digest("hex");
  return `msg_${webhookId}_r${hash.slice(0, RULE_ID_DIGITS)}`;
}

/** That its rules are not judged while the outcome of a meeting is not known, or are again. */
export function sightMessageId(type: "rule.suspended" | "rule.resumed", webhookId: number, meeting: string): string {
  return `msg_${webhookId}_${type === "rule.suspended" ? "s" : "g"}${meeting}`;
}

/** A test message; each is another one. */
export function testMessageId(webhookId: number, uuid: string): string {
  return `msg_${webhookId}_t${uuid}`;
}
