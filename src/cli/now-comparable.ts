/** Which changes of `now` are of the reading that is shown, and from when on they count. */
import type { Probabilities, Shift } from "../client/answers.ts";
import { type ShiftWindow, windowStart } from "../repricing/window-start.ts";

type Shown = Pick<Probabilities, "sample" | "grid" | "trade_date" | "as_of">;

/** Whether both ends of a change are of the same data as what is shown: the sample's moves are not those of real odds. */
export function isOfShown({ sample }: Pick<Shift, "sample">, odds: Shown): boolean {
  return sample === null || sample === odds.sample;
}

/** The earlier trade date of a change that reaches further back than its window, for want of a reading; null: it does not. */
export function sinceEarlier({ window, from, expected_rate_shift_bp: moved, outcomes }: Shift, odds: Shown) {
  if (from === null || window === null || (moved === null && outcomes.length === 0)) return null;
  const start = windowStart(window, odds.grid === "settlement" ? odds.trade_date : new Date(odds.as_of)).tradeDate;
  return start !== null && from.trade_date < start ? from.trade_date : null;
}

/**
 * What to know of the columns before they are read, in words.
 *
 * @param shifts of the meetings and windows that are shown, those of other data with them
 */
export function comparisonNotes(shifts: readonly Shift[], odds: Shown, windows: readonly ShiftWindow[]): string[] {
  const meetings = new Set(shifts.map(({ meeting }) => meeting)).size;
  const ofWindow = (window: ShiftWindow) => shifts.filter((shift) => shift.window === window);
  const strange = windows.filter((window) => ofWindow(window).some((shift) => !isOfShown(shift, odds)));
  const earlier = windows.flatMap((window) => {
    const byDate = new Map<string, string[]>();
    for (const shift of ofWindow(window)) {
      const since = isOfShown(shift, odds) ? sinceEarlier(shift, odds) : null;
      if (since !== null) byDate.set(since, [...(byDate.get(since) ?? []), shift.meeting]);
    }
    return [...byDate].map(
      ([since, of]) => `${window} since ${since}${of.length === meetings ? "" : ` (${of.join(", ")})`}`,
    );
  });
  const whose = odds.sample ? "not of the built-in sample" : "only of the built-in sample";
  return [
    ...(earlier.length === 0 ? [] : [`Across days without a reading: ${earlier.join(", ")}`]),
    ...(strange.length === 0 ? [] : [`Not shown over ${strange.join(", ")}: the readings before are ${whose}`]),
  ];
}
