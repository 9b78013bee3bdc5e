/** `GET /v1/badge.svg`: one figure as a small image, for a README, a chat or a desk's page. */
import { z } from "zod";
import type { TargetRange } from "../pricing/reading.ts";
import { BADGE_STYLE, type Badge, badgeSvg } from "./badge-svg.ts";
import { defineDrawing } from "./drawing.ts";
import { apiPath, readApi } from "./page/read-api.ts";
import { choice, knownAt, marketTimeParameter, meeting, parameter, range } from "./parameters.ts";
import { badParameter, Problem } from "./problem.ts";
import { type MeetingJson, meantMeeting, momentOf, originOf, type ReadingJson } from "./reading-json.ts";
import { soon } from "./resource.ts";
import { svgDocument } from "./svg-document.ts";
import {
  assumedRangeWords,
  dateWords,
  percentWords,
  rangeWords,
  rateWords,
  shortDateWords,
  wholePercentWords,
} from "./wording.ts";

const MEASURES = ["ease", "hold", "hike", "range", "at_most", "at_least", "expected_rate"] as const;
type BadgeMeasure = (typeof MEASURES)[number];
const OF_A_RANGE: readonly BadgeMeasure[] = ["range", "at_most", "at_least"];
const LONGEST_LABEL = 60;

/** What is drawn of a meeting: the measure and, where it takes one, its range. */
interface Drawn {
  readonly measure: BadgeMeasure;
  readonly range: TargetRange | null;
}

function drawnOf(measure: BadgeMeasure | undefined, range: TargetRange | undefined): Drawn {
  const meant = measure ?? (range === undefined ? "ease" : "range");
  const takesRange = OF_A_RANGE.includes(meant);
  if (takesRange && range === undefined) throw badParameter("range", null, "a target range such as 350-375");
  if (!takesRange && range !== undefined) {
    const was = `${range.lowerBp}-${range.upperBp}`;
    throw badParameter("range", was, `left out: the measure ${meant} has no range`);
  }
  return { measure: meant, range: range ?? null };
}

/** The figure, a probability or bp; null: unsolved or withheld. */
function figureOf(odds: MeetingJson, { measure, range }: Drawn): number | null {
  if (measure === "expected_rate") return odds.expected_rate_bp;
  if (measure === "ease" || measure === "hold" || measure === "hike") return odds[measure];
  if (range === null || odds.unsolved !== null || odds.withheld === true) return null;
  const { lowerBp, upperBp } = range;
  return odds.outcomes
    .filter((outcome) => measure === "at_most" || outcome.lower_bp >= lowerBp)
    .filter((outcome) => measure === "at_least" || outcome.upper_bp <= upperBp)
    .reduce((sum, { probability }) => sum + probability, 0);
}

/** What the figure is about, in two words and in full. */
function words({ measure, range }: Drawn, { target }: ReadingJson): readonly [short: string, full: string] {
  const inForce = rangeWords({ lowerBp: target.lower_bp, upperBp: target.upper_bp });
  const asked = range === null ? "" : rangeWords(range);
  const [low, high] = range === null ? ["", ""] : [rateWords(range.lowerBp), rateWords(range.upperBp)];
  const all = {
    ease: ["cut", `odds of a range below ${inForce}, the one in force,`],
    hold: ["hold", `odds of the range in force, ${inForce},`],
    hike: ["hike", `odds of a range above ${inForce}, the one in force,`],
    range: [asked, `odds of a range of ${asked}`],
    at_most: [`≤ ${high}`, `odds of a range at or below ${asked}`],
    at_least: [`≥ ${low}`, `odds of a range at or above ${asked}`],
    expected_rate: ["expected", "expected rate"],
  } as const;
  return all[measure];
}

const TONES: Readonly<Partial<Record<BadgeMeasure, Badge["tone"]>>> = { ease: "dovish", hike: "hawkish" };

function badgeOf(reading: ReadingJson, odds: MeetingJson, drawn: Drawn, isPast: boolean): Badge {
  const [short, full] = words(drawn, reading);
  const figure = figureOf(odds, drawn);
  const isRate = drawn.measure === "expected_rate";
  // A figure that is not today's says of which day it is: nobody may take it for news.
  const day = isPast || reading.stale || reading.sample ? ` · ${shortDateWords(reading.trade_date)}` : "";
  const value =
    figure === null ? (odds.withheld ? "withheld" : "unsolved") : (isRate ? rateWords : wholePercentWords)(figure);
  const after = `after the ${dateWords(odds.meeting)} meeting on ${momentOf(reading)} (${originOf(reading)})`;
  const exact =
    figure === null
      ? `No figure: ${odds.unsolved?.detail ?? "it may not be passed on"};`
      : (isRate ? rateWords : percentWords)(figure);
  return {
    label: `${shortDateWords(odds.meeting)} ${short}`,
    value: figure === null ? value : `${value}${day}${reading.undecided_meeting === null ? "" : " · unverified"}`,
    tone: TONES[drawn.measure] ?? "plain",
    title: `${exact} ${full} ${after}${assumedRangeWords(reading.undecided_meeting)}`,
  };
}

export const badgeDrawing = defineDrawing({
  path: "/v1/badge.svg",
  summary: "One figure as a small image",
  description:
    "Odds of a cut at the next meeting unless asked otherwise, such as `Dec 10 cut 42 %`, with a title that says what it rests " +
    "on. A figure of another day than the last one that is due names its day; one that rests on a decision whose outcome is not " +
    "known says `unverified`. It follows the reader's light or dark theme.",
  parameters: z.object({
    meeting: meeting.optional(),
    measure: choice(
      "`ease`, `hold`, `hike`: against the range in force; `range`, `at_most`, `at_least`: take a range; absent: `ease`, or `range` where a range is given",
      MEASURES,
    ).optional(),
    range: range.optional(),
    as_of: marketTimeParameter("Time in the market; absent: the newest reading").optional(),
    known_at: knownAt,
    label: parameter<string>({
      accepted: `a text of 1 to ${LONGEST_LABEL} characters`,
      description: "Words on the left; absent: the meeting and the measure",
      example: "FOMC",
      // No drawing may hold a control character, however it is written.
      parse: (text) =>
        text.trim() !== "" && [...text].length <= LONGEST_LABEL && !/[\p{Cc}\uFFFE\uFFFF]/u.test(text) ? text : null,
      schema: { minLength: 1, maxLength: LONGEST_LABEL },
    }).optional(),
  }),
  draw: async (question, { get, now, texts }) => {
    const drawn = drawnOf(question.measure, question.range);
    const { as_of, known_at, meeting: named } = texts;
    const reading = await readApi<ReadingJson>(get, apiPath("/v1/probabilities", { meeting: named, as_of, known_at }));
    const odds = named === undefined ? meantMeeting(reading) : reading.meetings[0];
    if (odds === undefined) {
      throw new Problem(404, `Cannot draw the badge: no coming meeting is in the reading of ${reading.trade_date}`);
    }
    const badge = badgeOf(reading, odds, drawn, as_of !== undefined || known_at !== undefined);
    const text = badgeSvg({ ...badge, label: question.label ?? badge.label });
    return svgDocument(text, BADGE_STYLE, as_of !== undefined && known_at !== undefined ? null : soon(now));
  },
});
