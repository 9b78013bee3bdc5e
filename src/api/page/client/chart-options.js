// @ts-check
/** How a pane is drawn: the charting library's options for it. */
import uPlot from "../uplot.js";
import { drawLines, drawMarks, drawShades, labelShades } from "./chart-layers.js";
import { DAY_S } from "./chart-view.js";
import { dayWords, monthWords } from "./story-words.js";

/**
 * @typedef {import("./chart.js").Model} Model
 * @typedef {object} Drawing what the options need to know of the chart, which changes under them
 * @property {() => Model} model
 * @property {() => import("./chart-colors.js").Colors} colors
 * @property {import("./chart-view.js").View} view
 * @property {string} sync charts of one name share their cross hair
 * @property {(index: number | null) => void} onCursor
 * @property {(plot: uPlot) => void} onSelect
 */

export const AXIS_WIDTH_PX = 44;
/** Half of the last date's words. */
export const RIGHT_PX = 22;
/** Two lines of words. */
export const AXIS_HEIGHT_PX = 38;
const TICK_STEPS = [1, 2, 3, 7, 14, 30, 60, 91, 182, 365, 730, 1825, 3650].map((days) => days * DAY_S);

/** @param {number} seconds */
const utcDate = (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC");

/**
 * Words under the time axis: the day, or the month, each with its year where a new one begins.
 *
 * @param {uPlot} _plot
 * @param {number[]} splits
 * @param {number} _axis
 * @param {number} _space
 * @param {number} step
 */
function timeWords(_plot, splits, _axis, _space, step) {
  let year = "";
  return splits.map((seconds) => {
    const date = new Date(seconds * 1000).toISOString().slice(0, 10);
    const words = step >= 28 * DAY_S ? monthWords(Number(date.slice(5, 7)) - 1) : dayWords(date);
    const isNew = year !== date.slice(0, 4);
    year = date.slice(0, 4);
    return isNew ? `${words}\n${year}` : words;
  });
}

/**
 * @param {import("./chart.js").Pane} pane
 * @param {{ readonly width: number, readonly height: number, readonly isFirst: boolean, readonly isLast: boolean }} place
 * @param {Drawing} drawing
 * @returns {uPlot.Options}
 */
export function plotOptions(
  pane,
  { width, height, isFirst, isLast },
  { model, colors, view, sync, onCursor, onSelect },
) {
  const color =
    (/** @type {string} */ name, alpha = 1) =>
    () =>
      colors()(name, alpha);
  const grid = { stroke: color("grid"), width: 1 };
  const axis = { stroke: color("faint"), grid, ticks: { show: false }, font: "12px system-ui, sans-serif" };
  const { domain } = pane;
  return {
    width,
    height,
    padding: [8, RIGHT_PX, isLast ? 0 : 8, 0],
    tzDate: utcDate,
    legend: { show: false },
    scales: {
      x: { time: true, min: view.min, max: view.max },
      y: domain === null ? {} : { range: [domain[0], domain[1]] },
    },
    axes: [
      {
        ...axis,
        incrs: TICK_STEPS,
        space: 62,
        values: isLast ? timeWords : () => [],
        size: isLast ? AXIS_HEIGHT_PX : 0,
      },
      {
        ...axis,
        size: AXIS_WIDTH_PX,
        space: 30,
        values: (_plot, splits) => splits.map((value) => pane.axisWords(value)),
      },
    ],
    series: [
      {},
      ...pane.series.map((series) => ({
        label: series.label,
        stroke: color(series.color),
        width: series.stepped ? 1 : 2,
        points: { show: false },
        ...(series.stepped ? { paths: steps() } : {}),
      })),
    ],
    bands: pane.band === null ? [] : [{ series: [pane.band[0], pane.band[1]], fill: color("inforce", 0.18) }],
    cursor: {
      sync: { key: sync },
      y: false,
      drag: { x: true, y: false, setScale: false },
      points: { size: 7 },
      // Resetting is whoever uses the chart's to do, for all panes at once.
      bind: { dblclick: () => () => null },
    },
    hooks: {
      drawClear: [(plot) => drawShades(plot, model().shades, colors())],
      draw: [
        (plot) => drawLines(plot, model().lines, colors(), isFirst),
        (plot) => isFirst && labelShades(plot, model().shades, colors()),
        (plot) => isFirst && drawMarks(plot, model().marks, colors()),
      ],
      setCursor: isFirst ? [(plot) => onCursor(plot.cursor.idx ?? null)] : [],
      setSelect: [onSelect],
    },
  };
}

function steps() {
  const build = uPlot.paths.stepped;
  if (build === undefined) throw new Error("Cannot draw steps: the charting library has none");
  return build({ align: 1 });
}
