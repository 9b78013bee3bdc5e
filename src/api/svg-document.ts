/** What drawings share: colours for both themes, and the headers under which they may style themselves and nothing else. */
import { createHash } from "node:crypto";
import type { Document } from "./answers.ts";
import { SECURITY_HEADERS } from "./problem.ts";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

type Colours = Readonly<Record<string, readonly [light: string, dark: string]>>;

// Those of the page. Text on its surface has a contrast of 4.5:1 or more in both.
const COLOURS: Colours = {
  paper: ["#ffffff", "#161c24"],
  ink: ["#14202c", "#e8edf2"],
  faint: ["#56626e", "#9aa8b6"],
  line: ["#dde2e8", "#29323d"],
  accent: ["#0a58a6", "#84bdf7"],
  hawkish: ["#9a3d00", "#ffb070"],
  dovish: ["#0b57a4", "#7fbdf9"],
  other: ["#6b4fa0", "#c3a6ff"],
  plate: ["#454d57", "#39434f"],
};

function variables(shade: 0 | 1): string {
  return Object.entries(COLOURS)
    .map(([name, pair]) => `--${name}:${pair[shade]}`)
    .join(";");
}

/** A style sheet in which the colours are variables. `auto` follows the reader's own theme. */
export function themed(theme: Theme, rules: string): string {
  const colours =
    theme === "auto"
      ? `:root{${variables(0)}}@media(prefers-color-scheme:dark){:root{${variables(1)}}}`
      : `:root{${variables(theme === "light" ? 0 : 1)}}`;
  return `${colours}${rules}`;
}

/** A drawing as an answer. @param style the text of its only style element */
export function svgDocument(text: string, style: string, until: Date | null): Document {
  const hash = createHash("sha256").update(style).digest("base64");
  return {
    contentType: "image/svg+xml; charset=utf-8",
    headers: {
      ...SECURITY_HEADERS,
      "Content-Security-Policy": `default-src 'none'; style-src 'sha256-${hash}'; frame-ancestors 'none'`,
    },
    text,
    until,
  };
}
