/** `GET /v1/chart.svg`: a meeting's odds or expected rate over time as an image, for chats and reports. */
import { z } from "zod";
import { addDays } from "../calendar/calendar-date.ts";
import { PANEL } from "../pricing/observations.ts";
import type { TargetRange } from "../pricing/reading.ts";
import type { Severity } from "../repricing/repricing.ts";
import {
  type Decided,
  HISTORY_MEASURES,
  type HistoryMeasure,
  readAsset,
  readMeetings,
  readRepricings,
  readSeries,
  type SeriesPoint,
  type Shaded,
} from "./chart-story.ts";
import { type Chart, chartStyle, chartSvg } from "./chart-svg.ts";
import { defineDrawing } from "./drawing.ts";
import { apiPath, type Get, readApi } from "./page/read-api.ts";
import { choice, dateParameter, knownAt, meeting, parameter, range } from "./parameters.ts";
import { badParameter, Problem } from "./problem.ts";
import { likeliestOutcome, meantMeeting, momentOf, originOf, type ReadingJson } from "./reading-json.ts";
import { soon } from "./resource.ts";
import { svgDocument, THEMES } from "./svg-document.ts";
import { assumedRangeWords, dateWords, percentWords, rangeWords, shortDateWords, signed } from "./wording.ts";

const SIZES = { width: { least: 320, most: 2_000, usual: 860 }, height: { least: 200, most: 1_200, usual: 430 } };
/** Without `from`: half a year up to the last reading. */
const USUAL_DAYS = 183;

function pixels(name: keyof typeof SIZES) {
  const { least, most, usual } = SIZES[name];
  return parameter<number>({
    accepted: `a whole number from ${least} to ${most}`,
    description: `Pixels, ${usual} when absent`,
    example: usual,
    parse: (text) => (/^\d{3,4}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : null),
    schema: { type: "integer", minimum: least, maximum: most },
  }).optional();
}

interface Meant {
  readonly meeting: string;
  readonly measure: HistoryMeasure;
  readonly range: TargetRange | null;
}

interface Asked {
  readonly meeting?: string | undefined;
  readonly measure?: HistoryMeasure | undefined;
  readonly range?: TargetRange | undefined;
}

/** What is left open is read from the last reading: the next meeting, and the range that was likeliest after it. */
async function meantBy(asked: Asked, texts: Readonly<Record<string, string>>, get: Get): Promise<Meant> {
  const needsRange = asked.measure !== "expected_rate";
  if (!needsRange && asked.range !== undefined) {
    throw badParameter("range", texts.range ?? "", "left out: the measure expected_rate has no range");
  }
  const measure = asked.measure ?? "range";
  if (asked.meeting !== undefined && (asked.range !== undefined || !needsRange)) {
    return { meeting: asked.meeting, measure, range: asked.range ?? null };
  }
  const { meeting: named, to, known_at } = texts;
  const asOf = to !== undefined && named !== undefined && to > named ? named : to;
  const path = apiPath("/v1/probabilities", { meeting: named, as_of: asOf ?? named, known_at });
  const reading = await readApi<ReadingJson>(get, path);
  const odds = named === undefined ? meantMeeting(reading) : reading.meetings[0];
  if (odds === undefined) throw new Problem(404, "Cannot draw the chart: no coming meeting is in the last reading");
  if (!needsRange || asked.range !== undefined) return { meeting: odds.meeting, measure, range: asked.range ?? null };
  const likeliest = likeliestOutcome(odds);
  if (likeliest === null) throw badParameter("range", null, "a target range such as 350-375, or measure=expected_rate");
  return { meeting: odds.meeting, measure, range: { lowerBp: likeliest.lower_bp, upperBp: likeliest.upper_bp } };
}

/** How dark a repricing is shaded. */
const WEIGHTS: Readonly<Record<Severity, number>> = { notice: 0.06, sharp: 0.11, severe: 0.16, extreme: 0.22 };

const OF: Readonly<Record<HistoryMeasure, string>> = {
  range: "Odds of",
  at_most: "Odds of at most",
  at_least: "Odds of at least",
  expected_rate: "Expected rate",
};

function titleOf({ meeting, measure, range }: Meant): string {
  return `${OF[measure]}${range === null ? "" : ` ${rangeWords(range)}`} after the ${dateWords(meeting)} meeting`;
}

function figureWords(value: number, measure: HistoryMeasure): string {
  return measure === "expected_rate" ? `${(value / 100).toFixed(3)} %` : percentWords(value);
}

/** With a true minus sign, which is as wide as the plus. */
function moveWords(value: number, digits = 1): string {
  return signed(value, digits).replace("-", "−");
}

function subtitleOf(series: readonly SeriesPoint[], measure: HistoryMeasure): string {
  const [first, last] = [series[0], series.at(-1)];
  if (first === undefined || last === undefined) return "";
  const said = (point: SeriesPoint) => `${figureWords(point.value, measure)} on ${momentOf(point.origin)}`;
  if (first === last) return said(last);
  const moved = last.value - first.value;
  const change = measure === "expected_rate" ? `${moveWords(moved)} bp` : `${moveWords(moved * 100)} pp`;
  return `${said(first)} → ${said(last)}: ${change}`;
}

/** All that a picture says, in words. */
function descriptionOf(series: readonly SeriesPoint[], measure: HistoryMeasure, shades: readonly Shaded[]): string {
  const byValue = series.toSorted((a, b) => a.value - b.value);
  const [low, high] = [byValue[0], byValue.at(-1)];
  const extremes = [low, high].flatMap((point, i) =>
    point === undefined
      ? []
      : [`${i === 0 ? "lowest" : "highest"} ${figureWords(point.value, measure)} on ${momentOf(point.origin)}`],
  );
  const moves = shades.map(
    ({ direction, severity, started_at, extreme_at }) =>
      `a ${direction} repricing (${severity}) from ${dateWords(started_at.slice(0, 10))} to ${dateWords(extreme_at.slice(0, 10))}`,
  );
  return `${subtitleOf(series, measure)}. ${series.length} readings, ${extremes.join(", ")}.${moves.length === 0 ? "" : ` Shaded: ${moves.join("; ")}.`}`;
}

function lineOf({ meeting, change_bp: change, announced_at: announced }: Decided): Chart["lines"] {
  if (announced === null) return [];
  const outcome = change === null ? "decided" : change === 0 ? "hold" : `${moveWords(change, 0)} bp`;
  return [{ ms: Date.parse(announced), label: `Fed ${shortDateWords(meeting)}: ${outcome}` }];
}

export const chartDrawing = defineDrawing({
  path: "/v1/chart.svg",
  summary: "A meeting's odds, or its expected rate, over time as an image",
  description:
    "One basis throughout, which the last line names with its source. Shaded: repricings, from start to extreme. Dashed: " +
    "decisions. A last reading that rests on a decision whose outcome is not known is marked `unverified`. With `asset`, its return since the period's first close, dotted, on the axis to the right. Half a year up to " +
    "`to` (or the last reading) without `from`; the likeliest range without `range`; the next meeting without `meeting`.",
  parameters: z.object({
    meeting: meeting.optional(),
    measure: choice("As in the meeting's history; absent: `range`", HISTORY_MEASURES).optional(),
    range: range.optional(),
    from: dateParameter("First trade date").optional(),
    to: dateParameter("Last trade date").optional(),
    asset: choice("An asset of the panel, beside it", PANEL).optional(),
    theme: choice("`auto`: the reader's own", THEMES).optional(),
    width: pixels("width"),
    height: pixels("height"),
    known_at: knownAt,
  }),
  draw: async (question, { get, now, texts }) => {
    const { known_at, to, from: asked } = texts;
    const meant = await meantBy(question, texts, get);
    const all = await readSeries(get, { ...meant, from: asked, to, knownAt: known_at });
    const last = all.at(-1);
    if (last === undefined) {
      throw new Problem(
        404,
        `Cannot draw the chart of the meeting ${meant.meeting}: no reading of that period is stored`,
      );
    }
    const first = asked ?? addDays(last.origin.trade_date, -USUAL_DAYS);
    const series = all.filter(({ origin }) => origin.trade_date >= first);
    const period = { from: series[0]?.origin.trade_date ?? first, to: last.origin.trade_date };
    const [repricings, meetings, asset] = await Promise.all([
      readRepricings(get, { meeting: meant.meeting, knownAt: known_at }, period),
      readMeetings(get, period, known_at),
      question.asset === undefined ? null : readAsset(get, question.asset, period, known_at),
    ]);
    const shades = repricings.filter(({ basis }) => basis === last.origin.basis);
    const theme = question.theme ?? "auto";
    const unknown = last.origin.undecided_meeting;
    const svg = chartSvg(
      {
        title: titleOf(meant),
        subtitle: subtitleOf(series, meant.measure),
        // First, where nothing is cut off.
        footer: `${unknown === null ? "" : "unverified · "}${originOf(last.origin)} · cutwatch${known_at === undefined ? "" : ` · as it was known ${known_at}`}`,
        description: `${descriptionOf(series, meant.measure, shades)}${assumedRangeWords(unknown)}`,
        points: series,
        unit: meant.measure === "expected_rate" ? "bp" : "probability",
        shades: shades.map(({ direction, severity, started_at, extreme_at }) => ({
          weight: WEIGHTS[severity],
          fromMs: Date.parse(started_at),
          toMs: Date.parse(extreme_at),
          tone: direction,
        })),
        lines: meetings.flatMap(lineOf),
        asset: question.asset === undefined || asset === null ? null : { symbol: question.asset, points: asset },
      },
      { width: question.width ?? SIZES.width.usual, height: question.height ?? SIZES.height.usual },
      theme,
    );
    return svgDocument(svg, chartStyle(theme), soon(now));
  },
});
