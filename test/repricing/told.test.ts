import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bringsBackNews,
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

interface Found {
  readonly alert: { readonly key: string; readonly legKey: string };
  readonly tradeDate: string;
}

/** The alert with that number, found on its day or as many of the days after it. */
const alertOf = (n: number, later = 0): Found => ({
  alert: { key: `${LEG}/${n}`, legKey: LEG },
  tradeDate: DATES[n + later] ?? DATES.at(-1) ?? "",
});

/** A feed to which runs of the detector are told, as the store keeps it. */
class Feed {
  readonly rows: Told[] = [];
  readonly #historical: boolean;

  /** @param historical nobody is sent anything */
  constructor(historical: boolean) {
    this.#historical = historical;
  }

  #add(row: Pick<Told, "kind" | "tradeDate" | "resolvesId"> & { readonly key: (id: number) => string }): void {
    const id = this.rows.length + 1;
    const plain = { legKey: LEG, severity: "sharp", isProvisional: false, historical: this.#historical } as const;
    this.rows.push({ ...row, ...plain, id, key: row.key(id) });
  }

  /** The detector looks at all days again and finds these alerts; none: the leg is gone. */
  run(found: readonly Found[]): { readonly told: readonly string[]; readonly withdrawn: number } {
    const dates = new Map(found.map(({ alert, tradeDate }) => [alert.key, tradeDate]));
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
    const again = { from: DATES[0] ?? "", found: dates };
    // What is told is told of the feed as it was before: withdrawals of the same run are no part of it.
    const fresh = freshAlerts(found, this.rows, again);
    for (const row of voidAlerts(this.rows, { ...again, borneOut: new Set() })) {
      this.#add({
        kind: "withdrawn",
        tradeDate: row.tradeDate,
        resolvesId: row.id,
        key: (id) => withdrawalKey(row.key, id),
      });
      withdrawn += 1;
    }
    for (const { alert, tradeDate } of fresh)
      this.#add({ kind: "sharp", tradeDate, resolvesId: null, key: () => alert.key });
    return { told: fresh.map(({ alert }) => alert.key), withdrawn };
  }
}

const found = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: DATES.length - 1 }), fc.integer({ min: 0, max: 2 })), {
    maxLength: DATES.length,
    selector: ([n]) => n,
  })
  .map((each) => each.sort(([a], [b]) => a - b).map(([n, later]) => alertOf(n, later)));
const runs = fc.array(found, { minLength: 1, maxLength: 12 });

describe("what stands of all that was told", () => {
  it("is after each run what the run found", () => {
    fc.assert(
      fc.property(runs, (all) => {
        const feed = new Feed(false);
        for (const each of all) {
          feed.run(each);
          expect(
            standingAlerts(feed.rows)
              .map(({ key }) => detectedKey(key))
              .sort(),
          ).toEqual(each.map(({ alert }) => alert.key));
          // None that stands was told of a day before the one it is found on.
          for (const { key, tradeDate } of standingAlerts(feed.rows)) {
            const now = each.find(({ alert }) => alert.key === detectedKey(key));
            expect(tradeDate >= (now?.tradeDate ?? "")).toBe(true);
          }
        }
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it("reads, where nobody was sent anything, as if the last run had been the first", () => {
    fc.assert(
      fc.property(runs, (all) => {
        const feed = new Feed(true);
        for (const each of all) {
          feed.run(each);
          expect(standingAlerts(feed.rows).map(({ key, tradeDate }) => [detectedKey(key), tradeDate])).toEqual(
            each.map(({ alert, tradeDate }) => [alert.key, tradeDate]),
          );
        }
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it("is told once: the same run again tells and withdraws nothing", () => {
    fc.assert(
      fc.property(runs, fc.boolean(), (all, historical) => {
        const feed = new Feed(historical);
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
      fc.property(runs, fc.boolean(), (all, historical) => {
        const feed = new Feed(historical);
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
      severity: "sharp",
      tradeDate,
      isProvisional: false,
      historical: false,
      resolvesId,
    });
    const told = [
      row(1, "2025-10-23", "notice", null),
      { ...row(2, "2025-10-29", "sharp", null), isProvisional: true },
      row(3, "2025-10-29", "confirmed", 2),
      row(4, "2025-11-13", "severe", null),
    ];
    const again = { from: "2025-10-29", found: new Map<string, string>() };
    expect(voidAlerts(told, { ...again, borneOut: new Set([2]) }).map(({ id }) => id)).toEqual([4]);
    expect(voidAlerts(told, { ...again, borneOut: new Set() }).map(({ id }) => id)).toEqual([3, 4]);
  });
});

describe("an alert that is found on a later day than it was told of", () => {
  const row = (id: number, tradeDate: string, severity: Told["severity"]): Told => ({
    id,
    key: `${LEG}/${severity}/0`,
    legKey: LEG,
    kind: severity,
    severity,
    tradeDate,
    isProvisional: false,
    historical: false,
    resolvesId: null,
  });
  const severe = { alert: { key: `${LEG}/severe/0`, legKey: LEG }, tradeDate: "2025-11-14" };
  const again = { from: "2025-11-13", found: new Map([[severe.alert.key, "2025-11-14"]]) };

  it("is withdrawn and told again", () => {
    const told = [row(1, "2025-10-23", "sharp"), row(2, "2025-11-13", "severe")];
    expect(voidAlerts(told, { ...again, borneOut: new Set() }).map(({ id }) => id)).toEqual([2]);
    expect(freshAlerts([severe], told, again).map(({ alert }) => alert.key)).toEqual([`${LEG}/severe/0/again/1`]);
  });

  it("is told anew, and all that follows it, on an earlier day too where nobody was sent anything of the leg", () => {
    const found = new Map([
      [`${LEG}/sharp/0`, "2025-10-29"],
      [`${LEG}/severe/0`, "2025-11-13"],
    ]);
    const told = [row(1, "2025-11-07", "sharp"), row(2, "2025-11-13", "severe")].map((each) => ({
      ...each,
      historical: true,
    }));
    const anew = { from: "2025-10-20", found };
    expect(voidAlerts(told, { ...anew, borneOut: new Set() }).map(({ id }) => id)).toEqual([1, 2]);
    const sent = told.map((each) => ({ ...each, historical: each.id === 1 }));
    expect(voidAlerts(sent, { ...anew, borneOut: new Set() })).toEqual([]);
  });

  it("is left where something worse stands, and where it is found on an earlier day", () => {
    const worse = [row(1, "2025-11-13", "severe"), row(2, "2025-11-20", "extreme")];
    const found = new Map([...again.found, [`${LEG}/extreme/0`, "2025-11-20"]]);
    expect(voidAlerts(worse, { from: again.from, found, borneOut: new Set() })).toEqual([]);
    expect(freshAlerts([severe], worse, { from: again.from, found })).toEqual([]);
    const later = [row(1, "2025-11-17", "severe")];
    expect(voidAlerts(later, { ...again, borneOut: new Set() })).toEqual([]);
    expect(freshAlerts([severe], later, again)).toEqual([]);
  });
});

describe("bringsBackNews()", () => {
  const KEY = `${LEG}/sharp/0`;
  const row = (key: string, kind: Told["kind"], historical = false) => ({ key, kind, historical });

  it("is so after a withdrawal that was sent: of that alert, on the day or after, or of its leg", () => {
    expect(bringsBackNews(KEY, [row(KEY, "sharp"), row(`${KEY}/withdrawn/2`, "withdrawn")])).toBe(true);
    expect(bringsBackNews(KEY, [row(KEY, "sharp"), row(`${LEG}/withdrawn/2`, "withdrawn")])).toBe(true);
    const day = `${KEY}/provisional/2025-11-18`;
    const confirmedSince = row(`${LEG}/notice/0`, "confirmed");
    expect(bringsBackNews(KEY, [row(day, "sharp"), row(`${day}/withdrawn/2`, "withdrawn"), confirmedSince])).toBe(true);
  });

  it("is not so when nothing was told, when the withdrawal is history, and when it was told again since", () => {
    expect(bringsBackNews(KEY, [])).toBe(false);
    expect(bringsBackNews(KEY, [row(KEY, "sharp"), row(`${KEY}/withdrawn/2`, "withdrawn", true)])).toBe(false);
    const again = row(`${KEY}/again/1`, "sharp");
    expect(bringsBackNews(KEY, [row(KEY, "sharp"), row(`${KEY}/withdrawn/2`, "withdrawn"), again])).toBe(false);
  });
});
