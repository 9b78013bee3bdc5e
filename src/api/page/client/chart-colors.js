// @ts-check
/** The style sheet's colours for what is drawn on a canvas, and word of their change. */

const NAMES = [
  "ink",
  "faint",
  "grid",
  "paper",
  "odds",
  "rate",
  "inforce",
  "hawkish",
  "dovish",
  "decision",
  "event",
  "asset-btc",
  "asset-eth",
  "asset-ndx",
  "asset-spx",
  "asset-nvda",
  "asset-gold",
  "asset-hsi",
  "asset-sse",
];

/** @typedef {(name: string, alpha?: number) => string} Colors */

/**
 * Reads `--chart-…` where the element is. The browser resolves each one as a colour, so that whatever a style sheet may
 * write is what a canvas can paint.
 *
 * @param {HTMLElement} element
 * @returns {Colors}
 */
export function readColors(element) {
  const probe = document.createElement("span");
  probe.hidden = true;
  element.append(probe);
  /** @type {Map<string, string>} */
  const colors = new Map();
  for (const name of NAMES) {
    probe.style.color = `var(--chart-${name})`;
    colors.set(name, getComputedStyle(probe).color);
  }
  probe.remove();
  return (name, alpha = 1) => {
    const color = colors.get(name) ?? "gray";
    return alpha === 1 ? color : color.replace(/^rgba?\((\d+), (\d+), (\d+).*\)$/, `rgba($1, $2, $3, ${alpha})`);
  };
}

/**
 * Tells when the theme may have changed: by the system, or by an attribute of the document.
 *
 * @param {() => void} changed
 */
export function onThemeChange(changed) {
  for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)"]) {
    matchMedia(query).addEventListener("change", changed);
  }
  new MutationObserver(changed).observe(document.documentElement, { attributes: true });
}
