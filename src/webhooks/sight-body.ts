/** What a webhook is told when its rules go blind, and when they see again. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { DeliveryDraft } from "./delivery-drafts.ts";
import { sightMessageId } from "./message-id.ts";
import { ruleJson } from "./rule-json.ts";
import type { NotJudgedNow } from "./rule-sight.ts";
import type { Rule } from "./subscription.ts";

export const SIGHT_TYPES = ["rule.suspended", "rule.resumed"] as const;
export type SightType = (typeof SIGHT_TYPES)[number];

/** One rule that is not judged, or is again. */
interface SightedRule {
  /** its place among the webhook's rules, the first 0 */
  readonly rule: number;
  readonly meeting: IsoDate | null;
}

export interface Sight {
  readonly webhookId: number;
  readonly rules: readonly Rule[];
  readonly concerned: readonly SightedRule[];
  /** whose outcome is not known, or is known now */
  readonly undecidedMeeting: IsoDate;
  /** of the first reading that could not be judged; null: of a resumption */
  readonly since: Date | null;
  /** of the newest reading; of a resumption when it was found */
  readonly asOf: Date;
}

/** Where it is told from. `baseUrl`: where cutwatch is served, without a trailing slash; null: `url` is a path. */
interface How {
  readonly baseUrl: string | null;
  readonly recordedAt: Date;
}

export function sightBody<Type extends SightType>(type: Type, sight: Sight, { baseUrl, recordedAt }: How) {
  const { webhookId, undecidedMeeting, since, asOf } = sight;
  return {
    type,
    timestamp: recordedAt.toISOString(),
    data: {
      webhook_id: webhookId,
      url: `${baseUrl ?? ""}/v1/decisions?${new URLSearchParams({ from: undecidedMeeting, to: undecidedMeeting })}`,
      as_of: asOf.toISOString(),
      since: since?.toISOString() ?? null,
      undecided_meeting: undecidedMeeting,
      reason: `the outcome of ${undecidedMeeting} is ${type === "rule.suspended" ? "not " : ""}known`,
      rules: sight.concerned.map(({ rule: place, meeting }) => {
        const rule = sight.rules[place];
        return { rule: place, meeting, as_written: rule === undefined ? null : ruleJson(rule) };
      }),
    },
  };
}

/** As a message: one of each type for a webhook and a meeting, however often it is found. */
export function sightDraft(type: SightType, sight: Sight, how: How): DeliveryDraft {
  return {
    webhookId: sight.webhookId,
    messageId: sightMessageId(type, sight.webhookId, sight.undecidedMeeting),
    type,
    alertId: null,
    noticeId: null,
    body: sightBody(type, sight, how),
    asOf: sight.asOf,
    recordedAt: how.recordedAt,
    askedFor: false,
  };
}

/** The rules of a webhook that the unknown outcome of a meeting keeps from being judged; null: none. */
export function suspended(
  { webhookId, rules }: Pick<Sight, "webhookId" | "rules">,
  notJudged: readonly NotJudgedNow[],
): Sight | null {
  const concerned = notJudged.filter(({ kind }) => kind === "undecided");
  const [first] = concerned;
  if (first === undefined || first.undecidedMeeting === null || first.asOf === null) return null;
  return {
    webhookId,
    rules,
    concerned,
    undecidedMeeting: first.undecidedMeeting,
    since: first.since,
    asOf: first.asOf,
  };
}
