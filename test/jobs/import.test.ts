import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FileToImport, importFile } from "../../jobs/import-file.ts";
import { loadBuiltInMeetings } from "../../jobs/load-built-in.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import { ImportFileError } from "../../src/sources/files/import-result.ts";
import { findSnapshot, readingsOf } from "../../src/store/readings.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

const START = Date.UTC(2026, 10, 20, 12);
const MEETING = "2025-12-10";

const databases: TestDatabase[] = [];
async function freshDatabase(): Promise<TestDatabase> {
  const db = await testDatabase();
  databases.push(db);
  await loadBuiltInMeetings(db.sql, () => new Date(START - 1000));
  return db;
}
afterAll(async () => {
  for (const db of databases) await db.drop();
});

function file(
  fileName: string,
  kind: FileToImport["kind"],
  text: string,
  more: Partial<FileToImport> = {},
): FileToImport {
  return { fileName, kind, bytes: new TextEncoder().encode(text), options: {}, dryRun: false, again: false, ...more };
}

/** A clock that moves a second at each look. */
function clock() {
  let ms = START;
  return () => {
    ms += 1000;
    return new Date(ms);
  };
}

const SETTLEMENTS = file(
  "settlements.csv",
  "settlements",
  `trade_date,contract,settle,volume,open_interest
2025-11-17,2025-11,96.1250,100,200
2025-11-17,ZQF26,96.2400,100,200
2025-11-17,2026-02,96.3250,0,0
2025-11-18,2025-11,96.1250,100,200
2025-11-18,2026-01,96.2600,100,200
2025-11-18,2026-02,96.3500,100,200
2025-11-18,2026-03,83.4250,100,200
`,
);
const CORRECTION = file("correction.csv", "settlements", "trade_date,contract,settle\n2025-11-17,2026-01,96.2450\n");
const LAST_TRADES = file(
  "trades.csv",
  "settlements",
  `trade_date,contract,close
2025-11-17,2025-11,96.1200
2025-11-17,2026-01,96.2300
2025-11-17,2026-02,96.3200
2025-11-16,2025-11,96.1100
`,
);
const PUBLISHED = file(
  "published.csv",
  "fedwatch",
  `as_of_date,meeting_date,target_range_low_bps,target_range_high_bps,probability
2025-11-17,2025-12-10,350,375,0.423571
2025-11-17,2025-12-10,375,400,0.576429
2025-11-14,2025-12-10,350,375,0.444
2025-11-14,2025-12-10,375,400,0.556
`,
);
const COARSE = file(
  "coarse.csv",
  "fedwatch",
  `as_of_date,meeting_date,target_range_low_bps,target_range_high_bps,probability
2025-11-17,2025-12-10,350,375,0.424
2025-11-17,2025-12-10,375,400,0.576
`,
);
const EFFR = file(
  "effr.csv",
  "effr",
  `date,effr_pct,target_lower_pct,target_upper_pct
2025-11-14,3.88,3.75,4.00
2025-11-17,3.88,3.75,4.00
`,
);
const CLOSES = file("closes.csv", "closes", "date,symbol,close\n2025-11-17,BTC,91465.99\n2025-11-17,HSI,\n");
const YAHOO_CLOSES = file(
  "btc.csv",
  "closes",
  "Price,Close,High,Low,Open,Volume\nTicker,BTC-USD,BTC-USD,BTC-USD,BTC-USD,BTC-USD\nDate,,,,,\n2025-11-17,91465.99,92000,91000,91500,1\n",
);

/** What a reader sees now, without the instants at which it was learned. */
async function state({ sql }: TestDatabase) {
  return {
    odds: await sql`
      select trade_date, meeting, lower_bp, upper_bp, probability, basis, method, source, target_lower_bp, expected_rate_bp
      from review.odds order by 1, 2, 3
    `,
    fixings: await sql`select fixing_date, effr_pct, target_lower_bp, source from review.fixings order by 1`,
    closes: await sql`select symbol, close_date, close, source from review.closes order by 1, 2`,
    quarantine: await sql`select source, line, reason_code, row_text from review.quarantine order by 1, 2, 3`,
  };
}

async function odds(db: TestDatabase, knownAt: Date | null = null) {
  const query = { grid: null, basis: null, method: null, meeting: MEETING, sample: null, knownAt };
  const snapshot = await findSnapshot(db.sql, { at: { tradeDate: "2025-11-17" }, ...query });
  if (snapshot === null) return null;
  const [reading] = await readingsOf(db.sql, snapshot, MEETING);
  return { basis: snapshot.basis, p350: reading?.outcomes.find((outcome) => outcome.lowerBp === 350)?.probability };
}

describe("importFile()", () => {
  it("ends in the same state whatever the order and however often, corrections aside", async () => {
    const files = [SETTLEMENTS, LAST_TRADES, PUBLISHED, COARSE, EFFR, CLOSES, YAHOO_CLOSES];
    const sequences = fc.sample(fc.shuffledSubarray([...files, ...files, ...files], { minLength: 21 }), {
      numRuns: 3,
      seed: 20251210,
    });
    const states = [];
    for (const sequence of [files, ...sequences]) {
      const db = await freshDatabase();
      const now = clock();
      for (const each of sequence) await importFile(db.sql, each, now);
      await snapshotOdds({ sql: db.sql, now });
      states.push(await state(db));
    }
    expect(states[0]?.odds.length).toBeGreaterThan(5);
    for (const other of states.slice(1)) expect(other).toEqual(states[0]);
  });

  describe("on one database", () => {
    let db: TestDatabase;
    const now = clock();
    const take = async (each: FileToImport) => {
      const summary = await importFile(db.sql, each, now);
      await snapshotOdds({ sql: db.sql, now });
      return summary;
    };
    beforeAll(async () => {
      db = await freshDatabase();
    });

    it("says what became of each row and puts the impossible aside", async () => {
      const summary = await take(SETTLEMENTS);
      expect(summary).toMatchObject({ source: "settlements-csv", rowsRead: 7, stored: 6, unchanged: 0 });
      expect(summary.quarantined).toMatchObject([{ line: 8, code: "price_out_of_band" }]);
    });

    it("computes the readings of its dates: 42.357 % for 350-375 on 17 Nov 2025, as CME published", async () => {
      const reading = await odds(db);
      expect(reading?.basis).toBe("settlement");
      expect(Math.abs((reading?.p350 ?? 0) - 0.423571)).toBeLessThanOrEqual(0.000002);
    });

    it("answers as before a correction when asked as of then, also when the old file comes again", async () => {
      const before = await odds(db);
      const then = now();
      expect(await take(CORRECTION)).toMatchObject({ stored: 1 });
      const after = await odds(db);
      expect(after?.p350).not.toBe(before?.p350);
      expect(await odds(db, then)).toEqual(before);
      const replay = await take(SETTLEMENTS);
      expect(replay).toMatchObject({ stored: 0, unchanged: 6 });
      expect(replay.importedBefore).not.toBeNull();
      expect(await odds(db)).toEqual(after);
      // Asked for in so many words, the old file does come back over the correction.
      await take({ ...SETTLEMENTS, again: true });
      expect(await odds(db)).toEqual(before);
      await take({ ...CORRECTION, again: true });
      expect(await odds(db)).toEqual(after);
    });

    it("prefers a settlement to a last trade of the same date", async () => {
      const before = await odds(db);
      expect(await take(LAST_TRADES)).toMatchObject({ stored: 3 });
      expect(await odds(db)).toEqual(before);
    });

    it("puts a Sunday's bar aside, named as what it is", async () => {
      const rows = await db.sql`select reason_code, row_text from review.quarantine where source = 'last-trades-csv'`;
      expect(rows).toMatchObject([{ reason_code: "not_a_trade_date" }]);
    });

    it("writes nothing in a dry run, and says what it would", async () => {
      const before = await state(db);
      expect(await take({ ...CLOSES, dryRun: true })).toMatchObject({ rowsRead: 2, stored: 1, blank: 1 });
      expect(await state(db)).toEqual(before);
      expect(await take(CLOSES)).toMatchObject({ stored: 1 });
    });

    it("writes nothing of a file it cannot use", async () => {
      const before = await state(db);
      const broken = file("half.csv", "settlements", "trade_date,contract,settle\n2025-11-19,2025-11");
      await expect(importFile(db.sql, broken, now)).rejects.toThrow(ImportFileError);
      expect(await state(db)).toEqual(before);
    });

    it("holds a single price against its neighbours in the database", async () => {
      const text = (rows: string) => `trade_date,contract,settle\n${rows}\n`;
      await take(file("calm.csv", "settlements", text("2025-11-19,2025-11,96.1250\n2025-11-19,2026-02,96.3500")));
      const poison = file("poison.csv", "settlements", text("2025-11-19,2026-01,96.6400"));
      await expect(take(poison)).rejects.toThrow(/line 2: its one row is refused: /);
      expect(await take(file("true.csv", "settlements", text("2025-11-19,2026-01,96.2650")))).toMatchObject({
        stored: 1,
      });
    });

    it("puts a row aside that is dated in the future, and learns no decision from it", async () => {
      const text = "date,effr_pct,target_lower_pct,target_upper_pct\n2028-01-03,3.05,3.00,3.25\n";
      await expect(take(file("typo.csv", "effr", text))).rejects.toThrow(/dated 2028-01-03, which is yet to come/);
      const closes = "date,symbol,close\n2035-01-01,BTC,100000\n2025-11-17,BTC,95549\n";
      expect(await take(file("typo-closes.csv", "closes", closes))).toMatchObject({
        stored: 1,
        quarantined: [{ line: 2, code: "future_date" }],
      });
      const rows =
        await db.sql`select status from review.meetings where meeting >= '2026-12-01' and status <> 'upcoming'`;
      expect(rows).toEqual([]);
    });

    it("learns what a meeting decided from the target range, at the latest", async () => {
      const text = "date,effr_pct,target_lower_pct,target_upper_pct\n2026-10-29,3.63,3.50,3.75\n";
      await take(file("later.csv", "effr", text));
      const rows = await db.sql`
        select target_after_lower_bp, target_after_upper_bp from review.meetings where meeting = '2026-10-28'
      `;
      expect(rows).toEqual([{ target_after_lower_bp: 350, target_after_upper_bp: 375 }]);
    });
  });
});
