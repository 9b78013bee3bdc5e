// @ts-check
/** The strip under a chart: the first series over all its time, with the part shown as a window that can be moved. */
import uPlot from "../uplot.js";
import { AXIS_WIDTH_PX, RIGHT_PX } from "./chart-options.js";
import { clampView, panView } from "./chart-view.js";

/** @typedef {import("./chart.js").Chart} Chart */

const HEIGHT_PX = 46;
/** So near to an edge of the window the edge is what is dragged. */
const EDGE_PX = 9;

/** The strip on a page. */
export class Brush {
  /** @type {HTMLElement} */ #host;
  /** @type {Chart} */ #chart;
  /** @type {uPlot} */ #plot;
  /** @type {HTMLElement} */ #window;

  /**
   * @param {HTMLElement} host
   * @param {Chart} chart
   */
  constructor(host, chart) {
    this.#host = host;
    this.#chart = chart;
    this.#window = document.createElement("div");
    this.#window.className = "chart-window";
    this.#plot = this.#build();
    this.#listen();
  }

  /** After the chart's data, colours or width have changed. */
  refresh() {
    this.#plot.destroy();
    this.#plot = this.#build();
    this.show();
  }

  /** After the chart shows another part. */
  show() {
    const { view, extent } = this.#chart;
    const whole = extent.max - extent.min || 1;
    const width = this.#plot.width - AXIS_WIDTH_PX - RIGHT_PX;
    this.#window.style.left = `${((view.min - extent.min) / whole) * width}px`;
    this.#window.style.width = `${((view.max - view.min) / whole) * width}px`;
  }

  #build() {
    const { model, extent } = this.#chart;
    const color =
      (/** @type {string} */ name, alpha = 1) =>
      () =>
        this.#chart.colors(name, alpha);
    const pane = model.panes[0];
    const plot = new uPlot(
      {
        width: this.#host.clientWidth,
        height: HEIGHT_PX,
        padding: [2, RIGHT_PX, 2, AXIS_WIDTH_PX],
        legend: { show: false },
        cursor: { show: false },
        select: { show: false, left: 0, top: 0, width: 0, height: 0 },
        scales: {
          x: { time: true, min: extent.min, max: extent.max },
          y: pane?.domain ? { range: [...pane.domain] } : {},
        },
        axes: [{ show: false }, { show: false }],
        series: [{}, { stroke: color("faint"), fill: color("faint", 0.12), width: 1, points: { show: false } }],
      },
      /** @type {uPlot.AlignedData} */ ([model.x, pane?.series[0]?.values ?? []]),
      this.#host,
    );
    plot.over.append(this.#window);
    return plot;
  }

  #listen() {
    /** @type {{ kind: "from" | "to" | "move" | "new", startX: number, view: import("./chart-view.js").View } | null} */
    let drag = null;
    const timeOf = (/** @type {number} */ clientX) => {
      const { left, width } = this.#plot.over.getBoundingClientRect();
      const { min, max } = this.#chart.extent;
      return min + (Math.min(Math.max(clientX - left, 0), width) / width) * (max - min);
    };
    this.#host.addEventListener("pointerdown", (event) => {
      const { left, right } = this.#window.getBoundingClientRect();
      const x = event.clientX;
      const kind =
        Math.abs(x - left) <= EDGE_PX
          ? "from"
          : Math.abs(x - right) <= EDGE_PX
            ? "to"
            : x > left && x < right
              ? "move"
              : "new";
      drag = { kind, startX: x, view: this.#chart.view };
      this.#host.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    this.#host.addEventListener("pointermove", (event) => {
      if (drag === null) return;
      const { kind, startX, view } = drag;
      const { extent } = this.#chart;
      const [start, now] = [timeOf(startX), timeOf(event.clientX)];
      if (kind === "move") {
        this.#chart.setView(panView(view, extent, (now - start) / (view.max - view.min)));
        return;
      }
      const [a, b] = kind === "from" ? [now, view.max] : kind === "to" ? [view.min, now] : [start, now];
      this.#chart.setView(clampView({ min: Math.min(a, b), max: Math.max(a, b) }, extent));
    });
    for (const end of ["pointerup", "pointercancel"]) this.#host.addEventListener(end, () => (drag = null));
  }
}
