/** The detector's rules one by one, on series written by hand. */
import { describe, expect, it } from "vitest";
import { nextTradeDate } from "../../src/calendar/trade-dates.ts";
import { PARAMETERS } from "../../src/repricing/parameters.ts";
import type { Alert, Leg } from "../../src/repricing/repricing.ts";
import { advance, endSeries, initialSeries, type Observation, type SeriesState } from "../../src/repricing/series.ts";
import type { Target } from "../../src/repricing/target.ts";

// 30 trade dates from here end on 15 October 2025, 56 days before the meeting: floor 2.5 bp, one-day threshold 6.25 bp.
const START = "2025-09-18";
const DECEMBER: Target = { meeting: "2025-12-10", path: null };
const OWN_TICK_BP = 0.55;

interface Run {
  readonly state: SeriesState;
  readonly legs: ReadonlyMap<string, Leg>;
  readonly alerts: readonly Alert[];
}

interface Given {
  readonly from?: string;
  readonly target?: Target;
  readonly ownTickBp?: number | null;
}

/** Feeds rates of consecutive trade dates; null is a day without one, undefined a day that is left out. */
function run(
  rates: readonly (number | null | undefined)[],
  { from = START, target = DECEMBER, ownTickBp = null }: Given = {},
): Run {
  let state = initialSeries(target, PARAMETERS);
  const legs = new Map<string, Leg>();
  const alerts: Alert[] = [];
  let tradeDate = from;
  for (const expectedRateBp of rates) {
    if (expectedRateBp !== undefined) {
      const observation: Observation = {
        tradeDate,
        asOf: `${tradeDate}T20:00:00.000Z`,
        expectedRateBp,
        ownTickBp,
        unusable: null,
      };
      const step = advance(state, observation, PARAMETERS);
      for (const leg of step.legs) legs.set(leg.key, leg);
      alerts.push(...step.alerts);
      state = step.state;
    }
    tradeDate = nextTradeDate(tradeDate);
  }
  return { state, legs, alerts };
}

const kindsOf = ({ alerts }: Run) =>
  alerts.map(({ direction, kind, tradeDate }) => `${tradeDate} ${direction} ${kind}`);
const legOf = ({ legs }: Run, at = 0): Leg => {
  const leg = [...legs.values()][at];
  if (leg === undefined) throw new Error(`No leg ${at}`);
  return leg;
};

describe("advance()", () => {
  it("confirms a leg at 5 bp from the extreme, not below, and starts it at that extreme", () => {
    expect(run([400, 398, 401, 402.9]).alerts).toEqual([]);
    const found = run([400, 398, 401, 403]);
    expect(kindsOf(found)).toEqual(["2025-09-23 hawkish notice"]);
    expect(legOf(found)).toMatchObject({
      key: "2025-12-10/2025-09-19/hawkish",
      status: "open",
      state: "confirmed",
      startedAt: { tradeDate: "2025-09-19" },
      startRateBp: 398,
      extremeRateBp: 403,
      amplitudeBp: 5,
      thresholdBp: 5,
      endReason: null,
    });
    expect(legOf(found).sigmaBp).toBeGreaterThan(2.5);
  });

  it("asks for 1.5 sigmas where the days before were so wild that those are more than 5 bp", () => {
    const wild = Array.from({ length: 45 }, (_, i) => 400 + 4.9 * (i % 2));
    const before = run(wild, { from: "2025-08-14" });
    expect(before.alerts).toEqual([]);
    // Through 16 October sigma has grown to 5.6 bp, and twice the floor of 2.5 bp is the most that counts.
    expect(run([...wild, 407.4], { from: "2025-08-14" }).alerts).toEqual([]);
    expect(run([...wild, 407.5], { from: "2025-08-14" }).alerts[0]).toMatchObject({ sigmaBp: 5, thresholdBp: 7.5 });
  });

  it.each([
    [9.9, "notice"],
    [10, "sharp"],
    [14.9, "sharp"],
    [15, "severe"],
    [24.9, "severe"],
    [25, "extreme"],
  ])("calls %d bp over several days %s", (amplitude, severity) => {
    const found = run([
      400,
      400 + amplitude / 5,
      400 + amplitude / 2.5,
      400 + amplitude / 1.7,
      400 + amplitude / 1.3,
      400 + amplitude,
    ]);
    expect(legOf(found).severity).toBe(severity);
    expect(found.alerts.find((alert) => alert.severity === severity)?.kind).toBe(severity);
  });

  it.each([
    { from: "2025-11-20", days: 19, oneDayBp: 3.75 },
    { from: "2025-10-30", days: 40, oneDayBp: 5 },
    { from: "2025-09-18", days: 83, oneDayBp: 6.25 },
    { from: "2025-08-20", days: 111, oneDayBp: 8.75 },
  ])("calls a leg sharp for $oneDayBp bp in one day, $days days before the meeting", ({ from, oneDayBp }) => {
    const low = 405 - Math.min(oneDayBp, 4.5);
    const before = [400, (400 + low) / 2, low];
    expect(run([...before, low + oneDayBp], { from }).alerts.map(({ kind }) => kind)).toEqual(["sharp"]);
    // A little less in the day, as much in all.
    expect(run([...before, low + 0.1, low + oneDayBp], { from }).alerts.map(({ kind }) => kind)).toEqual(["notice"]);
  });

  it("measures a path's day against 12.5 bp", () => {
    const path: Target = { meeting: "2025-12-10", path: 2025 };
    // 200 days ahead theta is 7.5 bp, and an amplitude of 10 bp comes before a day of 12.5.
    const found = run([400, 409.9], { from: "2025-05-22", target: path });
    expect(found.alerts[0]).toMatchObject({ key: "path-2025/2025-05-22/hawkish/notice/0", thresholdBp: 7.5 });
    expect(run([400, 412.5], { from: "2025-05-22", target: path }).alerts[0]?.severity).toBe("sharp");
  });

  it("calls no one-day move what took place across a gap", () => {
    expect(run([400, 406.5]).alerts[0]?.severity).toBe("sharp");
    expect(run([400, undefined, 406.5]).alerts[0]).toMatchObject({ severity: "notice", oneDayBp: null });
    expect(run([400, null, 406.5]).alerts[0]).toMatchObject({ severity: "notice", oneDayBp: null });
  });

  it("tells a sharp leg again after another theta, a notice never", () => {
    const slow = run([400, 402, 404, 405, 407, 409, 410, 412, 414, 414.9, 415]);
    expect(kindsOf(slow).map((text) => text.split(" ")[2])).toEqual(["notice", "sharp", "severe"]);
    const on = run([400, 403, 406, 410, 413, 416, 419, 422.5, 424, 427]);
    expect(on.alerts.map(({ kind, extension, severity }) => [kind, extension, severity])).toEqual([
      ["notice", 0, "notice"],
      ["sharp", 0, "sharp"],
      ["severe", 0, "severe"],
      ["extension", 1, "severe"],
      ["extreme", 1, "extreme"],
    ]);
    expect(on.alerts.map(({ key }) => key.split("/").slice(-2).join("/"))).toEqual([
      "notice/0",
      "sharp/0",
      "severe/0",
      "severe/1",
      "extreme/1",
    ]);
  });

  it("ends a leg when the rate turns by theta, and starts the opposite one at its extreme", () => {
    const found = run([400, 403, 406, 408, 405, 402.5]);
    const [up, down] = [legOf(found, 0), legOf(found, 1)];
    expect(up).toMatchObject({
      status: "closed",
      endReason: "reversed",
      extremeRateBp: 408,
      endedAt: { tradeDate: "2025-09-25" },
    });
    expect(down).toMatchObject({ direction: "dovish", startRateBp: 408, extremeRateBp: 402.5, reverses: up.key });
    expect(found.alerts.map(({ reverses }) => reverses)).toEqual([null, up.key]);
  });

  it("ends a leg after ten trade dates without a new extreme", () => {
    const quiet = Array.from({ length: 9 }, () => 405);
    expect(legOf(run([400, 406, ...quiet])).status).toBe("open");
    const ended = run([400, 406, ...quiet, 405]);
    expect(legOf(ended)).toMatchObject({ status: "closed", endReason: "quiet", endedAt: { tradeDate: "2025-10-03" } });
    // What goes on later is a leg of its own, from the lowest level since the extreme.
    const later = run([400, 406, ...quiet, 405, 404, 407, 409.5]);
    expect(legOf(later, 1)).toMatchObject({ direction: "hawkish", startRateBp: 404, reverses: null });
  });

  it("lets a leg that starts at the extreme of one gone quiet reverse that one", () => {
    const quiet = Array.from({ length: 10 }, () => 404);
    const found = run([400, 406, ...quiet, 400.5]);
    expect(legOf(found, 0).endReason).toBe("quiet");
    expect(legOf(found, 1)).toMatchObject({ direction: "dovish", startRateBp: 406, reverses: legOf(found, 0).key });
  });

  it("takes a move of up to two own ticks for none: it confirms nothing by itself", () => {
    const rates = [400, 404, 405.05];
    expect(run(rates, { ownTickBp: null }).alerts).toHaveLength(1);
    expect(run(rates, { ownTickBp: OWN_TICK_BP }).alerts).toEqual([]);
    // The next real move in that direction does.
    expect(kindsOf(run([...rates, 406.2], { ownTickBp: OWN_TICK_BP }))).toEqual(["2025-09-23 hawkish notice"]);
    expect(run([...rates, 403.8], { ownTickBp: OWN_TICK_BP }).alerts).toEqual([]);
  });

  it("lets noise carry the extreme on but makes nothing worse by it", () => {
    const found = run([400, 405, 409, 410], { ownTickBp: OWN_TICK_BP });
    expect(legOf(found)).toMatchObject({ severity: "notice", extremeRateBp: 410, amplitudeBp: 10 });
    expect(found.alerts).toHaveLength(1);
    expect(run([400, 405, 409, 410, 411.2], { ownTickBp: OWN_TICK_BP }).alerts.map(({ kind }) => kind)).toEqual([
      "notice",
      "sharp",
    ]);
  });

  it("ends with its own decision and does not look at that day's rate", () => {
    const found = run([390, 396, 420, 440], { from: "2025-12-08" });
    expect(found.state.ended).toBe(true);
    expect(legOf(found)).toMatchObject({
      endReason: "decision",
      extremeRateBp: 396,
      endedAt: { tradeDate: "2025-12-10" },
    });
    expect(found.alerts).toHaveLength(1);
  });

  it("does nothing once it has ended", () => {
    const { state } = run([390, 396, 396], { from: "2025-12-08" });
    const after = { tradeDate: "2025-12-11", asOf: "", expectedRateBp: 500, ownTickBp: null, unusable: null };
    expect(advance(state, after, PARAMETERS)).toEqual({ state, legs: [], alerts: [] });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses a rate of %d", (rate) => {
    expect(() => run([400, rate])).toThrow(
      /^Cannot advance the series 2025-12-10 to 2025-09-19: the expected rate is .*, must be finite or null$/,
    );
  });

  it("refuses a trade date that is not later", () => {
    const { state } = run([400, 401]);
    const again = { tradeDate: "2025-09-19", asOf: "", expectedRateBp: 400, ownTickBp: null, unusable: null };
    expect(() => advance(state, again, PARAMETERS)).toThrow("it stands at 2025-09-19, accepted are later trade dates");
  });
});

describe("endSeries()", () => {
  it("closes the open leg and keeps what it was", () => {
    const { state } = run([400, 406]);
    const at = { tradeDate: "2025-09-22", asOf: "2025-09-22T20:00:00.000Z" };
    const ended = endSeries(state, at, "cancelled");
    expect(ended.state).toMatchObject({ ended: true, open: null });
    expect(ended.legs).toEqual([{ ...state.open?.leg, status: "closed", endReason: "cancelled", endedAt: at }]);
  });
});
