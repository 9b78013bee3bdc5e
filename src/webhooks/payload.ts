/** What a receiver is told of an alert: the same body in the feed and in a webhook. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { AlertKind, ClusteredAlert, Leg, LegState, Severity } from "../repricing/repricing.ts";
import type { EventType } from "./subscription.ts";

/** One asset's part of an alert. Returns are simple, as fractions. */
export interface AssetPart {
  readonly symbol: string;
  readonly return: number | null;
  readonly from_at: string | null;
  readonly to_at: string | null;
  readonly provisional: boolean;
  readonly return_1d: number | null;
  readonly return_5d: number | null;
  readonly drawdown: number | null;
  readonly percentile: number | null;
}

/** Another alert of the same piece of news, told at the same time. */
export interface AlsoTold {
  /** its place in the feed */
  readonly id: number;
  readonly meeting: IsoDate;
  readonly path: number | null;
  readonly kind: AlertKind | "confirmed" | "withdrawn";
  readonly severity: Severity;
  readonly amplitude_bp: number;
  readonly expected_rate_bp: number;
}

/** Where an alert stands among the others. */
export interface AlertPlace {
  /** its number in the feed */
  readonly id: number;
  /** the last alert of the same repricing before it; null: it is the first */
  readonly supersedes: number | null;
  /** the others of its cluster and snapshot, so that one message can speak for all */
  readonly also: readonly AlsoTold[];
}

/** What goes into an alert's body besides the leg and the alert themselves. */
export interface AlertParts {
  readonly place: AlertPlace;
  readonly repricingId: number;
  /** number of the leg that this one reverses, on its first alert only */
  readonly reversesId: number | null;
  /** where cutwatch is served, without a trailing slash; null: not known, so that `url` is a path */
  readonly baseUrl: string | null;
  readonly basis: string;
  readonly method: string;
  readonly isSample: boolean;
  readonly historical: boolean;
  readonly recordedAt: Date;
  readonly atMost: {
    readonly upperBp: number;
    readonly probabilityStart: number;
    readonly probabilityExtreme: number;
  } | null;
  readonly unusual: { readonly percentile: number | null; readonly pastLegs: number; readonly sigmas: number } | null;
  readonly assets: readonly AssetPart[];
}

/** Type of the message that tells of an alert, by the alert's kind. */
export const ALERT_TYPES = {
  notice: "repricing.notice",
  sharp: "repricing.sharp",
  severe: "repricing.severe",
  extreme: "repricing.extreme",
  extension: "repricing.extended",
  confirmed: "repricing.confirmed",
  withdrawn: "repricing.withdrawn",
} as const satisfies Readonly<Record<AlertKind | "confirmed" | "withdrawn", EventType>>;

/** How a leg stands. Rates in bp; the amplitude without sign. */
export interface LegNow {
  readonly status: Leg["status"];
  readonly state: LegState;
  readonly severity: Severity;
  readonly extremeRateBp: number;
  readonly amplitudeBp: number;
}

/**
 * Why an alert is withdrawn: the settlement that was to bear it out did not, readings were corrected, or no settlement came.
 */
export const WITHDRAWAL_REASONS = ["settlement", "corrected", "no_settlement"] as const;
export type WithdrawalReason = (typeof WITHDRAWAL_REASONS)[number];

/** What was told before and is now confirmed or withdrawn. */
export interface ResolvedPart {
  readonly kind: AlertKind | "confirmed" | "withdrawn";
  readonly severity: Severity;
  readonly trade_date: IsoDate;
  readonly alert_key: string;
  /** of a withdrawal; those of earlier versions have none */
  readonly reason?: WithdrawalReason;
}

/**
 * The body of an alert: `type`, `timestamp` (when it was recorded) and `data`. Rates in bp, probabilities 0 to 1, changes in
 * pp. `data` is the leg as the alert saw it, in an answer as it stands then; what became of it later is at `data.url`. A receiver that keeps the highest
 * `data.sequence` of each `data.id` ends right whatever the order in which messages arrive.
 *
 * @param alert with the cluster as people see it
 */
export function alertBody(leg: Leg, alert: ClusteredAlert, parts: AlertParts) {
  const { atMost, place } = parts;
  return {
    type: ALERT_TYPES[alert.kind],
    timestamp: parts.recordedAt.toISOString(),
    data: {
      sequence: place.id,
      supersedes: place.supersedes,
      resolves: null,
      resolved: null,
      id: parts.repricingId,
      url: `${parts.baseUrl ?? ""}/v1/repricings/${parts.repricingId}`,
      cluster_id: alert.cluster,
      meeting: alert.target.meeting,
      path: alert.target.path,
      direction: alert.direction,
      status: leg.status,
      state: leg.state,
      severity: alert.severity,
      kind: alert.kind,
      alert_key: alert.key,
      reverses: parts.reversesId,
      trade_date: alert.tradeDate,
      as_of: alert.asOf,
      started_at: leg.startedAt.asOf,
      confirmed_at: leg.confirmedAt.asOf,
      start_rate_bp: alert.startRateBp,
      expected_rate_bp: alert.expectedRateBp,
      extreme_rate_bp: alert.extremeRateBp,
      amplitude_bp: alert.amplitudeBp,
      one_day_bp: alert.oneDayBp,
      at_most:
        atMost === null
          ? null
          : {
              upper_bp: atMost.upperBp,
              probability_start: atMost.probabilityStart,
              probability_extreme: atMost.probabilityExtreme,
              shift_pp: 100 * (atMost.probabilityExtreme - atMost.probabilityStart),
            },
      unusual:
        parts.unusual === null
          ? null
          : { sigmas: parts.unusual.sigmas, percentile: parts.unusual.percentile, past_legs: parts.unusual.pastLegs },
      basis: parts.basis,
      method: parts.method,
      sample: parts.isSample,
      historical: parts.historical,
      assets: parts.assets,
      also: place.also,
    },
  };
}

/** How something is told of a repricing of which a body is there already. */
interface Retelling {
  readonly leg: LegNow;
  readonly place: AlertPlace;
  readonly historical: boolean;
  readonly recordedAt: Date;
}

/** The data of a body that is there, in a place of its own in the feed and with whether the leg stands now. */
function retold(
  body: Readonly<Record<string, unknown>>,
  kind: AlertKind | "confirmed" | "withdrawn",
  { leg, place, historical, recordedAt }: Retelling,
  own: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const data = typeof body.data === "object" && body.data !== null ? body.data : {};
  return {
    type: ALERT_TYPES[kind],
    timestamp: recordedAt.toISOString(),
    data: {
      ...data,
      sequence: place.id,
      supersedes: place.supersedes,
      kind,
      status: leg.status,
      state: leg.state,
      historical,
      also: place.also,
      ...own,
    },
  };
}

/**
 * The body that confirms or withdraws an alert: the same data, with how the leg stands after it. `resolved` says what no longer
 * stands, or stands for good; the leg itself may stand although one alert of it does not.
 *
 * @param answer `resolves`: the alert that is answered
 */
export function answerBody(
  told: Readonly<Record<string, unknown>>,
  kind: "confirmed" | "withdrawn",
  answer: Retelling & { readonly resolves: number; readonly resolved: ResolvedPart },
): Readonly<Record<string, unknown>> {
  const { resolves, resolved, leg } = answer;
  return retold(told, kind, answer, {
    resolves,
    resolved,
    severity: leg.severity,
    extreme_rate_bp: leg.extremeRateBp,
    amplitude_bp: leg.amplitudeBp,
  });
}

/**
 * The body of an alert that was stored and is told after all, since what was told of its repricing on another basis was taken
 * back: the same data, with whether the leg stands now. It answers nothing, for nobody was told of it.
 */
export function toldAfterAllBody(
  stored: Readonly<Record<string, unknown>>,
  told: Retelling & { readonly kind: AlertKind | "confirmed"; readonly key: string },
): Readonly<Record<string, unknown>> {
  return retold(stored, told.kind, told, { resolves: null, resolved: null, alert_key: told.key });
}
