import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabase } from "../setup/database.ts";
import {
  ask,
  CLOSES,
  EFFR,
  publishedMeanBp,
  publishedPct,
  type Row,
  SETTLEMENTS,
  sampleDatabase,
  TRADE_DATES,
} from "./asking.ts";

const MEETING = "2025-12-10";
/** Decided on 10 Dec 2025: 350-375. */
const DECIDED_MIDDLE_BP = 362.5;
/** Figures are rounded to the second decimal, and FedWatch's own to the sixth of a fraction. */
const CENT = 0.0051;

let db: TestDatabase;
beforeAll(async () => {
  db = await sampleDatabase();
});
afterAll(() => db.drop());

const near = (shown: unknown, want: number, tolerance = CENT) =>
  expect(Math.abs(Number(shown) - want)).toBeLessThanOrEqual(tolerance);
const dayBefore = (date: string) => TRADE_DATES[TRADE_DATES.indexOf(date) - 1] ?? "none";
const ofMeeting = (rows: readonly Row[]) => rows.filter((row) => row.meeting === MEETING);

describe("odds_of_a_meeting.sql", () => {
  it("shows the headline: 93.67 % on 17 Oct and 42.36 % on 17 Nov 2025", async () => {
    const rows = await ask(db.sql, "odds_of_a_meeting.sql");
    const shown = (date: string) =>
      rows.find((row) => row.trade_date === date && row.lower_bp === 350)?.probability_pct;
    expect([shown("2025-10-17"), shown("2025-11-17")]).toEqual(["93.67", "42.36"]);
  });
});

describe("odds_now_and_before.sql", () => {
  it("shows FedWatch's figures of 17 Nov 2025, the trade date before, a week and a month before", async () => {
    const rows = ofMeeting(await ask(db.sql, "odds_now_and_before.sql"));
    expect(rows.map((row) => row.lower_bp)).toEqual([300, 325, 350, 375]);
    for (const row of rows) {
      const lowerBp = Number(row.lower_bp);
      near(row.probability_pct, publishedPct("2025-11-17", lowerBp));
      near(row.day_before_pct, publishedPct("2025-11-14", lowerBp));
      near(row.week_before_pct, publishedPct("2025-11-10", lowerBp));
      near(row.month_before_pct, publishedPct("2025-10-17", lowerBp));
    }
  });

  it("adds up to 100 for each meeting and date", async () => {
    const rows = await ask(db.sql, "odds_now_and_before.sql");
    for (const column of ["probability_pct", "day_before_pct", "week_before_pct", "month_before_pct"]) {
      const sums = new Map<unknown, number>();
      for (const row of rows) sums.set(row.meeting, (sums.get(row.meeting) ?? 0) + Number(row[column]));
      expect([...sums.keys()]).toEqual(["2025-12-10", "2026-01-28"]);
      for (const sum of sums.values()) near(sum, 100, 0.03);
    }
  });
});

describe("odds_as_known.sql", () => {
  it("gives the headline as known now, and nothing for a time before anything was recorded", async () => {
    const rows = await ask(db.sql, "odds_as_known.sql");
    expect(rows.map((row) => [row.known_then_pct, row.known_now_pct])).toEqual([
      [null, "93.67"],
      [null, "42.36"],
    ]);
  });
});

describe("path_of_expected_rates.sql", () => {
  it("shows 17 Nov 2025: December at FedWatch's mean, its ease the chance of 350-375", async () => {
    const [december, january, ...others] = await ask(db.sql, "path_of_expected_rates.sql");
    expect([december?.meeting, january?.meeting, others.length]).toEqual(["2025-12-10", "2026-01-28", 0]);
    near(december?.expected_rate_bp, publishedMeanBp("2025-11-17"));
    expect(december).toMatchObject({ ease_pct: "42.4", hold_pct: "57.6", hike_pct: "0.0", moves_of_25_bp: "-0.424" });
    expect(december).toMatchObject({ target_lower_bp: 375, target_upper_bp: 400 });
  });
});

describe("year_end_pricing.sql", () => {
  it("equals what each snapshot says is priced by the year's end", async () => {
    const rows = await ask(db.sql, "year_end_pricing.sql");
    const stored = await db.sql<{ trade_date: string; bp: number }[]>`
      select trade_date, priced_by_year_end_bp as bp
      from cutwatch.snapshots
      where basis = 'settlement' and grid = 'settlement' and method = 'cme'
      order by trade_date
    `;
    expect(rows.map((row) => row.trade_date)).toEqual(TRADE_DATES);
    expect(stored.map((row) => row.trade_date)).toEqual(TRADE_DATES);
    rows.forEach((row, i) => {
      near(row.priced_by_year_end_bp, stored[i]?.bp ?? Number.NaN);
    });
  });

  it("drops from 48 to 41 bp with the decision of 29 Oct, and to 18 when the range in force follows it", async () => {
    const rows = await ask(db.sql, "year_end_pricing.sql");
    const middles: [string, number][] = [
      ["2025-10-28", 412.5],
      ["2025-10-29", 412.5],
      ["2025-10-30", 387.5],
    ];
    for (const [date, middle] of middles) {
      near(rows.find((row) => row.trade_date === date)?.priced_by_year_end_bp, publishedMeanBp(date) - middle);
    }
  });
});

describe("largest_daily_shifts.sql", () => {
  it("shows December's days as FedWatch's own figures moved", async () => {
    const rows = ofMeeting(await ask(db.sql, "largest_daily_shifts.sql"));
    expect(rows.map((row) => row.trade_date).slice(0, 3)).toEqual(["2025-11-21", "2025-10-29", "2025-11-19"]);
    for (const row of rows) {
      const date = String(row.trade_date);
      const [lower = ""] = String(row.of_range_bp).split("-");
      expect(row.previous_trade_date).toBe(dayBefore(date));
      near(row.expected_rate_shift_bp, publishedMeanBp(date) - publishedMeanBp(dayBefore(date)));
      const shifts = [300, 325, 350, 375, 400].map((at) => publishedPct(date, at) - publishedPct(dayBefore(date), at));
      near(row.largest_range_shift_pp, shifts[(Number(lower) - 300) / 25] ?? Number.NaN, 0.051);
      near(Math.abs(Number(row.largest_range_shift_pp)), Math.max(...shifts.map(Math.abs)), 0.051);
    }
  });
});

describe("largest_shifts_of_a_range.sql", () => {
  it("ranks the days on which FedWatch's figure for 350-375 moved most", async () => {
    const rows = await ask(db.sql, "largest_shifts_of_a_range.sql");
    const shift = (date: string) => publishedPct(date, 350) - publishedPct(dayBefore(date), 350);
    const want = TRADE_DATES.slice(1).toSorted((a, b) => Math.abs(shift(b)) - Math.abs(shift(a)));
    expect(rows.map((row) => row.trade_date)).toEqual(want.slice(0, 10));
    for (const row of rows) near(row.shift_pp, shift(String(row.trade_date)));
  });
});

describe("decision_days.sql", () => {
  it("shows December's 6.94 bp of 29 Oct 2025, the one decision of the sample", async () => {
    const rows = await ask(db.sql, "decision_days.sql");
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      decided_on: "2025-10-29",
      target_after_lower_bp: 375,
      next_meeting: MEETING,
      before_date: "2025-10-28",
      shift_bp: "6.94",
    });
    near(rows[0]?.after_bp, publishedMeanBp("2025-10-29"));
  });
});

describe("odds_beside_assets.sql", () => {
  it("has the closes of each date, and null for a market that was closed", async () => {
    const rows = await ask(db.sql, "odds_beside_assets.sql");
    expect(rows.map((row) => row.trade_date)).toEqual(TRADE_DATES);
    for (const row of rows) {
      const closes = CLOSES.get(String(row.trade_date));
      for (const symbol of ["BTC", "NDX", "SPX", "GOLD", "HSI"]) {
        const close = row[symbol.toLowerCase()];
        expect(close === null ? null : Number(close)).toBe(closes?.[symbol]);
      }
    }
    // Hong Kong's National Day.
    expect(rows.find((row) => row.trade_date === "2025-10-01")?.hsi).toBeNull();
  });
});

describe("odds_against_outcome.sql", () => {
  it("gives the odds of 29 Oct 2025 that follow from two prices: ZQX25, and ZQV25 of which 29 days of 31 came before", async () => {
    const rows = (await ask(db.sql, "odds_against_outcome.sql")).filter((row) => row.meeting === "2025-10-29");
    expect(rows.map((row) => [row.days_before, row.trade_date])).toEqual([
      [1, "2025-10-28"],
      [7, "2025-10-22"],
      [30, "2025-09-29"],
    ]);
    for (const row of rows) {
      const prices = SETTLEMENTS.get(String(row.trade_date));
      const endBp = 10_000 - 100 * (prices?.["2025-11"] ?? Number.NaN);
      const startBp = (10_000 - 100 * (prices?.["2025-10"] ?? Number.NaN) - (2 / 31) * endBp) / (29 / 31);
      const moves = (startBp - endBp) / 25;
      // One move lowers 400-425 to 375-400; what passes one is the chance of two.
      near(row.probability_pct, 100 * (moves <= 1 ? moves : 2 - moves));
    }
  });
});

describe("last_days_of_a_meeting.sql", () => {
  it("follows December's odds to the sample's end as FedWatch had them", async () => {
    const rows = ofMeeting(await ask(db.sql, "last_days_of_a_meeting.sql"));
    expect(rows.map((row) => row.trade_date)).toEqual(TRADE_DATES.filter((date) => date >= "2025-11-10"));
    for (const row of rows) {
      const date = String(row.trade_date);
      const cut = publishedPct(date, 350);
      near(row.decided_pct, cut);
      expect(row.likeliest_lower_bp).toBe(cut > 50 ? 350 : 375);
      near(row.likeliest_pct, Math.max(cut, publishedPct(date, 375)));
      near(row.expected_above_outcome_bp, publishedMeanBp(date) - DECIDED_MIDDLE_BP);
    }
    expect(rows.find((row) => row.trade_date === "2025-11-17")?.days_before).toBe(23);
  });
});

describe("computed_against_published.sql", () => {
  it("finds computed odds within the printed digits of FedWatch's", async () => {
    const [row] = await ask(db.sql, "computed_against_published.sql");
    expect(row).toMatchObject({ basis: "settlement", largest_error_pp: expect.stringMatching(/^0\.000[012]$/) });
  });
});

describe("disagreement_between_bases.sql", () => {
  it("finds less than 0.001 bp on each date of the sample: settlements give FedWatch's figures", async () => {
    const rows = await ask(db.sql, "disagreement_between_bases.sql");
    expect(rows.map((row) => row.trade_date).toSorted()).toEqual(TRADE_DATES);
    expect(new Set(rows.map((row) => row.difference_bp))).toEqual(new Set(["0.000"]));
    for (const row of rows) near(row.published_bp, publishedMeanBp(String(row.trade_date)), 0.00051);
  });
});

describe("expired_contracts_against_effr.sql", () => {
  it("finds October's contract within half a tick of 100 minus the mean EFFR of its 31 days", async () => {
    const [row, ...others] = await ask(db.sql, "expired_contracts_against_effr.sql");
    const october = [...EFFR].filter(([date]) => date.startsWith("2025-10")).map(([, { effr_pct }]) => effr_pct ?? 0);
    expect(october).toHaveLength(31);
    const settlement = 100 - october.reduce((sum, effr) => sum + effr, 0) / 31;
    const last = SETTLEMENTS.get("2025-10-31")?.["2025-10"] ?? Number.NaN;
    expect([row?.contract, row?.last_trade_date, Number(row?.last_price), others.length]).toEqual([
      "ZQV25",
      "2025-10-31",
      last,
      0,
    ]);
    near(row?.final_settlement, settlement, 0.00005);
    near(row?.last_price_above_bp, 100 * (last - settlement));
    // The last month's tick is a quarter of a basis point.
    expect(Math.abs(Number(row?.last_price_above_bp))).toBeLessThan(0.125);
  });
});
