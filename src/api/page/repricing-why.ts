/** Why the figures of a repricing are not those of the headline: the window and the measure, told with both. */
import { dateWords, percentWords } from "../wording.ts";
import { rangeText, rateText, signedText } from "./figures.ts";
import { type Html, html } from "./html.ts";
import type { Range, Shift } from "./odds.ts";
import { apiPath, type Get, readIfAny } from "./read-api.ts";
import { type Card, movedBp } from "./repricing-card.ts";

const STEP_BP = 25;
/** The headline that went round was of this month, and of a price during its last day. */
const HEADLINE = { meeting: "2025-12-10", from: "2025-10-17", to: "2025-11-17", lowerBp: 350, during: 0.429 } as const;

/** Odds of one range on two days. */
export interface Pair {
  readonly from: string;
  readonly to: string;
  readonly start: number;
  readonly end: number;
}

/** What the paragraph is made of. */
export interface Compared {
  readonly range: Range;
  /** odds at or below the range, from the leg's start to its extreme */
  readonly atMost: Pair;
  /** odds of exactly the range on the same two days; null: not at hand */
  readonly exact: Pair | null;
  /** odds of exactly the range over the month */
  readonly month: Pair | null;
  /** what the headline said of its last day, read during that day; null for other months */
  readonly headlineEnd: number | null;
}

function pairOf(shift: Shift | null, { lower_bp }: Range): Pair | null {
  const outcome = shift?.outcomes.find((row) => row.lower_bp === lower_bp);
  if (shift?.from == null || shift.to === null || outcome === undefined) return null;
  if (outcome.then === null || outcome.now === null) return null;
  return { from: shift.from.trade_date, to: shift.to.trade_date, start: outcome.then, end: outcome.now };
}

/** The month that the headline is of, where the repricing lies in it; otherwise the month up to the extreme. */
function monthAsked({ meeting, started_on, extreme_on }: Card): Record<string, string> {
  const isHeadline = meeting === HEADLINE.meeting && started_on <= HEADLINE.to && extreme_on >= HEADLINE.from;
  return isHeadline ? { from: HEADLINE.from, to: HEADLINE.to } : { as_of: extreme_on, window: "1m" };
}

/** Reads the same range's odds three ways; null where the leg has no odds of its own. */
export async function readCompared(get: Get, card: Card, knownAt: string | null): Promise<Compared | null> {
  const { at_most, meeting, basis } = card;
  if (at_most === null) return null;
  const range = { lower_bp: at_most.upper_bp - STEP_BP, upper_bp: at_most.upper_bp };
  const asked = { meeting, measure: "range", basis, known_at: knownAt };
  const { started_on, extreme_on } = card;
  const [leg, month] = await Promise.all([
    readIfAny<Shift>(get, apiPath("/v1/shifts", { ...asked, from: started_on, to: extreme_on })),
    readIfAny<Shift>(get, apiPath("/v1/shifts", { ...asked, ...monthAsked(card) })),
  ]);
  const monthPair = pairOf(month, range);
  const isHeadline =
    meeting === HEADLINE.meeting && range.lower_bp === HEADLINE.lowerBp && monthPair?.to === HEADLINE.to;
  return {
    range,
    atMost: {
      from: started_on,
      to: extreme_on,
      start: at_most.probability_start,
      end: at_most.probability_extreme,
    },
    exact: pairOf(leg, range),
    month: monthPair,
    headlineEnd: isHeadline ? HEADLINE.during : null,
  };
}

function arrow({ start, end }: Pair): Html {
  return html`<strong>${percentWords(start)} → ${percentWords(end)}</strong>`;
}

// Apart by less than this they read the same.
const SAME = 0.0005;

function differs(a: number, b: number): boolean {
  return Math.abs(a - b) >= SAME;
}

function exactWords({ range, atMost, exact }: Compared): Html | null {
  if (exact === null) return null;
  const below = atMost.start - exact.start;
  const why = differs(atMost.start, exact.start)
    ? html`: on the first day ${percentWords(below)} lay in lower ranges still, which this figure leaves out`
    : differs(atMost.end, exact.end)
      ? html`: on the last day ${percentWords(atMost.end - exact.end)} lay in lower ranges, which this figure leaves out`
      : html`, the same, for nothing lay in lower ranges`;
  return html` On the same two days the odds of exactly ${rangeText(range)} went ${arrow(exact)}${why}.`;
}

function monthWords({ exact, month, headlineEnd }: Compared): Html | null {
  if (month === null) return null;
  const quoted =
    headlineEnd === null
      ? null
      : html` (the ${percentWords(headlineEnd)} that went round was read during that day; ${percentWords(month.end)} is its settlement)`;
  const later =
    exact !== null && month.from !== exact.from && differs(month.start, exact.start)
      ? html` Its first day is another one: on ${dateWords(month.from)} exactly that range had ${percentWords(month.start)}, on ${dateWords(exact.from)} ${percentWords(exact.start)}.`
      : null;
  return html` ${headlineEnd === null ? "A month's comparison" : "The headline"} takes a calendar month instead of the leg, ${dateWords(month.from)} to ${dateWords(month.to)}, and exactly that range: ${arrow(month)}${quoted}.${later}`;
}

/** The paragraph. */
export function whyParagraph(compared: Compared, card: Card): Html {
  const { atMost, range } = compared;
  const isUp = card.direction === "hawkish";
  return html`<p>A repricing runs from one extreme of the expected rate to the next, here from its ${isUp ? "low" : "high"} on
${dateWords(atMost.from)} to its ${isUp ? "high" : "low"} on ${dateWords(atMost.to)} (${signedText(movedBp(card))} bp), and counts the odds of <em>at most</em>
${rateText(range.upper_bp)}, that range or any lower one: ${arrow(atMost)}.${exactWords(compared)}${monthWords(compared)}
None of them is wrong: they answer other questions. The card keeps to <em>at most</em> because it moves with the expected rate
alone, while the odds of exactly one range rise and fall as the rate passes through it.</p>`;
}
