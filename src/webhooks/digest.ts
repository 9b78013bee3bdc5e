/** What one settlement says, for people who hear of nothing else: silence can then be told from death. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Meeting } from "../calendar/meetings.ts";
import type { Basis, Method } from "../pricing/observations.ts";
import type { MeetingReading, TargetRange } from "../pricing/reading.ts";
import { type Direction, SEVERITIES } from "../repricing/repricing.ts";
import { shiftBetween } from "../repricing/shift.ts";
import { type DigestData, type DigestMeeting, type DigestRepricing, rangeBody } from "./notice-bodies.ts";
import type { AlsoTold } from "./payload.ts";
import { targetWords } from "./words.ts";

const MEETINGS_SHOWN = 4;
/** A range that neither settlement gave so much is not listed. */
const LEAST_SHOWN = 0.005;
const ALERTS_NAMED = 3;

/** A settlement with its readings, by date. */
export interface DigestSettlement {
  readonly tradeDate: IsoDate;
  readonly asOf: Date;
  readonly basis: Basis;
  readonly method: Method;
  readonly source: string;
  readonly target: TargetRange;
  readonly effrBp: number | null;
  readonly pricedByYearEndBp: number | null;
  readonly readings: readonly MeetingReading[];
}

/** An alert that stands. */
export interface DigestAlert extends AlsoTold {
  readonly direction: Direction;
}

function digestMeeting(
  reading: MeetingReading,
  now: DigestSettlement,
  before: DigestSettlement | null,
  meetings: readonly Meeting[],
): DigestMeeting {
  const side = (settlement: DigestSettlement, one: MeetingReading | undefined) => ({
    ...settlement,
    reading: one ?? null,
  });
  const then = before?.readings.find(({ meetingDate }) => meetingDate === reading.meetingDate);
  const shift = before === null ? null : shiftBetween(side(before, then), side(now, reading), meetings);
  const outcomes =
    shift === null
      ? reading.outcomes.map((outcome) => ({ ...outcome, now: outcome.probability, before: null, shiftPp: null }))
      : shift.outcomes.map((outcome) => ({ ...outcome, before: outcome.then }));
  return {
    meeting: reading.meetingDate,
    announced: reading.announced,
    expected_rate_bp: reading.expectedRateBp,
    expected_rate_shift_bp: shift?.expectedRateShiftBp ?? null,
    ease: reading.cumulative?.ease ?? null,
    hold: reading.cumulative?.hold ?? null,
    hike: reading.cumulative?.hike ?? null,
    crosses_decision: shift?.crossesDecision ?? null,
    outcomes: outcomes
      .filter((outcome) => Math.max(outcome.now ?? 0, outcome.before ?? 0) >= LEAST_SHOWN)
      .map((outcome) => ({ ...rangeBody(outcome), probability: outcome.now, shift_pp: outcome.shiftPp })),
  };
}

/** The change of what is priced by the year's end; null where the range in force or the year is another one. */
function pricedShiftBp(now: DigestSettlement, before: DigestSettlement | null): number | null {
  if (before === null || now.pricedByYearEndBp === null || before.pricedByYearEndBp === null) return null;
  const year = ({ readings, tradeDate }: DigestSettlement) =>
    readings.find(({ meetingDate }) => meetingDate >= tradeDate)?.meetingDate.slice(0, 4);
  const isSameRange = now.target.lowerBp === before.target.lowerBp && now.target.upperBp === before.target.upperBp;
  return isSameRange && year(now) === year(before) ? now.pricedByYearEndBp - before.pricedByYearEndBp : null;
}

/** What was unusual, in a line, the worst first. */
export function digestSummary(alerts: readonly DigestAlert[]): string {
  const worst = alerts.toSorted(
    (a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || a.id - b.id,
  );
  if (worst.length === 0) return "nothing unusual";
  const named = worst.slice(0, ALERTS_NAMED).map((alert) => {
    const went = alert.kind === "extension" ? " went on" : "";
    return `${alert.severity} ${alert.direction} repricing${went}, ${targetWords(alert)}, ${alert.amplitude_bp.toFixed(1)} bp`;
  });
  const rest = worst.length - named.length;
  return rest === 0 ? named.join("; ") : `${named.join("; ")}; and ${rest} more`;
}

/** The digest of a settlement. Meetings that are decided already are left out of the next four. */
export function digestData(digest: {
  readonly now: DigestSettlement;
  /** of the trade date before, on the same basis and method; null: there is none */
  readonly before: DigestSettlement | null;
  readonly meetings: readonly Meeting[];
  readonly openRepricings: readonly DigestRepricing[];
  readonly alerts: readonly DigestAlert[];
  readonly baseUrl: string | null;
  readonly recordedAt: Date;
}): DigestData {
  const { now, before, alerts } = digest;
  const pinned = new URLSearchParams({
    as_of: now.tradeDate,
    basis: now.basis,
    known_at: digest.recordedAt.toISOString(),
  });
  const open = now.readings.filter(({ announced, meetingDate }) => !announced && meetingDate >= now.tradeDate);
  return {
    as_of: now.asOf.toISOString(),
    trade_date: now.tradeDate,
    url: `${digest.baseUrl ?? ""}/v1/probabilities?${pinned}`,
    basis: now.basis,
    method: now.method,
    source: now.source,
    compared_with: before === null ? null : { trade_date: before.tradeDate, as_of: before.asOf.toISOString() },
    target: rangeBody(now.target),
    effr_bp: now.effrBp,
    priced_by_year_end_bp: now.pricedByYearEndBp,
    priced_by_year_end_shift_bp: pricedShiftBp(now, before),
    meetings: open.slice(0, MEETINGS_SHOWN).map((reading) => digestMeeting(reading, now, before, digest.meetings)),
    open_repricings: digest.openRepricings,
    alerts: alerts.map(({ direction: _, ...alert }) => alert),
    summary: digestSummary(alerts),
  };
}
