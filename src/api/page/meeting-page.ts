/** The page of one meeting: its odds now and before, how they came about, what moved it. */
import { z } from "zod";
import { settlementInstant, tradeDateOnOrBefore } from "../../calendar/trade-dates.ts";
import { dateInZone, NEW_YORK } from "../../calendar/zoned-time.ts";
import type { Document } from "../answers.ts";
import { meeting as meetingParameter, readParameters } from "../parameters.ts";
import { Problem } from "../problem.ts";
import { soon } from "../resource.ts";
import { dateWords } from "../wording.ts";
import { copyButton, copyLink, NONE, oddsText, originLine, rangeText } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { type MeetingShifts, meetingOddsTable } from "./meeting-odds.ts";
import { type MeetingOdds, type Odds, pinnedAsOf, type Range, readOdds, readShift, WINDOWS } from "./odds.ts";
import { apiPath, type Get, readApi } from "./read-api.ts";
import { readRepricings, repricingsSection } from "./repricings-section.ts";
import { pageDocument } from "./shell.ts";
import { undecidedNote } from "./undecided-note.ts";
import { isPast, lastDayShown, pastBanner, type When, whenForm, whenOf } from "./when.ts";
import { unsolvedNote, working } from "./working.ts";

const MeetingInPath = z.object({ meeting: meetingParameter });

/** What the page reads of `/v1/meetings`. */
interface Listed {
  readonly meeting: string;
  readonly effective_date: string;
  readonly scheduled: boolean;
  readonly status: string;
  readonly target_after: Range | null;
  readonly change_bp: number | null;
  readonly announced_at: string | null;
}

async function readMeeting(get: Get, date: string, knownAt: string | null): Promise<Listed> {
  const { data } = await readApi<{ data: Listed[] }>(
    get,
    apiPath("/v1/meetings", { from: date, to: date, known_at: knownAt }),
  );
  const [meeting] = data;
  if (meeting === undefined) {
    throw new Problem(404, `Cannot find the meeting ${date}: no FOMC meeting of that date is known`);
  }
  return meeting;
}

async function readShifts(get: Get, odds: Odds, meeting: string, knownAt: string | null): Promise<MeetingShifts> {
  const read = async ([window]: (typeof WINDOWS)[number]) =>
    [window, await readShift(get, odds, { meeting, window, knownAt })] as const;
  return Object.fromEntries(await Promise.all(WINDOWS.map(read))) as MeetingShifts;
}

/** The instant that is looked at; null: now. */
function momentOf({ asOf }: When): Date | null {
  if (asOf === null) return null;
  return new Date(asOf.length > 10 ? asOf : settlementInstant(tradeDateOnOrBefore(asOf)));
}

/** The meeting as it stood at a moment: a decision that was announced later is not told of. */
function asOfMoment(listed: Listed, moment: Date | null): Listed {
  if (moment === null || listed.status === "cancelled") return listed;
  const day = dateInZone(moment, NEW_YORK);
  const { meeting, announced_at: announced, effective_date: effective } = listed;
  if (day < meeting || (announced !== null && Date.parse(announced) > moment.getTime())) {
    return { ...listed, status: "upcoming", target_after: null, change_bp: null };
  }
  return listed.status === "decided" && day < effective ? { ...listed, status: "announced" } : listed;
}

/** Whether a meeting has left the newest reading: its range is in effect, known here or not. */
function isOver({ status, target_after: after, effective_date: effective }: Listed, now: Date): boolean {
  return status === "decided" || (status === "announced" && after === null && dateInZone(now, NEW_YORK) >= effective);
}

function standing({
  meeting,
  status,
  target_after: after,
  change_bp: change,
  scheduled,
  effective_date,
}: Listed): Html {
  if (status === "announced" && after === null) {
    return html`<p>${scheduled ? null : "Unscheduled. "}<strong>announced</strong>: the outcome is not known here. It is taken over as soon as a
<a href="/sources">source</a> gives it; by hand: <code>npx cutwatch decide ${meeting} LOWER-UPPER</code>, in basis points, such as <code>350-375</code>.</p>`;
  }
  const outcome =
    after === null
      ? null
      : html`: ${rangeText(after)}${change === null ? null : change === 0 ? ", no change" : `, ${change > 0 ? "+" : "−"}${Math.abs(change)} bp`}`;
  return html`<p>${scheduled ? null : "Unscheduled. "}<strong>${status}</strong>${outcome}. Takes effect ${dateWords(effective_date)}.</p>`;
}

function summary(meeting: MeetingOdds): Html {
  const move = meeting.meeting_move;
  const at =
    move === null
      ? null
      : html`<div class="tile"><dt>At this meeting alone</dt><dd class="figure small">ease ${oddsText(move.ease)} · hold ${oddsText(move.hold)} · hike ${oddsText(move.hike)}</dd><dd>per cent, what prediction markets quote</dd></div>`;
  return html`<dl class="tiles"><div class="tile"><dt>Against the range in force</dt><dd class="figure small">ease ${oddsText(meeting.ease)} · hold ${oddsText(meeting.hold)} · hike ${oddsText(meeting.hike)}</dd><dd>per cent, after all meetings up to this one</dd></div>
${at}<div class="tile"><dt>Tick sensitivity</dt><dd class="figure small">${meeting.tick_sensitivity_pp === null ? NONE : `${Math.abs(meeting.tick_sensitivity_pp).toFixed(2)} pp`}</dd><dd>how far one tick of one contract moves a figure</dd></div></dl>`;
}

/** What can be taken along: the history of each range and of the expected rate. */
function downloads(date: string, ranges: readonly Range[], knownAt: string | null): Html {
  const history = (more: Record<string, string>) =>
    apiPath(`/v1/meetings/${date}/history`, { ...more, known_at: knownAt, format: "csv" });
  const links = ranges.map(({ lower_bp, upper_bp }) => {
    const range = `${lower_bp}-${upper_bp}`;
    return html`<li><a href="${history({ range })}" download="${date}-${range}.csv">${rangeText({ lower_bp, upper_bp })}</a></li>\n`;
  });
  return html`<ul class="inline"><li><a href="${history({ measure: "expected_rate" })}" download="${date}-expected-rate.csv">expected rate</a></li>
${links}</ul>`;
}

function oddsSection(meeting: MeetingOdds, odds: Odds, shifts: MeetingShifts | null, when: When): Html {
  if (meeting.unsolved !== null || shifts === null) {
    return meeting.unsolved === null
      ? html`<p class="note">There are no odds of this meeting.</p>`
      : unsolvedNote(meeting.unsolved);
  }
  const permalink = apiPath(`/meetings/${meeting.meeting}`, {
    as_of: pinnedAsOf(odds),
    known_at: when.knownAt ?? odds.recorded_at,
  });
  const moved = WINDOWS.flatMap(([window, words]) => {
    const { citation } = shifts[window];
    return citation === null ? [] : [html` ${copyButton(citation, `Copy ${words.replace(" ", "-")} move`)}`];
  });
  return html`${summary(meeting)}
${meetingOddsTable(meeting, shifts, odds)}
<p class="source">${originLine(odds)}. <a href="${apiPath("/v1/probabilities", { meeting: meeting.meeting, as_of: pinnedAsOf(odds), known_at: when.knownAt })}">JSON</a> ${copyLink(permalink, "Copy link to this view")}</p>
${odds.citation === null ? null : html`<p class="quote">To quote: <q>${odds.citation}</q> ${copyButton(odds.citation, "Copy citation")}${moved}</p>`}`;
}

/**
 * Writes the page.
 *
 * @param date decision day
 * @throws Problem 400 for what is no date, 404 for a date without a meeting
 */
export async function meetingPage(
  date: string,
  texts: Readonly<Record<string, string>>,
  get: Get,
  now: Date,
): Promise<Document> {
  // In the words of the page: the API below calls it `from`, which nobody gave.
  readParameters(MeetingInPath, { meeting: date });
  const when = whenOf(texts);
  const path = `/meetings/${date}`;
  const listed = await readMeeting(get, date, when.knownAt);
  // A meeting that is over has left the newest reading: its last odds are those at its decision.
  const asked = when.asOf === null && isOver(listed, now) ? { ...when, asOf: date } : when;
  const odds = await readOdds(get, asked, date);
  const meeting = odds?.meetings[0] ?? null;
  const upTo = lastDayShown(when, odds);
  const [shifts, repricings] = await Promise.all([
    odds === null || meeting === null || meeting.unsolved !== null ? null : readShifts(get, odds, date, when.knownAt),
    readRepricings(get, { upTo, knownAt: when.knownAt, meeting: date }),
  ]);
  const solved = odds !== null && meeting !== null && meeting.unsolved === null;
  const story = apiPath("/story", { meeting: date, as_of: when.asOf, known_at: when.knownAt });
  const body = html`${pastBanner(when, path)}<h1>FOMC meeting of ${dateWords(date)}</h1>
<section id="odds" data-live aria-labelledby="odds-heading">${standing(asOfMoment(listed, momentOf(when)))}${undecidedNote(odds?.undecided_meeting ?? null)}${odds?.sample ? html`<p class="note">Figures of the built-in sample.</p>` : null}${odds !== null && asked !== when ? html`<p class="faint">The meeting is over. Below: its last odds, of ${dateWords(odds.trade_date)}.</p>` : null}
<h2 id="odds-heading">Odds by range</h2>
${odds === null || meeting === null ? html`<p class="note">No reading covers this meeting${when.asOf === null ? "" : ` at or before ${when.asOf}`}.</p>` : oddsSection(meeting, odds, shifts, when)}</section>
${solved ? html`<section id="working" data-live aria-labelledby="working-heading"><h2 id="working-heading">How these odds came about</h2>${working(meeting, odds)}</section>` : null}
<section id="repricings" data-live aria-labelledby="repricings-heading"><h2 id="repricings-heading">Repricings of this meeting</h2>${repricingsSection(repricings, when, { upTo, odds, meeting: date })}</section>
<section id="history" aria-labelledby="history-heading"><h2 id="history-heading">Over time</h2>
<p><a class="button" href="${story}">See its story as a chart</a></p><p>History as CSV:</p>${downloads(date, meeting?.outcomes ?? [], when.knownAt)}
<div id="moment" data-live>${whenForm(when, path, odds?.trade_date ?? null)}</div></section>`;
  return pageDocument({
    title: `FOMC meeting of ${dateWords(date)}`,
    body,
    isPast: isPast(when),
    until: soon(now),
  });
}
