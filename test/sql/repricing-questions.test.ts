import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabase } from "../setup/database.ts";
import { ask, CLOSES, publishedMeanBp, type Row, sampleDatabase, TRADE_DATES } from "./asking.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await sampleDatabase();
});
afterAll(() => db.drop());

/** How many trade dates after the first the second is. */
const tradeDatesFrom = (from: string, to: string) => TRADE_DATES.indexOf(to) - TRADE_DATES.indexOf(from);
/** Simple return between same-date closes, in per cent. */
const returnPct = (symbol: string, from: string, to: string) =>
  100 * ((CLOSES.get(to)?.[symbol] ?? Number.NaN) / (CLOSES.get(from)?.[symbol] ?? Number.NaN) - 1);

describe("sharpest_repricings.sql", () => {
  it("ranks the repricing of 16 Oct to 19 Nov 2025 as the sharpest of the December meeting", async () => {
    const rows = await ask(db.sql, "sharpest_repricings.sql");
    const first = rows.find((row) => row.meeting === "2025-12-10" && row.basis === "settlement");
    expect(first).toMatchObject({
      started_on: "2025-10-16",
      extreme_on: "2025-11-19",
      severity: "severe",
      from_bp: "359.5",
      to_bp: "380.0",
      amplitude_bp: "20.5",
    });
  });
});

describe("repricings_by_month.sql", () => {
  // FedWatch's own figures of the sample are of December's meeting alone: four legs, of which the two dovish ones went
  // towards 350-375, whose middle is 362.5: 373.4 -> 359.5 and 380.0 -> 366.2.
  it("counts December's legs by the month of their confirmation, and the dovish ones as towards the cut", async () => {
    const rows = (await ask(db.sql, "repricings_by_month.sql")).filter((row) => row.basis === "published");
    const shown = ({ month, hawkish, dovish, sharp_or_more, decided, towards_outcome, towards_outcome_pct }: Row) =>
      [month, hawkish, dovish, sharp_or_more, decided, towards_outcome, towards_outcome_pct].join(" ");
    expect(rows.map(shown)).toEqual([
      "2025-09-01 1 1 1 2 1 50.0",
      "2025-10-01 1 0 1 1 0 0.0",
      "2025-11-01 0 1 1 1 1 100.0",
    ]);
    expect(rows.map((row) => row.largest_bp)).toEqual(
      [
        ["2025-09-25", "2025-10-16"],
        ["2025-10-16", "2025-11-19"],
        ["2025-11-19", "2025-11-25"],
      ].map(([from = "", to = ""]) => Math.abs(publishedMeanBp(to) - publishedMeanBp(from)).toFixed(1)),
    );
  });
});

describe("speed_of_repricings.sql", () => {
  it("counts the hawkish leg of December's meeting: told on 23 Oct, sharp on 29 Oct, 20.5 bp on 19 Nov 2025", async () => {
    const rows = await ask(db.sql, "speed_of_repricings.sql");
    const leg = rows.find(
      (row) => row.started_on === "2025-10-16" && row.meeting === "2025-12-10" && row.basis === "settlement",
    );
    const counts = ["2025-10-23", "2025-10-29", "2025-11-19"].map((date) => tradeDatesFrom("2025-10-16", date));
    expect([leg?.confirmed_after, leg?.sharp_after, leg?.extreme_after]).toEqual(counts);
    const amplitudeBp = publishedMeanBp("2025-11-19") - publishedMeanBp("2025-10-16");
    expect(Number(leg?.bp_a_trade_date)).toBeCloseTo(amplitudeBp / tradeDatesFrom("2025-10-16", "2025-11-19"), 2);
  });

  it("finds the fall from 19 Nov the fastest", async () => {
    const [first] = await ask(db.sql, "speed_of_repricings.sql");
    expect(first).toMatchObject({ started_on: "2025-11-19", direction: "dovish", confirmed_after: 2, sharp_after: 2 });
  });
});

describe("alerts_of_a_month.sql", () => {
  it("tells November's alerts once a move, in order", async () => {
    const rows = await ask(db.sql, "alerts_of_a_month.sql");
    expect(rows.map((row) => [row.as_of, row.meeting, row.kind].join(" "))).toEqual(
      [
        ["2025-11-13", "2025-12-10", "severe"],
        ["2025-11-14", "2026-01-28", "extension"],
        ["2025-11-19", "2025-12-10", "extension"],
        ["2025-11-21", "2025-12-10", "sharp"],
        ["2025-11-21", "2026-01-28", "notice"],
      ].map(([date, ...rest]) => [new Date(`${date}T20:00:00Z`), ...rest].join(" ")),
    );
  });
});

describe("events_on_sharp_days.sql", () => {
  it("names the decision on 29 Oct 2025 and the minutes three weeks later, and nothing on 21 Nov", async () => {
    const rows = await ask(db.sql, "events_on_sharp_days.sql");
    const on = (date: string) => [
      ...new Set(
        rows.filter((row) => row.trade_date === date && row.meeting === "2025-12-10").map((row) => row.events),
      ),
    ];
    expect(on("2025-10-29")).toEqual(["FOMC decision; FOMC press conference"]);
    expect(on("2025-11-19")).toEqual(["FOMC minutes of 2025-10-29"]);
    expect(on("2025-11-21")).toEqual([null]);
  });
});

describe("bitcoin_in_each_repricing.sql", () => {
  it("says what Bitcoin did from 16 Oct to 19 Nov 2025: -15.5 %, while the Nasdaq 100 lost 0.1 %", async () => {
    const rows = await ask(db.sql, "bitcoin_in_each_repricing.sql");
    const row = rows.find((one) => one.started_on === "2025-10-16" && one.meeting === "2025-12-10");
    expect(row).toMatchObject({ evaluated_on: "2025-11-19", btc_return_pct: "-15.5", ndx_return_pct: "-0.1" });
    expect(Number(row?.btc_return_pct)).toBeCloseTo(returnPct("BTC", "2025-10-16", "2025-11-19"), 1);
  });
});

describe("assets_by_direction.sql", () => {
  // Of FedWatch's basis: one hawkish leg and two dovish ones were sharp, to the dates of their latest alerts.
  const HAWKISH = [["2025-10-16", "2025-11-19"]] as const;
  const DOVISH = [
    ["2025-09-25", "2025-10-16"],
    ["2025-11-19", "2025-11-21"],
  ] as const;

  it("gives the mean of the same-date returns of the legs, each once", async () => {
    const rows = (await ask(db.sql, "assets_by_direction.sql")).filter((row) => row.basis === "published");
    expect(rows).toHaveLength(2 * 8);
    for (const row of rows) {
      const legs = row.direction === "hawkish" ? HAWKISH : DOVISH;
      const returns = legs.map(([from, to]) => returnPct(String(row.symbol), from, to));
      expect([row.symbol, row.direction, row.n, row.enough_to_compare]).toEqual([
        row.symbol,
        row.direction,
        legs.length,
        false,
      ]);
      const mean = returns.reduce((sum, one) => sum + one, 0) / returns.length;
      expect(Math.abs(Number(row.mean_return_pct) - mean)).toBeLessThan(0.051);
      expect(Number(row.rose_pct)).toBe((100 * returns.filter((one) => one > 0).length) / returns.length);
    }
  });

  it("counts once what moved two meetings at once: by January's 22.4 bp to its alert of 14 Nov, not December's 20.5", async () => {
    const rows = (await ask(db.sql, "assets_by_direction.sql")).filter((row) => row.basis === "settlement");
    const bitcoin = rows.find((row) => row.symbol === "BTC" && row.direction === "hawkish");
    expect(bitcoin?.n).toBe(1);
    expect(Number(bitcoin?.mean_return_pct)).toBeCloseTo(returnPct("BTC", "2025-10-16", "2025-11-14"), 1);
  });
});
