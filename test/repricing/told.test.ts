import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  detectedKey,
  freshAlerts,
  standingAlerts,
  type Told,
  voidAlerts,
  withdrawalKey,
} from "../../src/repricing/told.ts";

const LEG = "2025-12-10/2025-10-16/hawkish";
const DATES = ["2025-10-23", "2025-10-29", "2025-11-13", "2025-11-19"];
const SEED = 20251119;

const alertOf = (n: number) => ({ alert: { key: `${LEG}/${n}`, legKey: LEG }, tradeDate: DATES[n] ?? "" });

/** A feed to which runs of the detector are told, as the store keeps it. */
class Feed {
  readonly rows: Told[] = [];

  #add(row: Pick<Told, "kind" | "tradeDate" | "resolvesId"> & { readonly key: (id: number) => string }): void {
    const id = this.rows.length + 1;
    this.rows.push({ ...row, id, key: row.key(id), legKey: LEG, isProvisional: false });
  }

  /** The detector looks at all days again and finds these alerts; none: the leg is gone. */
  run(found: readonly number[]): { readonly told: readonly number[]; readonly withdrawn: number } {
    const keys = new Set(found.map((n) => alertOf(n).alert.key));
    const standing = standingAlerts(this.rows);
    const last = standing.at(-1);
    let withdrawn = 0;
    if (found.length === 0) {
      if (last !== undefined) {
        this.#add({
          kind: "withdrawn",
          tradeDate: last.tradeDate,
          resolvesId: last.id,
          key: (id) => withdrawalKey(LEG, id),
        });
        withdrawn = standing.length;
      }
      return { told: [], withdrawn };
    }
    for (const row of voidAlerts(this.rows, { from: DATES[0] ?? "", keys, borneOut: new Set() })) {
      this.#add({
        kind: "withdrawn",
        tradeDate: row.tradeDate,
        resolvesId: row.id,
        key: (id) => withdrawalKey(row.key, id),
      });
      withdrawn += 1;
    }
    const fresh = freshAlerts(found.map(alertOf), this.rows);
    for (const { alert, tradeDate } of fresh)
      this.#add({ kind: "sharp", tradeDate, resolvesId: null, key: () => alert.key });
    return { told: fresh.map(({ tradeDate }) => DATES.indexOf(tradeDate)), withdrawn };
  }
}

const found = fc
  .uniqueArray(fc.integer({ min: 0, max: DATES.length - 1 }), { maxLength: DATES.length })
  .map((each) => each.sort());
const runs = fc.array(found, { minLength: 1, maxLength: 12 });

describe("what stands of all that was told", () => {
  it("is after each run what the run found", () => {
    fc.assert(
      fc.property(runs, (all) => {
        const feed = new Feed();
        for (const each of all) {
          feed.run(each);
          expect(
            standingAlerts(feed.rows)
              .map(({ key }) => detectedKey(key))
              .sort(),
          ).toEqual(each.map((n) => alertOf(n).alert.key));
        }
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it("is told once: the same run again tells and withdraws nothing", () => {
    fc.assert(
      fc.property(runs, (all) => {
        const feed = new Feed();
        for (const each of all) {
          feed.run(each);
          expect(feed.run(each)).toEqual({ told: [], withdrawn: 0 });
        }
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it("never gives two alerts one key", () => {
    fc.assert(
      fc.property(runs, (all) => {
        const feed = new Feed();
        for (const each of all) feed.run(each);
        const keys = feed.rows.map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });
});

describe("voidAlerts()", () => {
  it("leaves days before the first looked at again, and confirmations that the settlement still bears out", () => {
    const row = (id: number, tradeDate: string, kind: Told["kind"], resolvesId: number | null): Told => ({
      id,
      key: `${LEG}/${id}`,
      legKey: LEG,
      kind,
      tradeDate,
      isProvisional: false,
      resolvesId,
    });
    const told = [
      row(1, "2025-10-23", "notice", null),
      { ...row(2, "2025-10-29", "sharp", null), isProvisional: true },
      row(3, "2025-10-29", "confirmed", 2),
      row(4, "2025-11-13", "severe", null),
    ];
    const again = { from: "2025-10-29", keys: new Set<string>() };
    expect(voidAlerts(told, { ...again, borneOut: new Set([2]) }).map(({ id }) => id)).toEqual([4]);
    expect(voidAlerts(told, { ...again, borneOut: new Set() }).map(({ id }) => id)).toEqual([3, 4]);
  });
});
