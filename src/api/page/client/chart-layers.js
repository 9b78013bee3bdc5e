// @ts-check
/** What lies under and over the lines of a chart: repricings shaded, decisions and events as lines, alerts as marks. */

/**
 * @typedef {import("./chart.js").Model} Model
 * @typedef {import("./chart-colors.js").Colors} Colors
 * @typedef {import("../uplot.js").default} Plot
 */

// A milder repricing is a paler one; the words on it say the same.
/** @type {Readonly<Record<string, number>>} */
const SHADE_ALPHA = { notice: 0.08, sharp: 0.13, severe: 0.2, extreme: 0.28 };
/** @type {Readonly<Record<string, number>>} */
const MARK_SIZE = { notice: 4, sharp: 5, severe: 6, extreme: 7, extension: 4 };
const LABEL_PX = 11;
const LABEL_ROWS = 3;

/**
 * Draws inside the plotting area and nowhere else.
 *
 * @param {Plot} plot
 * @param {(ctx: CanvasRenderingContext2D, scale: number) => void} draw
 */
function inside(plot, draw) {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.font = `${LABEL_PX * scale}px system-ui, sans-serif`;
  draw(ctx, scale);
  ctx.restore();
}

/**
 * @param {Plot} plot
 * @param {Model["shades"]} shades
 * @param {Colors} colors
 */
export function drawShades(plot, shades, colors) {
  const { top, height } = plot.bbox;
  inside(plot, (ctx) => {
    for (const shade of shades) {
      const left = plot.valToPos(shade.min, "x", true);
      const right = plot.valToPos(shade.max, "x", true);
      const isUp = shade.direction === "hawkish";
      ctx.fillStyle = colors(isUp ? "hawkish" : "dovish", SHADE_ALPHA[shade.severity] ?? 0.1);
      ctx.fillRect(left, top, right - left, height);
    }
  });
}

/**
 * The name of each repricing at the top of its shade, where there is room for it.
 *
 * @param {Plot} plot
 * @param {Model["shades"]} shades
 * @param {Colors} colors
 */
export function labelShades(plot, shades, colors) {
  const { left: plotLeft, top, width } = plot.bbox;
  inside(plot, (ctx, scale) => {
    ctx.textBaseline = "top";
    ctx.textAlign = "left";
    for (const shade of shades) {
      const left = Math.max(plot.valToPos(shade.min, "x", true), plotLeft) + 5 * scale;
      const right = Math.min(plot.valToPos(shade.max, "x", true), plotLeft + width) - 3 * scale;
      const isUp = shade.direction === "hawkish";
      const sign = isUp ? "▲" : "▼";
      // What does not fit is shortened to the severity, then to the direction alone.
      const texts = [`${sign} ${shade.label}`, `${sign} ${shade.severity}`, sign];
      const text = texts.find((one) => ctx.measureText(one).width <= right - left);
      if (text === undefined) continue;
      ctx.fillStyle = colors("ink");
      ctx.fillText(text, left, top + 5 * scale);
    }
  });
}

/**
 * @param {Plot} plot
 * @param {Model["lines"]} lines
 * @param {Colors} colors
 * @param {boolean} isLabelled
 */
export function drawLines(plot, lines, colors, isLabelled) {
  const { left, top, width, height } = plot.bbox;
  inside(plot, (ctx, scale) => {
    ctx.lineWidth = scale;
    ctx.textBaseline = "bottom";
    /** @type {number[]} where the last label of each row ends */
    const ends = Array.from({ length: LABEL_ROWS }, () => Number.NEGATIVE_INFINITY);
    for (const line of lines.toSorted((a, b) => a.at - b.at)) {
      const x = Math.round(plot.valToPos(line.at, "x", true));
      if (x < left || x > left + width) continue;
      ctx.strokeStyle = colors(line.kind);
      ctx.setLineDash(line.kind === "decision" ? [5 * scale, 3 * scale] : [scale, 3 * scale]);
      ctx.beginPath();
      ctx.moveTo(x, top);
      ctx.lineTo(x, top + height);
      ctx.stroke();
      if (!isLabelled) continue;
      const long = ctx.measureText(line.label).width + 8 * scale;
      const isLate = x + long > left + width;
      const start = isLate ? x - long : x;
      const row = ends.findIndex((end) => start >= end);
      if (row < 0) continue;
      ends[row] = start + long;
      ctx.textAlign = "left";
      ctx.fillStyle = colors(line.kind);
      ctx.fillText(line.label, start + 4 * scale, top + height - (4 + row * (LABEL_PX + 3)) * scale);
    }
  });
}

/**
 * Alerts on the first series of a pane: a triangle up for a hawkish one, down for a dovish one, larger the worse it is.
 *
 * @param {Plot} plot
 * @param {Model["marks"]} marks
 * @param {Colors} colors
 */
export function drawMarks(plot, marks, colors) {
  const [times = [], values = []] = plot.data;
  inside(plot, (ctx, scale) => {
    for (const mark of marks) {
      const index = times.indexOf(mark.at);
      const value = values[index];
      if (value === undefined || value === null) continue;
      const isUp = mark.direction === "hawkish";
      const size = (MARK_SIZE[mark.kind] ?? 4) * scale;
      const x = plot.valToPos(mark.at, "x", true);
      const y = plot.valToPos(value, "y", true);
      const tip = isUp ? -size : size;
      ctx.beginPath();
      ctx.moveTo(x, y + tip);
      ctx.lineTo(x - size, y - tip);
      ctx.lineTo(x + size, y - tip);
      ctx.closePath();
      ctx.fillStyle = colors(isUp ? "hawkish" : "dovish");
      ctx.strokeStyle = colors("paper");
      ctx.lineWidth = 1.5 * scale;
      ctx.fill();
      ctx.stroke();
    }
  });
}
