/** What a rule says once a reading that it looked at is recorded anew, with other figures. */
import { BASES, type Basis } from "../pricing/observations.ts";
import { AGAIN_WITHIN_MS, type Look, type Recording, type RuleState, type Told, type Track } from "./rule-state.ts";
import { thresholdOf } from "./rule-threshold.ts";
import {
  advanceRule,
  isKnown,
  type RuleDirection,
  type RuleMatch,
  type RulePoint,
  type RuleReading,
  type RuleStep,
} from "./rules.ts";
import type { Rule } from "./subscription.ts";

/** What of a reading tells whether it was recorded anew. */
type Recorded = Pick<RuleReading, "grid" | "basis"> & { readonly asOf: Date; readonly recordedAt: Date };

function isAnew(look: Recording | undefined, { asOf, grid, recordedAt }: Recorded): boolean {
  return (
    look !== undefined &&
    look.grid === grid &&
    Date.parse(look.asOf) === asOf.getTime() &&
    recordedAt.getTime() > Date.parse(look.recordedAt)
  );
}

/** The same of where the window of a shift began, as long as what was looked at is news itself. */
function isBeginAnew(look: Look | undefined, reading: Recorded): boolean {
  return (
    look !== undefined &&
    isAnew(look.past, reading) &&
    reading.recordedAt.getTime() - Date.parse(look.asOf) <= AGAIN_WITHIN_MS
  );
}

/**
 * Whether a reading is a new recording of one that is judged again, the last daily one of its basis or the last of all, or of
 * where the window of one of the two began.
 */
function isCorrection(track: Track, reading: Recorded): boolean {
  return [track.look, track.again?.look].some((look) => isAnew(look, reading) || isBeginAnew(look, reading));
}

/** From when on the readings are wanted again, of those bases that have a correction among some readings; null: none has. */
export function judgedAgainFrom(state: RuleState | null, readings: readonly Recorded[]): Date | null {
  const begins = readings.flatMap((reading) => {
    const track = state?.tracks[reading.basis];
    if (track?.again === undefined || !isCorrection(track, reading)) return [];
    return Date.parse(track.again.look.asOf);
  });
  return begins.length === 0 ? null : new Date(Math.min(...begins));
}

/**
 * Of each basis with a reading that was recorded anew since it was looked at, itself or where its window began: all its looks
 * since its last daily one.
 *
 * @param all also readings that only windows reach back to
 */
export function correctedLooks<Reading extends Recorded & { readonly value: number | null }>(
  state: RuleState | null,
  news: readonly Reading[],
  all: readonly Reading[],
): readonly { readonly basis: Basis; readonly readings: readonly Reading[]; readonly correctedAt: Date }[] {
  return BASES.flatMap((basis) => {
    const track = state?.tracks[basis];
    const since = track?.again?.look.asOf;
    if (track === undefined || since === undefined) return [];
    const [from, to] = [Date.parse(since), Date.parse(track.asOf)];
    const readings = news.filter(
      (each) => each.basis === basis && each.asOf.getTime() >= from && each.asOf.getTime() <= to,
    );
    const begins = all.filter((each) => each.basis === basis && each.asOf.getTime() < from);
    const anew = [...begins, ...readings].filter((each) => each.value !== null && isCorrection(track, each));
    const correctedAt = anew
      .map((each) => each.recordedAt)
      .toSorted((a, b) => a.getTime() - b.getTime())
      .at(-1);
    return correctedAt === undefined ? [] : [{ basis, readings, correctedAt }];
  });
}

/** Of a match that was told and that the corrected figures do not bear out: the way back, in the corrected figures. */
function wayBack(
  rule: Rule,
  told: Told,
  from: RulePoint,
  readings: readonly RuleReading[],
): Pick<RuleMatch, "before" | "after"> | null {
  const isShift = thresholdOf(rule).kind === "shift";
  // A level: where things stand now. A shift: what it was, at the reading that was told.
  const known = readings.filter(({ value, past }) => value !== null && (!isShift || past !== null));
  const reading = (isShift ? known.findLast(({ asOf }) => asOf <= told.asOf) : undefined) ?? known.at(-1);
  if (reading === undefined || reading.value === null) return null;
  const { asOf, value, past } = reading;
  const before = isShift && past !== null ? { asOf: past.asOf, value: past.value } : from;
  return { before, after: { asOf, value } };
}

/**
 * Judges again what a basis showed since its last daily reading, after one of those readings was recorded anew: from what was
 * remembered before them. A match that was told of them and is not found again is taken back, by the crossing back; one that
 * only the corrected figures show matches, unless receivers know it from elsewhere. What they bear out is not told again.
 *
 * @param readings all of the basis since then that were looked at, as they are known now; ascending
 */
export function judgeAgain(rule: Rule, state: RuleState, basis: Basis, readings: readonly RuleReading[]): RuleStep {
  const { [basis]: track, ...others } = state.tracks;
  const { told } = state;
  if (track?.again === undefined || readings.length === 0) return { state, match: null };
  const { before, look, told: toldBefore } = track.again;
  let now: RuleState = { tracks: { ...others, ...(before === null ? {} : { [basis]: before }) }, told: toldBefore };
  let last: RuleMatch | null = null;
  for (const reading of readings) {
    const step = advanceRule(rule, now, reading);
    now = step.state ?? now;
    last = step.match ?? last;
  }
  const isOwn = told !== null && told.basis === basis && Date.parse(told.asOf) >= Date.parse(look.asOf);
  if (!isOwn) {
    const isNews =
      last !== null &&
      (told === null || Date.parse(last.after.asOf) > Date.parse(told.asOf)) &&
      !isKnown(told, { direction: last.direction, asOf: last.after.asOf, basis }, rule);
    return isNews ? { state: now, match: last } : { state: { ...now, told }, match: null };
  }
  // Of a level people believe a side, also before anything was told of it: that on which it stood.
  const isLevel = rule.window === null;
  const believed = last?.direction ?? (isLevel ? (toldBefore?.direction ?? before?.stands ?? null) : null);
  if (believed === told.direction) {
    return { state: last?.after.asOf === told.asOf ? now : { ...now, told }, match: null };
  }
  const takesBack = { reason: "corrected", told } as const;
  if (last !== null) return { state: now, match: { ...last, takesBack } };
  const direction: RuleDirection = told.direction === "up" ? "down" : "up";
  const stance = now.tracks[basis];
  const way = stance === undefined ? null : wayBack(rule, told, (before ?? stance).from, readings);
  if (way === null || stance === undefined) return { state: { ...now, told }, match: null };
  const { target } = stance;
  const { asOf, value } = way.after;
  // People knew of the other side before; of a shift there is no other side.
  const known = isLevel ? { direction, asOf, basis, value, target } : toldBefore;
  return { state: { ...now, told: known }, match: { direction, basis, ...way, takesBack } };
}
