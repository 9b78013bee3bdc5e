/** The two readings of a shift: which ones, and whether they can show it. */
import { BASES, type Basis } from "../pricing/observations.ts";
import type { SnapshotHeader } from "../store/readings.ts";
import { type Period, timeText } from "./shift-period.ts";
import { momentWords } from "./wording.ts";

export interface Pair {
  readonly then: SnapshotHeader;
  readonly now: SnapshotHeader;
}

/** When both readings were recorded. */
export function recordedBoth({ then, now }: Pair): Date {
  return new Date(Math.max(then.recordedAt.getTime(), now.recordedAt.getTime()));
}

/**
 * Both ends on one basis, sample or real throughout: the pair that is newest now, then real before sample, then newest then,
 * then the best basis.
 */
export function choosePair(
  thens: readonly SnapshotHeader[],
  nows: readonly SnapshotHeader[],
  only: Basis | undefined,
): Pair | null {
  const pairs = nows.flatMap((now) =>
    thens
      .filter((then) => then.basis === now.basis && then.isSample === now.isSample)
      .filter((then) => only === undefined || then.basis === only)
      .map((then) => ({ then, now })),
  );
  const order = (a: Pair, b: Pair) =>
    b.now.tradeDate.localeCompare(a.now.tradeDate) ||
    Number(a.now.isSample) - Number(b.now.isSample) ||
    b.then.tradeDate.localeCompare(a.then.tradeDate) ||
    BASES.indexOf(a.now.basis) - BASES.indexOf(b.now.basis);
  return pairs.toSorted(order)[0] ?? null;
}

/** Why the readings cannot show the shift asked for; null: they can. */
export function tooCoarse({ then, now }: Pair, { window, from }: Period): string | null {
  if (then.id === now.id) {
    return `the reading of ${momentWords(now)} is the last one at both ends: the window is finer than the readings`;
  }
  if (window === "1h" && then.grid === "settlement") {
    const found =
      now.grid === "settlement" ? "only daily readings are at hand" : "the last reading before it is a daily one";
    return `an hour cannot be shown: ${found} (${timeText(from)})`;
  }
  return null;
}
