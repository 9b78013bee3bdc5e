/** The chart as a drawing: one series over time, what the market did, and an asset beside it. Pure. */
import { type Axis, type DateTick, dateTicks, pixelOf, valueAxis } from "./chart-scale.ts";
import { type Html, html, Html as Raw } from "./page/html.ts";
import { type Theme, themed } from "./svg-document.ts";
import { textWidth } from "./text-width.ts";

/** A figure at an instant. */
export interface ChartPoint {
  readonly ms: number;
  readonly value: number;
}

/** What is drawn. */
export interface Chart {
  readonly title: string;
  readonly subtitle: string;
  /** what the figures rest on */
  readonly footer: string;
  /** the whole in a sentence or two, for those who do not see it */
  readonly description: string;
  readonly points: readonly ChartPoint[];
  /** probabilities from 0 to 1, or bp */
  readonly unit: "probability" | "bp";
  readonly shades: readonly {
    readonly fromMs: number;
    readonly toMs: number;
    readonly tone: "hawkish" | "dovish";
    readonly weight: number;
  }[];
  readonly lines: readonly { readonly ms: number; readonly label: string }[];
  /** simple returns since the first point, as fractions; null: none was asked for */
  readonly asset: { readonly symbol: string; readonly points: readonly ChartPoint[] } | null;
}

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly x: (ms: number) => number;
}

const SIDE = 16;
const HEAD = 66;
const ASSET_HEAD = 14;
const FOOT = 56;
const LABEL = 12;
const MOST_ROWS = 6;
const BOLD = 1.08; // as much wider than the usual weight
// Longer than a long week-end with holidays on both sides; what lies further apart is not joined.
const LONGEST_GAP_MS = 8 * 86_400_000;
const LEAST_BP = 10;
const LEAST_RETURN = 0.02;

/** The style of every chart in a theme. */
export function chartStyle(theme: Theme): string {
  return themed(
    theme,
    `svg{font:${LABEL}px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}text{fill:var(--faint)}` +
      ".paper{fill:var(--paper)}.title{font-weight:650;fill:var(--ink)}.sub{fill:var(--ink)}" +
      ".grid{stroke:var(--line);stroke-width:1}.axis{stroke:var(--faint);stroke-width:1}" +
      ".main{fill:none;stroke:var(--accent);stroke-width:2.25;stroke-linejoin:round;stroke-linecap:round}" +
      ".dot{fill:var(--accent)}.now{fill:var(--accent);font-weight:650;font-size:13px}" +
      ".beside{fill:none;stroke:var(--other);stroke-width:1.5;stroke-dasharray:1 4;stroke-linejoin:round;stroke-linecap:round}" +
      ".besides{fill:var(--other)}.hawkish{fill:var(--hawkish)}.dovish{fill:var(--dovish)}" +
      ".decision{stroke:var(--ink);stroke-width:1.25;stroke-dasharray:4 3}.said{fill:var(--ink)}" +
      // A rim in the colour of the paper keeps words readable on lines.
      ".now,.said{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-opacity:.85;stroke-linejoin:round}",
  );
}

function px(value: number): string {
  return value.toFixed(1).replace(/\.0$/, "");
}

/** Runs of points without a gap. */
function runs(points: readonly ChartPoint[]): ChartPoint[][] {
  const all: ChartPoint[][] = [];
  for (const point of points) {
    const run = all.at(-1);
    const last = run?.at(-1);
    if (run === undefined || last === undefined || point.ms - last.ms > LONGEST_GAP_MS) all.push([point]);
    else run.push(point);
  }
  return all;
}

function pathOf(points: readonly ChartPoint[], frame: Frame, axis: Axis): string {
  return runs(points)
    .map((run) => {
      const at = run.map(({ ms, value }) => `${px(frame.x(ms))} ${px(pixelOf(axis, value, frame.bottom, frame.top))}`);
      // A point alone is drawn as the round end of a line without length.
      return at.length === 1 ? `M${at[0]}h0` : `M${at.join("L")}`;
    })
    .join("");
}

function tickText(value: number, unit: Chart["unit"], axis: Axis): string {
  if (unit === "probability") return `${Math.round(value * 100)} %`;
  const step = (axis.high - axis.low) / Math.max(1, axis.ticks.length - 1);
  return `${(value / 100).toFixed(step < 1 ? 3 : 2)} %`;
}

function returnText(value: number): string {
  return `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value * 100).toFixed(Math.abs(value) < 0.0995 ? 1 : 0)} %`;
}

function yAxis(chart: Chart, axis: Axis, { left, right, top, bottom }: Frame): Html {
  return html`${axis.ticks.map((tick) => {
    const y = px(pixelOf(axis, tick, bottom, top));
    return html`<path class="grid" d="M${px(left)} ${y}H${px(right)}"/><text x="${px(left - 8)}" y="${y}" dy=".35em" text-anchor="end">${tickText(tick, chart.unit, axis)}</text>
`;
  })}`;
}

function xAxis(ticks: readonly DateTick[], { bottom, right, x }: Frame): Html {
  return html`${ticks.map(({ ms, label }) => {
    const half = textWidth(label, LABEL) / 2;
    const at = Math.min(x(ms), right - half);
    return html`<path class="axis" d="M${px(x(ms))} ${px(bottom)}v5"/><text x="${px(at)}" y="${px(bottom + 19)}" text-anchor="middle">${label}</text>
`;
  })}`;
}

function assetLayer({ symbol, points }: NonNullable<Chart["asset"]>, axis: Axis, frame: Frame): Html {
  const ticks = axis.ticks.map((tick) => {
    const y = px(pixelOf(axis, tick, frame.bottom, frame.top));
    return html`<text class="besides" x="${px(frame.right + 8)}" y="${y}" dy=".35em">${returnText(tick)}</text>`;
  });
  const last = points.at(-1);
  const title = last === undefined ? symbol : `${symbol} ${returnText(last.value)}`;
  return html`${ticks}<path class="beside" d="${pathOf(points, frame, axis)}"/>
<text class="besides" x="${px(frame.right)}" y="${px(frame.top - 8)}" text-anchor="end">${title} since the start, dotted</text>
`;
}

function decisionLines(lines: Chart["lines"], { left, right, top, bottom, x }: Frame): Html {
  return html`${lines.map(({ ms, label }) => {
    const at = x(ms);
    const width = textWidth(label, LABEL);
    // Beside its line, on the side that has room for it.
    const isRight = at + 6 + width <= right || at - 6 - width < left;
    return html`<path class="decision" d="M${px(at)} ${px(top)}V${px(bottom)}"/><text class="said" x="${px(at + (isRight ? 6 : -6))}" y="${px(bottom - 8)}" text-anchor="${isRight ? "start" : "end"}">${label}</text>
`;
  })}`;
}

function lastPoint(chart: Chart, axis: Axis, frame: Frame): Html | null {
  const last = chart.points.at(-1);
  if (last === undefined) return null;
  const y = pixelOf(axis, last.value, frame.bottom, frame.top);
  const text =
    chart.unit === "probability" ? `${(last.value * 100).toFixed(1)} %` : `${(last.value / 100).toFixed(3)} %`;
  // Above the line's end, and below it where there is no room.
  const above = y - 12 > frame.top + LABEL;
  return html`<circle class="dot" cx="${px(frame.x(last.ms))}" cy="${px(y)}" r="4"/><text class="now" x="${px(Math.min(frame.x(last.ms) + 6, frame.right))}" y="${px(above ? y - 11 : y + 22)}" text-anchor="end">${text}</text>
`;
}

/** A line of text in the largest of some sizes that has room, cut off where none has. */
function textLine(
  name: string,
  text: string,
  sizes: readonly number[],
  { y, width }: { y: number; width: number },
): Html {
  const smallest = sizes.at(-1) ?? LABEL;
  const size = sizes.find((one) => textWidth(text, one) <= width) ?? smallest;
  const characters = [...text];
  while (characters.length > 0 && textWidth(characters.join(""), size) > width) characters.pop();
  const shown = characters.length === [...text].length ? text : `${characters.slice(0, -1).join("").trimEnd()}…`;
  return html`<text class="${name}" x="${SIDE}" y="${y}" font-size="${size}">${shown}</text>`;
}

/** What the shades mean, at the end of the last line where there is room after `text`. */
function legend(chart: Chart, { width, height }: ChartSize): Html | null {
  const tones = (["hawkish", "dovish"] as const).filter((tone) => chart.shades.some((shade) => shade.tone === tone));
  const words = `${tones.join("  ")} repricing`;
  if (tones.length === 0 || textWidth(`${chart.footer}${words}`, LABEL) + 4 * SIDE > width) return null;
  let x = width - SIDE - textWidth(words, LABEL) - 14 * tones.length;
  const y = height - 12;
  return html`${tones.map((tone, i) => {
    const text = i === tones.length - 1 ? `${tone} repricing` : tone;
    const at = x;
    x += 14 + textWidth(`${text}  `, LABEL);
    return html`<rect class="${tone}" x="${px(at)}" y="${y - 9}" width="10" height="10" rx="2" opacity=".3"/><text x="${px(at + 14)}" y="${y}">${text}</text>`;
  })}`;
}

/** The drawing. @param chart with one point at least */
export function chartSvg(chart: Chart, { width, height }: ChartSize, theme: Theme): string {
  const instants = [...chart.points, ...(chart.asset?.points ?? [])].map(({ ms }) => ms);
  const [first, last] = [Math.min(...instants), Math.max(...instants)];
  const margin = first === last ? 86_400_000 : 0; // of one day alone: the day before and the day after
  const time = { low: first - margin, high: last + margin };
  const rows = Math.min(MOST_ROWS, Math.max(2, Math.floor((height - HEAD - FOOT) / 44)));
  const axis: Axis =
    chart.unit === "probability"
      ? { low: 0, high: 1, ticks: rows >= 4 ? [0, 0.25, 0.5, 0.75, 1] : [0, 0.5, 1] }
      : valueAxis(
          chart.points.map(({ value }) => value),
          { least: LEAST_BP, most: rows },
        );
  const beside =
    chart.asset === null || chart.asset.points.length === 0
      ? null
      : valueAxis([0, ...chart.asset.points.map(({ value }) => value)], { least: LEAST_RETURN, most: rows });
  const widest = (texts: readonly string[]) => Math.max(...texts.map((text) => textWidth(text, LABEL)));
  const left = SIDE + 8 + widest(axis.ticks.map((tick) => tickText(tick, chart.unit, axis)));
  const right = width - SIDE - (beside === null ? 0 : 8 + widest(beside.ticks.map(returnText)));
  const frame: Frame = {
    left,
    right,
    top: HEAD + (beside === null ? 0 : ASSET_HEAD),
    bottom: height - FOOT,
    x: (ms) => pixelOf(time, Math.min(Math.max(ms, time.low), time.high), left, right),
  };
  const room = width - 2 * SIDE;
  const style = chartStyle(theme);
  const seen = chart.shades.filter(({ fromMs, toMs }) => toMs > time.low && fromMs < time.high);
  const shades = seen.map(({ fromMs, toMs, tone, weight }) => {
    const from = frame.x(fromMs);
    const wide = Math.max(2, frame.x(toMs) - from);
    return html`<rect class="${tone}" x="${px(from)}" y="${px(frame.top)}" width="${px(wide)}" height="${px(frame.bottom - frame.top)}" opacity="${weight}"/>
`;
  });
  const inside = ({ ms }: { readonly ms: number }) => ms >= time.low && ms <= time.high;
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="t d">
<title id="t">${chart.title}</title>
<desc id="d">${chart.description}</desc>
<style>${new Raw(style)}</style>
<rect class="paper" width="${width}" height="${height}" rx="8"/>
${textLine("title", chart.title, [17, 15, 13], { y: 27, width: room / BOLD })}
${textLine("sub", chart.subtitle, [13, 11.5, 10], { y: 46, width: room })}
${shades}${yAxis(chart, axis, frame)}${xAxis(dateTicks(time.low, time.high, Math.max(2, Math.floor((right - left) / 84))), frame)}
${chart.asset === null || beside === null ? null : assetLayer(chart.asset, beside, frame)}
${decisionLines(chart.lines.filter(inside), frame)}<path class="main" d="${pathOf(chart.points, frame, axis)}"/>
${lastPoint(chart, axis, frame)}${textLine("", chart.footer, [LABEL, 10], { y: height - 12, width: room })}${legend({ ...chart, shades: seen }, { width, height })}
</svg>
`.text;
}
