// @ts-check
/** The words at the cross hair: every value of a date, and what happened on it. */
import { dateWords } from "./story-words.js";

/** @typedef {import("./chart.js").Chart} Chart */

/**
 * All that is known of a date, in words.
 *
 * @param {import("./chart.js").Model} model
 * @param {number} index
 * @returns {{ title: string, values: { color: string, label: string, text: string }[], notes: string[] } | null}
 */
export function tipWords(model, index) {
  const at = model.x[index];
  if (at === undefined) return null;
  const values = model.panes.flatMap((pane) =>
    pane.series.flatMap((series) => {
      const value = series.values[index];
      if (value === undefined) return [];
      const text = value === null ? "missing" : series.words(value, index);
      return text === "" ? [] : [{ color: series.color, label: series.label, text }];
    }),
  );
  const here = (/** @type {{ at: number }} */ thing) => thing.at === at;
  const notes = [
    ...model.lines.filter(here).map(({ words }) => words),
    ...model.marks.filter(here).map(({ words }) => words),
    ...model.shades.filter(({ min, max }) => at >= min && at <= max).map(({ words }) => words),
  ];
  return { title: dateWords(new Date(at * 1000).toISOString().slice(0, 10)), values, notes };
}

/**
 * The same in one line, for those who hear it.
 *
 * @param {import("./chart.js").Model} model
 * @param {number} index
 */
export function tipLine(model, index) {
  const words = tipWords(model, index);
  if (words === null) return "";
  return [words.title, ...words.values.map(({ label, text }) => `${label} ${text}`), ...words.notes].join(", ");
}

/** The box with the words. */
export class Tip {
  /** @type {HTMLElement} */ #box;
  /** @type {Chart} */ #chart;
  /** @type {number | null} */ #index = null;

  /**
   * @param {HTMLElement} frame that it is placed in
   * @param {Chart} chart
   */
  constructor(frame, chart) {
    this.#chart = chart;
    this.#box = document.createElement("div");
    this.#box.className = "chart-tip";
    this.#box.hidden = true;
    // The values are told to those who cannot see them by a line of their own.
    this.#box.setAttribute("aria-hidden", "true");
    frame.append(this.#box);
  }

  get index() {
    return this.#index;
  }

  hide() {
    this.#index = null;
    this.#box.hidden = true;
  }

  /** @param {number | null} index */
  show(index) {
    const words = index === null ? null : tipWords(this.#chart.model, index);
    if (words === null || index === null) {
      this.hide();
      return;
    }
    if (index !== this.#index) this.#fill(words);
    this.#index = index;
    this.#box.hidden = false;
    this.#place(index);
  }

  /** @param {NonNullable<ReturnType<typeof tipWords>>} words */
  #fill({ title, values, notes }) {
    const line = (/** @type {string} */ name, /** @type {(string | Node)[]} */ ...parts) => {
      const element = document.createElement(name);
      element.append(...parts);
      return element;
    };
    const rows = values.map(({ color, label, text }) => {
      const row = line("p", line("span", label), line("b", text));
      row.style.setProperty("--swatch", `var(--chart-${color})`);
      return row;
    });
    this.#box.replaceChildren(line("strong", title), ...rows, ...notes.map((note) => line("em", note)));
  }

  /** @param {number} index */
  #place(index) {
    const plot = this.#chart.plots[0];
    const at = this.#chart.model.x[index];
    if (plot === undefined || at === undefined) return;
    const frame = /** @type {HTMLElement} */ (this.#box.offsetParent ?? this.#box.parentElement);
    const start = plot.over.getBoundingClientRect().left - frame.getBoundingClientRect().left;
    const x = start + plot.valToPos(at, "x");
    const { offsetWidth } = this.#box;
    // On the side with more room, and never over the edge of a small screen.
    const left = x > frame.clientWidth / 2 ? x - offsetWidth - 14 : x + 14;
    this.#box.style.left = `${Math.min(Math.max(left, 2), Math.max(frame.clientWidth - offsetWidth - 2, 2))}px`;
  }
}
