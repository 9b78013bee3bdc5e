/** The members that every reading carries, and their form. */
import { z } from "zod";
import { BASES, GRIDS, METHODS } from "../pricing/observations.ts";
import type { TargetRange } from "../pricing/reading.ts";
import type { SnapshotHeader } from "../store/readings.ts";

/** An instant in an answer. */
export const Instant = z.string().meta({ format: "date-time", description: "ISO 8601, UTC" });
export const CalendarDate = z.string().meta({ format: "date" });

export const Range = z
  .strictObject({ lower_bp: z.number(), upper_bp: z.number() })
  .meta({ description: "Target range, basis points; before 2008-12-16 a single level, lower equal to upper" });

/** Where and when a reading comes from. */
export const Provenance = {
  as_of: Instant.meta({ format: "date-time", description: "When it was true in the market" }),
  trade_date: CalendarDate,
  recorded_at: Instant.meta({ format: "date-time", description: "When cutwatch computed or learned it" }),
  grid: z.enum(GRIDS),
  basis: z.enum(BASES),
  method: z.enum(METHODS),
  source: z.string(),
  sample: z.boolean().meta({ description: "From the built-in sample, not from a source of this installation" }),
  undecided_meeting: CalendarDate.nullable().meta({
    format: "date",
    description:
      "Its decision is in effect and not known here: the range in force, and every figure with it, may be another",
  }),
} as const;

export function rangeJson({ lowerBp, upperBp }: TargetRange) {
  return { lower_bp: lowerBp, upper_bp: upperBp };
}

export function provenanceJson(header: SnapshotHeader) {
  return {
    as_of: header.asOf.toISOString(),
    trade_date: header.tradeDate,
    recorded_at: header.recordedAt.toISOString(),
    grid: header.grid,
    basis: header.basis,
    method: header.method,
    source: header.source,
    sample: header.isSample,
    undecided_meeting: header.undecidedMeeting,
  };
}
