// @ts-check
/** Making elements: text is always text, whatever is in it. */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | boolean>} attributes
 * @param {...(Node | string | null)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/**
 * A button that is out of use while what it does is under way.
 *
 * @param {string} label
 * @param {() => Promise<void>} act
 */
export function actionButton(label, act) {
  const button = element("button", { type: "button", class: "quiet" }, label);
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await act();
    } finally {
      button.disabled = false;
      // A button out of use loses the focus: whoever works by keyboard goes on from where they were.
      if (document.activeElement === document.body) button.focus();
    }
  });
  return button;
}

/**
 * A table that scrolls sideways by itself. Words that have no heading of their own have an empty one.
 *
 * @param {string} label
 * @param {readonly string[]} heads
 * @param {readonly (readonly (Node | string)[])[]} rows
 */
export function tableOf(label, heads, rows) {
  const head = heads.map((text) =>
    text === "" ? element("td", {}) : element("th", { scope: "col", class: "left" }, text),
  );
  // What the last column of words says may be long: it is wrapped, the others are not.
  const last = heads.findLastIndex((text) => text !== "");
  const lines = rows.map((cells) =>
    element("tr", {}, ...cells.map((cell, i) => element("td", { class: i === last ? "text" : "left" }, cell))),
  );
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...lines));
  return element("div", { class: "wide", role: "region", tabindex: "0", "aria-label": label }, table);
}

/** `2025-11-17T20:00:00.000Z` as `2025-11-17 20:00 UTC`. @param {string | null} iso */
export function instantText(iso) {
  return iso === null ? "–" : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/**
 * Puts a note in a place, and nothing else.
 *
 * @param {Element} place
 * @param {...(Node | string)} content
 */
export function note(place, ...content) {
  place.replaceChildren(element("p", { class: "note" }, ...content));
}
