/** What assets did during a repricing: returns with their instants, and statistics with all it takes to judge them. */
import { dateWords, percentWords } from "../wording.ts";
import { instant, NONE, wide } from "./figures.ts";
import { type Html, html } from "./html.ts";
import type { CardAsset, CardMarkets, Figure } from "./repricing-card.ts";

/** A return as `−13.5 %`; what rounds to nothing has no sign. */
export function returnText(value: number | null): string {
  if (value === null) return NONE;
  const text = percentWords(value);
  if (/^-?0\.0 %$/.test(text)) return percentWords(0);
  return value > 0 ? `+${text}` : text.replace("-", "−");
}

function percentileCell({ value, n, note }: Figure): Html {
  return value === null
    ? html`<td class="left faint"${note === null ? null : html` title="${note}"`}>${NONE}<span class="unseen">${note}</span></td>`
    : html`<td class="left">${(value * 100).toFixed(0)} % <small>of ${n}</small></td>`;
}

function returnCell(asset: CardAsset): Html {
  if (asset.return === null) return html`<td class="left faint" colspan="3">${NONE} ${asset.note}</td>`;
  const mark = asset.provisional ? html` <small class="provisional">provisional</small>` : null;
  return html`<td><strong>${returnText(asset.return)}</strong>${mark}</td><td class="left">${instant(asset.from_at)}</td><td class="left">${instant(asset.to_at)}</td>`;
}

function nextCell({ next_session: next }: CardAsset): Html {
  if (next === null) return html`<td class="left faint">${NONE}</td>`;
  const mark = next.provisional ? html` <small class="provisional">provisional</small>` : null;
  return html`<td class="left">${next.return === null ? html`${NONE} <small>${next.note}</small>` : html`${returnText(next.return)} <small>${dateWords(next.to_date)}</small>`}${mark}</td>`;
}

/** One row an asset. */
export function assetsTable(assets: readonly CardAsset[]): Html {
  const rows = assets.map(
    (asset) =>
      html`<tr><th scope="row">${asset.symbol}</th>${returnCell(asset)}${percentileCell(asset.percentiles.leg)}<td>${returnText(asset.return_1d)}</td><td>${returnText(asset.return_5d)}</td><td>${returnText(asset.return_21d)}</td><td>${returnText(asset.drawdown)}${asset.record.date === null ? null : html` <small>since ${dateWords(asset.record.date)}</small>`}</td>${nextCell(asset)}</tr>
`,
  );
  return wide(
    "Table of returns",
    html`<table><thead><tr><th scope="col">Asset</th><th scope="col">return</th><th scope="col" class="left">from the close at</th><th scope="col" class="left">to the close at</th><th scope="col" class="left">percentile</th><th scope="col">1 day</th><th scope="col">5 days</th><th scope="col">21 days</th><th scope="col">below its record</th><th scope="col" class="left">next session</th></tr></thead><tbody>
${rows}</tbody></table>`,
  );
}

/** Why no percentile is shown, when none is, in the words of the statistic. */
export function percentileNote(assets: readonly CardAsset[]): string | null {
  const figures = assets.map(({ percentiles }) => percentiles.leg);
  if (figures.length === 0 || figures.some(({ value }) => value !== null)) return null;
  return figures.find(({ note }) => note !== null)?.note ?? null;
}

type Beta = CardMarkets["beta"][number];

interface Line {
  readonly name: string;
  readonly figure: Figure;
  readonly words: (value: number) => string;
  readonly more?: string;
}

function statisticRow({ name, figure, words, more }: Line): Html {
  const { value, low, high, n, from, to, method, note, data_at } = figure;
  const interval = low === null || high === null ? NONE : `${words(low)} to ${words(high)}`;
  const span = from === null || to === null ? NONE : html`${dateWords(from)} to ${dateWords(to)}`;
  return html`<tr><th scope="row">${name}</th><td>${value === null ? NONE : html`<strong>${words(value)}</strong>`}</td><td class="left">${interval}</td><td>${n}</td><td class="left">${span}</td><td class="text">${note === null ? null : html`<strong>${note}.</strong> `}${method}${more ?? null}. <span class="faint">Data to ${instant(data_at)}.</span></td></tr>
`;
}

function betaLine(beta: Beta): Line {
  const more = beta.r2 === null ? {} : { more: `; R² ${beta.r2.toFixed(2)}, ${beta.lags ?? 0} lags` };
  return { name: `Beta of ${beta.symbol}, per +10 bp`, figure: beta, words: returnText, ...more };
}

/** Betas that cannot be told are one line: their reasons differ by the number of days alone. */
function missingBetas(betas: readonly Beta[]): Line[] {
  const fewest = betas.toSorted((a, b) => a.n - b.n)[0];
  if (fewest === undefined) return [];
  const counts = betas.map(({ symbol, n }) => `${symbol} ${n}`).join(", ");
  const name = betas.length === 1 ? `Beta of ${fewest.symbol}, per +10 bp` : `Betas, per +10 bp (${betas.length})`;
  return [{ name, figure: fewest, words: returnText, more: betas.length === 1 ? "" : `; n: ${counts}` }];
}

/** Each statistic with its interval, n, window and method; a null one says why. */
export function statisticsTable(markets: CardMarkets): Html {
  const { breadth, breadth_null, correlation, correlation_adjusted, beta } = markets;
  const share = (value: number) => percentWords(value);
  const plain = (value: number) => value.toFixed(2).replace("-", "−");
  const lines: Line[] = [
    { name: `Breadth: ${breadth.down} of ${breadth.n} down`, figure: breadth, words: share },
    { name: "By chance at least as many", figure: breadth_null, words: share },
    { name: "Correlation, raw", figure: correlation, words: plain, more: `; ${correlation.pairs} pairs` },
    {
      name: "Correlation, adjusted",
      figure: correlation_adjusted,
      words: plain,
      more: `; ${correlation_adjusted.pairs} pairs`,
    },
    ...beta.filter(({ value }) => value !== null).map(betaLine),
    ...missingBetas(beta.filter(({ value }) => value === null)),
  ];
  return wide(
    "Table of statistics",
    html`<table class="statistics"><thead><tr><th scope="col">Statistic</th><th scope="col">value</th><th scope="col" class="left">95 %</th><th scope="col">n</th><th scope="col" class="left">window</th><th scope="col" class="text">method, and what to keep in mind</th></tr></thead><tbody>
${lines.map(statisticRow)}</tbody></table>`,
  );
}

/** Who led? What can be said, and why no more. */
export function leaderAnswer({ leader }: CardMarkets): Html {
  const { answer, reason, earliest_peak: peak, largest_fall: fall } = leader;
  const peakWords =
    peak === null ? null : html` Earliest to peak: ${peak.symbols.join(", ")}, on ${dateWords(peak.date)}.`;
  const fallWords = fall === null ? null : html` Largest fall: ${fall.symbol}, ${returnText(fall.return)}.`;
  return html`<p><strong>${answer.charAt(0).toUpperCase()}${answer.slice(1)}.</strong> ${reason.charAt(0).toUpperCase()}${reason.slice(1)}.</p>
<p>${peakWords}${fallWords} Neither says who moved whom. <span class="faint">${dateWords(leader.from)} to ${dateWords(leader.to)}, ${leader.days} days; ${leader.method}.</span></p>`;
}
