/** What a rule remembers between two readings: plain JSON, so that it can be stored. */
import type { Basis } from "../pricing/observations.ts";
import type { TargetRange } from "../pricing/reading.ts";
import type { RuleDirection, RulePoint, RuleReading } from "./rules.ts";

/** What is recorded later than a day after it was true is history: no rule is shown it, so nothing older is judged again. */
export const AGAIN_WITHIN_MS = 24 * 3_600_000;

/** Where one basis stands. Figures of different bases are never compared. */
export interface Stance {
  /** of the last reading it looked at */
  readonly asOf: string;
  readonly target: TargetRange;
  /** side of a level, or the sign of a shift that is large enough already; null: neither */
  readonly stands: RuleDirection | null;
  /** a match brought it there, so that the way back is longer by the hysteresis */
  readonly matched: boolean;
  /** last reading on the side where it stands, from which a level is crossed */
  readonly from: RulePoint;
}

/** The last match: of a level, on which side people believe the measure to be. Earlier versions stored it without its figures. */
export interface Told {
  readonly direction: RuleDirection;
  readonly asOf: string;
  readonly basis: Basis;
  readonly value?: number;
  readonly target?: TargetRange;
}

/** One recording of one reading. */
export type Recording = Pick<RuleReading, "asOf" | "grid" | "recordedAt">;

/** What was looked at. */
export interface Look extends Recording {
  /** where the window of a shift began; absent: there is none, or an earlier version looked */
  readonly past?: Recording;
}

/** How far one basis was followed. Earlier versions stored it without its looks. */
export interface Track extends Stance {
  /** the last one */
  readonly look?: Look;
  /** what was remembered before the last daily one, from where it is judged again once that is recorded anew */
  readonly again?: { readonly look: Look; readonly before: Stance | null; readonly told: Told | null };
}

/** What a rule remembers. */
export interface RuleState {
  readonly tracks: Readonly<Partial<Record<Basis, Track>>>;
  readonly told: Told | null;
}

/** A track after a look, with what it takes to judge that one again. */
export function looked(
  stance: Stance,
  before: Track | undefined,
  { asOf, grid, recordedAt, past }: RuleReading,
  told: Told | null,
): Track {
  const { target, stands, matched, from } = stance;
  const begin = past === null ? {} : { past: { asOf: past.asOf, grid: past.grid, recordedAt: past.recordedAt } };
  const look: Look = { asOf, grid, recordedAt, ...begin };
  const again = before?.again;
  const goesOn =
    again !== undefined && grid === "intraday" && Date.parse(asOf) - Date.parse(again.look.asOf) <= AGAIN_WITHIN_MS;
  return {
    asOf: stance.asOf,
    target,
    stands,
    matched,
    from,
    look,
    again: goesOn ? again : { look, before: before === undefined ? null : stanceOf(before), told },
  };
}

function stanceOf({ asOf, target, stands, matched, from }: Stance): Stance {
  return { asOf, target, stands, matched, from };
}
