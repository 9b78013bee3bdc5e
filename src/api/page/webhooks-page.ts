/** The page `/webhooks`: forms that the client module works with a key. Nothing of anybody's webhooks is in the page itself. */
import { SEVERITIES } from "../../repricing/repricing.ts";
import { EVENT_TYPES, FORMATS, RULE_MEASURES, RULE_WINDOWS } from "../../webhooks/subscription.ts";
import type { Document } from "../answers.ts";
import { soon } from "../resource.ts";
import { dateWords } from "../wording.ts";
import { rangeText } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { type Odds, type Range, readOdds } from "./odds.ts";
import { apiPath, type Get, readApi } from "./read-api.ts";
import { pageDocument } from "./shell.ts";

const DEFAULT_SEVERITY = "sharp";
const MEETINGS_SHOWN = 8;

const RELATIVE = [
  ["next", "the next decision"],
  ["next+1", "the one after it"],
  ["year_end", "the year's last"],
] as const;

const MEASURE_WORDS: Readonly<Record<string, string>> = {
  range: "odds of exactly the range",
  at_most: "odds of the range or below",
  at_least: "odds of the range or above",
  expected_rate: "expected rate",
  ease: "odds of an ease",
  hold: "odds of a hold",
  hike: "odds of a hike",
};

function options(words: readonly (readonly [string, string])[], chosen: string | null): Html[] {
  return words.map(
    ([value, text]) => html`<option value="${value}"${value === chosen ? html` selected` : null}>${text}</option>`,
  );
}

function same(words: readonly string[]): (readonly [string, string])[] {
  return words.map((word) => [word, word] as const);
}

/** Ranges that the odds know of, so that a rule can be chosen instead of typed. */
function rangesOf(odds: Odds | null): Range[] {
  const ranges = new Map(
    (odds?.meetings ?? []).flatMap(({ outcomes }) => outcomes.map((range) => [range.lower_bp, range] as const)),
  );
  return [...ranges.values()].sort((a, b) => a.lower_bp - b.lower_bp);
}

function keyForm(): Html {
  return html`<section id="key" aria-labelledby="key-heading"><h2 id="key-heading">Your key</h2>
<form id="key-form" class="row"><label>API key <input id="key-field" type="password" autocomplete="off" spellcheck="false" placeholder="cw_…" required></label>
<button>Use this key</button> <button type="button" id="key-forget" class="quiet" hidden>Forget it</button></form>
<p class="faint">It needs the scope webhooks: <code>npx cutwatch keys create --name desk --scope webhooks</code> prints one. It stays in this
tab, and is forgotten when the tab is closed.</p></section>`;
}

function ruleTemplate(meetings: readonly (readonly [string, string])[], ranges: readonly Range[]): Html {
  const known = ranges.map((range) => [`${range.lower_bp}-${range.upper_bp}`, rangeText(range)] as const);
  return html`<template id="rule"><fieldset class="rule"><legend>Rule</legend>
<label>meeting <select name="meeting">${options(meetings, "next")}</select></label>
<label>measure <select name="measure">${options(
    RULE_MEASURES.map((measure) => [measure, MEASURE_WORDS[measure] ?? measure] as const),
    "at_most",
  )}</select></label>
<label data-needs="range">range <input name="range" list="ranges" size="9" placeholder="350-375" pattern="-?\\d{1,4}-\\d{1,4}" required></label>
<label>when it <select name="kind"><option value="crosses">crosses</option><option value="shift">moves by</option></select></label>
<label><span data-unit>%</span> <input name="amount" type="number" step="any" size="6" required></label>
<label data-needs="window" hidden>within <select name="window">${options(same(RULE_WINDOWS), "1d")}</select></label>
<button type="button" class="quiet" data-remove>Remove this rule</button></fieldset></template>
<datalist id="ranges">${options(known, null)}</datalist>`;
}

function subscriptionForm(meetings: readonly (readonly [string, string])[], ranges: readonly Range[]): Html {
  const boxes = (name: string, words: readonly (readonly [string, string])[]) =>
    words.map(
      ([value, text]) =>
        html`<label class="box"><input type="checkbox" name="${name}" value="${value}"> ${text}</label>\n`,
    );
  return html`<section id="new" aria-labelledby="new-heading"><h2 id="new-heading">Subscribe</h2>
<form id="new-form">
<p><label>Address <input name="url" type="url" size="50" placeholder="https://…" required autocomplete="off"></label>
<label>Format <select name="format">${options(same(FORMATS), "standard")}</select></label></p>
<p><label>Repricings of at least <select name="min_severity">${options(same(SEVERITIES), DEFAULT_SEVERITY)}</select></label>
<label>Description <input name="description" size="30" maxlength="500"></label></p>
<fieldset><legend>Meetings <small>none ticked: all</small></legend>${boxes("meetings", meetings)}</fieldset>
<details id="more"><summary>Types of message and age</summary>
<fieldset><legend>Types of message <small>none ticked: repricings, and matches of the rules below</small></legend>${boxes("events", same(EVENT_TYPES))}</fieldset>
<p><label>Send nothing recorded longer ago than <input name="max_age_s" type="number" min="1" max="31536000" size="8"> seconds</label> <span class="faint">empty: no limit</span></p></details>
<div id="rules"></div>
<p><button type="button" class="quiet" id="add-rule">Add a rule</button></p>
<p class="actions"><button type="button" id="dry-run" class="quiet">Dry run against history</button> <button>Create</button></p>
<div id="new-result" role="status"></div>
</form>${ruleTemplate(meetings, ranges)}</section>`;
}

/** Writes the page. */
export async function webhooksPage(get: Get, now: Date): Promise<Document> {
  const today = now.toISOString().slice(0, 10);
  const [{ data }, odds] = await Promise.all([
    readApi<{ data: { meeting: string }[] }>(
      get,
      apiPath("/v1/meetings", { from: today, limit: String(MEETINGS_SHOWN) }),
    ),
    readOdds(get, { asOf: null, knownAt: null }, null),
  ]);
  const meetings = [...RELATIVE, ...data.map(({ meeting }) => [meeting, dateWords(meeting)] as const)];
  const body = html`<h1>Webhooks</h1>
<p>When the market changes its mind, a signed message goes to your address (Standard Webhooks), or to Slack, Discord or
Telegram in their own format.</p>
<noscript><p class="note">This page needs JavaScript. The same is done by <code>npx cutwatch webhooks</code> and by <a href="/docs">the API</a>.</p></noscript>
${keyForm()}
<section id="yours" aria-labelledby="yours-heading" hidden><h2 id="yours-heading">Your webhooks</h2><div id="list"></div></section>
${subscriptionForm(meetings, rangesOf(odds))}`;
  return pageDocument({
    title: "Webhooks",
    body,
    place: "/webhooks",
    scripts: ["client/webhooks.js"],
    until: soon(now),
  });
}
