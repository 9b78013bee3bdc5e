import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEVERITIES } from "../../src/repricing/repricing.ts";
import { alertDrafts } from "../../src/webhooks/delivery-drafts.ts";
import type { ToldAlert } from "../../src/webhooks/match.ts";
import { wantsAlert } from "../../src/webhooks/match.ts";
import { leadAlerts, voiceKey } from "../../src/webhooks/one-voice.ts";
import { replayDrafts } from "../../src/webhooks/replay-drafts.ts";
import { alertOf, MEETINGS, subscriptionTo } from "./told.ts";

const SEED = { seed: 20251016, numRuns: 300 };

const KINDS = ["notice", "sharp", "severe", "extreme", "extension", "confirmed", "withdrawn"] as const;

const alert: fc.Arbitrary<Omit<ToldAlert, "id">> = fc.record({
  type: fc.constantFrom("repricing.sharp", "repricing.severe", "repricing.confirmed"),
  kind: fc.constantFrom(...KINDS),
  severity: fc.constantFrom(...SEVERITIES),
  meeting: fc.constantFrom("2025-10-29", "2025-12-10", "2026-01-28"),
  path: fc.constantFrom(null, 2025),
  clusterId: fc.constantFrom("a", "b"),
  asOf: fc.constantFrom("2025-10-16T19:00:00.000Z", "2025-10-17T19:00:00.000Z"),
  recordedAt: fc.constantFrom(new Date("2025-10-16T19:01:00Z"), new Date("2025-10-18T19:01:00Z")),
});
const alerts = fc.array(alert, { maxLength: 40 }).map((all) => all.map((each, i) => ({ ...each, id: i + 1 })));
/** Some alerts and the same in another order. */
const shuffled = alerts.chain((all) =>
  fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
);
const subscription = fc.record({
  minSeverity: fc.constantFrom(...SEVERITIES),
  meetings: fc.constantFrom(null, ["next"], ["2025-12-10", "year_end"]),
});

describe("leadAlerts()", () => {
  it("does not depend on the order of the alerts", () => {
    fc.assert(
      fc.property(shuffled, ([all, others]) => {
        expect(leadAlerts(others)).toEqual(leadAlerts(all));
      }),
      SEED,
    );
  });

  it("gives each cluster, snapshot and sort of message one voice, the worst there is", () => {
    fc.assert(
      fc.property(alerts, (all) => {
        const leads = leadAlerts(all);
        expect(leads.map(voiceKey).toSorted()).toEqual([...new Set(all.map(voiceKey))].toSorted());
        for (const lead of leads) {
          const rank = ({ severity }: ToldAlert) => SEVERITIES.indexOf(severity);
          const group = all.filter((each) => voiceKey(each) === voiceKey(lead));
          expect(rank(lead)).toBe(Math.max(...group.map(rank)));
        }
      }),
      SEED,
    );
  });

  it("does not change when it is asked about its own answer", () => {
    fc.assert(
      fc.property(alerts, (all) => {
        expect(leadAlerts(leadAlerts(all))).toEqual(leadAlerts(all));
      }),
      SEED,
    );
  });

  it.each([
    { why: "the worse one", wins: { severity: "severe", meeting: "2026-01-28" }, loses: { meeting: "2025-10-29" } },
    { why: "the nearer meeting", wins: { meeting: "2025-10-29" }, loses: { meeting: "2025-12-10" } },
    { why: "the meeting before the path", wins: { path: null }, loses: { path: 2025 } },
  ] as const)("hears $why first, whatever the numbers", ({ wins, loses }) => {
    const winner = alertOf({ id: 2, ...wins });
    expect(leadAlerts([alertOf({ id: 1, ...loses }), winner])).toEqual([winner]);
    expect(leadAlerts([alertOf({ id: 3, ...loses }), winner])).toEqual([winner]);
  });

  it("hears the lowest number among equals", () => {
    expect(leadAlerts([alertOf({ id: 5 }), alertOf({ id: 4 })]).map(({ id }) => id)).toEqual([4]);
  });

  it("tells apart what was raised, confirmed and withdrawn, and a corrected reading of the same instant", () => {
    const all = [
      alertOf({ id: 1 }),
      alertOf({ id: 2, kind: "confirmed" }),
      alertOf({ id: 3, kind: "withdrawn" }),
      alertOf({ id: 4, recordedAt: new Date("2025-10-17T12:00:00Z") }),
      alertOf({ id: 5, kind: "extension" }),
    ];
    expect(leadAlerts(all).map(({ id }) => id)).toEqual([1, 2, 3, 4]);
  });
});

describe("alertDrafts()", () => {
  it("queues for each webhook only what it wants, one for each cluster and snapshot of that", () => {
    fc.assert(
      fc.property(alerts, fc.array(subscription, { maxLength: 4 }), (all, wanted) => {
        const webhooks = wanted.map((each, i) => ({
          webhookId: i + 1,
          tenant: "t",
          subscription: subscriptionTo(each),
        }));
        const drafts = alertDrafts(webhooks, all, { meetings: MEETINGS });
        for (const { webhookId, subscription: own } of webhooks) {
          const told = drafts.filter((draft) => draft.webhookId === webhookId);
          const wants = all.filter((each) => wantsAlert(own, each, MEETINGS));
          expect(told.length).toBe(new Set(wants.map(voiceKey)).size);
          for (const { alertId } of told) expect(wants.some(({ id }) => id === alertId)).toBe(true);
        }
        expect(new Set(drafts.map(({ messageId }) => messageId)).size).toBe(drafts.length);
      }),
      SEED,
    );
  });
});

describe("replayDrafts()", () => {
  const webhook = { webhookId: 3, tenant: "t", subscription: subscriptionTo({ minSeverity: "notice" }) };
  const replayed = (all: readonly ToldAlert[], delivered: readonly string[], missingOnly: boolean) =>
    replayDrafts({ webhook, alerts: all, notices: [], meetings: MEETINGS, delivered: new Set(delivered), missingOnly });

  it("is what would have been queued, asked for by a person", () => {
    fc.assert(
      fc.property(alerts, fc.boolean(), (all, missingOnly) => {
        const queued = alertDrafts([webhook], all, { meetings: MEETINGS });
        expect(replayed(all, [], missingOnly)).toEqual(queued.map((draft) => ({ ...draft, askedFor: true })));
      }),
      SEED,
    );
  });

  it("has nothing left for missingOnly once its own messages were received", () => {
    fc.assert(
      fc.property(alerts, (all) => {
        const received = replayed(all, [], false).map(({ messageId }) => messageId);
        expect(replayed(all, received, true)).toEqual([]);
        expect(replayed(all, received, false).map(({ messageId }) => messageId)).toEqual(received);
      }),
      SEED,
    );
  });

  it("counts a cluster as told when another of its alerts was received", () => {
    const all = [alertOf({ id: 1 }), alertOf({ id: 2, severity: "severe" }), alertOf({ id: 3, clusterId: "d" })];
    expect(replayed(all, ["msg_3_a1"], true).map(({ messageId }) => messageId)).toEqual(["msg_3_a3"]);
    expect(replayed(all, ["msg_3_a1"], false).map(({ messageId }) => messageId)).toEqual(["msg_3_a2", "msg_3_a3"]);
  });
});
