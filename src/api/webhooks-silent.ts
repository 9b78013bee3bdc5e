/** Subscriptions that could never send anything: a mistake that nobody would notice. */
import { isAtLeast, SEVERITIES } from "../repricing/repricing.ts";
import type { EventType, Subscription } from "../webhooks/subscription.ts";
import { badField } from "./fields.ts";
import { Problem } from "./problem.ts";

function canBeSent(type: EventType, { minSeverity, rules }: Subscription): boolean {
  const severity = SEVERITIES.find((each) => type === `repricing.${each}`);
  if (severity !== undefined) return isAtLeast(severity, minSeverity);
  return type !== "rule.matched" || rules.length > 0;
}

/**
 * @throws Problem 400 where rules are there and their matches are not asked for, or none of the types that are asked for can
 *   be sent
 */
export function checkEvents(subscription: Subscription): void {
  const { events, minSeverity, rules } = subscription;
  if (events === null) return;
  if (rules.length > 0 && !events.includes("rule.matched")) {
    throw badField("events", events, "absent or a list with rule.matched, since there are rules");
  }
  if (events.some((type) => canBeSent(type, subscription))) return;
  const isOfRules = events.includes("rule.matched");
  const accepted = isOfRules
    ? "a list with more than these, or come with rules, since without any nothing matches"
    : `a list with a type that min_severity ${minSeverity} lets through, or come with a lower min_severity`;
  throw badField("events", events, accepted);
}

/**
 * Telegram's bots are told with each message which chat it is for, and a webhook's address is the one place to say so.
 *
 * @param url one that may be called
 * @throws Problem 400 for format telegram and an address without a chat
 */
export function checkChat(url: string, { format }: Pick<Subscription, "format">): void {
  const { protocol, host, searchParams } = new URL(url);
  if (format !== "telegram" || (searchParams.get("chat_id") ?? "").trim() !== "") return;
  const accepted = "such as https://api.telegram.org/bot<token>/sendMessage?chat_id=<chat>";
  throw new Problem(400, `Cannot use url: with format telegram it must name the chat by ?chat_id=, ${accepted}`, {
    // The rest of it is the bot's token.
    members: { parameter: "url", was: `${protocol}//${host}/…`, accepted },
  });
}
