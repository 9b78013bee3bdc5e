/** Stored readings as they are answered. A snapshot never changes, so what was made of it once is kept. */
import { LRUCache } from "lru-cache";
import type { Sql } from "postgres";
import { z } from "zod";
import type { IsoDate } from "../calendar/calendar-date.ts";
import { contractSymbol } from "../pricing/contract.ts";
import type { MeetingReading } from "../pricing/reading.ts";
import { UNSOLVED_REASONS } from "../pricing/reading.ts";
import { readingsOf, type SnapshotHeader } from "../store/readings.ts";
import { CalendarDate, Range } from "./provenance.ts";

// Some 40 KB each with sixteen meetings: at most 10 MB.
const KEPT_SNAPSHOTS = 250;

const probability = z.number().min(0).max(1.000000001);

/** One meeting of a snapshot in an answer. */
export const MeetingOdds = z.strictObject({
  meeting: CalendarDate,
  announced: z.boolean().meta({ description: "The decision was public at as_of, though the prices treat it as open" }),
  expected_rate_bp: z.number().nullable(),
  moves: z.number().nullable().meta({ description: "Expected change at the meeting, in steps of 25 bp, unclamped" }),
  start_rate_bp: z.number().nullable(),
  end_rate_bp: z.number().nullable(),
  outcomes: z
    .array(
      z.strictObject({
        ...Range.shape,
        probability,
        low: z.number().nullable().meta({ description: "Smallest with one contract moved by half its tick" }),
        high: z.number().nullable(),
      }),
    )
    .meta({ description: "Range after the meeting, ascending, no zero outcomes" }),
  ease: probability.nullable().meta({ description: "Below the range in force at as_of" }),
  hold: probability.nullable(),
  hike: probability.nullable(),
  meeting_move: z.strictObject({ ease: probability, hold: probability, hike: probability }).nullable(),
  tick_sensitivity_pp: z.number().nullable(),
  contracts: z.array(
    z.strictObject({
      contract: z.string().meta({ example: "2025-11" }),
      symbol: z.string().meta({ example: "ZQX25" }),
      price: z.number().nullable(),
      tick_sensitivity_pp: z.number().nullable(),
      withheld: z.literal(true).optional(),
    }),
  ),
  unsolved: z.strictObject({ reason: z.enum(UNSOLVED_REASONS), detail: z.string() }).nullable(),
  unverified: z.boolean().meta({
    description:
      "Not to be relied on: the reading's `undecided_meeting` may have moved the range in force, or, where that is null, the " +
      "meeting rests on a rule for a month with two meetings that no published figure has confirmed",
  }),
  withheld: z.literal(true).optional(),
});

/** The meeting as JSON. */
export function meetingOddsJson(reading: MeetingReading): z.output<typeof MeetingOdds> {
  return {
    meeting: reading.meetingDate,
    announced: reading.announced,
    expected_rate_bp: reading.expectedRateBp,
    moves: reading.moves,
    start_rate_bp: reading.startRateBp,
    end_rate_bp: reading.endRateBp,
    outcomes: reading.outcomes.map((outcome) => ({
      lower_bp: outcome.lowerBp,
      upper_bp: outcome.upperBp,
      probability: outcome.probability,
      low: outcome.low,
      high: outcome.high,
    })),
    ease: reading.cumulative?.ease ?? null,
    hold: reading.cumulative?.hold ?? null,
    hike: reading.cumulative?.hike ?? null,
    meeting_move: reading.meetingMove,
    tick_sensitivity_pp: reading.tickSensitivityPp,
    contracts: reading.contracts.map((use) => ({
      contract: use.contractMonth,
      symbol: contractSymbol(use.contractMonth),
      price: use.price,
      tick_sensitivity_pp: use.tickSensitivityPp,
    })),
    unsolved: reading.unsolved,
    unverified: reading.unverified,
  };
}

/** A snapshot's meetings, and each as the JSON text it is answered with. */
export interface SnapshotView {
  readonly readings: readonly MeetingReading[];
  readonly texts: ReadonlyMap<IsoDate, string>;
  /** all texts, joined */
  readonly text: string;
  /** texts about the snapshot that were made before, by name */
  readonly made: Map<string, string>;
}

/** The newest-used snapshots of one server. */
export class SnapshotViews {
  readonly #views = new LRUCache<number, SnapshotView>({ max: KEPT_SNAPSHOTS });

  /** The meetings of a snapshot, from memory when they were read before. */
  async view(sql: Sql, header: Pick<SnapshotHeader, "id" | "tradeDate">): Promise<SnapshotView> {
    const known = this.#views.get(header.id);
    if (known !== undefined) return known;
    const readings = await readingsOf(sql, header, null);
    const texts = new Map(readings.map((reading) => [reading.meetingDate, JSON.stringify(meetingOddsJson(reading))]));
    const view = { readings, texts, text: [...texts.values()].join(","), made: new Map<string, string>() };
    this.#views.set(header.id, view);
    return view;
  }
}
