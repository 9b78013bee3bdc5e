import type { HTMLElement } from "node-html-parser";
import { parse } from "node-html-parser";
import type { IsoDate } from "../../calendar/calendar-date.ts";
import { daysBetween } from "../../calendar/calendar-date.ts";
import type { SourceHttp, SourcePayload } from "../http/http.ts";
import { SourceError } from "../http/source-error.ts";
import { sourceUrl } from "../http/source-url.ts";
import type { CalendarDays } from "./fed-calendar-days.ts";
import { readCalendarDays } from "./fed-calendar-days.ts";

const SOURCE = "fed-calendar";
const PATH = "/monetarypolicy/fomccalendars.htm";
const SCHEDULED_PER_YEAR = 8;
// The statement of the unscheduled meeting of 2 March 2020 came on the 3rd, and that is the decision day. One of
// 4 October 2019 came a week later and decided no rate.
const STATEMENT_DELAY_DAYS = 1;

/** One meeting of the Federal Reserve's own calendar. */
export interface CalendarMeeting {
  /** the decision day: the meeting's last */
  readonly meetingDate: IsoDate;
  readonly startDate: IsoDate;
  readonly scheduled: boolean;
  readonly cancelled: boolean;
  /** a Summary of Economic Projections comes with it */
  readonly hasProjections: boolean;
  /** path of the statement's page, once there is one */
  readonly statementPath: string | null;
}

export interface FedCalendar {
  /** ascending by `meetingDate` */
  readonly meetings: readonly CalendarMeeting[];
  /** things left out or odd, one line each; for the record */
  readonly warnings: readonly string[];
}

interface Statement {
  readonly path: string;
  readonly date: IsoDate;
}

function statementOf(row: HTMLElement): Statement | null {
  for (const link of row.querySelectorAll("a")) {
    const path = link.getAttribute("href") ?? "";
    const match = /\/newsevents\/pressreleases\/monetary(\d{4})(\d{2})(\d{2})a\.htm$/.exec(path);
    if (match !== null) return { path, date: `${match[1]}-${match[2]}-${match[3]}` };
  }
  return null;
}

function readRow(row: HTMLElement, days: CalendarDays, warnings: string[]): CalendarMeeting {
  const statement = statementOf(row);
  const { startDate, scheduled, cancelled, hasProjections } = days;
  let meetingDate = days.meetingDate;
  const delayDays = statement === null ? 0 : daysBetween(meetingDate, statement.date);
  if (statement !== null && !scheduled && delayDays > 0 && delayDays <= STATEMENT_DELAY_DAYS) {
    meetingDate = statement.date;
  } else if (statement !== null && delayDays !== 0) {
    warnings.push(`The statement of the meeting of ${meetingDate} is dated ${statement.date}`);
  }
  return { meetingDate, startDate, scheduled, cancelled, hasProjections, statementPath: statement?.path ?? null };
}

function readPanel(panel: HTMLElement, year: number, warnings: string[]): CalendarMeeting[] {
  const meetings: CalendarMeeting[] = [];
  for (const cell of panel.querySelectorAll(".fomc-meeting__month")) {
    // Shaded rows have a class of their own; what makes a row is that it holds a month.
    const row = cell.closest(".row") ?? panel;
    const month = cell.text.trim();
    const date = row.querySelector(".fomc-meeting__date")?.text.trim() ?? "";
    const days = readCalendarDays(SOURCE, year, month, date);
    if ("skipped" in days) warnings.push(`Left out ${month} ${date} ${year}: ${days.skipped}`);
    else meetings.push(readRow(row, days, warnings));
  }
  return meetings;
}

/** Full years have eight scheduled meetings, cancelled ones included; only the last year may be begun. */
function checkYears(counts: ReadonlyMap<number, number>, warnings: string[]): void {
  const years = [...counts.keys()].sort((a, b) => a - b);
  if (years.length === 0) {
    throw new SourceError(
      SOURCE,
      'Cannot read the FOMC calendar: expected panels headed "2026 FOMC Meetings", got none',
    );
  }
  const last = years.at(-1);
  for (const year of years) {
    const count = counts.get(year) ?? 0;
    if (count === SCHEDULED_PER_YEAR) continue;
    if (year === last && counts.has(year - 1) && count < SCHEDULED_PER_YEAR) {
      warnings.push(`The calendar of ${year} has ${count} of ${SCHEDULED_PER_YEAR} scheduled meetings so far`);
      continue;
    }
    throw new SourceError(
      SOURCE,
      `Cannot read the FOMC calendar of ${year}: expected ${SCHEDULED_PER_YEAR} scheduled meetings, got ${count}`,
    );
  }
}

/**
 * Meetings from the HTML of the Federal Reserve's calendar page.
 *
 * @throws SourceError when the page no longer has the structure this was written for: nothing of it is to be used then
 */
export function parseFedCalendar(html: string): FedCalendar {
  const warnings: string[] = [];
  const meetings: CalendarMeeting[] = [];
  const counts = new Map<number, number>();
  for (const panel of parse(html).querySelectorAll(".panel")) {
    const heading = panel.querySelector(".panel-heading")?.text.trim() ?? "";
    const year = Number(/^(\d{4}) FOMC Meetings/.exec(heading)?.[1]);
    if (Number.isNaN(year)) continue;
    if (counts.has(year)) throw new SourceError(SOURCE, `Cannot read the FOMC calendar: ${year} appears twice`);
    const read = readPanel(panel, year, warnings);
    counts.set(year, read.filter((meeting) => meeting.scheduled).length);
    meetings.push(...read);
  }
  // A page that was cut parses without the panel it was cut in.
  for (const [, year] of html.matchAll(/(\d{4}) FOMC Meetings/g)) {
    if (counts.has(Number(year))) continue;
    throw new SourceError(
      SOURCE,
      `Cannot read the FOMC calendar: it speaks of ${year} but has no complete panel of it`,
    );
  }
  checkYears(counts, warnings);
  meetings.sort((a, b) => (a.meetingDate < b.meetingDate ? -1 : 1));
  for (const [index, { meetingDate }] of meetings.entries()) {
    if (meetings[index + 1]?.meetingDate === meetingDate) {
      throw new SourceError(SOURCE, `Cannot read the FOMC calendar: two meetings end on ${meetingDate}`);
    }
  }
  return { meetings, warnings };
}

/**
 * The Federal Reserve's calendar of FOMC meetings, about five years back and as far ahead as it is set.
 *
 * A meeting that is missing here is not thereby cancelled: compare with what is stored and never delete.
 *
 * @throws SourceError when the page cannot be had or read
 */
export async function fetchFedCalendar(request: {
  readonly http: SourceHttp;
  readonly baseUrl: string;
  readonly signal?: AbortSignal | undefined;
}): Promise<{
  payloads: readonly SourcePayload[];
  rows: readonly CalendarMeeting[];
  warnings: readonly string[];
}> {
  const url = sourceUrl(request.baseUrl, PATH);
  const response = await request.http({ source: SOURCE, url, accept: ["text/html"], signal: request.signal });
  const { meetings, warnings } = parseFedCalendar(response.text);
  return { payloads: [response], rows: meetings, warnings };
}
