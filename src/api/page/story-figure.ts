/** The story's figure, which its client module draws in, and what goes with it. */
import { assetUrl } from "./assets.ts";
import { copyLink } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { apiPath } from "./read-api.ts";
import type { StoryQuestion } from "./story-question.ts";
import { historyPath } from "./story-readings.ts";

const PERIODS = [
  ["1", "1m"],
  ["3", "3m"],
  ["12", "1y"],
  ["all", "all"],
] as const;

/** The permalink of what is asked for. */
export function storyPath({ meeting, range, measure, from, to, assets, when }: StoryQuestion): string {
  const asset = assets.length === 0 ? null : assets.join(",");
  return apiPath("/story", { meeting, range, measure, from, to, asset, as_of: when.asOf, known_at: when.knownAt });
}

/** The modules that the story's one imports: named here, they are fetched at once and not each after the other. */
const MODULES = [
  "client/chart.js",
  "client/chart-brush.js",
  "client/chart-colors.js",
  "client/chart-input.js",
  "client/chart-layers.js",
  "client/chart-options.js",
  "client/chart-png.js",
  "client/chart-tip.js",
  "client/chart-view.js",
  "client/story-address.js",
  "client/story-data.js",
  "client/story-dates.js",
  "client/story-link.js",
  "client/story-model.js",
  "client/story-panes.js",
  "client/story-repricing.js",
  "client/story-view.js",
  "client/story-words.js",
  "uplot.js",
];

/** All readings of the meeting, whatever part of them is shown first. */
function readingsPath(question: StoryQuestion): string {
  return historyPath({ ...question, from: null, to: null }, { limit: "1000" });
}

/** What the figure will need, asked for while the page is still read. */
export function preloads(question: StoryQuestion): Html {
  const modules = MODULES.map((name) => html`<link rel="modulepreload" href="${assetUrl(name)}">`);
  return html`${modules}<link rel="preload" as="fetch" crossorigin="anonymous" href="${readingsPath(question)}">`;
}

/** The figure. */
export function storyFigure(question: StoryQuestion, title: string): Html {
  const { meeting, range, measure, from, to, assets, when, last } = question;
  const buttons = PERIODS.map(
    ([months, words]) => html`<button type="button" class="quiet" data-months="${months}">${words}</button>`,
  );
  return html`<figure id="story" class="story" data-meeting="${meeting}" data-range="${range}" data-measure="${measure}" data-from="${from}" data-to="${to}" data-assets="${assets.join(",")}" data-as-of="${when.asOf}" data-last="${last}" data-known-at="${when.knownAt}" data-title="${title}" data-readings="${readingsPath(question)}">
<div class="chart-tools" hidden><div class="periods" role="group" aria-label="Period">${buttons}</div>
<div class="zooms" role="group" aria-label="Zoom"><button type="button" class="quiet" data-zoom="in" aria-label="Zoom in">+</button><button type="button" class="quiet" data-zoom="out" aria-label="Zoom out">−</button></div></div>
<div class="chart-frame" tabindex="0" role="group" aria-label="Chart of ${title}" aria-describedby="story-keys" hidden>
<div class="chart" role="img" aria-label="${title}" aria-describedby="story-shown"></div>
<div class="brush" aria-hidden="true"></div>
</div>
<p class="chart-state" role="status">The chart is drawn by a script. Its figures are in the table below.</p>
<figcaption><p id="story-shown" class="shown"></p><ul class="chart-legend"></ul>
<p id="story-keys" class="faint keys" hidden>Drag to zoom, double click for all. With the chart in focus: <kbd>←</kbd> <kbd>→</kbd> move, <kbd>+</kbd> <kbd>−</kbd> or the wheel zoom, <kbd>Home</kbd> shows all, <kbd>,</kbd> <kbd>.</kbd> step through the days.</p></figcaption>
</figure>
<p id="story-said" class="unseen" role="status"></p>`;
}

/** CSV, PNG and the link. */
export function downloads(question: StoryQuestion): Html {
  const csv = historyPath(question, { format: "csv" });
  const closes = question.assets.map((symbol) => {
    const path = apiPath(`/v1/assets/${symbol}/closes`, { known_at: question.when.knownAt, format: "csv" });
    return html` · <a href="${path}" download="${symbol}.csv">${symbol} CSV</a>`;
  });
  return html`<p class="downloads"><a id="story-csv" href="${csv}" download="story-${question.meeting}.csv">Odds as CSV</a><span id="story-closes">${closes}</span>
<button type="button" class="quiet" id="story-png" hidden>Save as PNG</button> ${copyLink(storyPath(question))}</p>`;
}
