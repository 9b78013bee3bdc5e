import { z } from "zod";
import { measureProbability, type RangeMeasure } from "../pricing/measures.ts";
import { BASES } from "../pricing/observations.ts";
import type { MeetingReading, TargetRange } from "../pricing/reading.ts";
import { type ShiftSide, shiftBetween } from "../repricing/shift.ts";
import { SHIFT_WINDOWS } from "../repricing/window-start.ts";
import { comparableReadings } from "../store/comparable-readings.ts";
import { meetingsKnown } from "../store/meetings.ts";
import type { SnapshotHeader } from "../store/readings.ts";
import { unknownMeeting } from "./meeting-known.ts";
import { SHIFT_TABLE } from "./odds-table.ts";
import { basis, choice, format, grid, knownAt, marketTimeParameter, meeting } from "./parameters.ts";
import { CalendarDate, Instant, Provenance, provenanceJson, Range, rangeJson } from "./provenance.ts";
import { type Asked, defineResource, soon, viewpoint } from "./resource.ts";
import { shiftCitation } from "./shift-citation.ts";
import { choosePair, recordedBoth, tooCoarse } from "./shift-pair.ts";
import { givenPeriod, timeText, windowPeriod } from "./shift-period.ts";
import { mayPass } from "./withholding.ts";

const MEASURES = ["range", "at_most", "at_least", "expected_rate"] as const;
type ShiftMeasure = (typeof MEASURES)[number];

const Side = z.strictObject({
  ...Provenance,
  target: Range,
  announced: z.boolean(),
  expected_rate_bp: z.number().nullable(),
});

/** Each side's probabilities by range, in the measure asked for. */
function inMeasure(
  reading: MeetingReading,
  measure: ShiftMeasure,
  ranges: readonly TargetRange[],
): ShiftSide["reading"] {
  if (measure === "range") return reading;
  if (measure === "expected_rate") return { ...reading, outcomes: [] };
  return { ...reading, outcomes: ranges.map((range) => ({ ...range, ...cumulative(reading, measure, range) })) };
}

function cumulative(reading: MeetingReading, measure: RangeMeasure, range: TargetRange) {
  return { probability: measureProbability(reading, { measure, ...range }) ?? 0, low: null, high: null };
}

function sideOf(header: SnapshotHeader, reading: ShiftSide["reading"]): ShiftSide {
  return { asOf: header.asOf, tradeDate: header.tradeDate, target: header.target, reading };
}

async function readingOf(
  header: SnapshotHeader,
  day: string,
  { snapshots, sql }: Asked,
): Promise<MeetingReading | null> {
  const view = await snapshots.view(sql, header);
  return view.readings.find((reading) => reading.meetingDate === day) ?? null;
}

function rangesOf(...readings: readonly MeetingReading[]): TargetRange[] {
  const ranges = new Map<string, TargetRange>();
  for (const { lowerBp, upperBp } of readings.flatMap((reading) => reading.outcomes)) {
    ranges.set(`${lowerBp}-${upperBp}`, { lowerBp, upperBp });
  }
  return [...ranges.values()];
}

export const shiftsResource = defineResource({
  path: "/v1/shifts",
  summary: "How far one meeting's odds moved",
  description:
    "Now minus then for the same absolute range, both on one basis: over a `window` that ends at `as_of` (1d when absent), or " +
    "between `from` and `to`. Figures are null, with the reason, where the readings cannot tell; never 0 for that.",
  parameters: z.object({
    meeting,
    as_of: marketTimeParameter("End of the window; now when absent").optional(),
    window: choice("Counted in trade dates; `1h` in hours", SHIFT_WINDOWS).optional(),
    from: marketTimeParameter("Instead of a window: the earlier time").optional(),
    to: marketTimeParameter("Instead of a window: the later time").optional(),
    measure: choice("Of what the outcomes are; `range` when absent", MEASURES).default("range"),
    grid: grid.optional(),
    basis: basis.optional(),
    known_at: knownAt,
    format,
  }),
  answer: z.strictObject({
    meeting: CalendarDate,
    measure: z.enum(MEASURES),
    window: z.enum(SHIFT_WINDOWS).nullable(),
    basis: z.enum(BASES).nullable(),
    sample: z.boolean().nullable(),
    recorded_at: Instant.nullable().meta({ description: "When the later recorded of the two readings was recorded" }),
    from: Side.nullable(),
    to: Side.nullable(),
    crosses_decision: z.boolean().nullable(),
    expected_rate_shift_bp: z.number().nullable(),
    reason: z.string().nullable().meta({ description: "Why the figures are null" }),
    citation: z.string().nullable(),
    outcomes: z.array(
      z.strictObject({
        ...Range.shape,
        // biome-ignore lint/suspicious/noThenProperty: a member of the published answer; nothing awaits it
        then: z.number().nullable(),
        now: z.number().nullable(),
        shift_pp: z.number().nullable(),
      }),
    ),
  }),
  item: null,
  table: SHIFT_TABLE,
  read: async (question, asked) => {
    const { sql, knownBy } = asked;
    const { measure } = question;
    const at = viewpoint(asked.now, question.known_at);
    const given = givenPeriod(question);
    const ask = { meeting: question.meeting, grid: question.grid ?? null, knownAt: knownBy };
    const [nows, meetings] = await Promise.all([
      comparableReadings(sql, { ...ask, at: given?.to ?? question.as_of ?? { instant: at } }),
      meetingsKnown(sql, knownBy),
    ]);
    // A meeting with readings is one, whether or not a calendar names it.
    if (nows.length === 0 && !meetings.some((row) => row.meetingDate === question.meeting)) {
      throw unknownMeeting(meetings, question.meeting);
    }
    const newest = nows.toSorted((a, b) => b.asOf.getTime() - a.asOf.getTime())[0] ?? null;
    const period = given ?? windowPeriod(question.window ?? "1d", question.as_of ?? null, at, newest);
    const thens = await comparableReadings(sql, { ...ask, at: period.from });
    const until = at < asked.now ? null : soon(asked.now);
    const pair = choosePair(thens, nows, question.basis);
    const named = { meeting: question.meeting, measure, window: period.window };
    const nothing = { crosses_decision: null, expected_rate_shift_bp: null, citation: null, outcomes: [] };
    if (pair === null) {
      const on = question.basis === undefined ? "one basis" : `the basis ${question.basis}`;
      const reason = `no two readings of this meeting on ${on}: one at or before ${timeText(period.from)}, one at or before ${timeText(period.to)}`;
      const empty = { basis: null, sample: null, recorded_at: null, from: null, to: null };
      return { body: { ...named, ...empty, ...nothing, reason }, until };
    }
    const [then, now] = await Promise.all([
      readingOf(pair.then, question.meeting, asked),
      readingOf(pair.now, question.meeting, asked),
    ]);
    const withheld = pair.now.method === "published" && !mayPass(pair.now.source, await asked.passable());
    const side = (header: SnapshotHeader, reading: MeetingReading | null) => ({
      ...provenanceJson(header),
      target: rangeJson(header.target),
      announced: reading?.announced ?? false,
      expected_rate_bp: withheld ? null : (reading?.expectedRateBp ?? null),
    });
    const sides = {
      basis: pair.now.basis,
      sample: pair.now.isSample,
      recorded_at: recordedBoth(pair).toISOString(),
      from: side(pair.then, then),
      to: side(pair.now, now),
    };
    const reason = withheld ? "withheld: the source's licence forbids passing its figures on" : tooCoarse(pair, period);
    if (reason !== null || then === null || now === null) {
      return {
        body: { ...named, ...sides, ...nothing, reason: reason ?? "the meeting is not in both readings" },
        until,
      };
    }
    const ranges = rangesOf(then, now);
    const shift = shiftBetween(
      sideOf(pair.then, inMeasure(then, measure, ranges)),
      sideOf(pair.now, inMeasure(now, measure, ranges)),
      meetings,
    );
    return {
      body: {
        ...named,
        ...sides,
        crosses_decision: shift.crossesDecision,
        expected_rate_shift_bp: shift.expectedRateShiftBp,
        reason: null,
        citation: shiftCitation({ pair, shift, measure, meeting: question.meeting, grid: ask.grid }, asked.baseUrl),
        outcomes: shift.outcomes.map((outcome) => ({
          lower_bp: outcome.lowerBp,
          upper_bp: outcome.upperBp,
          // biome-ignore lint/suspicious/noThenProperty: a member of the published answer; nothing awaits it
          then: outcome.then,
          now: outcome.now,
          shift_pp: outcome.shiftPp,
        })),
      },
      until,
    };
  },
});
