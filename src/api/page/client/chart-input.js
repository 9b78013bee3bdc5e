// @ts-check
/** What people do to a chart: keys, wheel, pinch and double click become views. Nothing moves by itself. */
import { panView, zoomView } from "./chart-view.js";

/**
 * @typedef {import("./chart.js").Chart} Chart
 * @typedef {import("./chart-view.js").View} View
 */

const KEY_ZOOM = 0.7;
const KEY_PAN = 0.2;
/** A wheel notch is 100 px of deltaY: it shows a fifth less, or more. */
const ZOOM_PER_PX = 0.0022;
const LINE_PX = 16;

/**
 * @param {Chart} chart
 * @param {number} factor
 */
export function zoomMiddle(chart, factor) {
  const { min, max } = chart.view;
  chart.setView(zoomView(chart.view, chart.extent, factor, (min + max) / 2));
}

/**
 * @param {Chart} chart
 * @param {string} key
 * @returns {boolean} whether the key means something here
 */
export function keyView(chart, key) {
  switch (key) {
    case "ArrowLeft":
      chart.setView(panView(chart.view, chart.extent, -KEY_PAN));
      return true;
    case "ArrowRight":
      chart.setView(panView(chart.view, chart.extent, KEY_PAN));
      return true;
    case "+":
    case "=":
      zoomMiddle(chart, KEY_ZOOM);
      return true;
    case "-":
    case "_":
      zoomMiddle(chart, 1 / KEY_ZOOM);
      return true;
    case "Home":
      chart.setView(chart.extent);
      return true;
    default:
      return false;
  }
}

/**
 * The time under a point of the screen.
 *
 * @param {Chart} chart
 * @param {number} clientX
 */
function timeAt(chart, clientX) {
  const plot = chart.plots[0];
  return plot === undefined ? 0 : plot.posToVal(clientX - plot.over.getBoundingClientRect().left, "x");
}

/**
 * Listens to the pointer. A wheel zooms once the chart has the focus, or with Ctrl (which a pinch on a touch pad sends);
 * before, it scrolls the page as anywhere else.
 *
 * @param {HTMLElement} frame that takes the focus
 * @param {Chart} chart
 */
export function listen(frame, chart) {
  frame.addEventListener(
    "wheel",
    (event) => {
      const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (!(event.ctrlKey || event.metaKey || frame.contains(document.activeElement))) return;
      event.preventDefault();
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1;
      if (isSideways) {
        chart.setView(panView(chart.view, chart.extent, (event.deltaX * unit) / frame.clientWidth));
        return;
      }
      // A pinch comes as many small steps: each counts for more.
      const strength = event.ctrlKey ? 4 : 1;
      const factor = Math.exp(event.deltaY * unit * ZOOM_PER_PX * strength);
      chart.setView(zoomView(chart.view, chart.extent, factor, timeAt(chart, event.clientX)));
    },
    { passive: false },
  );
  frame.addEventListener("dblclick", () => chart.setView(chart.extent));
  listenToTouch(frame, chart);
}

/**
 * One finger moves the time (up and down still scrolls the page), two zoom it.
 *
 * @param {HTMLElement} frame
 * @param {Chart} chart
 */
function listenToTouch(frame, chart) {
  /** @type {Map<number, { start: number, now: number }>} */
  const fingers = new Map();
  /** @type {View} */
  let before = chart.view;
  const restart = () => {
    before = chart.view;
    for (const finger of fingers.values()) finger.start = finger.now;
  };
  frame.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch") return;
    fingers.set(event.pointerId, { start: event.clientX, now: event.clientX });
    restart();
  });
  frame.addEventListener("pointermove", (event) => {
    const finger = fingers.get(event.pointerId);
    if (finger === undefined) return;
    finger.now = event.clientX;
    const [first, second] = [...fingers.values()];
    if (first === undefined) return;
    const span = before.max - before.min;
    const { left, width } = (chart.plots[0]?.over ?? frame).getBoundingClientRect();
    if (second === undefined) {
      chart.setView(panView(before, chart.extent, (first.start - first.now) / width));
      return;
    }
    const apart = Math.max(Math.abs(second.now - first.now), 10);
    const factor = Math.max(Math.abs(second.start - first.start), 10) / apart;
    const middle = before.min + (((first.start + second.start) / 2 - left) / width) * span;
    chart.setView(zoomView(before, chart.extent, factor, middle));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    frame.addEventListener(end, (event) => {
      if (fingers.delete(/** @type {PointerEvent} */ (event).pointerId)) restart();
    });
  }
}
