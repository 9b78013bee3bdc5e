/** The body of every message there is: what is signed and sent as it stands, and what chat messages are written from. */
import type { disabledBody } from "./disabled-body.ts";
import type { noticeBody } from "./notice-bodies.ts";
import type { alertBody, ResolvedPart } from "./payload.ts";
import type { ruleBody } from "./rule-body.ts";
import type { sightBody } from "./sight-body.ts";
import type { MessageType } from "./subscription.ts";
import type { testBody } from "./test-body.ts";

type RepricingType = Extract<MessageType, `repricing.${string}`>;

/** An alert's body, a confirmation's or a withdrawal's. `resolves`: the alert that is answered. */
export interface RepricingBody extends Omit<ReturnType<typeof alertBody>, "type" | "data"> {
  readonly type: RepricingType;
  readonly data: Omit<ReturnType<typeof alertBody>["data"], "kind" | "state" | "resolves" | "resolved"> & {
    readonly kind: string;
    readonly state: string;
    readonly resolves: number | null;
    readonly resolved: ResolvedPart | null;
  };
}

export type RuleMatchedBody = ReturnType<typeof ruleBody>;
export type SightBody = ReturnType<typeof sightBody<"rule.suspended">> | ReturnType<typeof sightBody<"rule.resumed">>;
export type DigestBody = ReturnType<typeof noticeBody<"digest.daily">>;
export type DecidedBody = ReturnType<typeof noticeBody<"meeting.decided">>;
export type OutageBody = ReturnType<typeof noticeBody<"data.stale">> | ReturnType<typeof noticeBody<"data.recovered">>;
export type DisabledBody = ReturnType<typeof disabledBody>;
export type TestBody = ReturnType<typeof testBody>;

export type MessageBody =
  | RepricingBody
  | RuleMatchedBody
  | SightBody
  | DigestBody
  | DecidedBody
  | OutageBody
  | DisabledBody
  | TestBody;
