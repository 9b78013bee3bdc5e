/**
 * The same repricing seen by several streams of readings: it is told once a strength, by whichever comes first. A stream's
 * legs are its own, so that two tell of the same repricing where their legs go the same way on the same days.
 */
import type { IsoDate } from "../calendar/calendar-date.ts";
import { signOf } from "./open-leg.ts";
import type { DetectorParameters } from "./parameters.ts";
import { type AlertKind, type Direction, isAtLeast, SEVERITIES, type Severity } from "./repricing.ts";
import { isSameTarget, type Target } from "./target.ts";
import { tradeDatesBetween } from "./trade-date-count.ts";

/** A leg as far as it decides whether it is another stream's too. */
export interface Move extends Target {
  readonly direction: Direction;
  /** the extreme it starts at */
  readonly startedOn: IsoDate;
  /**
   * Last trade date of it: its extreme where it was reversed, for the next leg starts there; otherwise the last day on which its
   * stream saw it go on. What a stream that fell silent would have seen later is not its word.
   */
  readonly through: IsoDate;
}

/** What an alert says of its leg. */
export interface Saying {
  readonly kind: AlertKind | "confirmed";
  readonly severity: Severity;
  /** the expected rate that it tells of */
  readonly expectedRateBp: number;
  readonly tradeDate: IsoDate;
}

/** An alert that was told, as far as it gives others its cluster. */
export interface ToldCluster {
  readonly direction: Direction;
  readonly tradeDate: IsoDate;
  readonly cluster: string;
}

// Two bases of one day lie 0.2 bp apart in the median and more than 1.25 bp on one day in twenty to forty. Half of theta (5 bp
// or more) is beyond that and still well short of the next step.
const SAME_STEP_OF_THRESHOLD = 0.5;

/** Whether two legs are one repricing: the same target and direction, and a stretch of time that both went through. */
export function isSameMove(a: Move, b: Move): boolean {
  return isSameTarget(a, b) && a.direction === b.direction && a.startedOn < b.through && b.startedOn < a.through;
}

/** An alert of a stream that may be told. */
export interface Candidate extends Move, Saying {
  /** theta */
  readonly thresholdBp: number;
}

/**
 * Whether other streams have told of an alert's repricing what it would tell: that it is as bad, or of an extension that the
 * expected rate has come as far, give or take half of theta.
 */
export function isToldElsewhere(alert: Candidate, told: readonly (Move & Saying)[]): boolean {
  const { kind, direction, severity, expectedRateBp, thresholdBp } = alert;
  const isSaid = (other: Saying) =>
    kind === "extension"
      ? signOf(direction) * (expectedRateBp - other.expectedRateBp) < SAME_STEP_OF_THRESHOLD * thresholdBp
      : isAtLeast(other.severity, severity);
  return told.some((other) => isSameMove(other, alert) && isSaid(other));
}

/**
 * The cluster in which other streams have told of the same direction within days of an alert, the nearest; null: none has. It
 * is one piece of news, whichever basis tells of it.
 */
export function clusterElsewhere(
  { direction, tradeDate }: Pick<ToldCluster, "direction" | "tradeDate">,
  told: readonly ToldCluster[],
  { clusterTradeDates }: DetectorParameters,
): string | null {
  const distance = (other: ToldCluster) =>
    tradeDatesBetween(other.tradeDate, tradeDate) + tradeDatesBetween(tradeDate, other.tradeDate);
  const [nearest] = told
    .filter((other) => other.direction === direction && distance(other) <= clusterTradeDates)
    .sort((a, b) => distance(a) - distance(b) || (a.cluster < b.cluster ? -1 : 1));
  return nearest?.cluster ?? null;
}

/** An alert that was stored and stands. `isPrimary`: it was told. */
export interface StoredAlert extends Candidate {
  readonly id: number;
  readonly repricingId: number;
  readonly isPrimary: boolean;
  /** a better stream speaks for its meeting on its trade date */
  readonly isOutranked: boolean;
}

/**
 * The stored alerts to be told after all, once what told of their repricing was taken back: of each repricing those of the
 * leg that is worst, the best stream's where several are, from the alert that made it so on.
 *
 * @param withdrawn the legs of which something was taken back
 * @param stored all alerts that stand on their targets, the best stream's first, each stream's by number
 */
export function toTellAfterAll<Row extends StoredAlert>(withdrawn: readonly Move[], stored: readonly Row[]): Row[] {
  const told: StoredAlert[] = stored.filter(({ isPrimary }) => isPrimary);
  const chosen: Row[] = [];
  for (const move of withdrawn) {
    const open = stored.filter(
      (row) => !row.isPrimary && !row.isOutranked && isSameMove(move, row) && !isToldElsewhere(row, told),
    );
    const severity = SEVERITIES.findLast((each) => open.some((row) => row.severity === each));
    const worst = open.find((row) => row.severity === severity);
    const ofLeg = open.filter((row) => row.repricingId === worst?.repricingId && row.severity === severity);
    chosen.push(...ofLeg);
    told.push(...ofLeg);
  }
  return chosen.sort((a, b) => a.id - b.id);
}
