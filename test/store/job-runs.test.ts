import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { claimSlot, finishRun, forgetRuns, heartbeat, startRun, sweepLost } from "../../src/store/job-runs.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.drop());

const at = (second: number) => new Date(Date.UTC(2026, 0, 5, 12, 0, second));
const slotOf = (minute: number) => new Date(Date.UTC(2026, 0, 5, 13, minute));
const DONE = { status: "done", detail: "did it", error: null } as const;

describe("claimSlot()", () => {
  it("gives each of 20 slots to one of 6 processes", async () => {
    const owners = ["a", "b", "c", "d", "e", "f"];
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, minute) =>
        Promise.all(
          owners.map((owner) =>
            claimSlot(db.sql, { job: "many", slot: slotOf(minute), owner, now: at(0), attempt: 1 }),
          ),
        ),
      ),
    );
    for (const slot of claims) expect(slot.filter((run) => run !== null)).toHaveLength(1);
  });

  it("gives the same slot of another job to anyone", async () => {
    expect(
      await claimSlot(db.sql, { job: "other", slot: slotOf(0), owner: "a", now: at(0), attempt: 1 }),
    ).not.toBeNull();
  });
});

describe("sweepLost()", () => {
  it("gives up a run that shows no life, once, and leaves the living and the finished alone", async () => {
    const claim = (job: string) => claimSlot(db.sql, { job, slot: slotOf(30), owner: "a", now: at(0), attempt: 1 });
    const [dead, alive, finished] = [await claim("dead"), await claim("alive"), await claim("finished")];
    if (dead === null || alive === null || finished === null) throw new Error("not claimed");
    await heartbeat(db.sql, alive.id, at(50));
    await finishRun(db.sql, finished.id, DONE, at(1));
    const sweeps = await Promise.all([1, 2, 3].map(() => sweepLost(db.sql, at(40), at(60))));
    const lost = sweeps.flat().filter((run) => ["dead", "alive", "finished"].includes(run.job));
    expect(lost).toEqual([{ job: "dead", slot: slotOf(30), attempt: 1 }]);
    // The dead one comes back after all: what it did stands, but it does not overwrite the verdict.
    expect(await finishRun(db.sql, dead.id, DONE, at(61))).toBe(false);
    const again = { job: "dead", slot: slotOf(30), owner: "b", now: at(61), attempt: 2 };
    expect(await claimSlot(db.sql, again)).not.toBeNull();
    expect(await claimSlot(db.sql, again)).toBeNull();
  });
});

describe("forgetRuns()", () => {
  it("keeps the newest run of each job however old", async () => {
    const old = await startRun(db.sql, { job: "by-hand", owner: "a", now: at(0) });
    const newer = await startRun(db.sql, { job: "by-hand", owner: "a", now: at(1) });
    await finishRun(db.sql, old.id, DONE, at(1));
    await finishRun(db.sql, newer.id, DONE, at(2));
    await forgetRuns(db.sql, at(59));
    const rows = await db.sql<{ id: number }[]>`
      select id::float8 as id from cutwatch.job_runs where job = 'by-hand'
    `;
    expect(rows).toEqual([{ id: newer.id }]);
  });
});
