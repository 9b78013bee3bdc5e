/** The four figures that a trader looks for first: the range in force, the year's end, the next decision, the data's age. */
import { NEW_YORK, zonedInstant } from "../../calendar/zoned-time.ts";
import { dateWords, unknownOutcomeWords } from "../wording.ts";
import { basisText, instant, NONE, oddsText, rangeText, rateText, signedText } from "./figures.ts";
import { type Html, html } from "./html.ts";
import type { MeetingOdds, Odds } from "./odds.ts";
import type { Source } from "./source-table.ts";
import { at, isPast, type When } from "./when.ts";

const STATEMENT_HOUR = 14; // New York
const MINUTE_MS = 60_000;
const STEP_BP = 25;

/** `in 23 d 4 h`, `in 4 h 10 min`: the browser counts on from there. */
export function countdown(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / MINUTE_MS));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  return days > 0 ? `in ${days} d ${hours} h` : hours > 0 ? `in ${hours} h ${minutes % 60} min` : `in ${minutes} min`;
}

interface Tile {
  readonly id: string;
  readonly name: string;
  readonly figure: Html | string;
  readonly more: Html | string | null;
}

function tile({ id, name, figure, more }: Tile): Html {
  return html`<div class="tile" id="${id}"><dt>${name}</dt><dd class="figure">${figure}</dd><dd>${more}</dd></div>\n`;
}

function rangeTile({ target, effr_bp, undecided_meeting: undecided }: Odds): Html {
  const fixed = effr_bp === null ? null : `EFFR last fixed at ${rateText(effr_bp)}`;
  const more = undecided === null ? fixed : `assumed: ${unknownOutcomeWords(undecided)}`;
  return tile({ id: "in-force", name: "Range in force", figure: rangeText(target), more });
}

function yearEndTile({ priced_by_year_end_bp: priced, trade_date }: Odds): Html {
  const name = `Priced by the end of ${trade_date.slice(0, 4)}`;
  if (priced === null) return tile({ id: "year-end", name, figure: NONE, more: "no solved meeting reaches it" });
  const steps = Math.abs(priced) / STEP_BP;
  const more =
    Number(steps.toFixed(2)) === 0
      ? "no change"
      : `${steps.toFixed(2)} ${priced < 0 ? "cuts" : "hikes"} of ${STEP_BP} bp`;
  return tile({ id: "year-end", name, figure: `${signedText(priced)} bp`, more });
}

/** The first decision after the moment that is looked at. */
function nextMeeting(odds: Odds, momentMs: number): { meeting: MeetingOdds; dueMs: number } | null {
  for (const meeting of odds.meetings) {
    const dueMs = zonedInstant(meeting.meeting, STATEMENT_HOUR, 0, NEW_YORK).getTime();
    if (dueMs > momentMs && !meeting.announced) return { meeting, dueMs };
  }
  return null;
}

/** Ease, hold and hike side by side, as wide as they are likely. */
function splitBar({ ease, hold, hike }: MeetingOdds): Html | null {
  if (ease === null || hold === null || hike === null) return null;
  const parts = [
    ["ease", ease],
    ["hold", hold],
    ["hike", hike],
  ] as const;
  let left = 0;
  const rects = parts.map(([name, odds]) => {
    const rect = html`<rect class="${name}" x="${(left * 100).toFixed(2)}" width="${(odds * 100).toFixed(2)}" height="8"/>`;
    left += odds;
    return rect;
  });
  const words = parts
    .filter(([, odds]) => odds > 0)
    .map(([name, odds]) => html`<span class="${name}">${name} ${oddsText(odds)} %</span> `);
  return html`<svg class="split" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">${rects}</svg><span class="legend">${words}</span>`;
}

function nextTile(odds: Odds, when: When, now: Date): Html {
  const readMs = Date.parse(odds.as_of);
  const looksBack = isPast(when) || odds.sample;
  const next = nextMeeting(odds, looksBack ? readMs : now.getTime());
  if (next === null) {
    const more = "every meeting of this reading is decided; the calendar or the prices are behind";
    return tile({ id: "next", name: "Next decision", figure: NONE, more });
  }
  const { meeting, dueMs } = next;
  const link = html`<a href="${at(`/meetings/${meeting.meeting}`, when)}">${dateWords(meeting.meeting)}</a>`;
  const left = looksBack
    ? `${Math.ceil((dueMs - readMs) / 86_400_000)} days after this reading`
    : html`<span data-countdown="${new Date(dueMs).toISOString()}">${countdown(dueMs - now.getTime())}</span>`;
  const figure = html`${link} <small>${left}</small>`;
  const more = meeting.unsolved === null ? splitBar(meeting) : `unsolved: ${meeting.unsolved.detail}`;
  return tile({ id: "next", name: "Next decision", figure, more });
}

/** A tile has room for two names; the page of sources has them all. */
export function sourceWords(names: readonly string[]): string {
  return names.length <= 2 ? names.join(", ") : `${names.length} sources`;
}

/** What to think of the data at hand: a word, and how grave it is. */
function health(odds: Odds, sources: readonly Source[] | null, when: When): { mark: string; words: string } {
  if (odds.sample) return { mark: "sample", words: "built-in sample" };
  if (isPast(when)) return { mark: "sample", words: "history" };
  if (odds.undecided_meeting !== null)
    return { mark: "failing", words: odds.stale ? "stale, unverified" : "unverified" };
  if (odds.stale) return { mark: "failing", words: "stale" };
  if (sources === null) return { mark: "stale", words: "sources unknown" };
  const failing = sources.filter(({ status }) => status === "failing").map(({ source }) => source);
  if (failing.length > 0) return { mark: "failing", words: `${sourceWords(failing)} failing` };
  const late = sources.filter(({ status }) => status === "stale").map(({ source }) => source);
  return late.length > 0 ? { mark: "stale", words: `${sourceWords(late)} late` } : { mark: "ok", words: "in order" };
}

function dataTile(odds: Odds, sources: readonly Source[] | null, when: When): Html {
  const { mark, words } = health(odds, sources, when);
  const figure = html`<a href="/sources"><span class="dot ${mark}"></span>${words}</a>`;
  const live = isPast(when) || odds.sample ? null : html` <span class="age" data-age="${odds.as_of}"></span>`;
  const more = html`<span class="basis">${basisText(odds.basis)}</span> of ${instant(odds.grid === "settlement" ? odds.trade_date : odds.as_of)}${live}, recorded ${instant(odds.recorded_at)}`;
  return tile({ id: "data", name: "Data", figure, more });
}

/** The tiles; `sources` is null when the API could not tell. */
export function tiles(odds: Odds, sources: readonly Source[] | null, when: When, now: Date): Html {
  return html`<dl class="tiles four">
${rangeTile(odds)}${yearEndTile(odds)}${nextTile(odds, when, now)}${dataTile(odds, sources, when)}</dl>`;
}
