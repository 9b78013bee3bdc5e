/** A leg while it lasts: how it is confirmed, how bad it is, and what is said about it. */

import { atHorizon, type DetectorParameters } from "./parameters.ts";
import {
  type Alert,
  type AlertKind,
  type Direction,
  isAtLeast,
  type Leg,
  type Level,
  SEVERITIES,
  type Severity,
} from "./repricing.ts";
import { type Target, targetKey } from "./target.ts";

/** An open leg and what has been said about it. */
export interface OpenLeg {
  readonly leg: Leg;
  /** the leg's extreme when the last alert went out */
  readonly alertedRateBp: number;
  /** extensions so far */
  readonly extension: number;
}

/** One step of a series, measured. */
export interface Move {
  readonly level: Level;
  /** since the last usable reading */
  readonly moveBp: number;
  /** the same, where that reading is of the trade date before; null across a gap */
  readonly oneDayBp: number | null;
  /** at most two own ticks: it confirms nothing and makes nothing worse by itself */
  readonly isNoise: boolean;
  readonly daysToMeeting: number;
  readonly sigmaBp: number;
  /** theta */
  readonly thresholdBp: number;
}

interface Confirmation {
  readonly target: Target;
  readonly direction: Direction;
  readonly start: Level;
  readonly move: Move;
  readonly reverses: string | null;
}

/** A new leg from its starting extreme to the level that confirms it, and its first alert. */
export function confirmLeg(
  { target, direction, start, move, reverses }: Confirmation,
  parameters: DetectorParameters,
): { readonly open: OpenLeg; readonly alert: Alert } {
  const { level, sigmaBp, thresholdBp } = move;
  const now = { tradeDate: level.tradeDate, asOf: level.asOf };
  const amplitudeBp = Math.abs(level.rateBp - start.rateBp);
  const leg: Leg = {
    key: `${targetKey(target)}/${start.tradeDate}/${direction}`,
    target,
    direction,
    status: "open",
    state: "confirmed",
    severity: severityOf(amplitudeBp, { target, direction, move }, parameters),
    startedAt: { tradeDate: start.tradeDate, asOf: start.asOf },
    confirmedAt: now,
    extremeAt: now,
    endedAt: null,
    endReason: null,
    startRateBp: start.rateBp,
    extremeRateBp: level.rateBp,
    amplitudeBp,
    sigmaBp,
    thresholdBp,
    reverses,
    parametersVersion: parameters.version,
  };
  const open = { leg, alertedRateBp: leg.extremeRateBp, extension: 0 };
  return { open, alert: alertOf(open, leg.severity, move, reverses) };
}

/**
 * An open leg after one more level: its extreme moves on, it may become worse, and from `sharp` on it is told again each
 * time it has gone another theta past the last alert. A day against the leg says nothing, and a day of noise nothing by
 * itself.
 */
export function raiseLeg(
  open: OpenLeg,
  extreme: Level,
  move: Move,
  parameters: DetectorParameters,
): { readonly open: OpenLeg; readonly alert: Alert | null } {
  const before = open.leg;
  const leg = extreme.rateBp === before.extremeRateBp ? before : withExtreme(before, extreme);
  const quiet = { open: leg === before ? open : { ...open, leg }, alert: null };
  if (signOf(leg.direction) * move.moveBp <= 0) return quiet;
  // A day of noise carries nothing over a threshold by itself, but a drift of many such days does: they count from the
  // next one on. Without this a leg of 18.6 bp (17 March to 22 April 2022) stayed a notice.
  const noiseBp = move.isNoise ? Math.abs(move.moveBp) : 0;
  const settled = move.isNoise ? { ...move, oneDayBp: null } : move;
  const severity = severityOf(leg.amplitudeBp - noiseBp, { ...leg, move: settled }, parameters);
  if (!isAtLeast(leg.severity, severity)) {
    const raised = { leg: { ...leg, severity }, alertedRateBp: leg.extremeRateBp, extension: open.extension };
    return { open: raised, alert: alertOf(raised, severity, move, null) };
  }
  const beyondBp = signOf(leg.direction) * (leg.extremeRateBp - open.alertedRateBp) - noiseBp;
  if (!isAtLeast(leg.severity, "sharp") || beyondBp < move.thresholdBp) return quiet;
  const extended = { leg, alertedRateBp: leg.extremeRateBp, extension: open.extension + 1 };
  return { open: extended, alert: alertOf(extended, "extension", move, null) };
}

/** +1 where the expected rate rises. */
export function signOf(direction: Direction): 1 | -1 {
  return direction === "hawkish" ? 1 : -1;
}

function withExtreme(leg: Leg, { rateBp, tradeDate, asOf }: Level): Leg {
  return {
    ...leg,
    extremeAt: { tradeDate, asOf },
    extremeRateBp: rateBp,
    amplitudeBp: Math.abs(rateBp - leg.startRateBp),
  };
}

function severityOf(
  amplitudeBp: number,
  { target, direction, move }: Pick<Leg, "target" | "direction"> & { readonly move: Move },
  { amplitudesBp, oneDay }: DetectorParameters,
): Severity {
  for (const severity of SEVERITIES.toReversed()) {
    if (severity !== "notice" && amplitudeBp >= amplitudesBp[severity]) return severity;
  }
  const oneDayBp = target.path === null ? atHorizon(oneDay.meeting, move.daysToMeeting) : oneDay.pathBp;
  const inADay = move.oneDayBp === null ? 0 : signOf(direction) * move.oneDayBp;
  return inADay >= oneDayBp ? "sharp" : "notice";
}

function alertOf({ leg, extension }: OpenLeg, kind: AlertKind, move: Move, reverses: string | null): Alert {
  return {
    key: `${leg.key}/${leg.severity}/${extension}`,
    legKey: leg.key,
    target: leg.target,
    direction: leg.direction,
    kind,
    severity: leg.severity,
    extension,
    reverses,
    tradeDate: move.level.tradeDate,
    asOf: move.level.asOf,
    startRateBp: leg.startRateBp,
    extremeRateBp: leg.extremeRateBp,
    expectedRateBp: move.level.rateBp,
    amplitudeBp: leg.amplitudeBp,
    oneDayBp: move.oneDayBp,
    sigmaBp: move.sigmaBp,
    thresholdBp: move.thresholdBp,
  };
}
