import { describe, expect, it } from "vitest";
import { EVENT_WINDOWS, eventStudy } from "../../src/markets/event-study.ts";
import { ownSessions } from "../../src/markets/own-sessions.ts";
import { normals } from "./panel.ts";

const SESSIONS = ownSessions("SPX", "2024-01-02", "2025-12-05");
const EVENT = "2025-11-17";
const ZERO = SESSIONS.indexOf(EVENT);

/** Closes whose daily returns are `returnOf(offset from the event)`. */
function historyOf(returnOf: (offset: number) => number, last = SESSIONS.length - 1): Map<string, number> {
  const history = new Map<string, number>();
  let close = 100;
  SESSIONS.slice(0, last + 1).forEach((date, i) => {
    close *= i === 0 ? 1 : 1 + returnOf(i - ZERO);
    history.set(date, close);
  });
  return history;
}

const study = (history: ReadonlyMap<string, number>, eventDate = EVENT) =>
  eventStudy({ symbol: "SPX", history, sessions: SESSIONS, eventDate });

describe("eventStudy()", () => {
  it("recovers abnormal returns put on top of a usual mean", () => {
    // The usual return alternates 0.1 % -+ 1 %; each window's own excess is known.
    const excess = (offset: number) => (offset === 0 ? -0.03 : offset >= 1 ? 0.002 : offset >= -5 ? -0.004 : 0);
    const windows = study(historyOf((o) => (o < -21 ? 0.001 + (o % 2 === 0 ? 0.01 : -0.01) : 0.001 + excess(o))));
    const sums = windows.map(({ first, last, value }) => [first, last, value]);
    expect(sums).toEqual([
      [-5, -1, expect.closeTo(-0.02, 10)],
      [0, 0, expect.closeTo(-0.03, 10)],
      [1, 5, expect.closeTo(0.01, 10)],
      [-21, 0, expect.closeTo(-0.05, 10)],
    ]);
    // 250 values 0.001 -+ 0.01: deviation 0.01 sqrt(250/249).
    const deviation = 0.01 * Math.sqrt(250 / 249);
    const [, day] = windows;
    expect(day).toMatchObject({
      usualMean: expect.closeTo(0.001, 10),
      usualDeviation: expect.closeTo(deviation, 10),
      usualN: 250,
    });
    expect(day?.t).toBeCloseTo(-0.03 / (deviation * Math.sqrt(1 + 1 / 250)), 8);
    expect(day).toMatchObject({ n: 1, from: EVENT, to: EVENT, dataAt: new Date("2025-11-17T21:00:00Z") });
    expect(windows[3]).toMatchObject({ n: 22, to: EVENT });
  });

  it("is inside its 95 % interval of nothing in 90 to 99 % of 300 quiet histories", () => {
    let covered = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const draw = normals(seed);
      const { low, high } = study(historyOf(() => 0.0005 + 0.01 * draw()))[3] ?? {};
      if (low === undefined || low === null || high === undefined || high === null)
        throw new Error("Cannot judge: no interval");
      if (low <= 0 && 0 <= high) covered += 1;
    }
    expect(covered / 300).toBeGreaterThanOrEqual(0.9);
    expect(covered / 300).toBeLessThanOrEqual(0.99);
  });

  it("knows nothing after the event but in the window after it", () => {
    const draw = normals(9);
    const returns = SESSIONS.map(() => 0.01 * draw());
    const full = study(historyOf((o) => returns[o + ZERO] ?? 0));
    const then = study(historyOf((o) => returns[o + ZERO] ?? 0, ZERO + 3));
    expect([0, 1, 3].map((i) => then[i])).toEqual([0, 1, 3].map((i) => full[i]));
    expect(then[2]).toMatchObject({ value: null, t: null, n: 3, note: "3 of 5 daily returns at hand" });
  });

  it("is null on a day the market was closed, with too little before, and with a close missing", () => {
    const history = historyOf((o) => (o % 2 === 0 ? 0.01 : -0.01));
    const closed = study(history, "2025-11-16");
    expect(closed).toHaveLength(EVENT_WINDOWS.length);
    expect(closed[1]).toMatchObject({ value: null, n: 0, from: null, note: "SPX was closed on 2025-11-16" });

    const recent = new Map([...history].slice(ZERO - 81)); // 59 returns before the earliest window
    expect(study(recent)[1]).toMatchObject({ value: null, usualMean: null, usualN: 59 });
    expect(study(new Map([...history].slice(ZERO - 82)))[1]).toMatchObject({ usualN: 60, note: null });

    history.delete(SESSIONS[ZERO - 1] ?? "");
    expect(study(history).map(({ value }) => value === null)).toEqual([true, true, false, true]);
  });
});
