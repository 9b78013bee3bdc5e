import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ENDPOINT_PLACES } from "../../jobs/delivery-lanes.ts";
import { type QueueWalk, WALK_START, walkOn } from "../../jobs/queue-walk.ts";

/** Takes from backlogs as a claim does: webhooks in order of their numbers, so many of each, up to the limit. */
function takeFrom(backlog: number[], walk: QueueWalk, limit: number) {
  let taken = 0;
  let lastWebhookId: number | null = null;
  backlog.forEach((waiting, i) => {
    const count = i + 1 > walk.after ? Math.min(waiting, walk.each, limit - taken) : 0;
    if (count === 0) return;
    backlog[i] = waiting - count;
    taken += count;
    lastWebhookId = i + 1;
  });
  return { taken, limit, lastWebhookId, failing: false };
}

describe("walkOn()", () => {
  it("takes everything there is, and stops", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 90 }),
        (waiting, limit) => {
          const backlog = [...waiting];
          let walk = WALK_START;
          // Each end of an attempt makes the process look again: until nothing was taken from the start.
          for (let looks = 0, taken = -1; taken !== 0; looks++) {
            expect(looks).toBeLessThan(5_000);
            for (let again = true; again; ) {
              const found = takeFrom(backlog, walk, limit);
              ({ walk, again } = walkOn(walk, found));
              taken = found.taken;
            }
          }
          expect(backlog.every((left) => left === 0)).toBe(true);
          expect(walk).toEqual(WALK_START);
        },
      ),
      { seed: 11, numRuns: 200 },
    );
  });

  it("takes one of each webhook before the second of any, when more wait than there is room", () => {
    const backlog = Array.from({ length: 100 }, () => 50);
    let walk = WALK_START;
    for (let look = 0; look < 10; look++) walk = walkOn(walk, takeFrom(backlog, walk, 10)).walk;
    expect(new Set(backlog)).toEqual(new Set([49]));
  });

  it("lets one message of a webhook wait for a round at most, however much waits for the others", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 1, max: 90 }), fc.nat(), (webhooks, limit, at) => {
        const backlog = Array.from({ length: webhooks }, () => 100_000);
        const one = at % webhooks;
        backlog[one] = 0;
        let walk = WALK_START;
        const look = () => {
          walk = walkOn(walk, takeFrom(backlog, walk, limit)).walk;
        };
        for (let before = 0; before < at % 50; before++) look();
        backlog[one] = 1;
        const round = Math.ceil((webhooks * ENDPOINT_PLACES) / limit) + 1;
        for (let waited = 0; backlog[one] > 0; waited++) {
          expect(waited).toBeLessThanOrEqual(2 * round);
          look();
        }
      }),
      { seed: 12, numRuns: 200 },
    );
  });

  it("takes as much of each as it may have when there is room for all", () => {
    const first = walkOn(WALK_START, { taken: 3, limit: 64, lastWebhookId: 9, failing: false });
    expect(first).toEqual({ walk: { after: 0, each: ENDPOINT_PLACES }, again: true });
    const failing = walkOn(WALK_START, { taken: 3, limit: 64, lastWebhookId: 9, failing: true });
    expect(failing).toEqual({ walk: WALK_START, again: false });
  });
});
