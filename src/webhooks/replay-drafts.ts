/** What a replay puts in the queue: what the webhook wants of what was told, whether or not it was ever sent. */
import type { Meeting } from "../calendar/meetings.ts";
import { sessionTradeDate } from "../calendar/trade-dates.ts";
import { alertDrafts, type DeliveryDraft, noticeDrafts, type StoredSubscription } from "./delivery-drafts.ts";
import { type ToldAlert, type ToldNotice, wantsAlert } from "./match.ts";
import { alertMessageId } from "./message-id.ts";
import { voiceKey } from "./one-voice.ts";
import { ruleDraft } from "./rule-body.ts";
import { type RuleJson, ruleJson, ruleName } from "./rule-json.ts";
import type { FoundMatch } from "./rule-series.ts";
import type { Told } from "./rule-state.ts";
import { isKnown } from "./rules.ts";
import type { Rule } from "./subscription.ts";

export interface Replay {
  readonly webhook: StoredSubscription;
  readonly alerts: readonly ToldAlert[];
  readonly notices: readonly ToldNotice[];
  readonly meetings: readonly Meeting[];
  /** message ids that this webhook has received */
  readonly delivered: ReadonlySet<string>;
  /** leaves alone what was received */
  readonly missingOnly: boolean;
}

/**
 * The messages of a replay, asked for by a person, so that their age does not matter. With `missingOnly` a cluster and
 * snapshot of which any alert was received counts as told, also where another one would speak for it today.
 */
export function replayDrafts(replay: Replay): DeliveryDraft[] {
  const { webhook, alerts, notices, meetings, delivered, missingOnly } = replay;
  const isDelivered = (alert: ToldAlert) => delivered.has(alertMessageId(webhook.webhookId, alert.id));
  const heard = new Set(missingOnly ? alerts.filter(isDelivered).map(voiceKey) : []);
  const unheard = alerts.filter(
    (alert) => wantsAlert(webhook.subscription, alert, meetings) && !heard.has(voiceKey(alert)),
  );
  const calendar = { meetings };
  return [...alertDrafts([webhook], unheard, calendar), ...noticeDrafts([webhook], notices, calendar)]
    .filter(({ messageId }) => !(missingOnly && delivered.has(messageId)))
    .map((draft) => ({ ...draft, askedFor: true }));
}

/** A match that was queued for a webhook before. */
export interface ToldMatch extends Pick<Told, "direction" | "asOf" | "basis"> {
  /** of the delivery */
  readonly id: number;
  readonly messageId: string;
  readonly rule: RuleJson;
  readonly meeting: string;
}

/** Of some matches those of the rules that the webhook has now. */
export function matchesOfRules<Match extends ToldMatch>(told: readonly Match[], rules: readonly Rule[]): Match[] {
  const names = new Set(rules.map((rule) => ruleName(ruleJson(rule))));
  return told.filter(({ rule }) => names.has(ruleName(rule)));
}

/**
 * The matches of stored history that a webhook was never told, as messages: also those of before it existed. Each has the name
 * that it has whenever it is found, so that it is not made twice. What was told meanwhile from another reading, such as a last
 * trade at noon of what the settlement or the day's close shows, is left out.
 *
 * @param told all that was queued of its rules before, ascending by `asOf`
 */
export function ruleReplayDrafts(
  found: readonly FoundMatch[],
  told: readonly ToldMatch[],
  how: { readonly webhookId: number; readonly baseUrl: string | null },
): DeliveryDraft[] {
  return found.flatMap((match) => {
    const draft = ruleDraft(match, { ...how, recordedAt: match.reading.recordedAt, historical: true });
    const name = ruleName(ruleJson(match.rule));
    const ofRule = told.filter(({ rule, meeting }) => meeting === match.meeting && ruleName(rule) === name);
    if (ofRule.some(({ messageId }) => messageId === draft.messageId)) return [];
    const { direction, basis, after } = match.match;
    const before = ofRule.findLast(({ asOf }) => Date.parse(asOf) <= Date.parse(after.asOf)) ?? null;
    // During the day, or of the same reading by a correction, under another name.
    const isOfItsDay = ofRule.some(
      (one) => one.direction === direction && sessionTradeDate(new Date(one.asOf)) === match.reading.tradeDate,
    );
    const known = isOfItsDay || isKnown(before, { direction, asOf: after.asOf, basis }, match.rule);
    return known ? [] : [{ ...draft, askedFor: true }];
  });
}
