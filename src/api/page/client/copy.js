// @ts-check
/** Buttons that copy: `data-copy` a text, `data-copy-link` the address of a path of this server. */
import { say } from "./say.js";

const SHOWN_MS = 2000;

/** @param {HTMLElement} button */
function textOf(button) {
  const { copy, copyLink } = button.dataset;
  return copy ?? new URL(copyLink ?? "", location.href).href;
}

/**
 * Where the clipboard is not to be had (over plain http, or refused), the text is shown selected.
 *
 * @param {HTMLElement} button
 * @param {string} text
 */
function showSelected(button, text) {
  const id = "copy-by-hand";
  document.getElementById(id)?.remove();
  const field = document.createElement("textarea");
  field.id = id;
  field.className = "fallback";
  field.readOnly = true;
  field.value = text;
  field.setAttribute("aria-label", "Text to copy");
  button.after(field);
  field.focus();
  field.select();
  say("The text is selected: copy it with your keyboard");
}

/** @param {HTMLElement} button */
async function copy(button) {
  const text = textOf(button);
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    showSelected(button, text);
    return;
  }
  const label = button.dataset.label ?? button.textContent ?? "";
  button.dataset.label = label;
  button.textContent = "Copied";
  say("Copied");
  setTimeout(() => {
    button.textContent = label;
  }, SHOWN_MS);
}

/** Lets all such buttons work, those of later included. */
export function startCopying() {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-copy], [data-copy-link]") : null;
    if (button instanceof HTMLElement) void copy(button);
  });
}
