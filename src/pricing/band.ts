/** How far solved odds move when one contract's price moves by a tick or by half of one. */
import { tickBp } from "./contract.ts";
import type { Distribution } from "./distribution.ts";
import { CURRENT } from "./schedule.ts";
import type { SolvedStrip } from "./solve-strip.ts";
import { movesIfShifted } from "./solve-strip.ts";
import { STEP_BP } from "./split.ts";

// Moves of later meetings cancel a change of the start of a run only to within float noise, about 1e-12 bp.
const NOISE_BP = 1e-9;

/** Lowest and highest probability of each outcome of one distribution, in its order. */
export interface Band {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/**
 * Positions of the months that each solved meeting's distribution rests on, ascending: those the meeting is solved from
 * and those of all meetings before it, since the distribution is cumulative.
 */
export function monthsBehind({ schedule, averages, rule, moves }: SolvedStrip): readonly (readonly number[])[] {
  let behind: readonly number[] = [];
  return moves.map((_, meeting) => {
    const more = rule.needs(schedule, averages, meeting).filter((month) => !behind.includes(month));
    if (more.length > 0) behind = [...behind, ...more].sort((a, b) => a - b);
    return behind;
  });
}

/** The contract's own tick on the trade date, in basis points. */
export function ownTick({ strip, schedule }: SolvedStrip, month: number): number {
  return tickBp(schedule.months[month] ?? "", strip.tradeDate);
}

/** Distributions if the price of one month (by position) were higher by so much, in basis points. */
export function distributionsIfDearer(solved: SolvedStrip, month: number, byBp: number): readonly Distribution[] {
  const { moves, distributions, rule } = solved;
  const shifted = movesIfShifted(solved, month, -byBp);
  let same = 0;
  while (same < moves.length && shifted[same] === moves[same]) same++;
  return same === moves.length ? distributions : rule.distribute(shifted, distributions.slice(0, same));
}

/** The probability of one step, 0 where the distribution does not reach. */
export function probabilityOf({ lowestStep, probabilities }: Distribution, step: number): number {
  return probabilities[step - lowestStep] ?? 0;
}

/**
 * Half-tick bands of all solved meetings: each contract moved by half its own tick, up and down, one at a time. A printed
 * price stands for any within half a tick of it.
 *
 * @param months positions of the months behind the meetings
 */
export function halfTickBands(solved: SolvedStrip, months: readonly number[]): readonly Band[] {
  const { distributions } = solved;
  const bands = distributions.map(({ probabilities }) => ({ low: probabilities.slice(), high: probabilities.slice() }));
  for (const month of months) {
    if (month < CURRENT) continue;
    const half = ownTick(solved, month) / 2;
    for (const shift of [half, -half]) {
      const shifted = distributionsIfDearer(solved, month, shift);
      for (let k = 0; k < bands.length; k++) {
        const centre = distributions[k];
        const moved = shifted[k];
        const band = bands[k];
        if (centre === undefined || moved === undefined || moved === centre || band === undefined) continue;
        widen(band, moved, centre.lowestStep);
      }
    }
  }
  return bands;
}

function widen({ low, high }: { low: number[]; high: number[] }, moved: Distribution, lowestStep: number): void {
  for (let i = 0; i < low.length; i++) {
    const probability = probabilityOf(moved, lowestStep + i);
    if (probability < (low[i] ?? 0)) low[i] = probability;
    if (probability > (high[i] ?? 0)) high[i] = probability;
  }
}

/**
 * How far each solved meeting's expected rate moves for one tick of the contract solved from its own average, in basis
 * points without sign: the largest, where several such contracts lie behind the meeting.
 *
 * @param months positions of the months behind the meetings
 * @returns by meeting; null where no such contract moves it
 */
export function ownTickBp(solved: SolvedStrip, months: readonly number[]): readonly (number | null)[] {
  const { schedule, moves } = solved;
  const largest: (number | null)[] = moves.map(() => null);
  for (const month of months) {
    if (!schedule.hasMeeting[month]) continue;
    const shifted = movesIfShifted(solved, month, -ownTick(solved, month));
    let sum = 0;
    for (let k = 0; k < moves.length; k++) {
      sum += (shifted[k] ?? 0) - (moves[k] ?? 0);
      const shiftBp = Math.abs(sum) * STEP_BP;
      if (shiftBp > Math.max(NOISE_BP, largest[k] ?? 0)) largest[k] = shiftBp;
    }
  }
  return largest;
}
