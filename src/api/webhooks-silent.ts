/** Subscriptions that could never send anything: a mistake that nobody would notice. */
import type { Meeting } from "../calendar/meetings.ts";
import { isAtLeast, SEVERITIES } from "../repricing/repricing.ts";
import { chatFault } from "../webhooks/chat-address.ts";
import { decisionInstant } from "../webhooks/meeting-selection.ts";
import type { EventType, Rule, Subscription } from "../webhooks/subscription.ts";
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

/** Whether a rule is on the date of a meeting that was decided: no reading of it is shown to rules any more. */
function isOver({ meeting: selector }: Rule, meetings: readonly Meeting[], now: Date): boolean {
  const meeting = meetings.find(({ meetingDate }) => meetingDate === selector);
  return meeting !== undefined && now >= decisionInstant(meeting);
}

/**
 * @param meetings as they are known
 * @throws Problem 400 where matches of rules are all that can be sent, and every rule is on a meeting that was decided
 */
export function checkAhead(subscription: Subscription, meetings: readonly Meeting[], now: Date): void {
  const { events, rules } = subscription;
  const isOfRulesAlone = events?.every((type) => type === "rule.matched" || !canBeSent(type, subscription)) ?? false;
  const [first] = rules;
  if (!isOfRulesAlone || first === undefined || rules.some((rule) => !isOver(rule, meetings, now))) return;
  const which = rules.length === 1 ? `${first.meeting} is` : "their meetings are";
  const accepted = "rules on a meeting that is still to come, or events with more than rule.matched";
  throw new Problem(400, `Cannot use rules: ${which} decided, so that nothing would ever be sent; may be ${accepted}`, {
    members: { parameter: "rules[0].meeting", was: first.meeting, accepted },
  });
}

/**
 * A mistake that would otherwise show only when the first message is refused.
 *
 * @param url one that may be called
 * @throws Problem 400 for an address that takes no messages of this format
 */
export function checkChat(url: string, { format }: Pick<Subscription, "format">): void {
  const fault = chatFault(url, format);
  if (fault === null) return;
  const { parameter, reason, accepted } = fault;
  const { protocol, host } = new URL(url);
  // The rest of the address is a secret in chat services.
  const was = parameter === "format" ? format : `${protocol}//${host}/…`;
  const may = parameter === "format" ? `; may be ${accepted}` : `, ${accepted}`;
  throw new Problem(400, `Cannot use ${parameter}: ${reason}${may}`, { members: { parameter, was, accepted } });
}
