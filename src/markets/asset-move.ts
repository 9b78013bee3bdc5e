import type { IsoDate } from "../calendar/calendar-date.ts";
import { addDays, maxDate } from "../calendar/calendar-date.ts";
import type { PanelSymbol } from "../pricing/observations.ts";
import type { CloseHistory } from "./close-history.ts";
import type { Drawdown } from "./drawdown.ts";
import { drawdownOn } from "./drawdown.ts";
import type { EventWindow } from "./event-study.ts";
import { eventStudy } from "./event-study.ts";
import { ownSessions } from "./own-sessions.ts";
import { closesOfSessions, PERCENTILE_YEARS, percentileOf } from "./percentile.ts";
import { closeInstant, isSession, nextSession, previousSession } from "./sessions.ts";
import type { Statistic } from "./statistic.ts";
import type { TimedReturn } from "./timed-return.ts";
import { returnBetween } from "./timed-return.ts";

/** Returns and ranks over the leg and over the asset's last 1, 5 and 21 sessions. */
export interface ByLength<T> {
  readonly leg: T;
  readonly d1: T;
  readonly d5: T;
  readonly d21: T;
}

/** What one asset did beside a repricing. Returns are simple, as fractions; null never stands for 0. */
export interface AssetMove {
  readonly symbol: PanelSymbol;
  /** from the close dated the leg's start to the close dated the evaluation */
  readonly return: number | null;
  readonly fromAt: Date | null;
  readonly toAt: Date | null;
  /** a close that the leg's return needs is still to come */
  readonly provisional: boolean;
  readonly return1d: number | null;
  readonly return5d: number | null;
  readonly return21d: number | null;
  readonly drawdown: number | null;
  /** rank of the leg's return among returns as long, 0 to 1 */
  readonly percentile: number | null;
  /** why `return` is null */
  readonly note: string | null;
  readonly returns: ByLength<TimedReturn>;
  readonly percentiles: ByLength<Statistic>;
  readonly record: Drawdown;
  /** the first session after the evaluation, where the market had closed before it (Asia) or was shut that day */
  readonly next: TimedReturn | null;
  /** around the evaluation's session */
  readonly events: readonly EventWindow[];
}

export interface MoveQuestion {
  readonly symbol: PanelSymbol;
  readonly history: CloseHistory;
  /** no leg starts before it */
  readonly earliest: IsoDate;
  readonly to: IsoDate;
  /** the instant of the evaluation: a market that closed before it feels the event in its next session */
  readonly toAsOf: Date;
  /** when the question is asked */
  readonly clock: Date;
}

// The longest trailing window, the estimation sessions of the event study and room for holidays, in calendar days.
const ROOM_DAYS = 450;
const SESSIONS_AFTER = 5;
const DAYS_PER_YEAR = 366;

/**
 * One asset's returns, ranks, drawdown and event study for legs that end with the close dated `to`. What does not depend on
 * a leg's start is worked out once: ranks over five years and the event study are most of the work.
 *
 * @returns a function of the date of the close that a leg starts with, `earliest` or later
 */
export function assetMovesTo(question: MoveQuestion): (from: IsoDate) => AssetMove {
  const { symbol, history, to } = question;
  const sessions = sessionsAround(question);
  const [d1, d5, d21] = [trailing(question, 1), trailing(question, 5), trailing(question, 21)];
  const closes = closesOfSessions(history, sessions);
  const rank = ({ value, fromDate, toDate, toAt }: TimedReturn) =>
    percentileOf({ value, fromDate, toDate, history, sessions, closes, dataAt: toAt });
  const ranks = { d1: rank(d1), d5: rank(d5), d21: rank(d21) };
  const record = drawdownOn(history, to);
  const next = nextSessionReturn(question);
  const events = eventStudy({ symbol, history, sessions, eventDate: to });
  return (from) => {
    const leg = returnBetween(question, from, to);
    const legRank = rank(leg);
    return {
      symbol,
      return: leg.value,
      fromAt: leg.fromAt,
      toAt: leg.toAt,
      provisional: leg.provisional,
      return1d: d1.value,
      return5d: d5.value,
      return21d: d21.value,
      drawdown: record.value,
      percentile: legRank.value,
      note: leg.note,
      returns: { leg, d1, d5, d21 },
      percentiles: { leg: legRank, ...ranks },
      record,
      next,
      events,
    };
  };
}

/** From as far back as ranks and the event study reach, or the first close there is, to five sessions after `to`. */
function sessionsAround({ symbol, history, earliest, to }: MoveQuestion): IsoDate[] {
  const [firstClose] = history.keys();
  if (firstClose === undefined) return [];
  const legDays = Math.round((Date.parse(to) - Date.parse(earliest)) / 86_400_000);
  const reach = addDays(earliest, -(PERCENTILE_YEARS * DAYS_PER_YEAR + ROOM_DAYS + legDays));
  let end = to;
  for (let i = 0; i < SESSIONS_AFTER; i++) end = nextSession(symbol, end);
  return ownSessions(symbol, maxDate(firstClose, reach), end);
}

function trailing(question: MoveQuestion, sessions: number): TimedReturn {
  const { symbol, to } = question;
  let start = to;
  for (let i = 0; i < sessions; i++) start = previousSession(symbol, start);
  return returnBetween(question, start, to);
}

function nextSessionReturn(question: MoveQuestion): TimedReturn | null {
  const { symbol, to, toAsOf } = question;
  const close = closeInstant(symbol, to);
  if (close !== null && close.getTime() >= toAsOf.getTime()) return null;
  return returnBetween(question, isSession(symbol, to) ? to : previousSession(symbol, to), nextSession(symbol, to));
}
