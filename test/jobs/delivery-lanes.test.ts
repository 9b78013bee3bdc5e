import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  deliveryLanes,
  ENDPOINT_PLACES,
  FAILING_PLACES,
  FAILING_TOTAL_PLACES,
  FAILING_YOUNG_MS,
  FEWEST_PLACES,
  HELD_MS,
  TOTAL_PLACES,
  YOUNG_MS,
  YOUNG_PLACES,
} from "../../jobs/delivery-lanes.ts";

describe("deliveryLanes()", () => {
  it("never lets in more than a lane or an endpoint holds, whatever comes and goes", () => {
    const step = fc.record({
      webhookId: fc.integer({ min: 1, max: 400 }),
      leaves: fc.boolean(),
      waitMs: fc.constantFrom(0, 0, 0, 1, 10),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 500, maxLength: 1_500 }), (steps) => {
        const lanes = deliveryLanes();
        const inside: { id: number; webhookId: number; failing: boolean; startedMs: number }[] = [];
        let atMs = 0;
        steps.forEach(({ webhookId, leaves, waitMs }, id) => {
          atMs += waitMs;
          if (leaves) {
            const gone = inside.shift();
            if (gone !== undefined) lanes.leave(gone.id);
          }
          const failing = webhookId % 4 === 0;
          const free = lanes.free(atMs).get(webhookId) ?? (failing ? 1 : ENDPOINT_PLACES);
          if (lanes.room(atMs, failing) === 0 || free === 0) return;
          const occupant = { id, webhookId, failing, startedMs: atMs };
          lanes.enter(occupant);
          inside.push(occupant);
          const beside = inside.filter((other) => other.webhookId === webhookId).length;
          expect(beside).toBeLessThanOrEqual(failing ? 1 : ENDPOINT_PLACES);
        });
        const young = inside.filter(({ failing, startedMs }) => !failing && atMs - startedMs < YOUNG_MS);
        expect(young.length).toBeLessThanOrEqual(YOUNG_PLACES);
        const failed = inside.filter(({ failing, startedMs }) => failing && atMs - startedMs < FAILING_YOUNG_MS);
        expect(failed.length).toBeLessThanOrEqual(FAILING_PLACES);
        expect(lanes.size).toBe(inside.length);
        const free = Math.min(TOTAL_PLACES - inside.length, YOUNG_PLACES - young.length);
        expect(lanes.room(atMs, false)).toBe(free < FEWEST_PLACES ? 0 : free);
      }),
      { seed: 4, numRuns: 15 },
    );
  });

  it("makes room again when the attempts grow old, and gives an endpoint that keeps one waiting no second one", () => {
    const lanes = deliveryLanes();
    for (let id = 0; id < YOUNG_PLACES; id++) lanes.enter({ id, webhookId: id, failing: false, startedMs: 0 });
    expect(lanes.room(YOUNG_MS - 1, false)).toBe(0);
    expect(lanes.free(YOUNG_MS - 1).get(7)).toBe(ENDPOINT_PLACES - 1);
    expect(lanes.room(YOUNG_MS, false)).toBe(YOUNG_PLACES);
    expect(lanes.free(HELD_MS - 1).get(7)).toBe(ENDPOINT_PLACES - 1);
    expect(lanes.free(HELD_MS).get(7)).toBe(0);
    lanes.leave(7);
    expect(lanes.free(HELD_MS).has(7)).toBe(false);
  });

  it("lets one that recovered pass those that hang, and leaves places to the healthy", () => {
    const lanes = deliveryLanes();
    for (let id = 0; id < FAILING_PLACES; id++) lanes.enter({ id, webhookId: id, failing: true, startedMs: 0 });
    expect(lanes.room(FAILING_YOUNG_MS - 1, true)).toBe(0);
    expect(lanes.room(FAILING_YOUNG_MS, true)).toBe(FAILING_PLACES);
    for (let id = FAILING_PLACES; id < FAILING_TOTAL_PLACES; id++) {
      lanes.enter({ id, webhookId: id, failing: true, startedMs: 0 });
    }
    expect(lanes.room(FAILING_YOUNG_MS, true)).toBe(0);
    expect(lanes.room(FAILING_YOUNG_MS, false)).toBe(YOUNG_PLACES);
  });

  it("holds no more than all places together", () => {
    const lanes = deliveryLanes();
    for (let id = 0; id < TOTAL_PLACES; id++) lanes.enter({ id, webhookId: id, failing: false, startedMs: 0 });
    expect(lanes.room(10 * YOUNG_MS, false)).toBe(0);
    expect(lanes.room(10 * YOUNG_MS, true)).toBe(0);
  });
});
