import { describe, expect, it } from "vitest";
import { addDays } from "../../src/calendar/calendar-date.ts";
import type { Leg } from "../../src/repricing/repricing.ts";
import { howUnusual } from "../../src/repricing/unusual.ts";

function legOf(n: number, amplitudeBp: number, parts: Partial<Leg> = {}): Leg {
  const at = (days: number) => {
    const tradeDate = addDays("2020-01-01", n + days);
    return { tradeDate, asOf: `${tradeDate}T20:00:00.000Z` };
  };
  return {
    key: `leg-${n}`,
    target: { meeting: "2025-12-10", path: null },
    direction: "hawkish",
    status: "closed",
    state: "confirmed",
    severity: "notice",
    startedAt: at(0),
    confirmedAt: at(1),
    extremeAt: at(2),
    endedAt: at(3),
    endReason: "reversed",
    startRateBp: 400,
    extremeRateBp: 400 + amplitudeBp,
    amplitudeBp,
    sigmaBp: 2,
    thresholdBp: 5,
    reverses: null,
    parametersVersion: "1",
    ...parts,
  };
}

// 5, 6, … 44 bp, ended long before.
const PAST = Array.from({ length: 40 }, (_, i) => legOf(i, 5 + i));
const NOW = (amplitudeBp: number) => legOf(1000, amplitudeBp);

describe("howUnusual()", () => {
  it("is the share of earlier legs that were smaller, equal ones by half", () => {
    expect(howUnusual(NOW(100), PAST)).toEqual({ percentile: 1, pastLegs: 40, sigmas: 50 });
    expect(howUnusual(NOW(4), PAST).percentile).toBe(0);
    expect(howUnusual(NOW(25), PAST).percentile).toBe(20.5 / 40);
  });

  it("looks at the past alone: at legs over when this one was confirmed, and not at itself", () => {
    const now = NOW(25);
    const later = PAST.map((leg, i) => ({ ...leg, key: `later-${i}`, endedAt: legOf(2000 + i, 5).endedAt }));
    const open = legOf(1, 500, { key: "open", status: "open", endedAt: null });
    expect(howUnusual(now, [...PAST, ...later, open, now])).toEqual(howUnusual(now, PAST));
  });

  it("compares paths with paths, and leaves out what was withdrawn", () => {
    const path = { target: { meeting: "2025-12-10", path: 2025 } };
    const paths = PAST.map((leg) => ({ ...leg, ...path, key: `path-${leg.key}` }));
    const withdrawn = PAST.map((leg) => ({ ...leg, state: "withdrawn" as const, key: `withdrawn-${leg.key}` }));
    expect(howUnusual(NOW(25), [...PAST, ...paths, ...withdrawn]).pastLegs).toBe(40);
    expect(howUnusual({ ...NOW(25), ...path }, [...PAST, ...paths]).pastLegs).toBe(40);
  });

  it("gives no percentile of fewer than 30 legs", () => {
    expect(howUnusual(NOW(25), PAST.slice(0, 29))).toEqual({ percentile: null, pastLegs: 29, sigmas: 12.5 });
    expect(howUnusual(NOW(25), PAST.slice(0, 30)).percentile).not.toBeNull();
  });
});
