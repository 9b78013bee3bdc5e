/** The detector's words: legs, alerts and what they are made of. Plain JSON throughout; instants are ISO 8601 text in UTC. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Target } from "./target.ts";

/** `hawkish`: the expected rate rises. */
export const DIRECTIONS = ["hawkish", "dovish"] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** Mildest first. */
export const SEVERITIES = ["notice", "sharp", "severe", "extreme"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Whether `severity` is `least` or worse. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
}

export type AlertKind = Severity | "extension";

/** Why a leg is over. `path_ended`: its December meeting became a series of its own. */
export const END_REASONS = ["reversed", "quiet", "decision", "cancelled", "path_ended"] as const;
export type EndReason = (typeof END_REASONS)[number];

/**
 * Why a leg is withdrawn: corrected readings no longer give it, the settlement did not bear out what was told during the day, or
 * none came that could.
 */
export const WITHDRAWN_REASONS = ["corrected", "withdrawn", "no_settlement"] as const;
export type WithdrawnReason = (typeof WITHDRAWN_REASONS)[number];

export type LegState = "confirmed" | "provisional" | "withdrawn";

/** When a reading was true. */
export interface Moment {
  readonly tradeDate: IsoDate;
  readonly asOf: string;
}

/** An expected rate and when it was true. */
export interface Level extends Moment {
  readonly rateBp: number;
}

/** One episode: the market changed its mind by more than theta, from one extreme of the expected rate to another. */
export interface Leg {
  /** unique within a basis: target, start and direction never change */
  readonly key: string;
  readonly target: Target;
  readonly direction: Direction;
  readonly status: "open" | "closed";
  readonly state: LegState;
  /** the worst so far */
  readonly severity: Severity;
  /** the extreme it starts at, which is known as such only when it is confirmed */
  readonly startedAt: Moment;
  readonly confirmedAt: Moment;
  readonly extremeAt: Moment;
  readonly endedAt: Moment | null;
  readonly endReason: EndReason | null;
  readonly startRateBp: number;
  readonly extremeRateBp: number;
  /** distance from start to extreme, without sign */
  readonly amplitudeBp: number;
  /** at confirmation: a usual day's move, and the distance that confirmed it */
  readonly sigmaBp: number;
  readonly thresholdBp: number;
  /** key of the leg of the opposite direction that ended where this one starts */
  readonly reverses: string | null;
  readonly parametersVersion: string;
}

/** One message about a leg: it was confirmed, became worse, or went on by another theta. */
export interface Alert {
  /** the same however often it is raised: target, start, direction, severity, extension number */
  readonly key: string;
  readonly legKey: string;
  readonly target: Target;
  readonly direction: Direction;
  readonly kind: AlertKind;
  readonly severity: Severity;
  /** extensions of the leg so far, this one included */
  readonly extension: number;
  /** the leg that this one reverses, on its first alert only */
  readonly reverses: string | null;
  readonly tradeDate: IsoDate;
  readonly asOf: string;
  /** the leg as the alert saw it */
  readonly startRateBp: number;
  readonly extremeRateBp: number;
  readonly expectedRateBp: number;
  readonly amplitudeBp: number;
  /** change since the reading before, signed; null when that was not of the trade date before */
  readonly oneDayBp: number | null;
  readonly sigmaBp: number;
  readonly thresholdBp: number;
}

/** An alert with the cluster it belongs to, which is named by the key of its first alert. */
export interface ClusteredAlert extends Alert {
  readonly cluster: string;
}
