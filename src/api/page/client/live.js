// @ts-check
/** New figures without a reload: listens to the stream, reads the page again, takes over what changed. */
import { alertWords } from "./alert-words.js";
import { say } from "./say.js";
import { swapParts } from "./swap.js";
import { showToast } from "./toast.js";

const STREAM = "/v1/stream";
// A snapshot comes with its alerts and repricings: one reading of the page for all of them.
const GATHER_MS = 300;
const RECONNECT_MS = 30_000;
const HIDDEN_FOR_MS = 60_000;
const RETRY_MS = 5_000;

const isPast = () => document.body.hasAttribute("data-past");

/** @param {"live" | "reconnecting" | null} state null: nothing is said */
function showState(state) {
  const place = document.getElementById("live");
  if (place === null) return;
  place.hidden = state === null;
  place.dataset.state = state ?? "";
  if (place.textContent !== (state ?? "")) place.textContent = state ?? "";
}

/** Reads this page again. Where that fails the old figures stay, and the state says that they may be old. */
async function refresh() {
  let response;
  try {
    response = await fetch(location.href, { headers: { Accept: "text/html" } });
  } catch {
    showState("reconnecting");
    return;
  }
  if (!response.ok) {
    showState("reconnecting");
    return;
  }
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  if (swapParts(fresh)) {
    document.dispatchEvent(new CustomEvent("cutwatch:swapped"));
    say("The figures on this page were updated");
  }
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let gathering;

function refreshSoon() {
  if (isPast()) return;
  clearTimeout(gathering);
  gathering = setTimeout(() => void refresh(), GATHER_MS);
}

/** @param {MessageEvent<string>} event */
function onAlert(event) {
  const words = alertWords(JSON.parse(event.data));
  if (words !== null) showToast(words.text, words.path);
  refreshSoon();
}

function connect() {
  const source = new EventSource(STREAM);
  let opened = false;
  source.addEventListener("open", () => {
    // What happened while the line was down is only on the page that is read now.
    if (document.getElementById("live")?.dataset.state === "reconnecting") refreshSoon();
    opened = true;
    showState(isPast() ? null : "live");
  });
  source.addEventListener("error", () => {
    if (opened && !isPast()) showState("reconnecting");
    if (source.readyState !== EventSource.CLOSED) return; // the browser itself connects again
    setTimeout(connect, RECONNECT_MS);
  });
  for (const name of ["snapshot", "alert", "source"]) {
    source.addEventListener(name, (event) => {
      document.dispatchEvent(new CustomEvent("cutwatch:changed", { detail: { name, data: event.data } }));
    });
  }
  source.addEventListener("snapshot", refreshSoon);
  source.addEventListener("source", refreshSoon);
  source.addEventListener("alert", onAlert);
  source.addEventListener("reset", refreshSoon);
}

/** A page that could not be made asks again until it can. */
function retryUntilMade() {
  setTimeout(async () => {
    const response = await fetch(location.href).catch(() => null); // the next try tells
    if (response?.ok) location.reload();
    else retryUntilMade();
  }, RETRY_MS);
}

/** Starts listening. Without a stream the page stays as it was written. */
export function startLive() {
  if (document.querySelector("[data-retry]") !== null) {
    retryUntilMade();
    return;
  }
  connect();
  let hiddenAt = Number.POSITIVE_INFINITY;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenAt = Date.now();
    else if (Date.now() - hiddenAt > HIDDEN_FOR_MS) refreshSoon();
  });
}
