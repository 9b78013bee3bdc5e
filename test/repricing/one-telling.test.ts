/** Two streams of readings that see the same repricings: whichever comes first tells, whatever the order in which days arrive. */
import { array, assert, constantFrom, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { advanceDay, type DayReadings, type DetectorState, initialDetector } from "../../src/repricing/detector.ts";
import {
  type Candidate,
  clusterElsewhere,
  isSameMove,
  isToldElsewhere,
  type Move,
  type Saying,
  type StoredAlert,
  toTellAfterAll,
} from "../../src/repricing/one-telling.ts";
import { PARAMETERS } from "../../src/repricing/parameters.ts";
import type { ClusteredAlert, Leg } from "../../src/repricing/repricing.ts";
import { tradeDateAfter } from "../../src/repricing/trade-date-count.ts";
import { BUILT_IN_CALENDAR } from "../../src/sources/built-in/fomc-meetings.ts";

const MEETING = "2025-12-10";
const FIRST = "2025-10-27";
// Below every one-day threshold, so that amplitudes alone decide: 7.0, 10.5, 17.5 and 28.0 bp cross 5, 10, 15 and 25.
const STEP_BP = 3.5;
const NOISE_BP = 0.1;
const DAYS = 30;

/** Rates that go to and fro by legs of so many steps. */
function levelsOf(legs: readonly number[]): number[] {
  const levels = [400];
  for (let i = 0; levels.length < DAYS; i++) {
    const sign = i % 2 === 0 ? 1 : -1;
    for (let n = 0; n < (legs[i % legs.length] ?? 2); n++) levels.push((levels.at(-1) ?? 400) + sign * STEP_BP);
  }
  return levels.slice(0, DAYS);
}

function daysOf(levels: readonly number[], noise: readonly number[]): DayReadings[] {
  return levels.map((level, i) => {
    const tradeDate = tradeDateAfter(FIRST, i);
    const expectedRateBp = level + ((noise[i % noise.length] ?? 0) / 10) * NOISE_BP;
    const readings = [{ meetingDate: MEETING, expectedRateBp, ownTickBp: null }];
    return { tradeDate, asOf: new Date(`${tradeDate}T20:00:00Z`), readings, unusable: null };
  });
}

interface Stream {
  readonly rank: number;
  readonly days: readonly DayReadings[];
  state: DetectorState;
  next: number;
  readonly legs: Map<string, Leg>;
  readonly told: ClusteredAlert[];
}

const streamOf = (rank: number, days: readonly DayReadings[]): Stream => {
  return { rank, days, state: initialDetector(), next: 0, legs: new Map(), told: [] };
};

function moveOf(leg: Leg, seen: string): Move {
  const through = leg.endReason === "reversed" ? leg.extremeAt.tradeDate : seen;
  return { ...leg.target, direction: leg.direction, startedOn: leg.startedAt.tradeDate, through };
}

function toldBy({ told, legs, state }: Stream): (Move & Saying)[] {
  return told.flatMap((alert) => {
    const leg = legs.get(alert.legKey);
    return leg === undefined ? [] : [{ ...moveOf(leg, state.tradeDate ?? ""), ...alert }];
  });
}

/** The next day of a stream arrives: its alerts are told unless a better stream has the day or another has told as much. */
function arrive(stream: Stream, others: readonly Stream[]): void {
  const day = stream.days[stream.next++];
  if (day === undefined) return;
  const step = advanceDay(stream.state, day, BUILT_IN_CALENDAR);
  stream.state = step.state;
  for (const leg of step.legs) stream.legs.set(leg.key, leg);
  const isOutranked = others.some(
    ({ rank, days, next }) =>
      rank < stream.rank && days.slice(0, next).some((each) => each.tradeDate === day.tradeDate),
  );
  if (isOutranked) return;
  const elsewhere = others.flatMap(toldBy);
  for (const alert of step.alerts) {
    const startedOn = stream.legs.get(alert.legKey)?.startedAt.tradeDate ?? "";
    const asked = { ...alert, ...alert.target, startedOn, through: alert.tradeDate };
    if (!isToldElsewhere(asked, elsewhere)) stream.told.push(alert);
  }
}

/** What was told, by repricing: directions in order of time, and of each the kinds. */
function toldOf(streams: readonly Stream[]): string[] {
  const moves = streams.flatMap(toldBy).sort((a, b) => (a.startedOn < b.startedOn ? -1 : 1));
  const repricings: (Move & Saying)[][] = [];
  for (const move of moves) {
    const same = repricings.find((group) => group.some((other) => isSameMove(other, move)));
    if (same === undefined) repricings.push([move]);
    else same.push(move);
  }
  return repricings.map(
    (group) =>
      `${group[0]?.direction}: ${group
        .map(({ kind, severity }) => `${kind} ${severity}`)
        .sort()
        .join(", ")}`,
  );
}

const alone = (days: readonly DayReadings[]) => {
  const stream = streamOf(0, days);
  for (const _ of days) arrive(stream, []);
  return toldOf([stream]);
};

describe("two bases of the same repricings", () => {
  const legs = array(constantFrom(2, 3, 5, 6, 8, 9), { minLength: 2, maxLength: 5 });
  const noise = array(integer({ min: -10, max: 10 }), { minLength: DAYS, maxLength: DAYS });
  const order = array(constantFrom(0, 1), { minLength: 2 * DAYS, maxLength: 2 * DAYS });

  it("tell what the better one alone would, each once a strength, in whatever order their days arrive", () => {
    let told = 0;
    assert(
      property(legs, noise, noise, order, (steps, noiseA, noiseB, arrivals) => {
        const levels = levelsOf(steps);
        const streams = [streamOf(0, daysOf(levels, noiseA)), streamOf(1, daysOf(levels, noiseB))] as const;
        for (const which of arrivals) arrive(streams[which as 0 | 1], [streams[which === 0 ? 1 : 0]]);
        for (const _ of levels) for (const i of [0, 1] as const) arrive(streams[i], [streams[i === 0 ? 1 : 0]]);
        const both = toldOf(streams);
        told += both.length;
        expect(both).toEqual(alone(streams[0].days));
      }),
      { numRuns: 300, seed: 20251119 },
    );
    expect(told).toBeGreaterThan(1000);
  });

  it("leave nothing untold where one of them falls silent for good", () => {
    assert(
      property(
        legs,
        noise,
        integer({ min: 0, max: DAYS - 1 }),
        constantFrom(0, 1),
        (steps, noiseA, lastDay, silent) => {
          const levels = levelsOf(steps);
          const days = daysOf(levels, noiseA);
          const streams = [
            streamOf(0, silent === 0 ? days.slice(0, lastDay) : days),
            streamOf(1, silent === 1 ? days.slice(0, lastDay) : days),
          ] as const;
          for (const _ of levels) for (const i of [1, 0] as const) arrive(streams[i], [streams[i === 0 ? 1 : 0]]);
          expect(toldOf(streams)).toEqual(alone(days));
        },
      ),
      { numRuns: 200, seed: 20251121 },
    );
  });
});

const HAWKISH = {
  meeting: MEETING,
  path: null,
  direction: "hawkish",
  startedOn: "2025-11-03",
  through: "2025-11-12",
  kind: "sharp",
  severity: "sharp",
  expectedRateBp: 410,
  tradeDate: "2025-11-12",
  thresholdBp: 5,
} as const satisfies Candidate;

describe("isToldElsewhere()", () => {
  const told = (changes: Partial<Candidate>) => isToldElsewhere(HAWKISH, [{ ...HAWKISH, ...changes }]);

  it("is so of the same target and direction in the same days, as bad or worse", () => {
    expect([told({}), told({ severity: "severe" }), told({ severity: "notice" })]).toEqual([true, true, false]);
    expect([told({ direction: "dovish" }), told({ meeting: "2026-01-28" }), told({ path: 2025 })]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it("needs days that both went through: one that ended where the other starts is another one", () => {
    expect(told({ startedOn: "2025-10-20", through: "2025-11-03" })).toBe(false);
    expect(told({ startedOn: "2025-10-20", through: "2025-11-04" })).toBe(true);
    expect(told({ startedOn: "2025-11-12", through: "2025-11-20" })).toBe(false);
  });

  it("tells an extension once a step, up and down alike, whatever its severity", () => {
    const extension = (direction: "hawkish" | "dovish", bp: number, toldBp: number) => {
      const alert = { ...HAWKISH, direction, kind: "extension", severity: "severe", expectedRateBp: bp } as const;
      return isToldElsewhere(alert, [{ ...alert, kind: "sharp", severity: "sharp", expectedRateBp: toldBp }]);
    };
    expect([extension("hawkish", 420, 417.6), extension("hawkish", 420, 417.4)]).toEqual([true, false]);
    expect([extension("dovish", 380, 382.4), extension("dovish", 380, 382.6)]).toEqual([true, false]);
  });
});

describe("clusterElsewhere()", () => {
  const told = (tradeDate: string, direction: "hawkish" | "dovish" = "hawkish") => {
    return { direction, tradeDate, cluster: `of ${tradeDate}` };
  };
  const cluster = (...tradeDates: string[]) => {
    const all = [...tradeDates.map((tradeDate) => told(tradeDate)), told("2025-11-12", "dovish")];
    return clusterElsewhere(HAWKISH, all, PARAMETERS);
  };

  it("is that of the nearest alert of the same direction within three trade dates, before or after", () => {
    expect(cluster("2025-11-04", "2025-11-07", "2025-11-11")).toBe("of 2025-11-11");
    expect(cluster("2025-11-07")).toBe("of 2025-11-07");
    expect(cluster("2025-11-06")).toBeNull();
    expect(cluster("2025-11-17")).toBe("of 2025-11-17");
    expect(cluster()).toBeNull();
  });
});

describe("toTellAfterAll()", () => {
  const row = (id: number, changes: Partial<StoredAlert> = {}): StoredAlert => {
    return { ...HAWKISH, id, repricingId: 1, isPrimary: false, isOutranked: false, ...changes };
  };
  const chosen = (...stored: StoredAlert[]) => toTellAfterAll([HAWKISH], stored).map(({ id }) => id);

  it("is the worst that another stream has kept to itself, with its extensions, and nothing milder", () => {
    const worst = { severity: "severe", kind: "severe" } as const;
    expect(
      chosen(row(1, { severity: "notice" }), row(2), row(3, worst), row(4, { ...worst, kind: "extension" })),
    ).toEqual([3, 4]);
  });

  it("is nothing where people know as much, or where a better stream says that it was nothing", () => {
    expect(chosen(row(1), row(2, { isPrimary: true }))).toEqual([]);
    expect(chosen(row(1, { isOutranked: true }))).toEqual([]);
    expect(chosen(row(1, { direction: "dovish" }))).toEqual([]);
  });

  it("is told by one stream, the better of two that saw as much, and once although two legs were taken back", () => {
    const both = [row(7), row(3, { repricingId: 2 })];
    expect(toTellAfterAll([HAWKISH, HAWKISH], both).map(({ id }) => id)).toEqual([7]);
  });
});
