// @ts-check
/** From the story's data to what the chart draws: pure, so that nothing later than the date asked for can slip in. */
import { newYorkDate, secondsOf } from "./story-dates.js";
import { panesOf } from "./story-panes.js";
import { repricingAt, repricingWords } from "./story-repricing.js";
import { bpWords, dateWords, oddsWords, percentWords, rangeWords, signed } from "./story-words.js";

/**
 * @typedef {import("./story-data.js").Story} Story
 * @typedef {import("./chart.js").Model} Model
 * @typedef {{ readonly asOf: string | null, readonly from: string | null, readonly measure: string, readonly range: string }} Cut
 */

/** Less than any difference between two dates; more than a sum of seconds is off by. */
const SLACK_S = 1;
/** @param {number | null} change */
function decisionWords(change) {
  if (change === null) return "decision";
  return change === 0 ? "held" : `${change < 0 ? "−" : "+"}${Math.abs(change)} bp`;
}

/**
 * Everything the chart draws.
 *
 * @param {Story} story
 * @param {Cut} cut `from`: where assets are 100; `asOf`: nothing later is in it
 * @returns {Model}
 */
export function storyModel(story, cut) {
  const { asOf } = cut;
  const isKnown = (/** @type {string} */ date) => asOf === null || date <= asOf;
  const readings = story.readings.filter(({ trade_date: date }) => isKnown(date));
  const first = readings[0]?.trade_date ?? "9999";
  const last = readings.at(-1)?.trade_date ?? "";
  const inside = (/** @type {string} */ date) => date >= first && date <= last;
  const assets = story.assets.map((asset) => ({ ...asset, closes: asset.closes.filter(({ date }) => inside(date)) }));
  const dates = [
    ...new Set([
      ...readings.map((row) => row.trade_date),
      ...assets.flatMap(({ closes }) => closes.map((c) => c.date)),
    ]),
  ].sort();
  const legs = story.repricings
    .map((repricing) => repricingAt(repricing, readings, asOf))
    .filter((repricing) => repricing !== null);
  const decisions = story.decisions
    .map((decision) => ({ ...decision, date: newYorkDate(decision.announced_at) }))
    .filter(({ date }) => inside(date));
  const decided = new Set(decisions.map(({ date }) => date));
  const events = new Map(
    story.events
      .map(({ what, scheduled_at: at }) => ({ what, date: newYorkDate(at) }))
      // A decision is a line of its own; what the Fed says around it needs no second one.
      .filter(({ what, date }) => inside(date) && !(decided.has(date) && what.startsWith("FOMC")))
      .map((event) => [`${event.date} ${event.what}`, event]),
  );
  return {
    x: dates.map(secondsOf),
    panes: panesOf({ ...story, readings, assets }, dates, cut),
    shades: legs.map((leg) => ({
      id: leg.id,
      min: secondsOf(leg.started_on),
      max: secondsOf(leg.extreme_on),
      direction: leg.direction,
      severity: leg.severity,
      label: `${leg.severity} ${signed(leg.direction === "hawkish" ? leg.amplitude_bp : -leg.amplitude_bp)} bp`,
      words: repricingWords(leg),
    })),
    marks: legs.flatMap((leg) =>
      leg.alerts.map((alert) => ({
        at: secondsOf(newYorkDate(alert.as_of)),
        direction: leg.direction,
        kind: alert.kind,
        words: `alert: ${alert.kind}, ${leg.direction}`,
      })),
    ),
    lines: [
      ...decisions.map(({ date, change_bp: change, outcome }) => ({
        at: secondsOf(date),
        kind: "decision",
        label: `Fed ${decisionWords(change)}`,
        words: `decision: ${rangeWords(outcome)}${change === null ? "" : `, ${decisionWords(change)}`}`,
      })),
      ...[...events.values()].map(({ date, what }) => ({
        at: secondsOf(date),
        kind: "event",
        label: what,
        words: what,
      })),
    ],
  };
}

/**
 * What moved over the part shown, in one sentence.
 *
 * @param {Story["readings"]} readings
 * @param {{ readonly min: number, readonly max: number }} view
 * @param {Pick<Cut, "measure" | "range">} cut
 */
export function shownWords(readings, view, { measure, range }) {
  const shown = readings.filter(({ trade_date: date }) => {
    const at = secondsOf(date);
    return at >= view.min - SLACK_S && at <= view.max + SLACK_S;
  });
  const first = shown[0];
  const last = shown.at(-1);
  if (first === undefined || last === undefined) return "No reading in the part shown.";
  const odds =
    first.probability === null || last.probability === null
      ? ""
      : `; ${oddsWords(measure, range)} ${percentWords(first.probability)} → ${percentWords(last.probability)}`;
  const rate =
    first.expected_rate_bp === null || last.expected_rate_bp === null
      ? ""
      : `, expected rate ${first.expected_rate_bp.toFixed(1)} → ${bpWords(last.expected_rate_bp)} (${signed(last.expected_rate_bp - first.expected_rate_bp)})`;
  return `${dateWords(first.trade_date)} to ${dateWords(last.trade_date)}, ${shown.length} readings${odds}${rate}`;
}
