// @ts-check
/** The story's chart on its page: the panes, the strip under them, the words at the cross hair, the legend. */

import { Chart } from "./chart.js";
import { Brush } from "./chart-brush.js";
import { onThemeChange } from "./chart-colors.js";
import { keyView, listen, zoomMiddle } from "./chart-input.js";
import { Tip, tipLine } from "./chart-tip.js";
import { isSameView, lastMonths } from "./chart-view.js";

/**
 * @typedef {import("./chart.js").Model} Model
 * @typedef {import("./chart-view.js").View} View
 */

const BUTTON_ZOOM = 0.6;

/**
 * @template {Element} [E=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {E}
 */
export function one(root, selector) {
  const found = root.querySelector(selector);
  if (found === null) throw new Error(`Cannot draw the story: the page has no ${selector}`);
  return /** @type {E} */ (found);
}

/**
 * @param {string} words
 * @param {string} className
 */
function markItem(words, className) {
  const item = document.createElement("li");
  item.className = `mark ${className}`;
  item.append(words);
  return item;
}

/** @param {Model} model */
function legendItems({ panes, shades }) {
  const lines = panes.flatMap(({ series }) => series.filter((line, i) => line.label !== series[i - 1]?.label));
  const items = lines.map(({ label, origin, color }) => {
    const item = document.createElement("li");
    const name = document.createElement("b");
    name.textContent = label;
    item.style.setProperty("--swatch", `var(--chart-${color})`);
    item.append(name, origin === "" ? "" : ` ${origin}`);
    return item;
  });
  if (shades.length === 0) return items;
  return [
    ...items,
    markItem("▲ hawkish repricing and its alerts", "hawkish"),
    markItem("▼ dovish repricing and its alerts", "dovish"),
  ];
}

/** @param {string | null | undefined} months */
const monthsOf = (months) => (months === "all" ? null : Number(months));

/** The drawn story. */
export class StoryView {
  /** @type {HTMLElement} */ #figure;
  /** @type {Brush} */ #brush;
  /** @type {Tip} */ #tip;
  /** @type {Chart} */ chart;

  /**
   * @param {HTMLElement} figure
   * @param {Model} model
   * @param {(view: View) => void} onView told of each change of the part shown
   */
  constructor(figure, model, onView) {
    this.#figure = figure;
    const frame = one(figure, ".chart-frame");
    // What is not shown has no width to draw in.
    for (const part of [frame, one(figure, ".chart-tools"), one(figure, "#story-keys")]) part.hidden = false;
    this.chart = new Chart(one(figure, ".chart"), model, {
      onView: (view) => {
        this.#brush.show();
        onView(view);
      },
      onCursor: (index) => this.#tip.show(index),
    });
    this.#brush = new Brush(one(figure, ".brush"), this.chart);
    this.#tip = new Tip(frame, this.chart);
    this.#brush.show();
    this.#listen(frame);
    this.#showLegend();
  }

  /** @param {Model} model */
  setModel(model) {
    this.chart.setModel(model);
    this.#brush.refresh();
    this.#showLegend();
  }

  /** Marks the button of the period that is shown. */
  showPeriod() {
    const { view, extent } = this.chart;
    const shows = (/** @type {string | null} */ months) => isSameView(view, lastMonths(extent, monthsOf(months)));
    for (const button of this.#figure.querySelectorAll("[data-months]")) {
      const months = button.getAttribute("data-months");
      // Where all there is is shorter than a period, its button would show the same as the one for all.
      button.setAttribute("aria-pressed", String(shows(months) && (months === "all" || !shows("all"))));
    }
  }

  #showLegend() {
    one(this.#figure, ".chart-legend").replaceChildren(...legendItems(this.chart.model));
  }

  /** @param {HTMLElement} frame */
  #listen(frame) {
    listen(frame, this.chart);
    frame.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (this.#step(event.key) || keyView(this.chart, event.key)) event.preventDefault();
    });
    frame.addEventListener("pointerleave", () => this.#tip.hide());
    this.#figure.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      const { months, zoom } = button?.dataset ?? {};
      if (months !== undefined) this.chart.setView(lastMonths(this.chart.extent, monthsOf(months)));
      if (zoom !== undefined) zoomMiddle(this.chart, zoom === "in" ? BUTTON_ZOOM : 1 / BUTTON_ZOOM);
    });
    new ResizeObserver(() => {
      this.chart.resize();
      this.#brush.refresh();
    }).observe(frame);
    onThemeChange(() => {
      this.chart.recolor();
      this.#brush.refresh();
    });
  }

  /**
   * Moves the cross hair by a date, or puts it away.
   *
   * @param {string} key
   * @returns {boolean} whether the key is one of these
   */
  #step(key) {
    if (key === "Escape") {
      this.#tip.hide();
      return true;
    }
    if (key !== "," && key !== ".") return false;
    const { x } = this.chart.model;
    const { min, max } = this.chart.view;
    const [first, last] = [x.findIndex((at) => at >= min), x.findLastIndex((at) => at <= max)];
    const next = this.#tip.index === null ? last : this.#tip.index + (key === "," ? -1 : 1);
    const index = Math.min(Math.max(next, first), last);
    this.chart.setCursor(index);
    this.#tip.show(index);
    one(document, "#story-said").textContent = tipLine(this.chart.model, index);
    return true;
  }
}
