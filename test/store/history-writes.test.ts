import fc from "fast-check";
import type { Sql, TransactionSql } from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../src/store/connect.ts";
import { historyWrite, knownBy, writesAround } from "../../src/store/history-writes.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

const START = Date.UTC(2026, 0, 5, 12);

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.sql`truncate cutwatch.history_writes, cutwatch.market_events`;
});

const at = (ms: number) => new Date(START + ms);

/** A clock that is a millisecond later at each look. */
function ticking(fromMs = 0) {
  let ms = fromMs;
  return () => at(++ms);
}

/** One row of history. Rows are numbered in the order in which they are written. */
function event(tx: TransactionSql, what: string, recordedAt: Date) {
  return tx`
    insert into cutwatch.market_events (event_key, what, scheduled_at, status, known_at, recorded_at, source)
    values (${what}, ${what}, ${recordedAt.toISOString()}::timestamptz, 'scheduled',
      ${recordedAt.toISOString()}::timestamptz, ${recordedAt.toISOString()}::timestamptz, 'test')
  `;
}

const write = (sql: Sql, now: () => Date, what: string) =>
  historyWrite(sql, now, async (tx, recordedAt) => {
    await event(tx, what, recordedAt);
    return recordedAt;
  });

interface Write {
  readonly recordedAt: Date;
  readonly doneAt: Date;
}

/** In the order in which their rows were written. */
async function writes(): Promise<Write[]> {
  return db.sql<Write[]>`
    select w.recorded_at as "recordedAt", w.done_at as "doneAt"
    from cutwatch.history_writes w
    left join lateral (
      select min(id) as id from cutwatch.market_events e where e.recorded_at = w.recorded_at
    ) e on true
    order by e.id
  `;
}

/** Until another session waits for a lock that it is not given. @returns its process */
async function waiting(): Promise<number> {
  for (;;) {
    const [row] = await db.sql<{ pid: number }[]>`
      select pid from pg_locks
      where not granted and database = (select oid from pg_database where datname = current_database())
    `;
    if (row !== undefined) return row.pid;
  }
}

/** A write that has its turn and keeps it until `work` says that it may end. */
async function holdTurn(work: (tx: TransactionSql, recordedAt: Date) => Promise<unknown> = async () => null) {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let ended: Promise<unknown> = Promise.resolve();
  await new Promise<void>((resolve) => {
    ended = historyWrite(db.sql, ticking(), async (tx, recordedAt) => {
      resolve();
      await released;
      return work(tx, recordedAt);
    });
  });
  return {
    release: () => {
      release();
      return ended;
    },
  };
}

describe("historyWrite()", () => {
  it("gives the stamp, and notes when the write was over: never before the stamp, whatever the clock does", async () => {
    expect(await write(db.sql, ticking(), "one")).toEqual(at(1));
    expect(await writes()).toEqual([{ recordedAt: at(1), doneAt: at(3) }]);
    let looks = 0;
    const backwards = () => at(10 - 5 * looks++);
    expect(await write(db.sql, backwards, "two")).toEqual(at(10));
    expect((await writes()).at(-1)).toEqual({ recordedAt: at(10), doneAt: at(11) });
  });

  it("gives back what the write gives, and leaves nothing of one that fails", async () => {
    expect(await historyWrite(db.sql, ticking(), async () => "given")).toBe("given");
    const failing = historyWrite(db.sql, ticking(), async (tx, recordedAt) => {
      await event(tx, "undone", recordedAt);
      throw new RangeError("changed our mind");
    });
    await expect(failing).rejects.toThrow("changed our mind");
    expect(await db.sql`select 1 from cutwatch.market_events`).toHaveLength(0);
    expect(await writes()).toEqual([]);
  });

  it("notes nothing where nothing was stored", async () => {
    await historyWrite(db.sql, ticking(), (tx) => tx`select count(*) from cutwatch.market_events`);
    await historyWrite(db.sql, ticking(), (tx) => tx`delete from cutwatch.market_events where what = 'there is none'`);
    expect(await writes()).toEqual([]);
  });

  it("fails, and stores nothing, where the note cannot be written", async () => {
    const noted = historyWrite(db.sql, ticking(), async (tx, recordedAt) => {
      await event(tx, "unnoted", recordedAt);
      const stamp = recordedAt.toISOString();
      await tx`insert into cutwatch.history_writes values (${stamp}::timestamptz, ${stamp}::timestamptz + interval '1 s')`;
    });
    await expect(noted).rejects.toThrow(/duplicate key/);
    expect(await db.sql`select 1 from cutwatch.market_events`).toHaveLength(0);
  });

  it("gives stamps that increase strictly and spans that never overlap, whoever writes by whatever clock", async () => {
    const other = await openDatabase({ url: db.url, applicationName: "cutwatch test", statementTimeoutMs: 0 });
    try {
      const ticks = ticking();
      const clocks: [Sql, () => Date][] = [
        [db.sql, ticks],
        [other.sql, ticks],
        // 30 s behind, as long as it is not noticed, and one that stands still.
        [other.sql, () => new Date(ticks().getTime() - 30_000)],
        [db.sql, () => at(7)],
      ];
      const stamps = await Promise.all(
        Array.from({ length: 120 }, (_, i) => {
          const [sql, now] = clocks[i % clocks.length] ?? [db.sql, ticks];
          return write(sql, now, `write ${i}`);
        }),
      );
      const all = await writes();
      expect(new Set(all.map(({ recordedAt }) => recordedAt.getTime()))).toEqual(
        new Set(stamps.map((stamp) => stamp.getTime())),
      );
      expect(all).toHaveLength(120);
      for (const [i, { recordedAt, doneAt }] of all.entries()) {
        expect(doneAt.getTime()).toBeGreaterThan(recordedAt.getTime());
        expect(all[i + 1]?.recordedAt.getTime() ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(doneAt.getTime());
      }
    } finally {
      await other.close();
    }
  });

  it("does not follow a clock that was more than a minute ahead", async () => {
    const hour = 3_600_000;
    expect(await write(db.sql, () => at(hour), "of a wrong clock")).toEqual(at(hour));
    expect(await write(db.sql, () => at(0), "of a right one")).toEqual(at(0));
    expect(await write(db.sql, () => at(0), "of another")).toEqual(at(1));
    expect(await write(db.sql, () => at(hour - 60_000), "within reach")).toEqual(at(hour + 1));
  });

  it("says that its turn did not come when the wait for it ends", async () => {
    const holder = await holdTurn();
    try {
      const failed = expect(write(db.sql, ticking(), "never")).rejects.toMatchObject({
        code: "busy",
        message: "Cannot write history: its turn did not come within 10 minutes",
      });
      await db.sql`select pg_cancel_backend(${await waiting()})`;
      await failed;
    } finally {
      await holder.release();
    }
    expect(await writes()).toEqual([]);
  });

  it("waits for its turn beyond the time that a statement has, and gives that back to the write", async () => {
    const hasty = await openDatabase({ url: db.url, applicationName: "cutwatch test", statementTimeoutMs: 50 });
    const holder = await holdTurn((tx) => tx`select pg_sleep(0.15)`);
    try {
      const second = historyWrite(hasty.sql, ticking(), async (tx, recordedAt) => {
        await event(tx, "hasty", recordedAt);
        return tx`select current_setting('statement_timeout') as timeout`;
      });
      await waiting();
      await holder.release();
      expect(await second).toEqual([{ timeout: "50ms" }]);
      expect(await hasty.sql`select current_setting('statement_timeout') as timeout`).toEqual([{ timeout: "50ms" }]);
      expect(await writes()).toHaveLength(1);
    } finally {
      await holder.release();
      await hasty.close();
    }
  });
});

describe("knownBy()", () => {
  const known = async (ms: number) => {
    const instant = at(ms);
    return knownBy(instant, (await writesAround(db.sql, instant)).before);
  };

  it("is the instant itself outside of writes, and inside one the millisecond before its stamp", async () => {
    await db.sql`insert into cutwatch.history_writes values (${at(10).toISOString()}, ${at(20).toISOString()})`;
    expect(await Promise.all([9, 11, 19, 20, 21].map(known))).toEqual([9, 9, 9, 20, 21].map(at));
  });

  it("means a write with all its rows by its own stamp, which is what links name", async () => {
    await db.sql`insert into cutwatch.history_writes values (${at(10).toISOString()}, ${at(20).toISOString()})`;
    expect(await known(10)).toEqual(at(10));
  });

  it("says what review.known_by says, and finds the write that follows", async () => {
    const gaps = fc.sample(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 8 })), {
      seed: 11,
      numRuns: 60,
    });
    let ms = 0;
    const spans = gaps.map(([before, lasts]) => {
      const span = { fromMs: ms + before, doneMs: ms + before + lasts };
      ms = span.doneMs;
      return span;
    });
    for (const { fromMs, doneMs } of spans) {
      await db.sql`insert into cutwatch.history_writes values (${at(fromMs).toISOString()}, ${at(doneMs).toISOString()})`;
    }
    const instants = Array.from({ length: ms + 6 }, (_, i) => at(i - 3));
    const inSql = await db.sql<{ known: Date }[]>`
      select review.known_by(k.at + interval '400 microseconds') as known
      from unnest(${instants.map((instant) => instant.toISOString())}::text[]::timestamptz[]) with ordinality as k (at, i)
      order by k.i
    `;
    for (const [i, instant] of instants.entries()) {
      const { before, next } = await writesAround(db.sql, instant);
      expect(knownBy(instant, before)).toEqual(inSql[i]?.known);
      const following = spans.find(({ fromMs }) => at(fromMs) >= instant);
      expect(next).toEqual(following === undefined ? null : at(following.fromMs));
    }
    const [far] = await db.sql`
      select review.known_by('infinity')::text as ever, review.known_by('-infinity')::text as never, review.known_by(null) as null
    `;
    expect(far).toEqual({ ever: "infinity", never: "-infinity", null: null });
  });
});
