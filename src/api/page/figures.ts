/** Figures as pages show them. */
import { dateWords, rangeWords, signed } from "../wording.ts";
import { type Html, html } from "./html.ts";
import type { Origin, Range } from "./odds.ts";
import { instantWords } from "./when.ts";

/** Stands for what is missing. */
export const NONE = "–";

const BP_PER_PERCENT = 100;

export function rangeText({ lower_bp: lowerBp, upper_bp: upperBp }: Range): string {
  return rangeWords({ lowerBp, upperBp });
}

/** A probability in per cent to a tenth; what is there but smaller says so. */
export function oddsText(probability: number | null): string {
  if (probability === null) return NONE;
  const percent = probability * 100;
  return percent > 0 && percent < 0.05 ? "<0.1" : percent.toFixed(1);
}

/** A signed figure with a minus sign as wide as the plus; what rounds to nothing has no sign. */
export function signedText(value: number | null, digits = 1): string {
  if (value === null) return NONE;
  const text = signed(value, digits);
  return Number(text) === 0 ? (0).toFixed(digits) : text.replace("-", "−");
}

/** A rate in bp as `3.77 %`. */
export function rateText(rateBp: number | null, digits = 2): string {
  return rateBp === null ? NONE : `${(rateBp / BP_PER_PERCENT).toFixed(digits)} %`;
}

/** An instant that the browser may say in other words; here in UTC. */
export function instant(iso: string | null): Html | string {
  return iso === null ? NONE : html`<time datetime="${iso}">${instantWords(iso)}</time>`;
}

export function day(date: string): Html {
  return html`<time datetime="${date}">${dateWords(date)}</time>`;
}

const BASES: Readonly<Record<string, string>> = {
  settlement: "settlement",
  published: "as published",
  last_trade: "last trade",
  mid: "mid",
};

export function basisText(basis: string): string {
  return BASES[basis] ?? basis;
}

/** What figures rest on, in one line. */
export function originLine(origin: Origin): Html {
  const moment = origin.grid === "settlement" ? dateWords(origin.trade_date) : instantWords(origin.as_of);
  return html`<span class="basis">${basisText(origin.basis)}</span> of ${moment}, method ${origin.method}, source ${origin.source}`;
}

/** A button that copies a text; without scripts it is not there, and the text is beside it. */
export function copyButton(text: string, label: string): Html {
  return html`<button type="button" class="copy" data-copy="${text}">${label}</button>`;
}

/** A button that copies the address of a path of ours. */
export function copyLink(path: string, label = "Copy link"): Html {
  return html`<button type="button" class="copy" data-copy-link="${path}">${label}</button>`;
}

/** A region that scrolls sideways by itself, reachable by keyboard. */
export function wide(label: string, content: Html): Html {
  return html`<div class="wide" role="region" tabindex="0" aria-label="${label}">${content}</div>`;
}
