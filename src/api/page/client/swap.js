// @ts-check
/** Puts the changed parts of a newly read page in place of the old ones, without the reader losing their place. */

const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";

/** Each part as the server wrote it: what scripts changed since must not count as a change. @type {Map<string, string>} */
const written = new Map();

/** @param {ParentNode} page @returns {HTMLElement[]} */
function partsOf(page) {
  return [...page.querySelectorAll("main [data-live][id]")].filter((part) => part instanceof HTMLElement);
}

/** @param {ParentNode} part @param {string} selector @returns {HTMLElement[]} */
function all(part, selector) {
  return [...part.querySelectorAll(selector)].filter((element) => element instanceof HTMLElement);
}

/** @param {HTMLElement} part @param {string} html */
function replace(part, html) {
  const focused = all(part, FOCUSABLE).indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const open = all(part, "details").map((details) => details.hasAttribute("open"));
  const scrolled = all(part, ".wide").map(({ scrollLeft }) => scrollLeft);
  part.innerHTML = html;
  all(part, "details").forEach((details, i) => {
    details.toggleAttribute("open", open[i] ?? false);
  });
  all(part, ".wide").forEach((region, i) => {
    region.scrollLeft = scrolled[i] ?? 0;
  });
  if (focused >= 0) all(part, FOCUSABLE)[focused]?.focus({ preventScroll: true });
}

/** Remembers the page as it was written. Call before any other module changes it. */
export function rememberParts() {
  for (const part of partsOf(document)) written.set(part.id, part.innerHTML);
}

/**
 * Takes over what changed.
 *
 * @param {Document} fresh
 * @returns {boolean} whether anything had changed
 */
export function swapParts(fresh) {
  const [old, parts] = [partsOf(document), partsOf(fresh)];
  const main = document.querySelector("main");
  const freshMain = fresh.querySelector("main");
  if (main === null || freshMain === null) return false;
  const isSame = old.map(({ id }) => id).join() === parts.map(({ id }) => id).join();
  if (!isSame) {
    // Another set of parts: the first reading arrived, or a section came or went.
    main.innerHTML = freshMain.innerHTML;
    rememberParts();
    return true;
  }
  let changed = false;
  for (const part of parts) {
    const place = document.getElementById(part.id);
    const html = part.innerHTML;
    if (place === null || written.get(part.id) === html) continue;
    replace(place, html);
    written.set(part.id, html);
    place.classList.remove("changed");
    void place.offsetWidth; // lets the mark of a change begin anew
    place.classList.add("changed");
    changed = true;
  }
  return changed;
}
