// @ts-check
/** Keeps the address, the links and the fields of the story's page true to what is shown. */
import { closesPath, csvPath, storyLink } from "./story-link.js";

/** @typedef {import("./story-link.js").Shown} Shown */

/**
 * @param {string} symbol
 * @param {string} path
 */
function csvLink(symbol, path) {
  const link = document.createElement("a");
  link.href = path;
  link.download = `${symbol}.csv`;
  link.textContent = `${symbol} CSV`;
  return link;
}

/**
 * @param {string} name
 * @param {string} value
 */
function fill(name, value) {
  const field = document.querySelector(`#story-form [name="${name}"]`);
  if (field instanceof HTMLInputElement) field.value = value;
}

/**
 * Reloading, a link, the form and the downloads give what is shown now.
 *
 * @param {Shown} shown
 * @param {string | null} last trade date that anything is shown of; null: the newest
 */
export function showAddress(shown, last) {
  const link = storyLink(shown);
  history.replaceState(history.state, "", link);
  document.querySelector("#story-csv")?.setAttribute("href", csvPath(shown, last));
  document.querySelector(".downloads [data-copy-link]")?.setAttribute("data-copy-link", link);
  const closes = shown.assets.flatMap((symbol) => [" · ", csvLink(symbol, closesPath(symbol, shown, last))]);
  document.querySelector("#story-closes")?.replaceChildren(...closes);
  fill("from", shown.from ?? "");
  fill("to", shown.to ?? "");
  fill("asset", shown.assets.join(","));
}
