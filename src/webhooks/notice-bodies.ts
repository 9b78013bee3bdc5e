/**
 * What is told to everyone besides repricings: the day's digest, a decision, data that stay away or have come back. The same
 * body in the feed and in a webhook, in the form of an alert's: type, timestamp, data. Rates in bp, probabilities 0 to 1.
 */
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Basis, Method } from "../pricing/observations.ts";
import type { TargetRange } from "../pricing/reading.ts";
import type { Direction, Severity } from "../repricing/repricing.ts";
import type { AlsoTold } from "./payload.ts";

export const NOTICE_TYPES = ["meeting.decided", "digest.daily", "data.stale", "data.recovered"] as const;
export type NoticeType = (typeof NOTICE_TYPES)[number];

/** A target range as the API writes it. */
export interface RangeJson {
  readonly lower_bp: number;
  readonly upper_bp: number;
}

export function rangeBody({ lowerBp, upperBp }: TargetRange): RangeJson {
  return { lower_bp: lowerBp, upper_bp: upperBp };
}

/** One meeting's odds at a settlement beside those of the settlement before. Null: unsolved, or there was none before. */
export interface DigestMeeting {
  readonly meeting: IsoDate;
  /** decided already: the settlement still treats the meeting as open */
  readonly announced: boolean;
  readonly expected_rate_bp: number | null;
  readonly expected_rate_shift_bp: number | null;
  /** against the range in force */
  readonly ease: number | null;
  readonly hold: number | null;
  readonly hike: number | null;
  /** a decision lies between the two settlements: ease, hold and hike are not those of the same ranges */
  readonly crosses_decision: boolean | null;
  /** ascending by range; those that either settlement gave half a per cent or more */
  readonly outcomes: readonly (RangeJson & {
    readonly probability: number | null;
    readonly shift_pp: number | null;
  })[];
}

/** A repricing that is under way. */
export interface DigestRepricing {
  readonly id: number;
  readonly url: string;
  readonly meeting: IsoDate;
  readonly path: number | null;
  readonly direction: Direction;
  readonly severity: Severity;
  readonly started_at: string;
  readonly start_rate_bp: number;
  readonly extreme_rate_bp: number;
  readonly amplitude_bp: number;
}

/** `data` of `digest.daily`, without its place in the feed. */
export interface DigestData {
  readonly as_of: string;
  readonly trade_date: IsoDate;
  readonly url: string;
  readonly basis: Basis;
  readonly method: Method;
  readonly source: string;
  /** the settlement that shifts are counted from: that of the trade date before, on the same basis; null: there is none */
  readonly compared_with: { readonly trade_date: IsoDate; readonly as_of: string } | null;
  readonly target: RangeJson;
  readonly effr_bp: number | null;
  /** signed: below 0 is easing */
  readonly priced_by_year_end_bp: number | null;
  readonly priced_by_year_end_shift_bp: number | null;
  /** the next four */
  readonly meetings: readonly DigestMeeting[];
  readonly open_repricings: readonly DigestRepricing[];
  /** what was told of this trade date, at the settlement or before it */
  readonly alerts: readonly AlsoTold[];
  /** `nothing unusual`, or what was, in a line */
  readonly summary: string;
}

/** `data` of `meeting.decided`, without its place in the feed. */
export interface DecidedData {
  /** when it was announced */
  readonly as_of: string;
  /** place in the feed of the last message about the same meeting, which this one corrects; null: it is the first */
  readonly supersedes?: number | null;
  readonly url: string;
  readonly meeting: IsoDate;
  readonly effective_date: IsoDate;
  readonly scheduled: boolean;
  readonly outcome: RangeJson;
  /** against the range before; null: that is unknown */
  readonly change_bp: number | null;
  /** above 0: the rate came out higher than expected; null until the settlement after the decision, with the reason */
  readonly surprise_bp: number | null;
  readonly surprise_reason: string | null;
  /** what the range was given at the last settlement before */
  readonly odds_before: {
    readonly trade_date: IsoDate;
    readonly probability: number;
    readonly expected_rate_bp: number;
    readonly basis: Basis;
    readonly method: Method;
    readonly source: string;
  } | null;
  /** who told of the decision */
  readonly source: string;
}

/** `data` of `data.stale` and `data.recovered`, without its place in the feed. */
export interface DataOutageData {
  readonly as_of: string;
  readonly url: string;
  readonly what: "futures" | "fixings";
  /** those that are asked for it, in their order */
  readonly sources: readonly string[];
  /** when the next observation was due */
  readonly expected_at: string;
  readonly newest_as_of: string | null;
  readonly last_success_at: string | null;
  /** of the last answer; null: it was good but brought nothing newer */
  readonly last_error: string | null;
}

interface DataOf {
  readonly "digest.daily": DigestData;
  readonly "meeting.decided": DecidedData;
  readonly "data.stale": DataOutageData;
  readonly "data.recovered": DataOutageData;
}

/** A notice's body, without its place in the feed: the store adds `data.sequence` when it numbers it. */
export function noticeBody<Type extends NoticeType>(type: Type, data: DataOf[Type], recordedAt: Date) {
  return { type, timestamp: recordedAt.toISOString(), data };
}
