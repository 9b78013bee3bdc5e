/** What comes by import or recomputation beside what comes live: it silences nothing, sends nothing, and overwrites nothing newer. */
import type { Sql } from "postgres";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { flagRepricings } from "../../jobs/flag-repricings.ts";
import { importFile } from "../../jobs/import-file.ts";
import { snapshotOdds, snapshotPeriod } from "../../jobs/snapshot-odds.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { listen, queuedFor } from "./live-episode.ts";
import { beginNovember, dayCame, MEETING, toldOf } from "./two-bases.ts";

let db: TestDatabase;
beforeEach(async () => {
  db = await testDatabase();
  await beginNovember(db.sql);
});
afterEach(() => db.drop());

const CALM: Readonly<Record<string, number>> = {
  "2025-11": 96.13,
  "2025-12": 96.19,
  "2026-01": 96.245,
  "2026-02": 96.33,
};

/** Last trades of a day from a file, with all that follows from an import. */
async function importTrades(day: string, shiftBp: number, at: string): Promise<void> {
  const now = () => new Date(at);
  const rows = Object.entries(CALM).map(
    ([month, price]) => `${day},${month},${(month === "2025-11" ? price : price - shiftBp / 100).toFixed(4)}`,
  );
  const bytes = new TextEncoder().encode(["trade_date,contract,close", ...rows].join("\n"));
  const file = {
    fileName: `${day}.csv`,
    kind: "settlements",
    bytes,
    options: {},
    dryRun: false,
    again: false,
  } as const;
  await importFile(db.sql, file, now);
  await snapshotOdds({ sql: db.sql, now });
  await flagRepricings({ sql: db.sql, now, live: false });
}

describe("an import beside live readings", () => {
  beforeEach(async () => {
    for (const day of ["2025-11-12", "2025-11-13"]) {
      await importTrades(day, 0, `${day}T22:30:00Z`);
      await dayCame(db.sql, { basis: "settlement", tradeDate: day, shiftBp: 0, at: new Date(`${day}T23:00:00Z`) });
    }
  });

  it("does not keep the live alert of another basis from whoever listens, for it reached nobody", async () => {
    const webhook = await listen(db.sql, { min_severity: "notice" });
    await importTrades("2025-11-14", 12, "2025-11-14T22:30:00Z");
    expect(await queuedFor(db.sql, webhook)).toEqual([]);
    const at = new Date("2025-11-14T23:00:00Z");
    await dayCame(db.sql, { basis: "settlement", tradeDate: "2025-11-14", shiftBp: 12, at });
    expect(await queuedFor(db.sql, webhook)).toEqual([`repricing.sharp ${MEETING} 2025-11-14`]);
    expect(await toldOf(db.sql)).toEqual([
      "last_trade 2025-11-14 hawkish sharp, history",
      "settlement 2025-11-14 hawkish sharp",
    ]);
  });
});

/** A client that lets something else happen between its reading and its first transaction. */
function overtaken(sql: Sql, by: () => Promise<void>): Sql {
  let isDone = false;
  const begin = async (work: Parameters<Sql["begin"]>[1]) => {
    if (!isDone) {
      isDone = true;
      await by();
    }
    return sql.begin(work);
  };
  return new Proxy(sql, { get: (target, name) => (name === "begin" ? begin : Reflect.get(target, name)) });
}

describe("a recomputation that read before a correction came", () => {
  it("computes again instead of storing the old odds over the new", async () => {
    for (const tradeDate of ["2025-11-12", "2025-11-13", "2025-11-14"]) {
      await dayCame(db.sql, { basis: "settlement", tradeDate, shiftBp: 0 });
    }
    const rates = async () =>
      (
        await db.sql<{ rate: number }[]>`
          select r.expected_rate_bp as rate
          from cutwatch.snapshots s
          join cutwatch.meeting_readings r on r.snapshot_id = s.id and r.trade_date = s.trade_date
          where s.trade_date = '2025-11-14' and r.meeting_date = ${MEETING}::date
          order by s.recorded_at desc, s.id desc
        `
      ).map(({ rate }) => rate);
    const [before = 0] = await rates();
    const at = new Date("2025-11-15T12:00:00Z");
    const sql = overtaken(db.sql, () =>
      dayCame(db.sql, { basis: "settlement", tradeDate: "2025-11-14", shiftBp: 12, at }),
    );
    await snapshotPeriod({ sql, now: () => new Date("2025-11-15T12:00:05Z") }, "2025-11-12", "2025-11-14");
    const after = await rates();
    expect(after).toHaveLength(2);
    expect((after[0] ?? 0) - before).toBeCloseTo(12, 6);
    await flagRepricings({ sql: db.sql, now: () => new Date("2025-11-15T12:01:00Z"), live: false });
    expect(await toldOf(db.sql)).toEqual(["settlement 2025-11-14 hawkish sharp"]);
  });
});
