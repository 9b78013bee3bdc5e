/** The badge as a drawing: a name and a figure, 20 px high. Pure. */
import { Html, html } from "./page/html.ts";
import { themed } from "./svg-document.ts";
import { textWidth } from "./text-width.ts";

/** What is drawn. */
export interface Badge {
  readonly label: string;
  readonly value: string;
  /** lower rates, higher rates, or neither */
  readonly tone: "dovish" | "hawkish" | "plain";
  /** a sentence with the figure, its day and what it rests on */
  readonly title: string;
}

const HEIGHT = 20;
const SIZE = 11;
const PAD = 7;

// Of the figure's plate; white on each has a contrast of 5:1 or more.
const TONES: Readonly<Record<Badge["tone"], string>> = { dovish: "#0b57a4", hawkish: "#9a3d00", plain: "#4b5a6b" };

/** The style of every badge. */
export const BADGE_STYLE = themed(
  "auto",
  `text{font:${SIZE}px Verdana,"DejaVu Sans","Segoe UI",sans-serif;fill:#fff;text-rendering:geometricPrecision}.name{fill:var(--plate)}`,
);

/** The drawing. */
export function badgeSvg({ label, value, tone, title }: Badge): string {
  const [nameWidth, valueWidth] = [label, value].map((text) => Math.round(textWidth(text, SIZE)));
  const split = (nameWidth ?? 0) + 2 * PAD;
  const width = split + (valueWidth ?? 0) + 2 * PAD;
  const text = (content: string, x: number, fitted: number) =>
    html`<text x="${x}" y="14" text-anchor="middle" textLength="${fitted}">${content}</text>`;
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-labelledby="t">
<title id="t">${title}</title>
<style>${new Html(BADGE_STYLE)}</style>
<clipPath id="r"><rect width="${width}" height="${HEIGHT}" rx="4"/></clipPath>
<g clip-path="url(#r)"><rect class="name" width="${split}" height="${HEIGHT}"/><rect x="${split}" width="${width - split}" height="${HEIGHT}" fill="${TONES[tone]}"/></g>
${text(label, split / 2, nameWidth ?? 0)}
${text(value, (split + width) / 2, valueWidth ?? 0)}
</svg>
`.text;
}
