// @ts-check
/** A chart as a picture: title, panes with their names, legend and where the figures come from. */

/** @typedef {import("./chart.js").Chart} Chart */

const MARGIN = 16;
const LINE = 20;

/**
 * @param {Chart} chart
 * @param {{ readonly title: string, readonly subtitle: string, readonly source: string }} words
 */
export function chartCanvas(chart, { title, subtitle, source }) {
  const scale = devicePixelRatio;
  const width = Math.max(...chart.plots.map((plot) => plot.width)) + 2 * MARGIN;
  const panes = chart.plots.map((plot, i) => ({ plot, title: chart.model.panes[i]?.title ?? "" }));
  const legend = chart.model.panes.flatMap((pane) =>
    pane.series.filter((series, i) => i === 0 || series.label !== pane.series[i - 1]?.label),
  );
  const canvas = document.createElement("canvas");
  const measure = canvas.getContext("2d");
  if (measure === null) throw new Error("Cannot make the picture: the browser gives no canvas");
  const small = `${12}px system-ui, sans-serif`;
  measure.font = small;
  const sourceLines = wrap(measure, source, width - 2 * MARGIN);
  const legendRows = rows(measure, legend, width - 2 * MARGIN);
  const head = MARGIN + 26 + LINE;
  const body = panes.reduce((sum, { plot }) => sum + LINE + plot.height, 0);
  const height = head + body + (legendRows.length + sourceLines.length) * LINE + MARGIN + 8;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  ctx.scale(scale, scale);
  ctx.fillStyle = chart.colors("paper");
  ctx.fillRect(0, 0, width, height);
  ctx.textBaseline = "top";
  const write = (
    /** @type {string} */ text,
    /** @type {number} */ x,
    /** @type {number} */ y,
    font = small,
    color = "ink",
  ) => {
    ctx.font = font;
    ctx.fillStyle = chart.colors(color);
    ctx.fillText(text, x, y, width - x - MARGIN / 2);
  };
  write(title, MARGIN, MARGIN, "600 18px system-ui, sans-serif");
  write(subtitle, MARGIN, MARGIN + 26, small, "faint");
  let y = head;
  for (const { plot, title: name } of panes) {
    write(name, MARGIN, y + 4, "600 12px system-ui, sans-serif", "faint");
    y += LINE;
    ctx.drawImage(plot.ctx.canvas, MARGIN, y, plot.width, plot.height);
    y += plot.height;
  }
  y += 8;
  for (const row of legendRows) {
    for (const { series, x } of row) {
      ctx.fillStyle = chart.colors(series.color);
      ctx.fillRect(MARGIN + x, y + 6, 14, 3);
      write(series.label, MARGIN + x + 20, y);
    }
    y += LINE;
  }
  for (const text of sourceLines) {
    write(text, MARGIN, y, small, "faint");
    y += LINE;
  }
  return canvas;
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {string} text
 * @param {number} width
 */
function wrap(ctx, text, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (ctx.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {readonly import("./chart.js").Series[]} legend
 * @param {number} width
 */
function rows(ctx, legend, width) {
  /** @type {{ series: import("./chart.js").Series, x: number }[][]} */
  const lines = [[]];
  let x = 0;
  for (const series of legend) {
    const wide = ctx.measureText(series.label).width + 38;
    if (x > 0 && x + wide > width) {
      lines.push([]);
      x = 0;
    }
    lines.at(-1)?.push({ series, x });
    x += wide;
  }
  return lines;
}

/**
 * Saves a canvas as a file.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {string} name
 * @returns {Promise<void>}
 */
export async function savePng(canvas, name) {
  /** @type {Blob | null} */
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob === null) throw new Error("Cannot make the picture: the browser gave no bytes");
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has the bytes once the click is handled.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
