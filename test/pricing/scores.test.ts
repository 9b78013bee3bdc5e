import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MIN_MEETINGS_TO_RANK, meanScores, SCORE_HORIZONS, scoreAtHorizons } from "../../src/pricing/horizon-scores.ts";
import { LOG_SCORE_FLOOR, scoreDistribution } from "../../src/pricing/scores.ts";

const SEED = 20251117;

/** Probabilities of the ranges 300-325, 325-350 and so on. */
const ladder = (...probabilities: number[]) =>
  probabilities.map((probability, i) => ({ lowerBp: 300 + 25 * i, upperBp: 325 + 25 * i, probability }));
const range = (step: number) => ({ lowerBp: 300 + 25 * step, upperBp: 325 + 25 * step });

const odds = fc
  .array(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 7 })
  .filter((weights) => weights.some((weight) => weight > 0))
  .map((weights) => weights.map((weight) => weight / weights.reduce((sum, each) => sum + each, 0)));

describe("scoreDistribution()", () => {
  it("is 0 on all three for a perfect forecast, and above 0 for any other", () => {
    expect(scoreDistribution(ladder(0, 1, 0), range(1))).toEqual({ brier: 0, rps: 0, log: 0 });
    fc.assert(
      fc.property(odds, fc.nat(6), (probabilities, step) => {
        fc.pre((probabilities[step] ?? 0) < 1);
        const scores = scoreDistribution(ladder(...probabilities), range(step));
        for (const score of Object.values(scores)) expect(score).toBeGreaterThan(0);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it("is proper: no other odds have a lower expected score than the true ones", () => {
    const expected = (said: number[], truth: number[]) => {
      const scores = truth.map((_, step) => scoreDistribution(ladder(...said), range(step)));
      const mean = (name: "brier" | "rps" | "log") =>
        scores.reduce((sum, each, i) => sum + (truth[i] ?? 0) * each[name], 0);
      return { brier: mean("brier"), rps: mean("rps"), log: mean("log") };
    };
    fc.assert(
      fc.property(odds, odds, (truth, other) => {
        fc.pre(truth.length === other.length);
        // Below the floor the log score is proper no more, by design.
        fc.pre([...truth, ...other].every((probability) => probability === 0 || probability > LOG_SCORE_FLOOR));
        const best = expected(truth, truth);
        const said = expected(other, truth);
        expect(said.brier).toBeGreaterThanOrEqual(best.brier - 1e-12);
        expect(said.rps).toBeGreaterThanOrEqual(best.rps - 1e-12);
        expect(said.log).toBeGreaterThanOrEqual(best.log - 1e-12);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it("charges a miss by two steps more than a miss by one only in the ranked score", () => {
    const near = scoreDistribution(ladder(1, 0, 0), range(1));
    const far = scoreDistribution(ladder(1, 0, 0), range(2));
    expect(near).toMatchObject({ brier: 2, rps: 1 });
    expect(far).toMatchObject({ brier: 2, rps: 2 });
    expect(far.log).toBe(near.log);
  });

  it("does not depend on order or on ranges of probability 0", () => {
    fc.assert(
      fc.property(odds, fc.nat(6), (probabilities, step) => {
        const outcomes = ladder(...probabilities);
        const scores = scoreDistribution(outcomes, range(step));
        const sparse = outcomes.filter(({ probability }) => probability > 0).reverse();
        const again = scoreDistribution(sparse, range(step));
        expect(again.brier).toBeCloseTo(scores.brier, 12);
        expect(again.rps).toBeCloseTo(scores.rps, 12);
        expect(again.log).toBe(scores.log);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  // By hand. Brier: squared errors added. Ranked: cumulative errors squared and added.
  it.each([
    { p: [0.2, 0.5, 0.3], step: 1, brier: 0.04 + 0.25 + 0.09, rps: 0.04 + 0.09, log: Math.log(2) },
    { p: [0.2, 0.5, 0.3], step: 0, brier: 0.64 + 0.25 + 0.09, rps: 0.64 + 0.09, log: Math.log(5) },
    { p: [0.2, 0.5, 0.3], step: 2, brier: 0.04 + 0.25 + 0.49, rps: 0.04 + 0.49, log: -Math.log(0.3) },
    { p: [0.4, 0.6], step: 3, brier: 0.16 + 0.36 + 1, rps: 0.16 + 1 + 1, log: -Math.log(LOG_SCORE_FLOOR) }, // off the list
  ])("scores $p against step $step", ({ p, step, brier, rps, log }) => {
    const scores = scoreDistribution(ladder(...p), range(step));
    expect(scores.brier).toBeCloseTo(brier, 12);
    expect(scores.rps).toBeCloseTo(rps, 12);
    expect(scores.log).toBeCloseTo(log, 12);
  });

  it("scores the meeting of 10 Dec 2025, decided 350-375, from the settlements of 17 Oct and 17 Nov", () => {
    // Published by CME FedWatch, cumulative: 17 Oct 350-375 0.936665; 17 Nov 0.423571. The rest in the neighbouring range.
    const decided = { lowerBp: 350, upperBp: 375 };
    const said = (probability: number) => [
      { lowerBp: 350, upperBp: 375, probability },
      { lowerBp: 375, upperBp: 400, probability: 1 - probability },
    ];
    expect(scoreDistribution(said(0.936665), decided).brier).toBeCloseTo(2 * 0.063335 ** 2, 12);
    expect(scoreDistribution(said(0.423571), decided).log).toBeCloseTo(0.859034, 5);
  });

  it("takes single levels, as before 16 Dec 2008", () => {
    const level = (bp: number, probability: number) => ({ lowerBp: bp, upperBp: bp, probability });
    const scores = scoreDistribution([level(150, 0.7), level(175, 0.3)], { lowerBp: 150, upperBp: 150 });
    expect(scores.brier).toBeCloseTo(0.18, 12);
    expect(scores.rps).toBeCloseTo(0.09, 12);
  });

  it.each([
    { outcomes: ladder(0.5, 0.4), words: "probabilities sum to 0.9, must be 1 within 0.005" },
    { outcomes: [], words: "probabilities sum to 0" },
    { outcomes: ladder(1.2, -0.2), words: "300-325 has probability 1.2, must be 0 to 1" },
    { outcomes: ladder(Number.NaN, 1), words: "300-325 has probability NaN" },
    { outcomes: [...ladder(0.5), ...ladder(0.5)], words: "300-325 is listed twice" },
  ])("refuses: $words", ({ outcomes, words }) => {
    expect(() => scoreDistribution(outcomes, range(0))).toThrow(words);
  });
});

describe("scoreAtHorizons()", () => {
  const reading = (tradeDate: string, sure: number, time = "19:00:00Z") => ({
    tradeDate,
    asOf: new Date(`${tradeDate}T${time}`),
    outcomes: ladder(sure, 1 - sure),
  });
  const ask = (readings: ReturnType<typeof reading>[]) =>
    scoreAtHorizons({ meetingDate: "2025-12-10", outcome: range(0), readings });

  it("takes the last reading at or before each horizon, in any order", () => {
    // 10 Dec less 1, 7, 30, 60, 90 days: 9 Dec, 3 Dec, 10 Nov, 11 Oct (a Saturday), 11 Sep.
    const readings = ["2025-12-10", "2025-12-09", "2025-12-03", "2025-11-10", "2025-10-10", "2025-10-13", "2025-09-11"];
    const answer = ask(readings.toReversed().map((date, i) => reading(date, 0.1 + i / 10)));
    expect(answer.map(({ horizonDays, tradeDate }) => [horizonDays, tradeDate])).toEqual([
      [1, "2025-12-09"],
      [7, "2025-12-03"],
      [30, "2025-11-10"],
      [60, "2025-10-10"],
      [90, "2025-09-11"],
    ]);
    expect(answer[4]).toMatchObject({
      targetDate: "2025-09-11",
      note: null,
      scores: { brier: expect.closeTo(2 * 0.9 ** 2, 12) },
    });
  });

  it("never sees the decision day or later", () => {
    const before = ask([reading("2025-12-09", 0.4)]);
    expect(ask([reading("2025-12-09", 0.4), reading("2025-12-10", 1), reading("2025-12-11", 1)])).toEqual(before);
  });

  it("is null where the last reading is older than five days, and says so", () => {
    const [, week] = ask([reading("2025-11-28", 0.5)]);
    expect(week).toMatchObject({ tradeDate: "2025-11-28", note: null }); // five days before 3 Dec
    const [, stale] = ask([reading("2025-11-27", 0.5)]);
    expect(stale).toMatchObject({ tradeDate: null, asOf: null, scores: null });
    expect(stale?.note).toBe("the last reading is of 2025-11-27, 6 days before 2025-12-03; at most 5");
  });

  it("is null at every horizon without a reading, and passes over unsolved ones", () => {
    expect(ask([]).map(({ scores, note }) => [scores, note?.slice(0, 10)])).toEqual(
      SCORE_HORIZONS.map(() => [null, "no reading"]),
    );
    const unsolved = { tradeDate: "2025-12-09", asOf: new Date("2025-12-09T19:00:00Z"), outcomes: [] };
    expect(ask([unsolved, reading("2025-12-08", 0.5)])[0]).toMatchObject({ tradeDate: "2025-12-08" });
  });

  it("takes the later of two readings of one date", () => {
    const [day] = ask([reading("2025-12-09", 0.5, "20:00:00Z"), reading("2025-12-09", 0.9, "15:00:00Z")]);
    expect(day?.asOf).toEqual(new Date("2025-12-09T20:00:00Z"));
  });
});

describe("meanScores()", () => {
  const meeting = (sure: number) =>
    scoreAtHorizons({
      meetingDate: "2025-12-10",
      outcome: range(0),
      readings: [{ tradeDate: "2025-12-09", asOf: new Date("2025-12-09T19:00:00Z"), outcomes: ladder(sure, 1 - sure) }],
    });

  it("averages each score over the meetings scored at that horizon, with its standard error", () => {
    const [day, week] = meanScores([meeting(1), meeting(0.5), meeting(0)]);
    expect(day).toMatchObject({ horizonDays: 1, n: 3, rankable: false });
    // Brier 0, 0.5, 2: mean 2.5 / 3, deviation 1.0408, over the root of 3.
    expect(day?.brier?.mean).toBeCloseTo(2.5 / 3, 12);
    expect(day?.brier?.standardError).toBeCloseTo(0.600925, 6);
    expect(week).toEqual({ horizonDays: 7, n: 0, brier: null, rps: null, log: null, rankable: false });
  });

  it("has no standard error for one meeting", () => {
    expect(meanScores([meeting(0.5)])[0]?.rps).toEqual({ mean: 0.25, standardError: null });
  });

  it(`ranks from ${MIN_MEETINGS_TO_RANK} meetings on`, () => {
    const rankable = (n: number) => meanScores(Array.from({ length: n }, () => meeting(0.5)))[0]?.rankable;
    expect(MIN_MEETINGS_TO_RANK).toBe(24);
    expect(rankable(23)).toBe(false);
    expect(rankable(24)).toBe(true);
  });
});
