/** Telling webhooks that rules of theirs are blind, and that they see again. */
import type { TransactionSql } from "postgres";
import type { Meeting } from "../src/calendar/meetings.ts";
import { knownMessages, queueDeliveries, type WebhookWithRules } from "../src/store/delivery-queue.ts";
import { notJudgedNow } from "../src/store/rule-sight.ts";
import type { DeliveryDraft } from "../src/webhooks/delivery-drafts.ts";
import { selectedMeeting } from "../src/webhooks/meeting-selection.ts";
import { sightMessageId } from "../src/webhooks/message-id.ts";
import type { Blindness } from "../src/webhooks/rule-sight.ts";
import { type Sight, sightDraft, suspended } from "../src/webhooks/sight-body.ts";

const DAY_MS = 86_400_000;
/** A reading that is older raises nothing, and neither does what it could not. */
const NEWS_MS = DAY_MS;
/** An outcome that was not known for longer is told of nobody any more. */
const REMEMBERED_DAYS = 60;
/** What a run of the job is told of; the rest is for the webhook's own view. */
const COUNTED: readonly Blindness[] = ["undecided", "unsolved", "withheld"];

/** Decided meetings that webhooks may have been told of as undecided. */
function lately(meetings: readonly Meeting[], now: Date): Meeting[] {
  return meetings.filter(
    ({ decision, meetingDate }) =>
      decision !== null &&
      (now.getTime() - Date.parse(meetingDate)) / DAY_MS <= REMEMBERED_DAYS &&
      decision.announcedAt <= now,
  );
}

/** The suspensions that webhooks were told of and that are over, with the rules that are judged now. */
async function resumed(
  tx: TransactionSql,
  seeing: readonly Pick<Sight, "webhookId" | "rules" | "concerned">[],
  meetings: readonly Meeting[],
  now: Date,
): Promise<Sight[]> {
  const pairs = seeing.flatMap((webhook) => lately(meetings, now).map(({ meetingDate }) => ({ webhook, meetingDate })));
  const named = pairs.map(({ webhook: { webhookId }, meetingDate }) => ({
    webhookId,
    messageId: sightMessageId("rule.suspended", webhookId, meetingDate),
  }));
  const told = await knownMessages(tx, named);
  return pairs
    .filter((_, i) => told.has(named[i]?.messageId ?? ""))
    .map(({ webhook, meetingDate }) => ({ ...webhook, undecidedMeeting: meetingDate, since: null, asOf: now }));
}

/**
 * Tells each enabled webhook once that the unknown outcome of a meeting keeps rules of its from being judged, and once that
 * they are judged again. Which message was told its name says: nothing is remembered beside it.
 *
 * @returns how many rules are not judged now, by the reason
 */
export async function tellSight(
  tx: TransactionSql,
  webhooks: readonly WebhookWithRules[],
  meetings: readonly Meeting[],
  how: {
    readonly baseUrl: string | null;
    readonly recordedAt: Date;
    readonly passable: ReadonlySet<string> | null;
  },
): Promise<Record<string, number>> {
  const { recordedAt: now, passable } = how;
  const asked = webhooks.map(({ webhookId: id, subscription: { rules } }) => ({ id, rules }));
  const notJudged = await notJudgedNow(tx, asked, { now, passable });
  const drafts: DeliveryDraft[] = [];
  const seeing: Pick<Sight, "webhookId" | "rules" | "concerned">[] = [];
  for (const { webhookId, subscription } of webhooks.filter(({ enabled }) => enabled)) {
    const { rules } = subscription;
    const blindNow = notJudged.get(webhookId) ?? [];
    const blind = suspended({ webhookId, rules }, blindNow);
    const judged = rules.flatMap(({ meeting }, rule) =>
      blindNow.some((each) => each.rule === rule) ? [] : [{ rule, meeting: selectedMeeting(meeting, meetings, now) }],
    );
    if (blind === null && judged.length > 0) seeing.push({ webhookId, rules, concerned: judged });
    if (blind !== null && now.getTime() - blind.asOf.getTime() <= NEWS_MS)
      drafts.push(sightDraft("rule.suspended", blind, how));
  }
  for (const sight of await resumed(tx, seeing, meetings, now)) drafts.push(sightDraft("rule.resumed", sight, how));
  await queueDeliveries(tx, drafts, now);
  const counts: Record<string, number> = {};
  for (const { kind, reason } of [...notJudged.values()].flat()) {
    if (COUNTED.includes(kind)) counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}
