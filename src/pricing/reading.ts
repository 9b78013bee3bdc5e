/** One instant's odds, meeting by meeting: what `readStrip` and `readPublished` give and the store keeps. */
import type { IsoDate, Month } from "../calendar/calendar-date.ts";
import type { MeetingCalendar } from "../calendar/meetings.ts";
import type { Bp, IndexPoints } from "./units.ts";

/** The Fed's target range; before 16 Dec 2008 a single level, lower equal to upper. Whole basis points. */
export interface TargetRange {
  readonly lowerBp: number;
  readonly upperBp: number;
}

/** The range after a meeting and its probability, with the half-tick band around it (null where not computed). */
export interface Outcome extends TargetRange {
  readonly probability: number;
  readonly low: number | null;
  readonly high: number | null;
}

export const UNSOLVED_REASONS = [
  "missing_contract",
  "no_free_month",
  "calendar_horizon",
  "late_month",
  "beyond_limit",
] as const;
export type UnsolvedReason = (typeof UNSOLVED_REASONS)[number];

/** One contract month a meeting was solved from, and what its own tick does to the likeliest outcome. */
export interface ContractUse {
  readonly contractMonth: Month;
  readonly price: IndexPoints;
  /** change of the likeliest outcome's probability when the price rises by its own tick, in percentage points */
  readonly tickSensitivityPp: number | null;
}

export interface MeasureSplit {
  readonly ease: number;
  readonly hold: number;
  readonly hike: number;
}

/** The odds of one meeting. Chain fields are null for a published distribution; all figures are null when unsolved. */
export interface MeetingReading {
  readonly meetingDate: IsoDate;
  /** the decision was already public at `asOf` although the settlement still treats the meeting as open */
  readonly announced: boolean;
  readonly expectedRateBp: number | null;
  /** (end - start) / 25 bp, unclamped */
  readonly moves: number | null;
  readonly startRateBp: number | null;
  readonly endRateBp: number | null;
  /** ascending by range, no zero outcomes */
  readonly outcomes: readonly Outcome[];
  /** cumulative, against the range in force */
  readonly cumulative: MeasureSplit | null;
  /** at this meeting itself */
  readonly meetingMove: MeasureSplit | null;
  readonly tickSensitivityPp: number | null;
  /** how far E moves for one tick of the contract solved from its own average; null where there is none */
  readonly ownTickBp: number | null;
  readonly contracts: readonly ContractUse[];
  readonly unsolved: { readonly reason: UnsolvedReason; readonly detail: string } | null;
  /** a rule that no published figure has confirmed went into it (a decision already in effect in the same month) */
  readonly unverified: boolean;
}

/** All that one instant's odds are computed from. Nothing in it was learned after `asOf`. */
export interface Strip {
  readonly asOf: Date;
  readonly tradeDate: IsoDate;
  /** listed months, the current one included */
  readonly prices: ReadonlyMap<Month, IndexPoints>;
  /** last settlement of expired months, used where the fixings of the month are incomplete */
  readonly finalPrices: ReadonlyMap<Month, IndexPoints>;
  /** EFFR by day as known at `asOf`; days without a fixing carry the one before */
  readonly fixings: ReadonlyMap<IsoDate, Bp>;
  readonly calendar: MeetingCalendar;
  /** the range in force at `asOf` */
  readonly target: TargetRange;
}
