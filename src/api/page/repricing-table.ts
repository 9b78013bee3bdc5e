/** The table of repricings: how far the expected rate went, and what assets did meanwhile. */
import { dateWords } from "../wording.ts";
import { copyButton, NONE, rateText, signedText, wide } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { at, type When } from "./when.ts";

const PERCENT = 100;

/** What the page reads of `/v1/repricings/{id}`. */
export interface RepricingDetail {
  readonly id: number;
  readonly meeting: string;
  readonly path: number | null;
  readonly direction: string;
  readonly status: string;
  readonly state: string;
  readonly severity: string;
  readonly sample: boolean;
  readonly started_on: string;
  readonly confirmed_on: string;
  readonly extreme_on: string;
  readonly start_rate_bp: number | null;
  readonly extreme_rate_bp: number | null;
  readonly amplitude_bp: number;
  readonly basis: string;
  readonly citation: string | null;
  readonly at_most: { readonly upper_bp: number; readonly shift_pp: number | null } | null;
  readonly evaluated: { readonly on: string } | null;
  readonly assets: readonly {
    readonly symbol: string;
    readonly return: number | null;
    readonly note: string | null;
    readonly provisional: boolean;
  }[];
}

function targetLink({ meeting, path }: RepricingDetail, when: When): Html | string {
  return path === null
    ? html`<a href="${at(`/meetings/${meeting}`, when)}">${dateWords(meeting)}</a>`
    : `end of ${path}`;
}

/** `16 Oct → 19 Nov 2025`: the year is said twice only where there are two. */
function periodWords({ started_on: from, extreme_on: to }: RepricingDetail): string {
  const start = dateWords(from);
  return `${from.slice(0, 4) === to.slice(0, 4) ? start.slice(0, -5) : start} → ${dateWords(to)}`;
}

/** Where the assets' returns end: said only where that is not its extreme. */
function assetsEnd({ evaluated, extreme_on }: RepricingDetail): Html | null {
  return evaluated === null || evaluated.on === extreme_on
    ? null
    : html`<small>assets to ${dateWords(evaluated.on).slice(0, -5)}</small>`;
}

function standing({ status, state, severity, sample }: RepricingDetail, isMixed: boolean): Html {
  const marks = [
    state === "confirmed" ? null : state,
    status === "open" ? "open" : null,
    sample && isMixed ? "built-in sample" : null,
  ].filter((mark) => mark !== null);
  return html`<span class="severity ${severity}">${severity}</span>${marks.length === 0 ? null : html` <small>${marks.join(", ")}</small>`}`;
}

function ratesWords({ start_rate_bp: start, extreme_rate_bp: extreme }: RepricingDetail): string {
  return start === null || extreme === null ? NONE : `${start.toFixed(1)} → ${extreme.toFixed(1)}`;
}

function oddsWords({ at_most: odds }: RepricingDetail): string {
  if (odds === null || odds.shift_pp === null) return NONE;
  return `${signedText(odds.shift_pp)} ≤ ${rateText(odds.upper_bp)}`;
}

function returnCell(asset: RepricingDetail["assets"][number] | undefined): Html {
  if (asset === undefined || asset.return === null) {
    return html`<td>${NONE}${asset?.note ? html`<span class="unseen">${asset.note}</span>` : null}</td>`;
  }
  return html`<td>${signedText(asset.return * PERCENT)}</td>`;
}

interface TableWide {
  readonly symbols: readonly string[];
  readonly when: When;
  /** the sample's are among real ones, or beside real odds */
  readonly isMixed: boolean;
}

/** A row of what was still going on at the moment looked at: how far it went was still to come. */
function goingOnRow(repricing: RepricingDetail, { symbols, when, isMixed }: TableWide): Html {
  const { started_on: from, confirmed_on: confirmed, sample, direction } = repricing;
  const cells = ["", ...symbols].map(() => html`<td>${NONE}</td>`);
  return html`<tr><th scope="row">${targetLink(repricing, when)}</th><td class="left">${dateWords(from)} →<small>confirmed ${dateWords(confirmed)}</small></td><td class="left">going on${sample && isMixed ? html` <small>built-in sample</small>` : null}</td><td class="${direction}">${direction}</td><td>${NONE}</td>${cells}<td></td></tr>
`;
}

function row(repricing: RepricingDetail, { symbols, when, isMixed }: TableWide): Html {
  const moved = repricing.direction === "dovish" ? -repricing.amplitude_bp : repricing.amplitude_bp;
  const cells = symbols.map((symbol) => returnCell(repricing.assets.find((asset) => asset.symbol === symbol)));
  const quote = repricing.citation === null ? null : copyButton(repricing.citation, "Cite");
  const link = at(`/repricings/${repricing.id}`, { asOf: null, knownAt: when.knownAt });
  return html`<tr><th scope="row">${targetLink(repricing, when)}</th><td class="left"><a href="${link}">${periodWords(repricing)}</a>${assetsEnd(repricing)}</td><td class="left">${standing(repricing, isMixed)}</td><td class="${repricing.direction}">${signedText(moved)}</td><td>${ratesWords(repricing)}</td><td class="left">${oddsWords(repricing)}</td>${cells}<td>${quote}</td></tr>
`;
}

interface Seen {
  /** trade date that is looked at: of what went further after it no figure is shown; null: now */
  readonly upTo: string | null;
  /** whether real odds are beside the table: then the sample's repricings are marked, as they are among real ones */
  readonly isReal: boolean;
}

/** One row a repricing, one column an asset. */
export function repricingTable(repricings: readonly RepricingDetail[], when: When, { upTo, isReal }: Seen): Html {
  const isMixed = isReal || repricings.some(({ sample }) => !sample);
  const isComplete = ({ extreme_on: on }: RepricingDetail) => upTo === null || on <= upTo;
  const symbols = [...new Set(repricings.flatMap(({ assets }) => assets.map(({ symbol }) => symbol)))];
  return wide(
    "Repricings and what assets did meanwhile",
    html`<table class="repricings"><thead><tr><th scope="col">Meeting</th><th scope="col" class="left">from → to</th><th scope="col" class="left">severity</th><th scope="col">moved<small>bp</small></th><th scope="col">expected rate<small>bp</small></th><th scope="col" class="left">odds<small>pp</small></th>${symbols.map((symbol) => html`<th scope="col">${symbol}<small>%</small></th>`)}<td></td></tr></thead><tbody>
${repricings.map((one) => (isComplete(one) ? row : goingOnRow)(one, { symbols, when, isMixed }))}</tbody></table>`,
  );
}
