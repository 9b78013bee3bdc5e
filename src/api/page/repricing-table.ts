/** The table of repricings: how far the expected rate went, and what assets did meanwhile. */
import { dateWords, percentWords, signed } from "../wording.ts";
import { type Html, html } from "./html.ts";

/** What the page reads of `/v1/repricings/{id}`. */
export interface RepricingDetail {
  readonly id: number;
  readonly meeting: string;
  readonly path: number | null;
  readonly direction: string;
  readonly status: string;
  readonly state: string;
  readonly severity: string;
  readonly started_on: string;
  readonly extreme_on: string;
  readonly start_rate_bp: number | null;
  readonly extreme_rate_bp: number | null;
  readonly amplitude_bp: number;
  readonly basis: string;
  readonly at_most: { readonly upper_bp: number; readonly shift_pp: number | null } | null;
  readonly evaluated: { readonly on: string } | null;
  readonly assets: readonly {
    readonly symbol: string;
    readonly return: number | null;
    readonly note: string | null;
    readonly provisional: boolean;
  }[];
}

const NONE = "–";
const BP_PER_PERCENT = 100;

function targetWords({ meeting, path }: RepricingDetail): string {
  return path === null ? dateWords(meeting) : `end of ${path}`;
}

function standing({ status, state, severity }: RepricingDetail): Html {
  const mark = state === "confirmed" ? "" : `, ${state}`;
  return html`${severity === "notice" ? severity : html`<strong>${severity}</strong>`}${mark}${status === "open" ? ", open" : ""}`;
}

function ratesWords({ start_rate_bp: start, extreme_rate_bp: extreme }: RepricingDetail): string {
  return start === null || extreme === null ? NONE : `${start.toFixed(1)} → ${extreme.toFixed(1)}`;
}

function oddsWords({ at_most: odds }: RepricingDetail): string {
  if (odds === null || odds.shift_pp === null) return NONE;
  return `${signed(odds.shift_pp)} pp at or below ${(odds.upper_bp / BP_PER_PERCENT).toFixed(2)} %`;
}

/** A return as `-13.5 %`; what rounds to nothing has no sign. */
function returnWords(value: number): string {
  const text = percentWords(value);
  return /^-?0\.0 %$/.test(text) ? percentWords(0) : `${value > 0 ? "+" : ""}${text}`;
}

function returnCell(asset: RepricingDetail["assets"][number] | undefined): Html {
  if (asset === undefined || asset.return === null) return html`<td title="${asset?.note ?? ""}">${NONE}</td>`;
  return html`<td>${returnWords(asset.return)}</td>`;
}

/** One row a repricing, one column an asset. */
export function repricingTable(repricings: readonly RepricingDetail[]): Html {
  if (repricings.length === 0) return html`<p class="faint">None is stored.</p>`;
  const symbols = [...new Set(repricings.flatMap(({ assets }) => assets.map(({ symbol }) => symbol)))];
  const rows = repricings.map((row) => {
    const moved = row.direction === "dovish" ? -row.amplitude_bp : row.amplitude_bp;
    const cells = symbols.map((symbol) => returnCell(row.assets.find((asset) => asset.symbol === symbol)));
    return html`<tr><td><a href="/v1/repricings/${row.id}">${targetWords(row)}</a></td><td class="left">${standing(row)}</td><td class="left">${dateWords(row.started_on)} → ${dateWords(row.extreme_on)}</td><td>${ratesWords(row)}</td><td>${signed(moved)} bp</td><td class="left">${oddsWords(row)}</td>${cells}<td class="left">${row.evaluated === null ? NONE : dateWords(row.evaluated.on)}</td></tr>
`;
  });
  return html`<div class="wide"><table><thead><tr><th>Meeting</th><th class="left">severity</th><th class="left">from → to</th><th>expected rate, bp</th><th>moved</th><th class="left">odds</th>${symbols.map((symbol) => html`<th>${symbol}</th>`)}<th class="left">assets to</th></tr></thead><tbody>
${rows}</tbody></table></div>`;
}
