/** The page `/repricings/{id}`: the card of one repricing. */
import type { Document } from "../answers.ts";
import { Problem } from "../problem.ts";
import { soon } from "../resource.ts";
import { dateWords, percentWords } from "../wording.ts";
import { basisText, copyButton, copyLink, instant, rangeText, rateText, signedText } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { apiPath, type Get, readApi, readIfAny } from "./read-api.ts";
import { type Card, movedBp } from "./repricing-card.ts";
import { type LegPoint, legChart, legPeriod } from "./repricing-chart.ts";
import { assetsTable, leaderAnswer, percentileNote, statisticsTable } from "./repricing-markets.ts";
import { type Compared, readCompared, whyParagraph } from "./repricing-why.ts";
import { pageDocument } from "./shell.ts";
import { at, isPast, pastBanner, type When, whenOf } from "./when.ts";

const STEP_BP = 25;
const NO_SETTLEMENT = "no settlement came that could bear it out";
const END_REASONS: Readonly<Record<string, string>> = {
  reversed: "the rate came back by the threshold",
  quiet: "no new extreme came for ten business days",
  decision: "the meeting decided",
  cancelled: "the meeting was cancelled",
  path_ended: "the meeting became one of the next three, whose own series goes on, or the year was over",
  corrected: "a correction of the prices ended it",
  withdrawn: "the settlement did not bear it out",
  no_settlement: NO_SETTLEMENT,
};

function subject({ meeting, path }: Card): string {
  return path === null ? `after the ${dateWords(meeting)} meeting` : `at the end of ${path}`;
}

/** What was repriced: the meeting itself, not something after it. */
function titleOf({ direction, meeting, path }: Card): string {
  const what = path === null ? `the ${dateWords(meeting)} meeting` : `the rate at the end of ${path}`;
  return `${direction === "hawkish" ? "Hawkish" : "Dovish"} repricing of ${what}`;
}

function headline(card: Card): Html {
  const { direction, start_rate_bp: start, extreme_rate_bp: extreme, started_on, extreme_on, at_most } = card;
  const verb = direction === "hawkish" ? "rose" : "fell";
  const rates =
    start === null || extreme === null ? null : html`, from ${start.toFixed(1)} to ${extreme.toFixed(1)} bp`;
  const odds =
    at_most === null
      ? null
      : html` The odds of a range no higher than ${rateText(at_most.upper_bp)} went <strong>${percentWords(at_most.probability_start)} → ${percentWords(at_most.probability_extreme)}</strong>.`;
  return html`<p class="lead">From ${dateWords(started_on)} to ${dateWords(extreme_on)} the expected rate ${subject(card)} ${verb} by <strong>${card.amplitude_bp.toFixed(1)} bp</strong>${rates}.${odds}</p>`;
}

function facts(card: Card, when: When): Html {
  const { severity, direction, status, state, unusual, reverses } = card;
  const ending =
    card.ended_on === null
      ? "open: its extreme may still move"
      : html`closed on ${dateWords(card.ended_on)}${card.end_reason === null ? null : `: ${END_REASONS[card.end_reason] ?? card.end_reason.replaceAll("_", " ")}`}`;
  const rank =
    unusual === null
      ? null
      : html`<div><dt>How unusual</dt><dd>${unusual.sigmas.toFixed(1)} usual days' moves${
          unusual.percentile === null
            ? `; no rank: only ${unusual.past_legs} earlier ones are stored`
            : `; larger than ${(unusual.percentile * 100).toFixed(0)} % of ${unusual.past_legs} earlier ones`
        }</dd></div>`;
  const before =
    reverses === null
      ? null
      : html`<div><dt>Reverses</dt><dd><a href="${at(`/repricings/${reverses}`, when)}">the repricing before it</a></dd></div>`;
  return html`<dl class="facts">
<div><dt>Severity</dt><dd><span class="severity ${severity}">${severity}</span>${state === "confirmed" ? null : `, ${state}`}</dd></div>
<div><dt>Direction</dt><dd class="${direction}">${direction === "hawkish" ? "▲" : "▼"} ${direction}, ${signedText(movedBp(card))} bp</dd></div>
<div><dt>Status</dt><dd>${status === "open" ? "open: its extreme may still move" : ending}</dd></div>
${rank}${before}
<div><dt>Basis</dt><dd>${basisText(card.basis)}, method ${card.method}, source ${card.source}${card.sample ? ", built-in sample" : null}</dd></div>
</dl>`;
}

function timeline(card: Card): Html {
  const isUp = card.direction === "hawkish";
  const steps = [
    {
      on: card.started_at,
      words: html`${isUp ? "Low" : "High"} of the expected rate: the leg starts here, which nobody could know yet`,
    },
    ...card.alerts.map(({ as_of, kind, reverses }) => ({
      on: as_of,
      words: html`Alert: <span class="severity ${kind}">${kind}</span>${reverses === null ? null : ", the first against the leg before"}`,
    })),
    ...(card.alerts.some(({ as_of }) => as_of === card.extreme_at)
      ? []
      : [
          {
            on: card.extreme_at,
            words: html`${isUp ? "High" : "Low"} of the expected rate${card.status === "open" ? ", so far" : ""}`,
          },
        ]),
    ...(card.ended_on === null
      ? []
      : [{ on: card.ended_on, words: html`Ended: ${END_REASONS[card.end_reason ?? ""] ?? card.end_reason ?? ""}` }]),
  ].sort((a, b) => (a.on < b.on ? -1 : 1));
  return html`<ol class="timeline">${steps.map(({ on, words }) => html`<li>${instant(on)} <span>${words}</span></li>\n`)}</ol>
<p class="faint">It was confirmed when the rate had come ${card.threshold_bp.toFixed(1)} bp from its extreme; a usual day then moved ${card.sigma_bp.toFixed(1)} bp.${card.historical ? " Its alerts are history: they were never sent by themselves." : null}</p>`;
}

function events({ sharpest_day: day, events: found, unexplained }: Card): Html {
  if (day === null) return html`<p class="faint">The sharpest day cannot be told from the readings at hand.</p>`;
  const first = html`<p>The sharpest day was <strong>${dateWords(day.trade_date)}</strong>: ${signedText(day.change_bp)} bp between ${instant(day.from_at)} and ${instant(day.to_at)}.</p>`;
  if (unexplained) {
    return html`${first}<p><strong>Unexplained</strong>: no event on the calendar lies inside it. The calendar knows scheduled releases and decisions, not speeches or news.</p>`;
  }
  return html`${first}<ul>${found.map(({ what, scheduled_at, status }) => html`<li>${what}, ${instant(scheduled_at)}${status === "released" ? null : ` (${status})`}</li>`)}</ul>
<p class="faint">Inside it, which is not to say because of it.</p>`;
}

function markets(card: Card): Html {
  if (card.evaluated === null || card.markets === null) {
    return html`<section id="assets" data-live aria-labelledby="assets-heading"><h2 id="assets-heading">What assets did</h2>
<p class="faint">The closes that it takes are not here yet.</p></section>`;
  }
  const note = percentileNote(card.assets);
  const provisional = card.evaluated.provisional
    ? html`<p class="note">Provisional: some closes are still to come. What is marked will be completed.</p>`
    : null;
  return html`<section id="assets" data-live aria-labelledby="assets-heading"><h2 id="assets-heading">What assets did</h2>
${provisional}<p>From the close dated ${dateWords(card.started_on)}, its start, to the close dated ${dateWords(card.evaluated.on)}, its ${card.evaluated.on === card.extreme_on ? "extreme" : "latest alert"}. A market that was closed on either has no return.</p>
${assetsTable(card.assets)}
<p class="faint">Percentile: the rank of the return among those as long over the five years before.${note === null ? null : ` None is shown: ${note}.`} Below its record: from the highest close stored. Next session: where the market had closed before the end's instant.</p></section>
<section id="statistics" data-live aria-labelledby="statistics-heading"><h2 id="statistics-heading">Together or apart</h2>
${statisticsTable(card.markets)}
<p class="faint">What moved together did not for that reason cause one another.</p>
<h3>Who led?</h3>${leaderAnswer(card.markets)}</section>`;
}

function why(compared: Compared | null, card: Card): Html {
  const body =
    compared === null
      ? html`<p class="faint">Its odds at both ends are not at hand${card.withheld ? ": the source's licence forbids passing them on" : ""}.</p>`
      : whyParagraph(compared, card);
  return html`<section id="why" data-live aria-labelledby="why-heading"><h2 id="why-heading">Why these numbers, and not the headline's</h2>${body}</section>`;
}

function storyLink(card: Card, when: When): string {
  const { at_most, meeting, started_on, extreme_on } = card;
  const range = at_most === null ? null : `${at_most.upper_bp - STEP_BP}-${at_most.upper_bp}`;
  const measure = at_most === null ? null : "at_most";
  const period = { from: started_on, to: extreme_on };
  return apiPath("/story", { meeting, range, measure, ...period, as_of: when.asOf, known_at: when.knownAt });
}

/**
 * Writes the card.
 *
 * @param id of the repricing, as in the address
 * @param texts `known_at` as the API takes it
 * @param get asks the public API
 * @throws Problem 404 for a repricing that is not there, and what the API answers when it is unwell
 */
export async function repricingPage(
  id: string,
  texts: Readonly<Record<string, string>>,
  get: Get,
  now: Date,
): Promise<Document> {
  if (!/^\d{1,15}$/.test(id))
    throw new Problem(404, `Cannot find the repricing ${id.slice(0, 40)}: an id is a whole number`);
  const { knownAt } = whenOf(texts);
  const when: When = { asOf: null, knownAt };
  const card = await readApi<Card>(get, apiPath(`/v1/repricings/${id}`, { known_at: knownAt }));
  const history = apiPath(`/v1/meetings/${card.meeting}/history`, {
    measure: "expected_rate",
    basis: card.basis,
    ...legPeriod(card),
    known_at: knownAt,
  });
  const [compared, readings] = await Promise.all([
    readCompared(get, card, knownAt),
    readIfAny<{ data: readonly LegPoint[] }>(get, history),
  ]);
  const title = titleOf(card);
  const permalink = at(`/repricings/${card.id}`, { asOf: null, knownAt: knownAt ?? newestOf(card) });
  const target =
    card.at_most === null ? null : { lower_bp: card.at_most.upper_bp - STEP_BP, upper_bp: card.at_most.upper_bp };
  const body = html`${pastBanner(when, `/repricings/${card.id}`)}<h1>${title}</h1>
<section id="card" class="card" data-live aria-labelledby="card-heading"><h2 id="card-heading" class="unseen">In short</h2>
${card.sample ? html`<p class="note">These are figures of the built-in sample.</p>` : null}
${card.state === "withdrawn" ? html`<p class="note">Withdrawn: ${card.end_reason === "no_settlement" ? NO_SETTLEMENT : "later readings no longer give it"}.</p>` : null}
${headline(card)}${facts(card, when)}
${legChart(card, readings?.data ?? []) ?? html`<p class="faint">There are too few readings around it to draw.</p>`}
<p class="downloads"><a href="${storyLink(card, when)}">See it in the story${target === null ? null : ` of ${rangeText(target)}`}</a> · <a href="/meetings/${card.meeting}">the meeting</a> · <a href="${apiPath(`/v1/repricings/${card.id}`, { known_at: knownAt })}">JSON</a> ${copyLink(permalink)}</p>
${card.citation === null ? null : html`<p class="quote">To quote: <q>${card.citation}</q> ${copyButton(card.citation, "Copy citation")}</p>`}</section>
${why(compared, card)}
<section id="alerts" data-live aria-labelledby="alerts-heading"><h2 id="alerts-heading">How it went</h2>${timeline(card)}</section>
<section id="events" data-live aria-labelledby="events-heading"><h2 id="events-heading">What was on the calendar</h2>${events(card)}</section>
${markets(card)}`;
  return pageDocument({ title, body, styles: ["story.css"], isPast: isPast(when), until: soon(now) });
}

/** When the newest thing on the card was recorded: with it the link shows the same card again. */
function newestOf({ recorded_at, alerts, evaluated }: Card): string {
  const times = [
    recorded_at,
    ...alerts.map((alert) => alert.recorded_at),
    ...(evaluated === null ? [] : [evaluated.recorded_at]),
  ];
  return times.sort().at(-1) ?? recorded_at;
}
