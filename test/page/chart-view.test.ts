import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clientModule } from "./client-module.ts";

interface View {
  readonly min: number;
  readonly max: number;
}
interface Views {
  readonly clampView: (view: View, extent: View) => View;
  readonly zoomView: (view: View, extent: View, factor: number, anchor: number) => View;
  readonly panView: (view: View, extent: View, share: number) => View;
  readonly lastMonths: (extent: View, months: number | null) => View;
}

const { clampView, zoomView, panView, lastMonths } = await clientModule<Views>("chart-view.js");

const SEED = { seed: 20251117, numRuns: 500 };
const DAY_S = 86_400;
const SLACK_S = 1e-3;
const seconds = (date: string) => Date.parse(`${date}T00:00:00Z`) / 1000;

const extents = fc
  .record({ min: fc.integer({ min: 0, max: 2e9 }), days: fc.integer({ min: 0, max: 4000 }) })
  .map(({ min, days }) => ({ min, max: min + days * DAY_S }));
const anywhere = fc
  .record({ min: fc.integer({ min: -1e8, max: 2.2e9 }), span: fc.integer({ min: 0, max: 4e8 }) })
  .map(({ min, span }) => ({ min, max: min + span }));

describe("views", () => {
  it("stay inside the data whatever is done to them, and are never turned round", () => {
    fc.assert(
      fc.property(
        extents,
        anywhere,
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        (extent, wild, factor, share) => {
          const view = clampView(wild, extent);
          const anchor = (view.min + view.max) / 2;
          for (const one of [view, zoomView(view, extent, factor, anchor), panView(view, extent, share)]) {
            expect(one.min).toBeGreaterThanOrEqual(extent.min - SLACK_S);
            expect(one.max).toBeLessThanOrEqual(extent.max + SLACK_S);
            expect(one.max).toBeGreaterThanOrEqual(one.min);
          }
        },
      ),
      SEED,
    );
  });

  it("keep their width when moved", () => {
    fc.assert(
      fc.property(extents, anywhere, fc.double({ min: -5, max: 5, noNaN: true }), (extent, wild, share) => {
        const view = clampView(wild, extent);
        const moved = panView(view, extent, share);
        expect(moved.max - moved.min).toBeCloseTo(view.max - view.min, 3);
      }),
      SEED,
    );
  });
});

describe("zoomView()", () => {
  const extent = { min: seconds("2016-01-01"), max: seconds("2025-12-31") };

  it("keeps the time under the pointer where it is while nothing hangs over an end", () => {
    const view = { min: seconds("2020-01-01"), max: seconds("2021-01-01") };
    const anchor = seconds("2020-04-01");
    const zoomed = zoomView(view, extent, 0.5, anchor);
    expect((anchor - zoomed.min) / (zoomed.max - zoomed.min)).toBeCloseTo(
      (anchor - view.min) / (view.max - view.min),
      9,
    );
    expect(zoomed.max - zoomed.min).toBeCloseTo((view.max - view.min) / 2, 3);
  });

  it("shows no less than five days and no more than all", () => {
    const narrow = zoomView(
      { min: seconds("2020-01-01"), max: seconds("2020-01-10") },
      extent,
      1e-6,
      seconds("2020-01-05"),
    );
    expect(narrow.max - narrow.min).toBeCloseTo(5 * DAY_S, 3);
    expect(zoomView(narrow, extent, 1e9, seconds("2020-01-05"))).toEqual(extent);
  });
});

describe("lastMonths()", () => {
  it.each([
    { to: "2025-03-31", months: 1, from: "2025-02-28" },
    { to: "2025-11-25", months: 3, from: "2025-08-25" },
    { to: "2024-02-29", months: 12, from: "2023-02-28" },
  ])("goes $months back from $to to $from, month ends clamped", ({ to, months, from }) => {
    const extent = { min: seconds("2015-01-01"), max: seconds(to) };
    expect(lastMonths(extent, months)).toEqual({ min: seconds(from), max: seconds(to) });
  });

  it("is all there is when that is less", () => {
    const extent = { min: seconds("2025-11-01"), max: seconds("2025-11-25") };
    expect(lastMonths(extent, 3)).toEqual(extent);
    expect(lastMonths(extent, null)).toEqual(extent);
  });
});
