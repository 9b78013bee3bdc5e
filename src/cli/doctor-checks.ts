/** What `doctor` finds without asking anybody: configuration, clock, calendars. Each is one line. */

import { addDays, daysBetween, type IsoDate } from "../calendar/calendar-date.ts";
import type { Meeting } from "../calendar/meetings.ts";
import { TRADE_CALENDAR_END } from "../calendar/trade-dates.ts";
import type { Config } from "../config.ts";
import { SESSIONS_END } from "../markets/sessions.ts";
import { BUILT_IN_END } from "../sources/built-in/fomc-meetings.ts";

export interface Check {
  readonly name: string;
  readonly state: "ok" | "warn" | "fail";
  readonly detail: string;
}

const WARN_DAYS = 366;
const CLOCK_WARN_S = 5;
const CLOCK_FAIL_S = 60;
/** The newest Node that was tried. */
const NEWEST_NODE = 24;
const OLDEST_NODE = 20;

export function configurationChecks(config: Config, nodeVersion: string): Check[] {
  const major = Number.parseInt(nodeVersion, 10);
  const tried = major >= OLDEST_NODE && major <= NEWEST_NODE;
  const futures = config.futures.length === 0 ? "none: no futures prices are asked for" : config.futures.join(", ");
  const checks: Check[] = [
    {
      name: "node",
      state: tried ? "ok" : "warn",
      detail: tried ? nodeVersion : `${nodeVersion}, tried are ${OLDEST_NODE} to ${NEWEST_NODE}`,
    },
    {
      name: "configuration",
      state: "ok",
      detail: `address ${config.host}:${config.port}, sample ${onOff(config.sample)}, jobs ${onOff(config.jobs)}`,
    },
    { name: "futures", state: config.futures.length === 0 ? "warn" : "ok", detail: futures },
  ];
  const open = config.host !== "127.0.0.1" && config.host !== "localhost" && config.host !== "::1";
  if (open && !config.withhold) {
    const detail = "off while HOST lets others in: prices whose licence forbids passing on are in the answers";
    checks.push({ name: "CUTWATCH_WITHHOLD", state: "warn", detail });
  }
  return checks;
}

function onOff(value: boolean): string {
  return value ? "on" : "off";
}

/** This machine's clock beside another one. */
export function clockCheck(here: Date, there: Date, whose: string): Check {
  const seconds = Math.abs(here.getTime() - there.getTime()) / 1000;
  const state = seconds > CLOCK_FAIL_S ? "fail" : seconds > CLOCK_WARN_S ? "warn" : "ok";
  const detail = `${here.toISOString().slice(0, 19)}Z, ${seconds.toFixed(1)} s from the clock of the ${whose}`;
  return { name: "clock", state, detail };
}

function endCheck(name: string, end: IsoDate, today: IsoDate, what: string): Check {
  const days = daysBetween(today, end);
  if (days < 0) return { name, state: "fail", detail: `${what} ended on ${end}; a newer cutwatch is needed` };
  const detail = `${what} until ${end}`;
  return days <= WARN_DAYS
    ? { name, state: "warn", detail: `${detail}, in ${days} days; a newer cutwatch brings more` }
    : { name, state: "ok", detail };
}

/** How long each calendar that ships with the program lasts; a warning a year before one ends. */
export function calendarChecks(now: Date): Check[] {
  const today = now.toISOString().slice(0, 10);
  const byEnd = new Map<IsoDate, string[]>();
  for (const [symbol, end] of Object.entries(SESSIONS_END)) {
    if (end !== null) byEnd.set(end, [...(byEnd.get(end) ?? []), symbol]);
  }
  return [
    endCheck("meeting calendar", BUILT_IN_END, today, "FOMC meetings are built in"),
    endCheck("trade calendar", TRADE_CALENDAR_END, today, "the futures exchange's holidays were checked"),
    ...[...byEnd].map(([end, symbols]) =>
      endCheck("sessions", end, today, `sessions of ${symbols.join(", ")} are known`),
    ),
  ];
}

/** A decision is public within the hour; the day after, everyone should know it. */
const OUTCOME_DUE_DAYS = 2;

/** Meetings that are past and whose outcome is not known, and when the next one is. */
export function meetingChecks(meetings: readonly Meeting[], now: Date): Check[] {
  const today = now.toISOString().slice(0, 10);
  const open = meetings.filter(
    ({ meetingDate, decision, cancelledAt }) =>
      decision === null && cancelledAt === null && addDays(meetingDate, OUTCOME_DUE_DAYS) <= today,
  );
  if (open.length > 0) {
    const days = open.map(({ meetingDate }) => meetingDate).join(", ");
    const detail = `no outcome is known of ${days}; cutwatch decide <meeting> <range> records one`;
    return [{ name: "decisions", state: "warn", detail }];
  }
  const next = meetings.find(({ meetingDate, cancelledAt }) => cancelledAt === null && meetingDate >= today);
  const detail = `all past outcomes are known, the next meeting is ${next?.meetingDate ?? "not known"}`;
  return [{ name: "decisions", state: next === undefined ? "warn" : "ok", detail }];
}
