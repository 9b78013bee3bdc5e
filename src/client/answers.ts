/**
 * What the API answers and takes. Written from the API's own forms by `npx vitest run test/client/answers.test.ts -u`, and
 * compared with them by every run of that test: not to be edited. Rates in basis points (`_bp`), probabilities 0 to 1,
 * changes of probability in percentage points (`_pp`), instants ISO 8601 in UTC.
 */

/** A date such as 2025-11-17 (as an instant, that day's settlement or the last before it), or an instant. */
export type Time = string | Date;

/** A page of a list. `next_cursor` is null on the last one. */
export interface Page<Row> {
  readonly data: readonly Row[];
  readonly next_cursor: string | null;
}

export type Basis = "settlement" | "published" | "last_trade" | "mid";

export type Grid = "settlement" | "intraday";

export type Method = "cme" | "cme_article" | "aggregated" | "published";

export type PanelSymbol = "BTC" | "ETH" | "NDX" | "SPX" | "NVDA" | "GOLD" | "HSI" | "SSE";

export type Direction = "hawkish" | "dovish";

export type Severity = "notice" | "sharp" | "severe" | "extreme";

export type AlertKind = "notice" | "sharp" | "severe" | "extreme" | "extension" | "confirmed" | "withdrawn";

export type WebhookFormat = "standard" | "slack" | "discord" | "telegram";

export type EventType =
  | "repricing.notice"
  | "repricing.sharp"
  | "repricing.severe"
  | "repricing.extreme"
  | "repricing.extended"
  | "repricing.confirmed"
  | "repricing.withdrawn"
  | "rule.matched"
  | "meeting.decided"
  | "digest.daily"
  | "data.stale"
  | "data.recovered";

export interface Range {
  readonly lower_bp: number;
  readonly upper_bp: number;
}

export interface Figure {
  readonly value: number | null;
  /** 95 % interval; null where the figure has none */
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  /** First date of the data */
  readonly from: string | null;
  readonly to: string | null;
  readonly method: string;
  /** Latest close that went in */
  readonly data_at: string | null;
  /** Why it is null, or what to keep in mind */
  readonly note: string | null;
}

export interface AtMost {
  readonly upper_bp: number;
  readonly probability_start: number;
  readonly probability_extreme: number;
  readonly shift_pp: number | null;
}

/** Exactly one of crosses_pct, crosses_bp, shift_pp and shift_bp: per cent and percentage points for probabilities, basis points for expected_rate. */
export interface Rule {
  /** Which meeting: a decision day such as 2025-12-10, next, next+1 or year_end */
  readonly meeting: string;
  /** What of it */
  readonly measure: "range" | "at_most" | "at_least" | "expected_rate" | "ease" | "hold" | "hike";
  readonly range?: string | null | undefined;
  readonly crosses_pct?: number | null | undefined;
  readonly crosses_bp?: number | null | undefined;
  readonly shift_pp?: number | null | undefined;
  readonly shift_bp?: number | null | undefined;
  readonly window?: "1h" | "1d" | "1w" | "1m" | null | undefined;
  readonly hysteresis?: number | null | undefined;
  readonly cool_down_s?: number | null | undefined;
}

export interface MeetingOdds {
  readonly meeting: string;
  /** The decision was public at as_of, though the prices treat it as open */
  readonly announced: boolean;
  readonly expected_rate_bp: number | null;
  /** Expected change at the meeting, in steps of 25 bp, unclamped */
  readonly moves: number | null;
  readonly start_rate_bp: number | null;
  readonly end_rate_bp: number | null;
  /** Range after the meeting, ascending, no zero outcomes */
  readonly outcomes: readonly {
    readonly lower_bp: number;
    readonly upper_bp: number;
    readonly probability: number;
    /** Smallest with one contract moved by half its tick */
    readonly low: number | null;
    readonly high: number | null;
  }[];
  /** Below the range in force at as_of */
  readonly ease: number | null;
  readonly hold: number | null;
  readonly hike: number | null;
  readonly meeting_move: {
    readonly ease: number;
    readonly hold: number;
    readonly hike: number;
  } | null;
  readonly tick_sensitivity_pp: number | null;
  readonly contracts: readonly {
    readonly contract: string;
    readonly symbol: string;
    readonly price: number | null;
    readonly tick_sensitivity_pp: number | null;
    readonly withheld?: true;
  }[];
  readonly unsolved: {
    readonly reason: "missing_contract" | "no_free_month" | "calendar_horizon" | "late_month" | "beyond_limit";
    readonly detail: string;
  } | null;
  /** Not to be relied on: the reading's `undecided_meeting` may have moved the range in force, or, where that is null, the meeting rests on a rule for a month with two meetings that no published figure has confirmed */
  readonly unverified: boolean;
  readonly withheld?: true;
}

export interface Repricing {
  readonly id: number;
  /** Shared by what one piece of news moved the same way */
  readonly cluster_id: string;
  readonly meeting: string;
  /** Year whose end it is about; null: the meeting's own series */
  readonly path: number | null;
  /** hawkish: the expected rate rises */
  readonly direction: Direction;
  readonly status: "open" | "closed";
  /** withdrawn: later readings no longer give it */
  readonly state: "provisional" | "confirmed" | "withdrawn";
  /** The worst so far */
  readonly severity: Severity;
  /** The extreme it starts at, known as such only from confirmed_at on */
  readonly started_at: string;
  readonly confirmed_at: string;
  readonly extreme_at: string;
  readonly ended_at: string | null;
  readonly start_rate_bp: number | null;
  readonly extreme_rate_bp: number | null;
  /** Distance from start to extreme, without sign */
  readonly amplitude_bp: number;
  /** Odds of ending at or below the fixed range (its upper end) for which they moved most */
  readonly at_most: AtMost | null;
  readonly alerts: readonly {
    /** Place in the feed of /v1/alerts */
    readonly id: number;
    readonly kind: AlertKind;
    readonly reverses: number | null;
    readonly as_of: string;
    readonly recorded_at: string;
  }[];
  /** The repricing that ended where this one starts */
  readonly reverses: number | null;
  readonly started_on: string;
  readonly confirmed_on: string;
  readonly extreme_on: string;
  readonly ended_on: string | null;
  readonly end_reason:
    | "reversed"
    | "quiet"
    | "decision"
    | "cancelled"
    | "path_ended"
    | "corrected"
    | "withdrawn"
    | "no_settlement"
    | null;
  /** A usual day's move when it was confirmed */
  readonly sigma_bp: number;
  /** The move that confirmed it */
  readonly threshold_bp: number;
  readonly basis: Basis;
  readonly method: Method;
  readonly source: string;
  readonly sample: boolean;
  /** All its alerts were history when recorded; none was sent by itself */
  readonly historical: boolean;
  readonly parameters_version: string;
  readonly recorded_at: string;
  readonly withheld?: true;
}

export interface MarketAsset {
  readonly symbol: string;
  /** From the close dated the start to the close dated the end */
  readonly return: number | null;
  readonly from_at: string | null;
  readonly to_at: string | null;
  /** A close that the return needs is still to come */
  readonly provisional: boolean;
  /** Over its last session */
  readonly return_1d: number | null;
  readonly return_5d: number | null;
  readonly return_21d: number | null;
  /** From the highest close there is, 0 or below */
  readonly drawdown: number | null;
  /** Rank of the return among those as long over five years */
  readonly percentile: number | null;
  /** Why the return is null */
  readonly note: string | null;
  readonly percentiles: {
    readonly leg: Figure;
    readonly d1: Figure;
    readonly d5: Figure;
    readonly d21: Figure;
  };
  /** Where the market had closed before the end's instant: the first session after it */
  readonly next_session: {
    readonly return: number | null;
    readonly from_date: string;
    readonly to_date: string;
    readonly to_at: string | null;
    readonly provisional: boolean;
    readonly note: string | null;
  } | null;
  readonly record: {
    readonly close: number | null;
    readonly date: string | null;
    readonly n: number;
    readonly since: string | null;
    readonly withheld?: true;
  };
  readonly event_study: readonly {
    readonly first: number;
    readonly last: number;
    readonly value: number | null;
    /** 95 % interval; null where the figure has none */
    readonly low: number | null;
    readonly high: number | null;
    readonly n: number;
    /** First date of the data */
    readonly from: string | null;
    readonly to: string | null;
    readonly method: string;
    /** Latest close that went in */
    readonly data_at: string | null;
    /** Why it is null, or what to keep in mind */
    readonly note: string | null;
    readonly t: number | null;
    readonly usual_mean: number | null;
    readonly usual_deviation: number | null;
    readonly usual_n: number;
  }[];
}

export interface Markets {
  readonly breadth: {
    readonly value: number | null;
    /** 95 % interval; null where the figure has none */
    readonly low: number | null;
    readonly high: number | null;
    readonly n: number;
    /** First date of the data */
    readonly from: string | null;
    readonly to: string | null;
    readonly method: string;
    /** Latest close that went in */
    readonly data_at: string | null;
    /** Why it is null, or what to keep in mind */
    readonly note: string | null;
    readonly down: number;
  };
  readonly breadth_null: Figure;
  readonly correlation: {
    readonly value: number | null;
    /** 95 % interval; null where the figure has none */
    readonly low: number | null;
    readonly high: number | null;
    readonly n: number;
    /** First date of the data */
    readonly from: string | null;
    readonly to: string | null;
    readonly method: string;
    /** Latest close that went in */
    readonly data_at: string | null;
    /** Why it is null, or what to keep in mind */
    readonly note: string | null;
    readonly pairs: number;
  };
  readonly correlation_adjusted: {
    readonly value: number | null;
    /** 95 % interval; null where the figure has none */
    readonly low: number | null;
    readonly high: number | null;
    readonly n: number;
    /** First date of the data */
    readonly from: string | null;
    readonly to: string | null;
    readonly method: string;
    /** Latest close that went in */
    readonly data_at: string | null;
    /** Why it is null, or what to keep in mind */
    readonly note: string | null;
    readonly pairs: number;
    readonly delta: number | null;
  };
  /** Association with the path's daily change, fraction of price per +10 bp */
  readonly beta: readonly {
    readonly symbol: string;
    readonly value: number | null;
    /** 95 % interval; null where the figure has none */
    readonly low: number | null;
    readonly high: number | null;
    readonly n: number;
    /** First date of the data */
    readonly from: string | null;
    readonly to: string | null;
    readonly method: string;
    /** Latest close that went in */
    readonly data_at: string | null;
    /** Why it is null, or what to keep in mind */
    readonly note: string | null;
    readonly r2: number | null;
    readonly lags: number | null;
  }[];
  readonly leader: {
    readonly answer: string;
    readonly reason: string;
    readonly from: string;
    readonly to: string;
    readonly days: number;
    readonly threshold_r: number | null;
    readonly pair_lags: number;
    readonly earliest_peak: {
      readonly date: string;
      readonly symbols: readonly string[];
    } | null;
    readonly largest_fall: {
      readonly symbol: string;
      readonly return: number;
    } | null;
    readonly peaks: readonly {
      readonly symbol: string;
      readonly date: string;
      readonly fall_since: number;
    }[];
    readonly method: string;
  };
}

export interface RepricingItem {
  readonly type:
    | "repricing.notice"
    | "repricing.sharp"
    | "repricing.severe"
    | "repricing.extreme"
    | "repricing.extended"
    | "repricing.confirmed"
    | "repricing.withdrawn";
  /** When it was recorded */
  readonly timestamp: string;
  readonly data: {
    /** Place in the feed */
    readonly sequence: number;
    /** The last item about the same repricing before this one; null: it is the first */
    readonly supersedes: number | null;
    /** The item that this one confirms or withdraws; null: it is news */
    readonly resolves: number | null;
    /** What that item told. Where it is withdrawn, this no longer stands; the repricing itself may, as state and severity say */
    readonly resolved: {
      readonly kind: AlertKind;
      readonly severity: Severity;
      readonly trade_date: string;
      readonly alert_key: string;
      /** Of a withdrawal: settlement (the one that was to bear it out did not), corrected (readings were) or no_settlement (none has come by the second settlement time after its own) */
      readonly reason?: "settlement" | "corrected" | "no_settlement";
    } | null;
    /** The repricing */
    readonly id: number;
    readonly url: string;
    readonly cluster_id: string;
    readonly meeting: string;
    readonly path: number | null;
    readonly direction: Direction;
    readonly status: "open" | "closed";
    /** Of the repricing, after this item */
    readonly state: "provisional" | "confirmed" | "withdrawn";
    /** Of the repricing, after this item */
    readonly severity: Severity;
    readonly kind: AlertKind;
    readonly alert_key: string;
    readonly reverses: number | null;
    readonly trade_date: string;
    readonly as_of: string;
    readonly started_at: string;
    readonly confirmed_at: string;
    readonly start_rate_bp: number;
    readonly expected_rate_bp: number;
    readonly extreme_rate_bp: number;
    readonly amplitude_bp: number;
    readonly one_day_bp: number | null;
    /** Odds of ending at or below the fixed range (its upper end) for which they moved most */
    readonly at_most: AtMost | null;
    readonly unusual: {
      readonly sigmas: number;
      readonly percentile: number | null;
      readonly past_legs: number;
    } | null;
    readonly basis: Basis;
    readonly method: Method;
    readonly sample: boolean;
    readonly historical: boolean;
    readonly assets: readonly {
      readonly symbol: string;
      readonly return: number | null;
      readonly from_at: string | null;
      readonly to_at: string | null;
      readonly provisional: boolean;
      readonly return_1d: number | null;
      readonly return_5d: number | null;
      readonly drawdown: number | null;
      readonly percentile: number | null;
    }[];
    /** The others of the same piece of news and snapshot */
    readonly also: readonly {
      /** Its place in the feed */
      readonly id: number;
      readonly meeting: string;
      readonly path: number | null;
      readonly kind: AlertKind;
      readonly severity: Severity;
      readonly amplitude_bp: number;
      readonly expected_rate_bp: number;
    }[];
  };
}

export interface DecidedItem {
  readonly type: "meeting.decided";
  /** When it was recorded */
  readonly timestamp: string;
  readonly data: {
    /** Place in the feed */
    readonly sequence: number;
    readonly historical: false;
    readonly as_of: string;
    readonly url: string;
    /** The last item about the same meeting, which this one corrects; null: it is the first */
    readonly supersedes?: number | null;
    readonly meeting: string;
    readonly effective_date: string;
    readonly scheduled: boolean;
    readonly outcome: Range;
    readonly change_bp: number | null;
    /** Null until the settlement after the decision */
    readonly surprise_bp: number | null;
    readonly surprise_reason: string | null;
    readonly odds_before: {
      readonly trade_date: string;
      readonly probability: number;
      readonly expected_rate_bp: number;
      readonly basis: Basis;
      readonly method: Method;
      readonly source: string;
    } | null;
    readonly source: string;
  };
}

export interface DigestItem {
  readonly type: "digest.daily";
  /** When it was recorded */
  readonly timestamp: string;
  readonly data: {
    /** Place in the feed */
    readonly sequence: number;
    readonly historical: false;
    readonly as_of: string;
    readonly url: string;
    readonly trade_date: string;
    readonly basis: Basis;
    readonly method: Method;
    readonly source: string;
    readonly compared_with: {
      readonly trade_date: string;
      readonly as_of: string;
    } | null;
    readonly target: Range;
    readonly effr_bp: number | null;
    readonly priced_by_year_end_bp: number | null;
    readonly priced_by_year_end_shift_bp: number | null;
    readonly meetings: readonly {
      readonly meeting: string;
      readonly announced: boolean;
      readonly expected_rate_bp: number | null;
      readonly expected_rate_shift_bp: number | null;
      readonly ease: number | null;
      readonly hold: number | null;
      readonly hike: number | null;
      readonly crosses_decision: boolean | null;
      readonly outcomes: readonly {
        readonly lower_bp: number;
        readonly upper_bp: number;
        readonly probability: number | null;
        readonly shift_pp: number | null;
      }[];
    }[];
    readonly open_repricings: readonly {
      readonly id: number;
      readonly url: string;
      readonly meeting: string;
      readonly path: number | null;
      readonly direction: Direction;
      readonly severity: Severity;
      readonly started_at: string;
      readonly start_rate_bp: number;
      readonly extreme_rate_bp: number;
      readonly amplitude_bp: number;
    }[];
    readonly alerts: readonly {
      /** Its place in the feed */
      readonly id: number;
      readonly meeting: string;
      readonly path: number | null;
      readonly kind: AlertKind;
      readonly severity: Severity;
      readonly amplitude_bp: number;
      readonly expected_rate_bp: number;
    }[];
    readonly summary: string;
  };
}

export interface OutageItem {
  readonly type: "data.stale" | "data.recovered";
  /** When it was recorded */
  readonly timestamp: string;
  readonly data: {
    /** Place in the feed */
    readonly sequence: number;
    readonly historical: false;
    readonly as_of: string;
    readonly url: string;
    readonly what: "futures" | "fixings";
    readonly sources: readonly string[];
    readonly expected_at: string;
    readonly newest_as_of: string | null;
    readonly last_success_at: string | null;
    readonly last_error: string | null;
  };
}

export type FeedItem = RepricingItem | DecidedItem | DigestItem | OutageItem;

export interface Webhook {
  readonly id: number;
  readonly tenant: string;
  readonly url: string;
  readonly min_severity: Severity;
  /** Null: every meeting */
  readonly meetings: readonly string[] | null;
  /** As they were given */
  readonly rules: readonly Readonly<Record<string, unknown>>[];
  /** Rules that no reading is shown to now: that they say nothing does not mean that nothing is up */
  readonly rules_not_judged: readonly {
    /** Its place in rules, the first 0 */
    readonly rule: number;
    /** That it means now; null: none */
    readonly meeting: string | null;
    /** as_of of the first reading that could not be judged; null: none could */
    readonly since: string | null;
    readonly reason: string;
  }[];
  /** Null: repricings and matches of its rules */
  readonly events: readonly EventType[] | null;
  readonly format: WebhookFormat;
  readonly max_age_s: number | null;
  readonly description: string;
  readonly enabled: boolean;
  /** Null while enabled, or when a person disabled it */
  readonly disabled_reason: string | null;
  readonly disabled_at: string | null;
  /** First failure after the last success */
  readonly failing_since: string | null;
  readonly last_success_at: string | null;
  /** Until then the secret before the last rotation signs too */
  readonly previous_secret_until: string | null;
  readonly health: {
    /** Messages that wait for their next attempt */
    readonly pending: number;
    readonly delivered_24h: number;
    readonly failed_24h: number;
  };
  readonly created_at: string;
  readonly updated_at: string;
}

export interface WebhookWithSecret {
  readonly id: number;
  readonly tenant: string;
  readonly url: string;
  readonly min_severity: Severity;
  /** Null: every meeting */
  readonly meetings: readonly string[] | null;
  /** As they were given */
  readonly rules: readonly Readonly<Record<string, unknown>>[];
  /** Rules that no reading is shown to now: that they say nothing does not mean that nothing is up */
  readonly rules_not_judged: readonly {
    /** Its place in rules, the first 0 */
    readonly rule: number;
    /** That it means now; null: none */
    readonly meeting: string | null;
    /** as_of of the first reading that could not be judged; null: none could */
    readonly since: string | null;
    readonly reason: string;
  }[];
  /** Null: repricings and matches of its rules */
  readonly events: readonly EventType[] | null;
  readonly format: WebhookFormat;
  readonly max_age_s: number | null;
  readonly description: string;
  readonly enabled: boolean;
  /** Null while enabled, or when a person disabled it */
  readonly disabled_reason: string | null;
  readonly disabled_at: string | null;
  /** First failure after the last success */
  readonly failing_since: string | null;
  readonly last_success_at: string | null;
  /** Until then the secret before the last rotation signs too */
  readonly previous_secret_until: string | null;
  readonly health: {
    /** Messages that wait for their next attempt */
    readonly pending: number;
    readonly delivered_24h: number;
    readonly failed_24h: number;
  };
  readonly created_at: string;
  readonly updated_at: string;
  /** whsec_…: shown this once, and nowhere else */
  readonly secret: string;
}

export interface Probabilities {
  /** When it was true in the market */
  readonly as_of: string;
  readonly trade_date: string;
  /** When cutwatch computed or learned it */
  readonly recorded_at: string;
  readonly grid: Grid;
  readonly basis: Basis;
  readonly method: Method;
  readonly source: string;
  /** From the built-in sample, not from a source of this installation */
  readonly sample: boolean;
  /** Its decision is in effect and not known here: the range in force, and every figure with it, may be another */
  readonly undecided_meeting: string | null;
  /** The range in force at as_of */
  readonly target: Range;
  /** Last fixing of EFFR that was public at as_of */
  readonly effr_bp: number | null;
  /** A newer reading was already due */
  readonly stale: boolean;
  /** Signed: below 0 is easing */
  readonly priced_by_year_end_bp: number | null;
  readonly citation: string | null;
  readonly meetings: readonly MeetingOdds[];
}

export interface ProbabilitiesQuery {
  /** Time in the market; a date means that day's settlement, or the last before it */
  readonly as_of?: Time | undefined;
  /** Decision day of an FOMC meeting: a date from 1990-01-01 to 2100-12-31, such as 2025-11-17 */
  readonly meeting?: string | undefined;
  /** How the odds were made; absent: the best at hand */
  readonly method?: Method | undefined;
  /** `settlement`: one reading a trade date; `intraday`: as often as quotes arrive */
  readonly grid?: Grid | undefined;
  /** Kind of price the figures rest on; absent: the best at hand */
  readonly basis?: Basis | undefined;
  /** Answer as it would have been answered then; a date means the end of that day, UTC */
  readonly known_at?: Time | undefined;
}

export interface Shift {
  readonly meeting: string;
  readonly measure: "range" | "at_most" | "at_least" | "expected_rate";
  readonly window: "1h" | "1d" | "1w" | "1m" | null;
  readonly basis: Basis | null;
  readonly sample: boolean | null;
  /** When the later recorded of the two readings was recorded */
  readonly recorded_at: string | null;
  readonly from: {
    /** When it was true in the market */
    readonly as_of: string;
    readonly trade_date: string;
    /** When cutwatch computed or learned it */
    readonly recorded_at: string;
    readonly grid: Grid;
    readonly basis: Basis;
    readonly method: Method;
    readonly source: string;
    /** From the built-in sample, not from a source of this installation */
    readonly sample: boolean;
    /** Its decision is in effect and not known here: the range in force, and every figure with it, may be another */
    readonly undecided_meeting: string | null;
    readonly target: Range;
    readonly announced: boolean;
    readonly expected_rate_bp: number | null;
  } | null;
  readonly to: {
    /** When it was true in the market */
    readonly as_of: string;
    readonly trade_date: string;
    /** When cutwatch computed or learned it */
    readonly recorded_at: string;
    readonly grid: Grid;
    readonly basis: Basis;
    readonly method: Method;
    readonly source: string;
    /** From the built-in sample, not from a source of this installation */
    readonly sample: boolean;
    /** Its decision is in effect and not known here: the range in force, and every figure with it, may be another */
    readonly undecided_meeting: string | null;
    readonly target: Range;
    readonly announced: boolean;
    readonly expected_rate_bp: number | null;
  } | null;
  readonly crosses_decision: boolean | null;
  readonly expected_rate_shift_bp: number | null;
  /** Why the figures are null */
  readonly reason: string | null;
  readonly citation: string | null;
  readonly outcomes: readonly {
    readonly lower_bp: number;
    readonly upper_bp: number;
    readonly then: number | null;
    readonly now: number | null;
    readonly shift_pp: number | null;
  }[];
}

export interface ShiftQuery {
  /** Decision day of an FOMC meeting: a date from 1990-01-01 to 2100-12-31, such as 2025-11-17 */
  readonly meeting: string;
  /** End of the window; now when absent */
  readonly as_of?: Time | undefined;
  /** Counted in trade dates; `1h` in hours */
  readonly window?: "1h" | "1d" | "1w" | "1m" | undefined;
  /** Instead of a window: the earlier time */
  readonly from?: Time | undefined;
  /** Instead of a window: the later time */
  readonly to?: Time | undefined;
  /** Of what the outcomes are; `range` when absent */
  readonly measure?: "range" | "at_most" | "at_least" | "expected_rate" | undefined;
  /** `settlement`: one reading a trade date; `intraday`: as often as quotes arrive */
  readonly grid?: Grid | undefined;
  /** Kind of price the figures rest on; absent: the best at hand */
  readonly basis?: Basis | undefined;
  /** Answer as it would have been answered then; a date means the end of that day, UTC */
  readonly known_at?: Time | undefined;
}

export interface Meeting {
  readonly meeting: string;
  readonly effective_date: string;
  readonly scheduled: boolean;
  readonly status: "upcoming" | "announced" | "decided" | "cancelled";
  readonly target_after: Range | null;
  /** Against the range before; null when either is unknown */
  readonly change_bp: number | null;
  readonly announced_at: string | null;
  readonly recorded_at: string;
  readonly source: string;
}

export interface MeetingsQuery {
  /** First decision day: a date from 1990-01-01 to 2100-12-31, such as 2025-11-17 */
  readonly from?: string | undefined;
  /** Last decision day: a date from 1990-01-01 to 2100-12-31, such as 2025-11-17 */
  readonly to?: string | undefined;
  /** Answer as it would have been answered then; a date means the end of that day, UTC */
  readonly known_at?: Time | undefined;
  /** Rows at most, 1000 when absent: a whole number from 1 to 1000 */
  readonly limit?: number | undefined;
}

export interface HistoryPoint {
  /** When it was true in the market */
  readonly as_of: string;
  readonly trade_date: string;
  /** When cutwatch computed or learned it */
  readonly recorded_at: string;
  readonly grid: Grid;
  readonly basis: Basis;
  readonly method: Method;
  readonly source: string;
  /** From the built-in sample, not from a source of this installation */
  readonly sample: boolean;
  /** Its decision is in effect and not known here: the range in force, and every figure with it, may be another */
  readonly undecided_meeting: string | null;
  /** Of the measure and range asked for; null for expected_rate */
  readonly probability: number | null;
  readonly expected_rate_bp: number | null;
  readonly target: Range;
  readonly announced: boolean;
  readonly withheld?: true;
}

export interface HistoryPage {
  readonly data: readonly HistoryPoint[];
  readonly next_cursor: string | null;
  readonly meeting: string;
  readonly measure: "range" | "at_most" | "at_least" | "expected_rate";
  readonly range: Range | null;
  /** Of the whole series; null when it is empty */
  readonly basis: Basis | null;
  readonly sample: boolean | null;
}

export interface HistoryQuery {
  /** Target range in basis points, lower bound first: a target range on the 25 bp grid, 25 bp wide, such as 350-375, or a single level as before 2008-12-16: 100-100 */
  readonly range?: string | undefined;
  /** `range`: exactly that range; `at_most`, `at_least`: that range or below, or above; `range` when absent */
  readonly measure?: "range" | "at_most" | "at_least" | "expected_rate" | undefined;
  /** First trade date: a date from 1990-01-01 to 2100-12-31, such as 2025-11-17 */
  readonly from?: string | undefined;
  /** Last trade date: a date from 1990-01-01 to 2100-12-31, such as 2025-11-17 */
  readonly to?: string | undefined;
  /** `settlement`: one reading a trade date; `intraday`: as often as quotes arrive */
  readonly grid?: Grid | undefined;
  /** Kind of price the figures rest on; absent: the best at hand */
  readonly basis?: Basis | undefined;
  /** Answer as it would have been answered then; a date means the end of that day, UTC */
  readonly known_at?: Time | undefined;
  /** Rows at most, 1000 when absent: a whole number from 1 to 1000 */
  readonly limit?: number | undefined;
}

export interface Decision {
  readonly meeting: string;
  readonly scheduled: boolean;
  readonly announced_at: string;
  readonly outcome: Range;
  /** Against the range before; null when that is unknown */
  readonly change_bp: number | null;
  /** Above 0: the rate came out higher than expected */
  readonly surprise_bp: number | null;
  /** Why there is no surprise */
  readonly surprise_reason: string | null;
  /** What it was taken from: settlements of the trade dates before and after */
  readonly surprise: {
    readonly contract: string;
    /** Days of the month per day after the decision; 1 late in the month */
    readonly scale: number;
    readonly before: string;
    readonly after: string;
    readonly basis: Basis;
    readonly source: string;
    readonly sample: boolean;
  } | null;
  /** What the range that was decided was given at the last settlement before */
  readonly odds_before: {
    readonly trade_date: string;
    readonly probability: number | null;
    readonly expected_rate_bp: number | null;
    readonly basis: Basis;
    readonly method: Method;
    readonly source: string;
    readonly sample: boolean;
    readonly recorded_at: string;
    readonly withheld?: true;
  } | null;
}

export interface DecisionsQuery {
  /** First decision day: a date from 1990-01-01 to 2100-12-31, such as 2025-11-17 */
  readonly from?: string | undefined;
  /** Last decision day: a date from 1990-01-01 to 2100-12-31, such as 2025-11-17 */
  readonly to?: string | undefined;
  /** Answer as it would have been answered then; a date means the end of that day, UTC */
  readonly known_at?: Time | undefined;
  /** Rows at most, 1000 when absent: a whole number from 1 to 1000 */
  readonly limit?: number | undefined;
}

export interface RepricingsPage {
  readonly data: readonly Repricing[];
  readonly next_cursor: string | null;
  /** Days of the period whose readings could not be judged, so that no repricing of theirs is listed: the outcome of a meeting was not known, or the rates were unsolved (of `meeting` where one is asked for, otherwise of every target). Of the basis asked for, or else real before sample, then that with readings on most days. Without `from`: of the 30 days up to `to` or to the newest reading, of a `meeting` of the 120 days before it. Null: every day that has a reading was judged */
  readonly unjudged: {
    readonly from: string;
    readonly to: string;
    /** Trade dates between the two, both included, that were not judged */
    readonly days: number;
    /** In words; several joined by a semicolon */
    readonly reason: string;
  } | null;
}

export interface RepricingsQuery {
  /** Decision day of the meeting: a date from 1990-01-01 to 2100-12-31, such as 2025-11-17 */
  readonly meeting?: string | undefined;
  /** Only repricings of the path to that year's end: a year such as 2025, or none for meetings' own series only */
  readonly path?: string | undefined;
  /** Not ended before; a date is a trade date */
  readonly from?: Time | undefined;
  /** Started by then; a date is a trade date */
  readonly to?: Time | undefined;
  /** The mildest to list; absent: all */
  readonly min_severity?: Severity | undefined;
  /** Absent: both */
  readonly status?: "open" | "closed" | undefined;
  /** Absent: all but withdrawn */
  readonly state?: "provisional" | "confirmed" | "withdrawn" | undefined;
  /** Kind of price the figures rest on; absent: the best at hand */
  readonly basis?: Basis | undefined;
  /** Answer as it would have been answered then; a date means the end of that day, UTC */
  readonly known_at?: Time | undefined;
  /** Rows at most, 1000 when absent: a whole number from 1 to 1000 */
  readonly limit?: number | undefined;
}

export interface RepricingDetail {
  readonly id: number;
  /** Shared by what one piece of news moved the same way */
  readonly cluster_id: string;
  readonly meeting: string;
  /** Year whose end it is about; null: the meeting's own series */
  readonly path: number | null;
  /** hawkish: the expected rate rises */
  readonly direction: Direction;
  readonly status: "open" | "closed";
  /** withdrawn: later readings no longer give it */
  readonly state: "provisional" | "confirmed" | "withdrawn";
  /** The worst so far */
  readonly severity: Severity;
  /** The extreme it starts at, known as such only from confirmed_at on */
  readonly started_at: string;
  readonly confirmed_at: string;
  readonly extreme_at: string;
  readonly ended_at: string | null;
  readonly start_rate_bp: number | null;
  readonly extreme_rate_bp: number | null;
  /** Distance from start to extreme, without sign */
  readonly amplitude_bp: number;
  /** Odds of ending at or below the fixed range (its upper end) for which they moved most */
  readonly at_most: AtMost | null;
  readonly alerts: readonly {
    /** Place in the feed of /v1/alerts */
    readonly id: number;
    readonly kind: AlertKind;
    readonly reverses: number | null;
    readonly as_of: string;
    readonly recorded_at: string;
  }[];
  /** The repricing that ended where this one starts */
  readonly reverses: number | null;
  readonly started_on: string;
  readonly confirmed_on: string;
  readonly extreme_on: string;
  readonly ended_on: string | null;
  readonly end_reason:
    | "reversed"
    | "quiet"
    | "decision"
    | "cancelled"
    | "path_ended"
    | "corrected"
    | "withdrawn"
    | "no_settlement"
    | null;
  /** A usual day's move when it was confirmed */
  readonly sigma_bp: number;
  /** The move that confirmed it */
  readonly threshold_bp: number;
  readonly basis: Basis;
  readonly method: Method;
  readonly source: string;
  readonly sample: boolean;
  /** All its alerts were history when recorded; none was sent by itself */
  readonly historical: boolean;
  readonly parameters_version: string;
  readonly recorded_at: string;
  readonly withheld?: true;
  readonly citation: string | null;
  /** The day that moved most in its direction; null: no two readings a trade date apart show one */
  readonly sharpest_day: {
    readonly trade_date: string;
    readonly from_at: string;
    readonly to_at: string;
    readonly change_bp: number;
  } | null;
  /** What was on the calendar inside the sharpest day, up to 100 */
  readonly events: readonly {
    readonly what: string;
    readonly scheduled_at: string;
    readonly status: string;
    readonly source: string;
    readonly known_at: string;
  }[];
  /** Events of that day beyond the 100 listed */
  readonly events_left_out: number;
  /** No known event lies inside the sharpest day; false where no day is the sharpest */
  readonly unexplained: boolean;
  readonly unusual: {
    /** Amplitude in usual days' moves */
    readonly sigmas: number;
    /** Share of earlier ones that were smaller; null: too few */
    readonly percentile: number | null;
    readonly past_legs: number;
  } | null;
  /** Which closes assets and markets end with: those dated its extreme once it is over, until then its latest alert. Null: none yet */
  readonly evaluated: {
    readonly on: string;
    readonly at: string;
    readonly recorded_at: string;
    readonly provisional: boolean;
  } | null;
  readonly assets: readonly MarketAsset[];
  readonly markets: Markets | null;
}

export interface KnownAtQuery {
  /** Answer as it would have been answered then; a date means the end of that day, UTC */
  readonly known_at?: Time | undefined;
}

export interface AlertsQuery {
  /** Only items after this one; absent: from the first: the sequence of an item, a whole number */
  readonly after?: number | undefined;
  /** Only items of these types; absent: all: types separated by commas, of repricing.notice, repricing.sharp, repricing.severe, repricing.extreme, repricing.extended, repricing.confirmed, repricing.withdrawn, meeting.decided, digest.daily, data.stale, data.recovered */
  readonly types?: readonly FeedItem["type"][] | undefined;
  /** Kind of price the figures rest on; absent: the best at hand */
  readonly basis?: Basis | undefined;
  /** Answer as it would have been answered then; a date means the end of that day, UTC */
  readonly known_at?: Time | undefined;
  /** Rows at most, 1000 when absent: a whole number from 1 to 1000 */
  readonly limit?: number | undefined;
}

export interface MarketsBetween {
  readonly from: {
    /** Date of the closes that count */
    readonly date: string;
    readonly as_of: string;
  };
  readonly to: {
    /** Date of the closes that count */
    readonly date: string;
    readonly as_of: string;
  };
  /** Some close is still to come */
  readonly provisional: boolean;
  /** Null: there are no closes in the period */
  readonly sample: boolean | null;
  /** Basis of the path that betas are taken on */
  readonly path_basis: Basis | null;
  readonly assets: readonly MarketAsset[];
  readonly markets: Markets;
}

export interface MarketsQuery {
  /** Where it starts; a date means that trade date, or the last before it */
  readonly from: Time;
  /** Where it ends, at most 1830 days later */
  readonly to: Time;
  /** Answer as it would have been answered then; a date means the end of that day, UTC */
  readonly known_at?: Time | undefined;
}

export interface Score {
  readonly meeting: string;
  readonly horizon_days: number;
  readonly basis: Basis;
  /** Computed from prices, or FedWatch's own */
  readonly source_class: "chain" | "published";
  /** The reading that was scored */
  readonly trade_date: string;
  readonly decided: Range;
  readonly outcomes: number;
  readonly brier: number;
  readonly rps: number;
  readonly log_score: number;
  readonly recorded_at: string;
}

export interface ScoresPage {
  readonly data: readonly Score[];
  readonly means: readonly {
    readonly basis: Basis;
    /** Computed from prices, or FedWatch's own */
    readonly source_class: "chain" | "published";
    readonly horizon_days: number;
    /** Meetings scored */
    readonly n: number;
    /** From 24 meetings on; below, bases must not be ranked */
    readonly rankable: boolean;
    /** Null without a scored meeting; the standard error of one meeting is null */
    readonly brier: {
      readonly mean: number;
      readonly standard_error: number | null;
    } | null;
    /** Null without a scored meeting; the standard error of one meeting is null */
    readonly rps: {
      readonly mean: number;
      readonly standard_error: number | null;
    } | null;
    /** Null without a scored meeting; the standard error of one meeting is null */
    readonly log_score: {
      readonly mean: number;
      readonly standard_error: number | null;
    } | null;
  }[];
  readonly next_cursor: string | null;
}

export interface ScoresQuery {
  /** Kind of price the figures rest on; absent: the best at hand */
  readonly basis?: Basis | undefined;
  /** Calendar days before the decision */
  readonly horizon?: 1 | 7 | 30 | 60 | 90 | undefined;
  /** Answer as it would have been answered then; a date means the end of that day, UTC */
  readonly known_at?: Time | undefined;
  /** Rows at most, 1000 when absent: a whole number from 1 to 1000 */
  readonly limit?: number | undefined;
}

export interface AssetSummary {
  readonly symbol: PanelSymbol;
  readonly first_date: string | null;
  readonly last_date: string | null;
  readonly last_close: number | null;
  readonly count: number;
  readonly source: string | null;
  readonly sample: boolean | null;
  readonly withheld?: true;
}

export interface AssetsQuery {
  /** Answer as it would have been answered then; a date means the end of that day, UTC */
  readonly known_at?: Time | undefined;
  /** Rows at most, 1000 when absent: a whole number from 1 to 1000 */
  readonly limit?: number | undefined;
}

export interface Close {
  readonly symbol: PanelSymbol;
  /** In the asset's own zone */
  readonly date: string;
  /** Instant of the close; null where the market's calendar has no session */
  readonly as_of: string | null;
  readonly close: number | null;
  /** Simple, as a fraction, from the close of the session before; null where there is none */
  readonly return: number | null;
  readonly recorded_at: string;
  readonly source: string;
  readonly sample: boolean;
  readonly withheld?: true;
}

export interface ClosesQuery {
  /** First date: a date from 1990-01-01 to 2100-12-31, such as 2025-11-17 */
  readonly from?: string | undefined;
  /** Last date: a date from 1990-01-01 to 2100-12-31, such as 2025-11-17 */
  readonly to?: string | undefined;
  /** Answer as it would have been answered then; a date means the end of that day, UTC */
  readonly known_at?: Time | undefined;
  /** Rows at most, 1000 when absent: a whole number from 1 to 1000 */
  readonly limit?: number | undefined;
}

export interface Source {
  readonly source: string;
  readonly status: "ok" | "stale" | "failing" | "off";
  readonly last_success_at: string | null;
  /** Null once a later answer was good */
  readonly last_error: string | null;
  /** What the last good answer lacked */
  readonly missing: string | null;
  readonly newest_as_of: string | null;
  readonly expected_next_at: string | null;
  readonly redistributable: boolean;
  readonly what: string;
  readonly terms: string;
  /** Rows put aside with a reason */
  readonly quarantined: number;
}

export interface SourcesQuery {
  /** Rows at most, 1000 when absent: a whole number from 1 to 1000 */
  readonly limit?: number | undefined;
}

export interface QuarantinedRow {
  readonly id: number;
  readonly recorded_at: string;
  readonly source: string;
  /** Line of the file; null where there is none */
  readonly line: number | null;
  /** Kind of the reason */
  readonly kind: string;
  readonly reason: string;
  /** As the source sent it, its first 2,000 characters */
  readonly row: string | null;
  readonly withheld?: true;
}

export interface QuarantineQuery {
  /** Only rows of this source: the name of a source, as /v1/sources lists them */
  readonly source?: string | undefined;
  /** Answer as it would have been answered then; a date means the end of that day, UTC */
  readonly known_at?: Time | undefined;
  /** Rows at most, 1000 when absent: a whole number from 1 to 1000 */
  readonly limit?: number | undefined;
}

export interface NewWebhook {
  /** Where messages are sent; for Telegram with the chat, …/sendMessage?chat_id=…: an https URL of a public host on port 443 or 8443 */
  readonly url: string;
  readonly min_severity?: Severity | null | undefined;
  readonly meetings?: readonly string[] | null | undefined;
  readonly rules?: readonly Rule[] | null | undefined;
  readonly events?:
    | readonly (
        | "repricing.notice"
        | "repricing.sharp"
        | "repricing.severe"
        | "repricing.extreme"
        | "repricing.extended"
        | "repricing.confirmed"
        | "repricing.withdrawn"
        | "rule.matched"
        | "meeting.decided"
        | "digest.daily"
        | "data.stale"
        | "data.recovered"
      )[]
    | null
    | undefined;
  readonly format?: WebhookFormat | null | undefined;
  readonly max_age_s?: number | null | undefined;
  readonly description?: string | null | undefined;
  /** Whether messages are queued and sent, true when absent */
  readonly enabled?: boolean | undefined;
}

export interface DryRunRequest {
  readonly min_severity?: Severity | null | undefined;
  readonly meetings?: readonly string[] | null | undefined;
  readonly rules?: readonly Rule[] | null | undefined;
  readonly events?:
    | readonly (
        | "repricing.notice"
        | "repricing.sharp"
        | "repricing.severe"
        | "repricing.extreme"
        | "repricing.extended"
        | "repricing.confirmed"
        | "repricing.withdrawn"
        | "rule.matched"
        | "meeting.decided"
        | "digest.daily"
        | "data.stale"
        | "data.recovered"
      )[]
    | null
    | undefined;
  readonly format?: WebhookFormat | null | undefined;
  readonly max_age_s?: number | null | undefined;
  /** Where messages are sent; for Telegram with the chat, …/sendMessage?chat_id=…: an https URL of a public host on port 443 or 8443 */
  readonly url?: string | undefined;
  readonly description?: string | null | undefined;
  /** Whether messages are queued and sent, true when absent */
  readonly enabled?: boolean | undefined;
  readonly from?: Time | null | undefined;
  readonly to?: Time | null | undefined;
}

export interface DryRun {
  /** Of the period, as far as anything is stored */
  readonly from: string;
  readonly to: string;
  readonly messages: readonly {
    readonly type: string;
    readonly as_of: string;
    readonly meeting: string | null;
    readonly severity: Severity | null;
    readonly kind: string | null;
    /** Its sequence in the feed; null: the match of a rule */
    readonly alert_id: number | null;
    readonly summary: string;
  }[];
  /** Of the period, what lies between readings: a gap is no quiet time */
  readonly days_covered: number;
  /** By the days covered; null: they are fewer than 28 */
  readonly per_year: number | null;
  /** Rules that no stored reading can judge: that they brought no message says nothing */
  readonly not_judged: readonly {
    /** Its place in rules, the first 0 */
    readonly rule: number;
    readonly reason: string;
  }[];
  /** Readings at which a rule could not be judged: what it would have said nobody knows */
  readonly unjudged: readonly {
    /** Its place in rules, the first 0 */
    readonly rule: number;
    readonly meeting: string;
    /** as_of of the first reading */
    readonly from: string;
    readonly to: string;
    /** Trade dates */
    readonly days: number;
    readonly reason: string;
  }[];
  /** Messages left out, for CUTWATCH_WITHHOLD keeps their figures back; they would not be sent */
  readonly withheld: number;
  readonly by_type: Readonly<Record<string, number>>;
  readonly by_severity: Readonly<Record<string, number>>;
}

export interface WebhooksQuery {
  /** Rows at most, 1000 when absent: a whole number from 1 to 1000 */
  readonly limit?: number | undefined;
}

export interface WebhookChange {
  /** Where messages are sent; for Telegram with the chat, …/sendMessage?chat_id=…: an https URL of a public host on port 443 or 8443 */
  readonly url?: string | undefined;
  readonly min_severity?: Severity | null | undefined;
  readonly meetings?: readonly string[] | null | undefined;
  readonly rules?: readonly Rule[] | null | undefined;
  readonly events?:
    | readonly (
        | "repricing.notice"
        | "repricing.sharp"
        | "repricing.severe"
        | "repricing.extreme"
        | "repricing.extended"
        | "repricing.confirmed"
        | "repricing.withdrawn"
        | "rule.matched"
        | "meeting.decided"
        | "digest.daily"
        | "data.stale"
        | "data.recovered"
      )[]
    | null
    | undefined;
  readonly format?: WebhookFormat | null | undefined;
  readonly max_age_s?: number | null | undefined;
  readonly description?: string | null | undefined;
  /** Whether messages are queued and sent, true when absent */
  readonly enabled?: boolean | undefined;
}

export interface QueuedDelivery {
  readonly delivery_id: number;
  readonly message_id: string;
}

export interface Replayed {
  readonly queued: number;
  readonly since: string;
}

export interface ReplayQuery {
  /** From when in the market */
  readonly since: Time;
  /** `missing`: only what was not delivered: missing */
  readonly only?: "missing" | undefined;
}

export interface Delivery {
  readonly id: number;
  readonly webhook_id: number;
  /** Header webhook-id, the same on every attempt */
  readonly message_id: string;
  readonly type: string;
  /** Its sequence in the feed; null for other messages */
  readonly alert_id: number | null;
  /** Its sequence in the feed; null for other messages */
  readonly notice_id: number | null;
  readonly as_of: string;
  readonly recorded_at: string;
  readonly created_at: string;
  readonly state: "pending" | "delivered" | "failed" | "expired" | "parked";
  /** A person asked for it: a test, a replay or a redelivery */
  readonly asked_for: boolean;
  /** Of the next attempt; null once it is not waiting any more */
  readonly due_at: string | null;
  readonly finished_at: string | null;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly attempt_count: number;
  /** The latest 22 */
  readonly attempts: readonly {
    readonly number: number;
    readonly started_at: string;
    /** Null: under way, or its process did not live to note the end */
    readonly finished_at: string | null;
    readonly duration_ms: number | null;
    /** HTTP status of the answer; null: there was none */
    readonly status: number | null;
    readonly error: string | null;
    /** The first KiB of it */
    readonly answer: string | null;
  }[];
}

export interface DeliveriesQuery {
  /** Only deliveries in this state */
  readonly state?: "pending" | "delivered" | "failed" | "expired" | "parked" | undefined;
  /** Rows at most, 1000 when absent: a whole number from 1 to 1000 */
  readonly limit?: number | undefined;
}
