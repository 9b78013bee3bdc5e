// @ts-check
/**
 * A chart of panes over one time axis. What is drawn arrives as a model; which part of it is shown is a view that whoever
 * uses the chart may set, and is told of.
 */
import uPlot from "../uplot.js";
import { readColors } from "./chart-colors.js";
import { AXIS_HEIGHT_PX, plotOptions } from "./chart-options.js";
import { clampView, DAY_S } from "./chart-view.js";

/**
 * @typedef {import("./chart-view.js").View} View
 * @typedef {(number | null | undefined)[]} Values `undefined`: nothing is due on that date; `null`: a figure is missing
 * @typedef {object} Series
 * @property {string} key
 * @property {string} label
 * @property {string} origin basis, method and source
 * @property {Values} values one for each `x`
 * @property {(value: number, index: number) => string} words of a value; an empty one is not told
 * @property {string} color name of a `--chart-…` colour
 * @property {boolean} [stepped]
 * @typedef {object} Pane
 * @property {string} key
 * @property {string} title
 * @property {number} share of the height
 * @property {readonly [number, number] | null} domain null: what the part shown needs
 * @property {(value: number) => string} axisWords
 * @property {readonly Series[]} series
 * @property {readonly [number, number] | null} band two series, by place from 1, with the ground between them coloured
 * @typedef {object} Model
 * @property {number[]} x epoch seconds of each date's start in UTC, ascending
 * @property {readonly Pane[]} panes
 * @property {readonly { id: number, min: number, max: number, direction: string, severity: string, label: string, words: string }[]} shades
 * @property {readonly { at: number, direction: string, kind: string, words: string }[]} marks
 * @property {readonly { at: number, kind: string, label: string, words: string }[]} lines
 */

const SHARE_PX = { least: 58, most: 84, ofWidth: 0.085 };
let charts = 0;

/** The chart on a page. */
export class Chart {
  /** @type {HTMLElement} */ #host;
  /** @type {Model} */ #model;
  /** @type {View} */ #view;
  /** @type {import("./chart-colors.js").Colors} */ #colors;
  /** @type {uPlot[]} */ #plots = [];
  /** @type {(index: number | null) => void} */ #onCursor;
  /** @type {(view: View) => void} */ #onView;
  #frame = 0;
  #sync = `chart-${++charts}`;

  /**
   * @param {HTMLElement} host
   * @param {Model} model
   * @param {{ onView?: (view: View) => void, onCursor?: (index: number | null) => void }} [told] `onView` after each
   *   change of the part shown, `onCursor` of the date under the pointer
   */
  constructor(host, model, { onView = () => {}, onCursor = () => {} } = {}) {
    this.#host = host;
    this.#model = model;
    this.#onView = onView;
    this.#onCursor = onCursor;
    this.#colors = readColors(host);
    this.#view = this.extent;
    this.#build();
  }

  /** All the time there is. */
  get extent() {
    const { x } = this.#model;
    return { min: x[0] ?? 0, max: x.at(-1) ?? DAY_S };
  }

  get view() {
    return this.#view;
  }

  get model() {
    return this.#model;
  }

  get colors() {
    return this.#colors;
  }

  get plots() {
    return this.#plots;
  }

  /**
   * Shows a part of the time; many calls before the next frame are one drawing.
   *
   * @param {View} view
   */
  setView(view) {
    this.#view = clampView(view, this.extent);
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#show());
  }

  #show() {
    this.#frame = 0;
    for (const plot of this.#plots) plot.setScale("x", { ...this.#view });
    this.#onView(this.#view);
  }

  /** @param {Model} model */
  setModel(model) {
    const isWhole = this.#view.min <= this.extent.min && this.#view.max >= this.extent.max;
    const shape = (/** @type {Model} */ { panes }) =>
      JSON.stringify(panes.map(({ key, series }) => [key, series.map((one) => one.key)]));
    const isSameShape = shape(model) === shape(this.#model);
    this.#model = model;
    this.#view = isWhole ? this.extent : clampView(this.#view, this.extent);
    if (isSameShape) for (const [i, plot] of this.#plots.entries()) this.#fill(plot, i);
    else this.#build();
    this.#onView(this.#view);
  }

  /**
   * @param {uPlot} plot
   * @param {number} i
   */
  #fill(plot, i) {
    const title = this.#host.querySelectorAll(".chart-pane-title")[i];
    if (title !== undefined) title.textContent = this.#model.panes[i]?.title ?? "";
    plot.batch(() => {
      plot.setData(this.#dataOf(i), false);
      plot.setScale("x", { ...this.#view });
    });
  }

  /** Paints again with the style sheet's colours as they are now. */
  recolor() {
    this.#colors = readColors(this.#host);
    for (const plot of this.#plots) plot.redraw(false, true);
  }

  resize() {
    const width = this.#host.clientWidth;
    this.#plots.forEach((plot, i) => {
      const height = this.#heightOf(i, width);
      if (plot.width !== width || plot.height !== height) plot.setSize({ width, height });
    });
  }

  /**
   * Puts the cross hair on a date.
   *
   * @param {number} index
   */
  setCursor(index) {
    const at = this.#model.x[index];
    if (at === undefined) return;
    for (const plot of this.#plots) plot.setCursor({ left: plot.valToPos(at, "x"), top: 1 });
  }

  destroy() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    for (const plot of this.#plots) plot.destroy();
    this.#plots = [];
    this.#host.replaceChildren();
  }

  /** @param {number} i */
  #dataOf(i) {
    const series = this.#model.panes[i]?.series ?? [];
    return /** @type {uPlot.AlignedData} */ ([this.#model.x, ...series.map(({ values }) => values)]);
  }

  /**
   * @param {number} i
   * @param {number} width
   */
  #heightOf(i, width) {
    const share = this.#model.panes[i]?.share ?? 1;
    const unit = Math.min(Math.max(width * SHARE_PX.ofWidth, SHARE_PX.least), SHARE_PX.most);
    return Math.round(share * unit) + (i === this.#model.panes.length - 1 ? AXIS_HEIGHT_PX : 0);
  }

  #build() {
    this.destroy();
    const width = this.#host.clientWidth;
    this.#plots = this.#model.panes.map((pane, i) => {
      const box = document.createElement("div");
      box.className = "chart-pane";
      box.dataset.pane = pane.key;
      const title = document.createElement("p");
      title.className = "chart-pane-title";
      title.textContent = pane.title;
      box.append(title);
      this.#host.append(box);
      const place = {
        width,
        height: this.#heightOf(i, width),
        isFirst: i === 0,
        isLast: i === this.#model.panes.length - 1,
      };
      const drawing = {
        model: () => this.#model,
        colors: () => this.#colors,
        view: this.#view,
        sync: this.#sync,
        onCursor: this.#onCursor,
        onSelect: (/** @type {uPlot} */ plot) => this.#select(plot),
      };
      return new uPlot(plotOptions(pane, place, drawing), this.#dataOf(i), box);
    });
  }

  /**
   * What was dragged over is shown.
   *
   * @param {uPlot} plot
   */
  #select(plot) {
    const { left, width } = plot.select;
    if (width < 4) return;
    const view = { min: plot.posToVal(left, "x"), max: plot.posToVal(left + width, "x") };
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.setView(view);
  }
}
