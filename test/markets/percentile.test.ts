import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays } from "../../src/calendar/calendar-date.ts";
import { drawdownOn } from "../../src/markets/drawdown.ts";
import { ownSessions } from "../../src/markets/own-sessions.ts";
import { percentileOf } from "../../src/markets/percentile.ts";
import { normals } from "./panel.ts";

const SEED = 20251117;
const SESSIONS = ownSessions("BTC", "2019-01-01", "2025-11-17");
const draw = normals(3);
const HISTORY = new Map<string, number>();
let level = 100;
for (const date of SESSIONS) {
  level *= 1 + 0.02 * draw();
  HISTORY.set(date, level);
}
const rank = (value: number | null, fromDate: string, toDate: string, history: ReadonlyMap<string, number> = HISTORY) =>
  percentileOf({ value, fromDate, toDate, history, sessions: SESSIONS, dataAt: null });

describe("percentileOf()", () => {
  it("is the share of past returns of that length below, counted one by one", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 300 }),
        fc.double({ min: -0.3, max: 0.3, noNaN: true }),
        (length, back, value) => {
          const to = SESSIONS.length - 1 - back;
          const from = to - length;
          const fromDate = SESSIONS[from] ?? "";
          const earliest = `${Number(fromDate.slice(0, 4)) - 5}${fromDate.slice(4)}`;
          const past = SESSIONS.flatMap((end, i) => {
            if (i > from || i < length || end < earliest) return [];
            return [(HISTORY.get(end) ?? 0) / (HISTORY.get(SESSIONS[i - length] ?? "") ?? 1) - 1];
          });
          const answer = rank(value, fromDate, SESSIONS[to] ?? "");
          expect(answer.n).toBe(past.length);
          expect(answer.value).toBeCloseTo(past.filter((each) => each < value).length / past.length, 12);
          expect(answer.low).toBeLessThanOrEqual(answer.value ?? -1);
          expect(answer.high).toBeGreaterThanOrEqual(answer.value ?? 2);
        },
      ),
      { seed: SEED, numRuns: 40 },
    );
  });

  it("rises with the return, from 0 to 1", () => {
    const at = (value: number) => rank(value, "2025-10-17", "2025-11-17").value ?? Number.NaN;
    expect(at(-0.99)).toBe(0);
    expect(at(9)).toBe(1);
    expect(at(0.01)).toBeGreaterThanOrEqual(at(-0.01));
  });

  it("does not look at the return itself nor at anything after its start", () => {
    const tampered = new Map([...HISTORY].map(([date, close]) => [date, date > "2025-10-17" ? close * 7 : close]));
    expect(rank(-0.1, "2025-10-17", "2025-11-17", tampered)).toEqual(rank(-0.1, "2025-10-17", "2025-11-17"));
  });

  it("counts a tie half", () => {
    const flat = new Map(SESSIONS.map((date) => [date, 100]));
    expect(rank(0, "2025-10-17", "2025-10-18", flat).value).toBe(0.5);
  });

  it("needs 250 past returns, and drops those with a close missing", () => {
    const short = new Map([...HISTORY].filter(([date]) => date >= addDays("2025-10-17", -249)));
    expect(rank(0.01, "2025-10-17", "2025-10-18", short)).toMatchObject({
      value: null,
      n: 249,
      note: "249 past returns of that length, at least 250 are needed",
    });
    const holed = new Map([...HISTORY].filter(([date]) => date !== "2025-06-01"));
    const whole = rank(0.01, "2025-10-17", "2025-10-18");
    expect(rank(0.01, "2025-10-17", "2025-10-18", holed).n).toBe(whole.n - 2); // into the hole and out of it
  });

  it("ranks nothing without a return or a length", () => {
    expect(rank(null, "2025-10-17", "2025-11-17")).toMatchObject({ value: null, n: 0, note: "no return to rank" });
    expect(rank(0.1, "2018-10-17", "2025-11-17").value).toBeNull();
  });
});

describe("drawdownOn()", () => {
  const history = new Map([
    ["2025-10-01", 100],
    ["2025-10-06", 125],
    ["2025-10-10", 110],
    ["2025-11-17", 92],
    ["2025-11-18", 150],
  ]);

  it("is the fall from the highest close up to the date, with the record and its date", () => {
    expect(drawdownOn(history, "2025-11-17")).toEqual({
      value: expect.closeTo(92 / 125 - 1, 12),
      recordClose: 125,
      recordDate: "2025-10-06",
      n: 4,
      since: "2025-10-01",
    });
  });

  it("is 0 at the record", () => {
    expect(drawdownOn(history, "2025-10-06").value).toBe(0);
  });

  it("is null on a date without a close, and without any closes", () => {
    expect(drawdownOn(history, "2025-11-16")).toMatchObject({ value: null, recordClose: 125 });
    expect(drawdownOn(new Map(), "2025-11-17")).toMatchObject({ value: null, recordDate: null, n: 0 });
  });
});
