/** Legs that no reading is left to end: closed when their meeting is decided, and nobody is told. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { closeDecided } from "../../jobs/close-decided.ts";
import { flagRepricings } from "../../jobs/flag-repricings.ts";
import { settlementInstant } from "../../src/calendar/trade-dates.ts";
import { repricingsKnown } from "../../src/store/repricing-reads.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { listen, queuedFor } from "./live-episode.ts";
import { beginNovember, dayCame, MEETING } from "./two-bases.ts";

const DUE = settlementInstant("2025-12-11");
const before = new Date(DUE.getTime() - 1);
const LATER = new Date("2026-01-05T12:00:00Z");

let db: TestDatabase;
beforeEach(async () => {
  db = await testDatabase();
  await beginNovember(db.sql);
  for (const tradeDate of ["2025-11-12", "2025-11-13"])
    await dayCame(db.sql, { basis: "last_trade", tradeDate, shiftBp: 0 });
  await dayCame(db.sql, { basis: "last_trade", tradeDate: "2025-11-14", shiftBp: 12 });
});
afterEach(() => db.drop());

const close = (at: Date) => closeDecided({ sql: db.sql, now: () => at });

async function legNow() {
  const rows = await db.sql`
    select status, state, end_reason, ended_on, ended_at, extreme_on from review.repricings where meeting = ${MEETING} order by id
  `;
  expect(rows).toHaveLength(1);
  return rows[0];
}

async function openBy(knownAt: Date | null): Promise<string[]> {
  const rows = await repricingsKnown(db.sql, {
    meeting: null,
    path: null,
    from: null,
    to: null,
    severities: ["notice", "sharp", "severe", "extreme"],
    states: ["confirmed"],
    status: "open",
    basis: null,
    knownAt,
    after: null,
    limit: 10,
  });
  return rows.map(({ meeting }) => meeting).toSorted();
}

const counts = async () => {
  const [row] = await db.sql`
    select (select count(*)::integer from cutwatch.alerts) as alerts,
      (select count(*)::integer from cutwatch.repricing_states) as states`;
  return row;
};

const DECIDED = {
  status: "closed",
  state: "confirmed",
  end_reason: "decision",
  ended_on: MEETING,
  ended_at: new Date("2025-12-10T19:00:00Z"),
  extreme_on: "2025-11-14",
};

describe("closeDecided()", () => {
  it("closes a leg at its meeting's decision, once, when no reading has come to do so", async () => {
    expect(await close(before)).toBe(0);
    expect(await legNow()).toMatchObject({ status: "open", ended_at: null });
    expect(await close(DUE)).toBe(1);
    expect(await legNow()).toEqual(DECIDED);
    const stored = await counts();
    expect(await close(LATER)).toBe(0);
    expect(await counts()).toEqual(stored);
  });

  it("leaves legs of meetings to come open, and what was known before as it was", async () => {
    expect(await openBy(null)).toEqual([MEETING, "2026-01-28"]);
    await close(DUE);
    expect(await openBy(null)).toEqual(["2026-01-28"]);
    expect(await openBy(before)).toEqual([MEETING, "2026-01-28"]);
  });

  it("tells nobody", async () => {
    const webhook = await listen(db.sql, {});
    const { alerts } = (await counts()) ?? {};
    await close(DUE);
    expect((await counts())?.alerts).toBe(alerts);
    expect(await queuedFor(db.sql, webhook)).toEqual([]);
  });

  it("is one step of several processes at once", async () => {
    expect((await Promise.all([close(DUE), close(DUE), close(DUE)])).toSorted()).toEqual([0, 0, 1]);
  });

  it("comes out the same when the days are looked at again, or for the first time that late", async () => {
    await close(DUE);
    const stored = await counts();
    const again = { sql: db.sql, now: () => LATER, live: false, from: "2025-11-01" };
    expect(await flagRepricings(again)).toMatchObject({ legs: 0, alerts: 0 });
    expect(await counts()).toEqual(stored);
    expect(await legNow()).toEqual(DECIDED);
    // A correction of the last day, made when the meeting is long decided.
    await dayCame(db.sql, { basis: "last_trade", tradeDate: "2025-11-14", shiftBp: 14, at: LATER });
    expect(await legNow()).toEqual(DECIDED);
  });

  it("gives way to the reading that ends the leg, as if it had not run", async () => {
    await close(DUE);
    await dayCame(db.sql, { basis: "last_trade", tradeDate: "2025-12-12", shiftBp: 0, at: LATER });
    expect(await legNow()).toEqual({ ...DECIDED, ended_on: "2025-12-12", ended_at: new Date("2025-12-12T22:00:00Z") });
    expect(await close(LATER)).toBe(0);
  });
});
