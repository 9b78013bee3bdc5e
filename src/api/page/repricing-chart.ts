/** The expected rate around one leg, drawn without a script. */
import { dateWords } from "../wording.ts";
import { signedText } from "./figures.ts";
import { type Html, html } from "./html.ts";
import type { Card } from "./repricing-card.ts";
import { movedBp } from "./repricing-card.ts";

/** What is drawn of a reading. */
export interface LegPoint {
  readonly trade_date: string;
  readonly expected_rate_bp: number | null;
}

interface Size {
  readonly width: number;
  readonly height: number;
}
const BROAD: Size = { width: 720, height: 220 };
const NARROW: Size = { width: 320, height: 200 };
const MARGIN = { left: 40, right: 62, top: 18, bottom: 26 };
/** `380.0 bp, 19 Nov` and its distance. */
const END_WORDS_PX = 116;
const DAY_MS = 86_400_000;
const PAD_DAYS = 10;

/** The period drawn: the leg and ten days on either side. */
export function legPeriod({ started_on, extreme_on, ended_on }: Card): { from: string; to: string } {
  const moved = (date: string, days: number) => new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
  return { from: moved(started_on, -PAD_DAYS), to: moved(ended_on ?? extreme_on, PAD_DAYS) };
}

interface Scale extends Size {
  readonly x: (date: string) => number;
  readonly y: (bp: number) => number;
  readonly low: number;
  readonly high: number;
}

function scaleOf(points: readonly { date: string; bp: number }[], size: Size): Scale {
  const times = points.map(({ date }) => Date.parse(date));
  const [start, end] = [Math.min(...times), Math.max(...times)];
  const low = Math.floor((Math.min(...points.map(({ bp }) => bp)) - 1) / 5) * 5;
  const high = Math.ceil((Math.max(...points.map(({ bp }) => bp)) + 1) / 5) * 5;
  const inner = {
    width: size.width - MARGIN.left - MARGIN.right,
    height: size.height - MARGIN.top - MARGIN.bottom,
  };
  return {
    ...size,
    x: (date) => MARGIN.left + ((Date.parse(date) - start) / Math.max(end - start, DAY_MS)) * inner.width,
    y: (bp) => MARGIN.top + ((high - bp) / (high - low)) * inner.height,
    low,
    high,
  };
}

function grid({ low, high, y, width }: Scale): Html[] {
  const step = Math.max(5, Math.ceil((high - low) / 5 / 5) * 5);
  const levels = Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, i) => low + i * step);
  return levels.map(
    (bp) =>
      html`<line class="grid" x1="${MARGIN.left}" x2="${width - MARGIN.right}" y1="${y(bp).toFixed(1)}" y2="${y(bp).toFixed(1)}"/><text x="${MARGIN.left - 6}" y="${(y(bp) + 4).toFixed(1)}" text-anchor="end">${bp}</text>`,
  );
}

/** The alert's triangle points where the rate went. */
function triangle(x: number, y: number, isUp: boolean): string {
  const tip = isUp ? -7 : 7;
  return `${x.toFixed(1)},${(y + tip).toFixed(1)} ${(x - 6).toFixed(1)},${(y - tip / 2).toFixed(1)} ${(x + 6).toFixed(1)},${(y - tip / 2).toFixed(1)}`;
}

function marks(card: Card, byDate: ReadonlyMap<string, number>, { x, y }: Scale): Html[] {
  const isUp = card.direction === "hawkish";
  return card.alerts.flatMap(({ kind, as_of }) => {
    // Settlements are before midnight in UTC, and alerts of the day are drawn on the day.
    const date = as_of.slice(0, 10);
    const bp = byDate.get(date);
    return bp === undefined
      ? []
      : html`<polygon class="alert" points="${triangle(x(date), y(bp), isUp)}"><title>${kind} on ${dateWords(date)}</title></polygon>`;
  });
}

/** The words at both ends: to the left of a point that has no room on its right. */
function ends(card: Card, byDate: ReadonlyMap<string, number>, { x, y, width }: Scale): (Html | null)[] {
  return [card.started_on, card.extreme_on].map((date, i) => {
    const bp = byDate.get(date);
    if (bp === undefined) return null;
    const isAbove = (card.direction === "hawkish") === (i === 1);
    const isLate = x(date) + END_WORDS_PX > width;
    const [anchor, left] = isLate ? ["end", x(date) - 8] : ["start", x(date) + 8];
    const words = `${bp.toFixed(1)} bp, ${dateWords(date).slice(0, -5)}`;
    return html`<circle class="end" cx="${x(date).toFixed(1)}" cy="${y(bp).toFixed(1)}" r="4"/><text class="endtext" text-anchor="${anchor}" x="${left.toFixed(1)}" y="${(y(bp) + (isAbove ? -6 : 16)).toFixed(1)}">${words}</text>`;
  });
}

type Point = { readonly date: string; readonly bp: number };

function drawing(card: Card, points: readonly Point[], size: Size): Html {
  const scale = scaleOf(points, size);
  const byDate = new Map(points.map(({ date, bp }) => [date, bp]));
  const line = (rows: readonly Point[]) =>
    rows.map(({ date, bp }) => `${scale.x(date).toFixed(1)},${scale.y(bp).toFixed(1)}`).join(" ");
  const leg = points.filter(({ date }) => date >= card.started_on && date <= card.extreme_on);
  const [left, right] = [scale.x(card.started_on), scale.x(card.extreme_on)];
  const { width, height } = size;
  return html`<svg viewBox="0 0 ${width} ${height}" aria-hidden="true">
<rect class="shade" x="${left.toFixed(1)}" y="${MARGIN.top}" width="${(right - left).toFixed(1)}" height="${height - MARGIN.top - MARGIN.bottom}"/>
${grid(scale)}<polyline class="around" points="${line(points)}"/><polyline class="moved" points="${line(leg)}"/>
${marks(card, byDate, scale)}${ends(card, byDate, scale)}
<text x="${MARGIN.left}" y="${height - 6}">${dateWords(points[0]?.date ?? "")}</text><text x="${width - MARGIN.right}" y="${height - 6}" text-anchor="end">${dateWords(points.at(-1)?.date ?? "")}</text>
</svg>`;
}

/** The figure, once for wide screens and once for narrow ones; null where fewer than two readings are at hand. */
export function legChart(card: Card, readings: readonly LegPoint[]): Html | null {
  const points = readings.flatMap(({ trade_date: date, expected_rate_bp: bp }) => (bp === null ? [] : [{ date, bp }]));
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || first === last) return null;
  const rate = (bp: number | null) => (bp === null ? "a rate that is withheld" : `${bp.toFixed(1)} bp`);
  const label =
    `Expected rate from ${dateWords(first.date)} to ${dateWords(last.date)}: the leg from ${rate(card.start_rate_bp)} on ` +
    `${dateWords(card.started_on)} to ${rate(card.extreme_rate_bp)} on ${dateWords(card.extreme_on)}, ` +
    `${signedText(movedBp(card))} bp, with ${card.alerts.length} alerts`;
  return html`<figure class="leg ${card.direction}" role="img" aria-label="${label}"><div class="leg-broad">${drawing(card, points, BROAD)}</div><div class="leg-narrow">${drawing(card, points, NARROW)}</div></figure>`;
}
