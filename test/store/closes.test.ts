import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closesOf, recordCloses } from "../../src/store/closes.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.drop());

const at = (hour: number) => new Date(Date.UTC(2026, 0, 5, hour));
const store = (rows: readonly (readonly [string, string])[], recordedAt: Date, isSample = false) =>
  db.sql.begin((tx) =>
    recordCloses(
      tx,
      rows.map(([date, close]) => ({ symbol: "BTC", date, close })),
      { source: isSample ? "sample" : "exchange", payloadId: null, isSample, recordedAt },
    ),
  );
const ask = (changed: Partial<Parameters<typeof closesOf>[1]> = {}) =>
  closesOf(db.sql, {
    symbol: "BTC",
    from: "2026-01-01",
    to: "2026-01-31",
    knownAt: null,
    after: null,
    limit: 10,
    ...changed,
  });

describe("closesOf()", () => {
  it("gives one close a date, the latest known and real before sample, as it was known, a page at a time", async () => {
    await store([["2026-01-02", "90000"]], at(1));
    await store(
      [
        ["2026-01-02", "1"],
        ["2026-01-03", "2.50"],
        ["2026-01-04", "3"],
      ],
      at(2),
      true,
    );
    await store([["2026-01-02", "90100.5"]], at(3));
    const shown = (rows: Awaited<ReturnType<typeof ask>>) => rows.map(({ date, close }) => `${date} ${close}`);
    expect(await ask({ to: "2026-01-02" })).toEqual([
      {
        symbol: "BTC",
        date: "2026-01-02",
        close: "90100.5",
        recordedAt: at(3),
        source: "exchange",
        isSample: false,
      },
    ]);
    expect(shown(await ask())).toEqual(["2026-01-02 90100.5", "2026-01-03 2.5", "2026-01-04 3"]);
    expect(shown(await ask({ knownAt: at(1) }))).toEqual(["2026-01-02 90000"]);
    expect(shown(await ask({ after: "2026-01-02", limit: 1 }))).toEqual(["2026-01-03 2.5"]);
    expect(await ask({ symbol: "ETH" })).toEqual([]);
  });
});
