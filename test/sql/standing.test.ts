/** Which alerts still stand, as SQL says it and as the detector's own rule does. */
import type { Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { standingAlerts, type Told } from "../../src/repricing/told.ts";
import { flattenLastDays } from "../api/sample-repricings.ts";
import { beginNovember, dayCame, MEETING, movedDuring } from "../jobs/two-bases.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { ask, sampleDatabase } from "./asking.ts";

interface AlertRow {
  readonly id: number;
  readonly words: string;
  readonly stands: boolean;
}

async function alertsOf(sql: Sql): Promise<AlertRow[]> {
  return sql<AlertRow[]>`
    select id::integer as id, trade_date || ' ' || state || ' ' || direction || ' ' || kind as words, is_standing as stands
    from review.alerts
    where meeting = ${MEETING} and path is null and basis <> 'published'
    order by id
  `;
}

/** Numbers of the alerts that stand: those that the view says do, and those of the rule that corrections go by. */
async function standing(sql: Sql): Promise<{ readonly seen: readonly number[]; readonly ruled: readonly number[] }> {
  const told = await sql<(Told & { readonly seen: boolean })[]>`
    select a.id::integer as id, a.key, r.leg_key || ' ' || r.id as leg, r.leg_key as "legKey", a.kind, a.severity,
      a.trade_date as "tradeDate", a.provisional is not null as "isProvisional", a.resolves_id::integer as "resolvesId",
      v.is_standing as seen
    from cutwatch.alerts a
    join cutwatch.repricings r on r.id = a.repricing_id
    join review.alerts v on v.id = a.id
    where a.basis = 'settlement'
    order by a.id
  `;
  const settled = told.filter(({ isProvisional }) => !isProvisional);
  const seen = settled.filter((row) => row.seen).map(({ id }) => id);
  return { seen, ruled: standingAlerts(told).map(({ id }) => id) };
}

const told = async (sql: Sql) => (await alertsOf(sql)).map(({ words, stands }) => `${stands ? "" : "not "}${words}`);

/** Trade dates from the start of the only leg to its first sharp alert. */
const sharpAfter = async (sql: Sql) => {
  const rows = await ask(sql, "speed_of_repricings.sql");
  return rows.find((row) => row.meeting === MEETING && row.path === null)?.sharp_after;
};

const sharpDays = async (sql: Sql) => {
  const rows = await ask(sql, "events_on_sharp_days.sql");
  return rows.filter((row) => row.meeting === MEETING).map((row) => `${row.trade_date} ${row.direction} ${row.kind}`);
};

/** Four days on which nothing happened. */
async function calmDays(sql: Sql, basis: "settlement" | "last_trade"): Promise<void> {
  await beginNovember(sql);
  for (const tradeDate of ["2025-11-12", "2025-11-13", "2025-11-14", "2025-11-17"]) {
    await dayCame(sql, { basis, tradeDate, shiftBp: 0 });
  }
}

describe("is_standing of review.alerts", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await sampleDatabase();
  });
  afterAll(() => db.drop());

  it("is true of every alert where nothing was taken back", async () => {
    const rows = await alertsOf(db.sql);
    expect(rows).toHaveLength(8);
    expect(rows.filter(({ stands }) => !stands)).toEqual([]);
  });

  it("ends for all that was told of a leg that a correction takes back", async () => {
    const before = await sharpDays(db.sql);
    expect(before).toContain("2025-11-21 dovish sharp");
    await flattenLastDays(db.sql);
    expect((await told(db.sql)).slice(-3)).toEqual([
      "2025-11-19 confirmed hawkish extension",
      "not 2025-11-21 confirmed dovish sharp",
      "not 2025-11-21 withdrawn dovish withdrawn",
    ]);
    expect(await sharpDays(db.sql)).toEqual(before.filter((words) => words !== "2025-11-21 dovish sharp"));
    const { seen, ruled } = await standing(db.sql);
    expect(seen).toEqual(ruled);
  });
});

describe("is_standing of single alerts", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await testDatabase();
    await calmDays(db.sql, "settlement");
    for (const [tradeDate, shiftBp] of [
      ["2025-11-18", 4],
      ["2025-11-19", 12],
      ["2025-11-20", 12],
    ] as const) {
      await dayCame(db.sql, { basis: "settlement", tradeDate, shiftBp });
    }
  });
  afterAll(() => db.drop());

  it("ends for one that is found a day later now, and begins with what is told instead", async () => {
    expect(await told(db.sql)).toEqual(["2025-11-19 confirmed hawkish sharp"]);
    expect(await sharpAfter(db.sql)).toBe(5);
    expect(await sharpDays(db.sql)).toEqual(["2025-11-19 hawkish sharp"]);
    const at = new Date("2025-11-21T12:00:00Z");
    await dayCame(db.sql, { basis: "settlement", tradeDate: "2025-11-19", shiftBp: 4, at });
    expect(await told(db.sql)).toEqual([
      "not 2025-11-19 confirmed hawkish sharp",
      "not 2025-11-19 withdrawn hawkish withdrawn",
      "2025-11-20 confirmed hawkish sharp",
    ]);
    expect(await sharpAfter(db.sql)).toBe(6);
    expect(await sharpDays(db.sql)).toEqual(["2025-11-20 hawkish sharp"]);
    const { seen, ruled } = await standing(db.sql);
    expect(seen).toEqual(ruled);
  });
});

describe("is_standing of provisional alerts", () => {
  const SHARP = "2025-11-18 confirmed hawkish sharp";
  const SEVERE = "2025-11-19 provisional hawkish severe";
  const CONFIRMED = "2025-11-19 confirmed hawkish confirmed";

  let db: TestDatabase;
  beforeAll(async () => {
    db = await testDatabase();
    await calmDays(db.sql, "last_trade");
    await dayCame(db.sql, { basis: "last_trade", tradeDate: "2025-11-18", shiftBp: 5.5 });
    await movedDuring(db.sql, "2025-11-19", 16);
  });
  afterAll(() => db.drop());

  it("is true until a settlement answers, and after it where that confirms it", async () => {
    expect(await told(db.sql)).toEqual([SHARP, SEVERE]);
    await dayCame(db.sql, { basis: "last_trade", tradeDate: "2025-11-19", shiftBp: 16 });
    expect(await told(db.sql)).toEqual([SHARP, SEVERE, CONFIRMED]);
  });

  it("ends with the confirmation, where a correction takes that back and leaves the leg", async () => {
    const at = new Date("2025-11-20T12:00:00Z");
    await dayCame(db.sql, { basis: "last_trade", tradeDate: "2025-11-19", shiftBp: 5.5, at });
    expect(await told(db.sql)).toEqual([
      SHARP,
      `not ${SEVERE}`,
      `not ${CONFIRMED}`,
      "not 2025-11-19 withdrawn hawkish withdrawn",
    ]);
    expect(await sharpDays(db.sql)).toEqual(["2025-11-18 hawkish sharp"]);
  });

  it("ends with a withdrawal of its own, where the settlement does not bear it out", async () => {
    await movedDuring(db.sql, "2025-11-20", 16);
    await dayCame(db.sql, { basis: "last_trade", tradeDate: "2025-11-20", shiftBp: 5.5 });
    expect((await told(db.sql)).slice(-2)).toEqual([
      "not 2025-11-20 provisional hawkish severe",
      "not 2025-11-20 withdrawn hawkish withdrawn",
    ]);
    expect(await sharpDays(db.sql)).toEqual(["2025-11-18 hawkish sharp"]);
  });
});
