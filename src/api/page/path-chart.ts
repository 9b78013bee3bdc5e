/** The expected rate after each meeting as a line, with the spread of the odds around it. */
import { dateWords } from "../wording.ts";
import { rateText } from "./figures.ts";
import { type Html, html } from "./html.ts";
import type { MeetingOdds, Odds } from "./odds.ts";

interface Point {
  readonly meeting: string;
  readonly rateBp: number;
  readonly deviationBp: number;
}

/** Mean and standard deviation of the odds, taken at the middle of each range. Null: unsolved. */
export function pathPoint({ meeting, expected_rate_bp: rateBp, outcomes }: MeetingOdds): Point | null {
  if (rateBp === null || outcomes.length === 0) return null;
  const variance = outcomes.reduce(
    (sum, { lower_bp, upper_bp, probability }) => sum + probability * ((lower_bp + upper_bp) / 2 - rateBp) ** 2,
    0,
  );
  return { meeting, rateBp, deviationBp: Math.sqrt(variance) };
}

const MARGIN = { left: 52, right: 14, top: 12, bottom: 26 };
const GRID_BP = 25;
/** Drawn for each width of window, so that its words keep their size; the style sheet shows one of them. */
const SIZES = [
  { name: "widest", width: 1200, height: 240 },
  { name: "broad", width: 720, height: 230 },
  { name: "narrow", width: 320, height: 200 },
] as const;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function dayNumber(date: string): number {
  return Date.parse(date) / 86_400_000;
}

function drawing(points: readonly Point[], odds: Odds, { width, height }: { width: number; height: number }): Html {
  const { target } = odds;
  const first = dayNumber(odds.trade_date);
  const last = Math.max(first + 1, ...points.map(({ meeting }) => dayNumber(meeting)));
  const lows = points.map(({ rateBp, deviationBp }) => rateBp - deviationBp);
  const highs = points.map(({ rateBp, deviationBp }) => rateBp + deviationBp);
  const bottom = Math.floor(Math.min(target.lower_bp, ...lows) / GRID_BP) * GRID_BP;
  const top = Math.ceil(Math.max(target.upper_bp, ...highs) / GRID_BP) * GRID_BP;
  const inner = { width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom };
  const x = (date: string) => MARGIN.left + ((dayNumber(date) - first) / (last - first)) * inner.width;
  const y = (bp: number) => MARGIN.top + ((top - bp) / (top - bottom)) * inner.height;
  const at = (date: string, bp: number) => `${x(date).toFixed(1)},${y(bp).toFixed(1)}`;
  // Some six lines at most: 25, 50 or 100 bp apart.
  const step = [1, 2, 4, 8].find((factor) => (top - bottom) / (factor * GRID_BP) <= 6) ?? 16;
  const levels = Array.from(
    { length: Math.floor((top - bottom) / (step * GRID_BP)) + 1 },
    (_, i) => bottom + i * step * GRID_BP,
  );
  const middle = (target.lower_bp + target.upper_bp) / 2;
  const now = at(odds.trade_date, middle);
  const line = [now, ...points.map(({ meeting, rateBp }) => at(meeting, rateBp))].join(" ");
  const band = [
    now,
    ...points.map(({ meeting }, i) => at(meeting, highs[i] ?? 0)),
    ...points.map(({ meeting }, i) => at(meeting, lows[i] ?? 0)).reverse(),
  ].join(" ");
  // A label takes some 44 px.
  const every = Math.max(1, Math.ceil(points.length / (inner.width / 44)));
  return html`<svg class="path" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true">
<rect class="inforce" x="${MARGIN.left}" y="${y(target.upper_bp).toFixed(1)}" width="${inner.width}" height="${(y(target.lower_bp) - y(target.upper_bp)).toFixed(1)}"/>
${levels.map((bp) => html`<line class="grid" x1="${MARGIN.left}" x2="${width - MARGIN.right}" y1="${y(bp).toFixed(1)}" y2="${y(bp).toFixed(1)}"/><text x="${MARGIN.left - 6}" y="${(y(bp) + 4).toFixed(1)}" text-anchor="end">${rateText(bp)}</text>`)}
<polygon class="band" points="${band}"/><polyline class="line" points="${line}"/>
${points.map(({ meeting, rateBp }, i) => html`<circle cx="${x(meeting).toFixed(1)}" cy="${y(rateBp).toFixed(1)}" r="3.5"><title>${dateWords(meeting)}: ${rateText(rateBp, 3)}</title></circle>${i % every === 0 ? html`<text x="${x(meeting).toFixed(1)}" y="${height - 8}" text-anchor="${i === points.length - 1 ? "end" : "middle"}">${MONTHS[Number(meeting.slice(5, 7)) - 1] ?? ""} ’${meeting.slice(2, 4)}</text>` : null}`)}
</svg>`;
}

/** The figure; null where fewer than two meetings are solved. The matrix has the same figures as a table. */
export function pathChart(odds: Odds): Html | null {
  const points = odds.meetings.flatMap((meeting) => pathPoint(meeting) ?? []);
  if (points.length < 2) return null;
  const ends = points.map(({ meeting, rateBp }) => `${dateWords(meeting)} ${rateText(rateBp, 3)}`).join(", ");
  return html`<figure class="pathfigure" role="img" aria-label="Expected rate after each meeting: ${ends}">
${SIZES.map(({ name, ...size }) => html`<div class="${name}">${drawing(points, odds, size)}</div>`)}
</figure>
<p class="faint">Line: the expected rate after each meeting. Shaded around it: one standard deviation of the odds. Grey: the range in force.</p>`;
}
