/** Provisional alerts: told at once, confirmed or withdrawn at the settlement. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { indexPoints } from "../../src/pricing/units.ts";
import {
  type IntradayObservation,
  provisionalAlerts,
  type SettledSeries,
  settleProvisional,
} from "../../src/repricing/intraday.ts";
import { PARAMETERS } from "../../src/repricing/parameters.ts";
import { advance, initialSeries, type SeriesState } from "../../src/repricing/series.ts";
import { shuffled } from "./random-days.ts";

const MONDAY = "2025-11-17";
const TUESDAY = "2025-11-18";
const CALM = [
  { contractMonth: "2025-11", price: indexPoints(96.12) },
  { contractMonth: "2026-01", price: indexPoints(96.245) },
  { contractMonth: "2026-02", price: indexPoints(96.33) },
];

function settle(state: SeriesState, tradeDate: string, expectedRateBp: number | null) {
  const observation = {
    tradeDate,
    asOf: `${tradeDate}T20:00:00.000Z`,
    expectedRateBp,
    ownTickBp: null,
    unusable: null,
  };
  return advance(state, observation, PARAMETERS);
}

const begun = settle(initialSeries({ meeting: "2025-12-10", path: null }, PARAMETERS), "2025-11-14", 376).state;
const settled: SettledSeries = { state: begun, contracts: CALM };

/** A reading at a New York minute of the morning; as many contracts as named have fallen by a tick. */
function reading(minute: number, expectedRateBp: number | null, fallen = 3, tradeDate = MONDAY): IntradayObservation {
  return {
    tradeDate,
    asOf: new Date(Date.parse(`${tradeDate}T15:00:00Z`) + minute * 60_000).toISOString(),
    expectedRateBp,
    ownTickBp: null,
    unusable: null,
    contracts: CALM.map(({ contractMonth, price }, i) => ({
      contractMonth,
      price: indexPoints(i < fallen ? price - 0.005 : price),
    })),
  };
}

const kindsOf = (readings: readonly IntradayObservation[], from = settled) =>
  provisionalAlerts(from, readings, PARAMETERS).map(({ kind, asOf }) => `${asOf.slice(11, 16)} ${kind}`);

describe("provisionalAlerts()", () => {
  it("tells a threshold that two readings two minutes apart agree on, at the second of them", () => {
    expect(kindsOf([reading(0, 382)])).toEqual([]);
    expect(kindsOf([reading(0, 382), reading(1, 382)])).toEqual([]);
    expect(kindsOf([reading(0, 382), reading(1, 382), reading(2, 382)])).toEqual(["15:02 sharp"]);
    expect(kindsOf([reading(0, 382), reading(15, 382)])).toEqual(["15:15 sharp"]);
  });

  it("starts again when one reading in between does not hold", () => {
    expect(kindsOf([reading(0, 382), reading(1, 378), reading(2, 382), reading(3, 382)])).toEqual([]);
    expect(kindsOf([reading(0, 382), reading(1, 378), reading(2, 382), reading(3, 382), reading(4, 382)])).toEqual([
      "15:04 sharp",
    ]);
  });

  it("tells what the readings agree on: the milder of them, then the worse once that holds too", () => {
    const day = [reading(0, 382), reading(5, 392), reading(10, 392), reading(15, 386)];
    expect(kindsOf(day)).toEqual(["15:05 sharp", "15:10 severe"]);
  });

  it("asks for two contracts that moved that way", () => {
    expect(kindsOf([reading(0, 382, 1), reading(5, 382, 1)])).toEqual([]);
    expect(kindsOf([reading(0, 382, 2), reading(5, 382, 2)])).toEqual(["15:05 sharp"]);
    // Prices fell, which is no reason for a lower rate.
    expect(kindsOf([reading(0, 370, 3), reading(5, 370, 3)])).toEqual([]);
  });

  it("counts no contracts behind a published distribution", () => {
    const published = [reading(0, 382), reading(5, 382)].map((row) => ({ ...row, contracts: [] }));
    expect(kindsOf(published, { state: begun, contracts: [] })).toEqual(["15:05 sharp"]);
  });

  it("passes over readings that are missing or must not be believed", () => {
    const stale = { ...reading(2, 390), unusable: "stale" };
    expect(kindsOf([reading(0, 382), stale, reading(1, null)])).toEqual([]);
    expect(kindsOf([reading(0, 382), stale, reading(3, 382)])).toEqual(["15:03 sharp"]);
  });

  it("says nothing on the meeting's own day", () => {
    const readings = [reading(0, 399, 3, "2025-12-10"), reading(5, 399, 3, "2025-12-10")];
    expect(kindsOf(readings)).toEqual([]);
  });

  it("only adds to what it told: more readings leave it as it was, in whatever order they come", () => {
    const rates = fc.array(fc.integer({ min: 366, max: 396 }), { minLength: 1, maxLength: 25 });
    fc.assert(
      fc.property(rates, fc.integer(), (levels, n) => {
        const readings = levels.map((rate, i) => ({ ...reading(i, rate), contracts: [] }));
        const whole = provisionalAlerts(settled, readings, PARAMETERS);
        expect(provisionalAlerts(settled, shuffled(readings, n), PARAMETERS)).toEqual(whole);
        expect(new Set(whole.map(({ key }) => key)).size).toBe(whole.length);
        const until = readings.slice(0, Math.abs(n) % readings.length);
        const earlier = provisionalAlerts(settled, until, PARAMETERS);
        expect(whole.slice(0, earlier.length)).toEqual(earlier);
      }),
      { numRuns: 200, seed: 20251117 },
    );
  });

  it("refuses readings of two trade dates or of one instant", () => {
    expect(() => kindsOf([reading(0, 382), reading(0, 382, 3, TUESDAY)])).toThrow(
      "on 2025-11-18: some are of 2025-11-17, accepted is one trade date",
    );
    expect(() => kindsOf([reading(0, 382), reading(0, 383)])).toThrow("two are of 2025-11-17T15:00:00.000Z");
  });
});

describe("settleProvisional()", () => {
  const told = provisionalAlerts(settled, [reading(0, 382), reading(5, 392), reading(10, 392)], PARAMETERS);
  const keysOf = (alerts: readonly { readonly kind: string }[]) => alerts.map(({ kind }) => kind);

  it("begins with a provisional leg, under the key the settled one would have", () => {
    expect(keysOf(told)).toEqual(["sharp", "severe"]);
    expect(told.map(({ leg }) => leg.state)).toEqual(["provisional", "provisional"]);
    expect(told.map(({ settledKey }) => settledKey)).toEqual([
      "2025-12-10/2025-11-14/hawkish/sharp/0",
      "2025-12-10/2025-11-14/hawkish/severe/0",
    ]);
  });

  it("confirms what the settlement bears out, and has no news in it", () => {
    const outcome = settleProvisional(told, settle(begun, MONDAY, 392), MONDAY);
    expect(keysOf(outcome.confirmed)).toEqual(["sharp", "severe"]);
    expect([outcome.withdrawn, outcome.pending, outcome.news]).toEqual([[], [], []]);
  });

  it("withdraws what was too much and tells what is worse than was told", () => {
    const milder = settleProvisional(told, settle(begun, MONDAY, 387), MONDAY);
    expect([keysOf(milder.confirmed), keysOf(milder.withdrawn), milder.news]).toEqual([["sharp"], ["severe"], []]);
    const worse = settleProvisional(told, settle(begun, MONDAY, 402), MONDAY);
    expect([keysOf(worse.confirmed), keysOf(worse.news)]).toEqual([["sharp", "severe"], ["extreme"]]);
  });

  it("withdraws all when the settlement is back where it was, so that the next day can alert again", () => {
    const monday = settle(begun, MONDAY, 377);
    expect(keysOf(settleProvisional(told, monday, MONDAY).withdrawn)).toEqual(["sharp", "severe"]);
    const again = provisionalAlerts(
      { state: monday.state, contracts: CALM },
      [reading(0, 382, 3, TUESDAY), reading(5, 382, 3, TUESDAY)],
      PARAMETERS,
    );
    expect(again.map(({ settledKey }) => settledKey)).toEqual([told[0]?.settledKey]);
    expect(again.map(({ key }) => key)).not.toEqual([told[0]?.key]);
    expect(keysOf(settleProvisional([], settle(monday.state, TUESDAY, 382), TUESDAY).news)).toEqual(["sharp"]);
  });

  it("leaves them open while the day has no usable settlement", () => {
    const outcome = settleProvisional(told, settle(begun, MONDAY, null), MONDAY);
    expect([outcome.confirmed, outcome.withdrawn]).toEqual([[], []]);
    expect(outcome.pending).toEqual(told);
  });
});
