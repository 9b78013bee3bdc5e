import { describe, expect, it } from "vitest";
import type { EndedAttempt } from "../../jobs/delivery-attempt.ts";
import { healthNotes } from "../../jobs/delivery-results.ts";
import { START } from "../store/webhook-rows.ts";

const at = (seconds: number) => new Date(START.getTime() + seconds * 1000);

function ended(
  verdict: EndedAttempt["verdict"],
  seconds: number,
  known: { failingSince?: Date; lastSuccessAt?: Date } = {},
): EndedAttempt {
  const claimed = {
    ...{ id: 1, fence: 1, attempt: 1, tries: 1, webhookId: 5, messageId: "msg_5_t1", type: "webhook.test" },
    ...{ alertId: null, noticeId: null, body: {}, url: "http://x/", format: "standard" as const },
    ...{ secret: Buffer.alloc(0), previousSecret: null, failingSince: null, lastSuccessAt: null, ...known },
  };
  const end = {
    ...{ id: 1, fence: 1, attempt: 1, state: "delivered" as const, dueAt: null, endedAt: at(seconds) },
    ...{ released: false, status: null, error: null, answer: null, durationMs: null },
  };
  return { claimed, end, verdict };
}

describe("healthNotes()", () => {
  it("notes a first success, the end of a failure, and then once a minute", () => {
    expect(healthNotes([ended("success", 1)])).toEqual([
      { webhookId: 5, url: "http://x/", succeededAt: at(1), failedAt: null },
    ]);
    expect(healthNotes([ended("success", 1, { failingSince: at(-9), lastSuccessAt: at(0) })])).toHaveLength(1);
    expect(healthNotes([ended("success", 60, { lastSuccessAt: at(0) })])).toEqual([]);
    expect(healthNotes([ended("success", 60.001, { lastSuccessAt: at(0) })])).toHaveLength(1);
  });

  it("notes when an endpoint begins to fail and not each failure after that", () => {
    const two = [ended("failure", 1), ended("failure", 2)];
    expect(healthNotes(two)).toEqual([{ webhookId: 5, url: "http://x/", succeededAt: null, failedAt: at(1) }]);
    expect(healthNotes([ended("failure", 1, { failingSince: at(-9) })])).toEqual([]);
  });

  it("takes several in their order: a success ends the failure before it, a failure after it begins another", () => {
    const known = { failingSince: at(-9), lastSuccessAt: at(-99) };
    const failsLast = [ended("failure", 1, known), ended("success", 2, known), ended("gone", 3, known)];
    expect(healthNotes(failsLast)).toEqual([{ webhookId: 5, url: "http://x/", succeededAt: at(2), failedAt: at(3) }]);
    const worksLast = [ended("failure", 1), ended("success", 2)];
    expect(healthNotes(worksLast)).toEqual([{ webhookId: 5, url: "http://x/", succeededAt: at(2), failedAt: null }]);
  });

  it("notes nothing of what was not sent", () => {
    expect(healthNotes([ended(null, 1)])).toEqual([]);
  });
});
