// @ts-check
/** What the clock alone changes: the countdown to a decision, and how old the data is. */

const MINUTE_MS = 60_000;
const TICK_MS = 10_000;

/** @param {number} milliseconds */
export function countdownWords(milliseconds) {
  const minutes = Math.max(0, Math.floor(milliseconds / MINUTE_MS));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  if (days > 0) return `in ${days} d ${hours} h`;
  return hours > 0 ? `in ${hours} h ${minutes % 60} min` : `in ${minutes} min`;
}

/** @param {number} milliseconds */
export function ageWords(milliseconds) {
  const minutes = Math.max(0, Math.floor(milliseconds / MINUTE_MS));
  if (minutes < 120) return `${minutes} min ago`;
  return minutes < 2880 ? `${Math.floor(minutes / 60)} h ago` : `${Math.floor(minutes / 1440)} d ago`;
}

function tick() {
  const now = Date.now();
  for (const element of document.querySelectorAll("[data-countdown], [data-age]")) {
    if (!(element instanceof HTMLElement)) continue;
    const { countdown, age } = element.dataset;
    const text =
      countdown === undefined
        ? `(${ageWords(now - Date.parse(age ?? ""))})`
        : countdownWords(Date.parse(countdown) - now);
    if (element.textContent !== text) element.textContent = text;
  }
}

/** Starts the clock; what is put into the page later is told the time on `cutwatch:swapped`. */
export function startClock() {
  tick();
  setInterval(tick, TICK_MS);
  document.addEventListener("cutwatch:swapped", tick);
}
