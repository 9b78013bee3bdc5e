/** A repricing as it is answered, in lists and alone. */
import { z } from "zod";
import { BASES, type Basis, METHODS, type Method } from "../pricing/observations.ts";
import { DIRECTIONS, END_REASONS, SEVERITIES, WITHDRAWN_REASONS } from "../repricing/repricing.ts";
import type { RepricingAlert, RepricingRow } from "../store/repricing-reads.ts";
import { CalendarDate, Instant } from "./provenance.ts";
import { mayPass } from "./withholding.ts";

export const STATUSES = ["open", "closed"] as const;
export const STATES = ["provisional", "confirmed", "withdrawn"] as const;
export const ALERT_KINDS = [...SEVERITIES, "extension", "confirmed", "withdrawn"] as const;

const Id = z.number().int();

/** One leg of the expected rate. */
export const Repricing = z.strictObject({
  id: Id,
  cluster_id: z.string().meta({ description: "Shared by what one piece of news moved the same way" }),
  meeting: CalendarDate,
  path: z.number().nullable().meta({ description: "Year whose end it is about; null: the meeting's own series" }),
  direction: z.enum(DIRECTIONS).meta({ description: "hawkish: the expected rate rises" }),
  status: z.enum(STATUSES),
  state: z.enum(STATES).meta({ description: "withdrawn: later readings no longer give it" }),
  severity: z.enum(SEVERITIES).meta({ description: "The worst so far" }),
  started_at: Instant.meta({ description: "The extreme it starts at, known as such only from confirmed_at on" }),
  confirmed_at: Instant,
  extreme_at: Instant,
  ended_at: Instant.nullable(),
  start_rate_bp: z.number().nullable(),
  extreme_rate_bp: z.number().nullable(),
  amplitude_bp: z.number().meta({ description: "Distance from start to extreme, without sign" }),
  at_most: z
    .strictObject({
      upper_bp: z.number(),
      probability_start: z.number(),
      probability_extreme: z.number(),
      shift_pp: z.number().nullable(),
    })
    .nullable()
    .meta({ description: "Odds of ending at or below the fixed range (its upper end) for which they moved most" }),
  alerts: z.array(
    z.strictObject({
      id: Id.meta({ description: "Place in the feed of /v1/alerts" }),
      kind: z.enum(ALERT_KINDS),
      reverses: Id.nullable(),
      as_of: Instant,
      recorded_at: Instant,
    }),
  ),
  reverses: Id.nullable().meta({ description: "The repricing that ended where this one starts" }),
  started_on: CalendarDate,
  confirmed_on: CalendarDate,
  extreme_on: CalendarDate,
  ended_on: CalendarDate.nullable(),
  end_reason: z.enum([...END_REASONS, ...WITHDRAWN_REASONS]).nullable(),
  sigma_bp: z.number().meta({ description: "A usual day's move when it was confirmed" }),
  threshold_bp: z.number().meta({ description: "The move that confirmed it" }),
  basis: z.enum(BASES),
  method: z.enum(METHODS),
  source: z.string(),
  sample: z.boolean(),
  historical: z.boolean().meta({ description: "All its alerts were history when recorded; none was sent by itself" }),
  parameters_version: z.string(),
  recorded_at: Instant,
  withheld: z.literal(true).optional(),
});

/** How readings of a basis were made: published ones are the source's own. */
export function methodOf(basis: Basis): Method {
  return basis === "published" ? "published" : "cme";
}

function atMostJson(row: RepricingRow) {
  if (row.atMostUpperBp === null || row.atMostStart === null || row.atMostExtreme === null) return null;
  return {
    upper_bp: row.atMostUpperBp,
    probability_start: row.atMostStart,
    probability_extreme: row.atMostExtreme,
    shift_pp: row.atMostShiftPp,
  };
}

/** The leg as JSON; a published one without the source's figures where these may not be passed on. */
export function repricingJson(
  row: RepricingRow,
  alerts: readonly RepricingAlert[],
  passable: ReadonlySet<string> | null,
): z.output<typeof Repricing> {
  const withheld = row.basis === "published" && !mayPass(row.source, passable);
  return {
    id: row.id,
    cluster_id: row.cluster,
    meeting: row.meeting,
    path: row.path,
    direction: row.direction,
    status: row.status,
    state: row.state,
    severity: row.severity,
    started_at: row.startedAt.toISOString(),
    confirmed_at: row.confirmedAt.toISOString(),
    extreme_at: row.extremeAt.toISOString(),
    ended_at: row.endedAt?.toISOString() ?? null,
    start_rate_bp: withheld ? null : row.startRateBp,
    extreme_rate_bp: withheld ? null : row.extremeRateBp,
    amplitude_bp: row.amplitudeBp,
    at_most: withheld ? null : atMostJson(row),
    alerts: alerts.map((alert) => ({
      id: alert.id,
      kind: alert.kind,
      reverses: alert.reversesId,
      as_of: alert.asOf.toISOString(),
      recorded_at: alert.recordedAt.toISOString(),
    })),
    reverses: row.reversesId,
    started_on: row.startedOn,
    confirmed_on: row.confirmedOn,
    extreme_on: row.extremeOn,
    ended_on: row.endedOn,
    end_reason: row.endReason,
    sigma_bp: row.sigmaBp,
    threshold_bp: row.thresholdBp,
    basis: row.basis,
    method: methodOf(row.basis),
    source: row.source,
    sample: row.isSample,
    historical: alerts.every((alert) => alert.historical),
    parameters_version: row.parametersVersion,
    recorded_at: row.recordedAt.toISOString(),
    ...(withheld ? { withheld: true as const } : {}),
  };
}
