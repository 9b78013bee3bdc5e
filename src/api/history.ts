import { z } from "zod";
import { addDays, type IsoDate } from "../calendar/calendar-date.ts";
import { BASES, type Basis } from "../pricing/observations.ts";
import type { TargetRange } from "../pricing/reading.ts";
import { type HistoryPoint, historyOf, type RangeSum, seriesClasses } from "../store/history.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { requireMeeting } from "./meeting-known.ts";
import { basis, choice, dateParameter, grid, knownAt, LIST_PARAMETERS, meeting, range } from "./parameters.ts";
import { badParameter } from "./problem.ts";
import { CalendarDate, Provenance, provenanceJson, Range, rangeJson } from "./provenance.ts";
import { defineResource } from "./resource.ts";
import { mayPass } from "./withholding.ts";

const MEASURES = ["range", "at_most", "at_least", "expected_rate"] as const;
type HistoryMeasure = (typeof MEASURES)[number];

// The chain looks sixteen meetings ahead, two years of them; with a third year no reading can be missed.
const REACH_DAYS = 3 * 366;

const Item = z.strictObject({
  ...Provenance,
  probability: z
    .number()
    .nullable()
    .meta({ description: "Of the measure and range asked for; null for expected_rate" }),
  expected_rate_bp: z.number().nullable(),
  target: Range,
  announced: z.boolean(),
  withheld: z.literal(true).optional(),
});

function sumOf(measure: HistoryMeasure, asked: TargetRange | undefined): RangeSum | null {
  if (measure === "expected_rate") {
    if (asked === undefined) return null;
    throw badParameter(
      "range",
      `${asked.lowerBp}-${asked.upperBp}`,
      "left out: the measure expected_rate has no range",
    );
  }
  if (asked === undefined)
    throw badParameter("range", null, "a target range such as 350-375, or measure=expected_rate");
  return {
    lowerAtLeastBp: measure === "at_most" ? null : asked.lowerBp,
    upperAtMostBp: measure === "at_least" ? null : asked.upperBp,
  };
}

interface Mark {
  readonly after: Date;
  readonly basis: Basis;
  readonly isSample: boolean;
}

// The mark names the series it was made in: a better one that appears meanwhile must not change it half-way.
function readMark(cursor: string): Mark {
  const isMark = ([after = "", kind = "", sample = ""]: readonly string[]) =>
    /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(after) &&
    !Number.isNaN(Date.parse(after)) &&
    BASES.some((known) => known === kind) &&
    /^(sample|real)$/.test(sample);
  const [after = "", kind = "", sample] = decodeCursor("history", cursor, isMark);
  return { after: new Date(after), basis: kind as Basis, isSample: sample === "sample" };
}

function markAfter(points: readonly HistoryPoint[], series: Pick<Mark, "basis" | "isSample">): string | null {
  const last = points.at(-1);
  if (last === undefined) return null;
  return encodeCursor("history", [last.asOf.toISOString(), series.basis, series.isSample ? "sample" : "real"]);
}

/** The trade dates asked for, as far as readings of the meeting can exist: none follows its decision day. */
function reachable(asked: { meeting: IsoDate; from?: IsoDate | undefined; to?: IsoDate | undefined }) {
  const earliest = addDays(asked.meeting, -REACH_DAYS);
  return {
    from: asked.from !== undefined && asked.from > earliest ? asked.from : earliest,
    to: asked.to !== undefined && asked.to < asked.meeting ? asked.to : asked.meeting,
  };
}

export const historyResource = defineResource({
  path: "/v1/meetings/{meeting}/history",
  summary: "One meeting's odds over time",
  description:
    "One basis throughout, real before sample, then the one that covers the period best, unless `basis` fixes it; the answer " +
    "names it. `range`, `at_most` and `at_least` need a `range`; `expected_rate` takes none.",
  parameters: z.object({
    meeting,
    range: range.optional(),
    measure: choice(
      "`range`: exactly that range; `at_most`, `at_least`: that range or below, or above; `range` when absent",
      MEASURES,
    ).default("range"),
    from: dateParameter("First trade date").optional(),
    to: dateParameter("Last trade date").optional(),
    grid: grid.optional(),
    basis: basis.optional(),
    known_at: knownAt,
    ...LIST_PARAMETERS,
  }),
  answer: z.strictObject({
    data: z.array(Item),
    next_cursor: z.string().nullable(),
    meeting: CalendarDate,
    measure: z.enum(MEASURES),
    range: Range.nullable(),
    basis: z.enum(BASES).nullable().meta({ description: "Of the whole series; null when it is empty" }),
    sample: z.boolean().nullable(),
  }),
  item: Item,
  read: async (question, { sql, passable, knownBy }) => {
    const { measure } = question;
    const sum = sumOf(measure, question.range);
    const mark = question.cursor === undefined ? null : readMark(question.cursor);
    const period = {
      meeting: question.meeting,
      grid: question.grid ?? "settlement",
      ...reachable(question),
      knownAt: knownBy,
    } as const;
    const classes = mark === null ? await seriesClasses(sql, period) : [mark];
    const series = classes.find((one) => question.basis === undefined || one.basis === question.basis);
    if (series === undefined) await requireMeeting(sql, question.meeting, period.knownAt);
    const points =
      series === undefined
        ? []
        : await historyOf(sql, {
            ...period,
            basis: series.basis,
            sample: series.isSample,
            sum,
            after: mark?.after ?? null,
            limit: question.limit + 1,
          });
    const page = points.slice(0, question.limit);
    const allowed = await passable();
    return {
      body: {
        data: page.map((point) => {
          const item = { ...provenanceJson(point), target: rangeJson(point.target), announced: point.announced };
          return point.method === "published" && !mayPass(point.source, allowed)
            ? { ...item, probability: null, expected_rate_bp: null, withheld: true as const }
            : { ...item, probability: point.probability, expected_rate_bp: point.expectedRateBp };
        }),
        next_cursor: points.length > page.length && series !== undefined ? markAfter(page, series) : null,
        meeting: question.meeting,
        measure,
        range: question.range === undefined ? null : rangeJson(question.range),
        basis: series?.basis ?? null,
        sample: series?.isSample ?? null,
      },
      until: null,
    };
  },
});
