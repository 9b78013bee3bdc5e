/** Provisional alerts of a stream that falls silent: withdrawn when two settlements have had their time. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withdrawUnsettled } from "../../jobs/withdraw-unsettled.ts";
import { settlementInstant } from "../../src/calendar/trade-dates.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { listen, queuedFor } from "./live-episode.ts";
import { beginNovember, dayCame, MEETING, movedDuring, toldOf } from "./two-bases.ts";

const TODAY = "2025-11-17";
const DUE = settlementInstant("2025-11-19");
const SHARP = `last_trade ${TODAY} provisional hawkish sharp`;
const GONE = `last_trade ${TODAY} hawkish withdrawn`;

let db: TestDatabase;
beforeEach(async () => {
  db = await testDatabase();
  await beginNovember(db.sql);
  for (const tradeDate of ["2025-11-12", "2025-11-13", "2025-11-14"]) {
    await dayCame(db.sql, { basis: "last_trade", tradeDate, shiftBp: 0 });
  }
});
afterEach(() => db.drop());

const withdraw = (at = DUE) => withdrawUnsettled({ sql: db.sql, now: () => at, baseUrl: "https://odds.example" });

async function legs() {
  return db.sql`
    select status, state, end_reason from review.repricings where meeting = ${MEETING} and path is null order by id
  `;
}

describe("withdrawUnsettled()", () => {
  it("withdraws at the second settlement time after its own, once, and says why, to whoever was told", async () => {
    const webhook = await listen(db.sql, { meetings: [MEETING] });
    await movedDuring(db.sql, TODAY, 12);
    expect(await withdraw(new Date(DUE.getTime() - 1))).toBe(0);
    expect(await toldOf(db.sql)).toEqual([SHARP]);
    // That of the December meeting and that of the January one.
    expect(await withdraw()).toBe(2);
    expect(await toldOf(db.sql)).toEqual([SHARP, GONE]);
    expect(await legs()).toEqual([{ status: "closed", state: "withdrawn", end_reason: "no_settlement" }]);
    expect(await queuedFor(db.sql, webhook)).toEqual([
      `repricing.sharp ${MEETING} ${TODAY}`,
      `repricing.withdrawn ${MEETING} ${TODAY}`,
    ]);
    const [told] = await db.sql`
      select body #>> '{data,resolved,reason}' as reason, body #>> '{data,state}' as state
      from cutwatch.alerts where kind = 'withdrawn' order by id limit 1
    `;
    expect(told).toEqual({ reason: "no_settlement", state: "withdrawn" });
    expect(await withdraw(new Date("2026-01-05T12:00:00Z"))).toBe(0);
  });

  it("is one step of several processes at once", async () => {
    await movedDuring(db.sql, TODAY, 12);
    expect((await Promise.all([withdraw(), withdraw(), withdraw()])).toSorted()).toEqual([0, 0, 2]);
  });

  it("takes back no leg that stands since an earlier settlement, only what was told of it since", async () => {
    await dayCame(db.sql, {
      basis: "last_trade",
      tradeDate: "2025-11-14",
      shiftBp: 12,
      at: new Date("2025-11-16T12:00:00Z"),
    });
    await movedDuring(db.sql, TODAY, 20);
    await withdraw();
    expect((await toldOf(db.sql)).slice(1)).toEqual([`last_trade ${TODAY} provisional hawkish severe`, GONE]);
    expect(await legs()).toEqual([{ status: "open", state: "confirmed", end_reason: null }]);
  });

  it("lets a leg wait on that was told on a later day too", async () => {
    await movedDuring(db.sql, TODAY, 12);
    await movedDuring(db.sql, "2025-11-18", 12);
    await withdraw();
    expect(await legs()).toMatchObject([{ status: "open", state: "provisional" }]);
    await withdraw(settlementInstant("2025-11-20"));
    expect(await legs()).toMatchObject([{ state: "withdrawn", end_reason: "no_settlement" }]);
  });

  it("leaves alone what a settlement has answered", async () => {
    await movedDuring(db.sql, TODAY, 12);
    await dayCame(db.sql, { basis: "last_trade", tradeDate: TODAY, shiftBp: 12 });
    expect(await withdraw()).toBe(0);
  });

  it("lets a settlement that comes later all the same tell the repricing, to whoever was sent the withdrawal", async () => {
    await movedDuring(db.sql, TODAY, 12);
    await withdraw();
    await dayCame(db.sql, { basis: "last_trade", tradeDate: TODAY, shiftBp: 12, at: new Date("2025-11-20T12:00:00Z") });
    expect((await toldOf(db.sql)).slice(2)).toEqual([`last_trade ${TODAY} hawkish sharp`]);
    expect(await legs()).toEqual([{ status: "open", state: "confirmed", end_reason: null }]);
  });
});
