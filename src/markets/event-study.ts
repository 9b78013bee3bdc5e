import { mean, sampleStandardDeviation } from "simple-statistics";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { PanelSymbol } from "../pricing/observations.ts";
import type { CloseHistory } from "./close-history.ts";
import { closeInstant } from "./sessions.ts";
import type { Statistic } from "./statistic.ts";
import { withheld } from "./statistic.ts";
import { studentHalfWidth } from "./student.ts";

/** Sessions of the asset, counted from the event's own (0). */
export const EVENT_WINDOWS = [
  { first: -5, last: -1 },
  { first: 0, last: 0 },
  { first: 1, last: 5 },
  { first: -21, last: 0 },
] as const;

/** Daily returns that "usual" is estimated from: up to 250, ending before the earliest window; at least 60. */
export const ESTIMATION_SESSIONS = 250;
export const MIN_ESTIMATION_RETURNS = 60;

const EARLIEST = Math.min(...EVENT_WINDOWS.map(({ first }) => first));

/** What an asset did in one window beyond its usual daily return: `value` is the sum of those excesses, as a fraction. */
export interface EventWindow extends Statistic {
  readonly first: number;
  readonly last: number;
  /** value over its standard error; read it as a size, for the days of an event are not drawn at random */
  readonly t: number | null;
  /** the constant-mean model: mean and standard deviation of a daily return, and the n behind them */
  readonly usualMean: number | null;
  readonly usualDeviation: number | null;
  readonly usualN: number;
}

/**
 * Event study against a constant-mean model. The usual daily return is the mean over the sessions -271 to -22 before the
 * event; the abnormal return of a window is its sum of daily returns less that mean; its standard error is
 * s sqrt(L (1 + L / M)) for L days against M, the second term for the error of the mean itself.
 *
 * @param eventDate the event's own session (0); on a closed day every window is null
 * @param sessions the asset's sessions, ascending, reaching from 271 before the event to 5 after it where there is data
 * @returns one answer for each of {@link EVENT_WINDOWS}; null where a close of the window is missing or still to come
 */
export function eventStudy({
  symbol,
  history,
  sessions,
  eventDate,
}: {
  readonly symbol: PanelSymbol;
  readonly history: CloseHistory;
  readonly sessions: readonly IsoDate[];
  readonly eventDate: IsoDate;
}): EventWindow[] {
  const zero = sessions.indexOf(eventDate);
  const returnAt = (offset: number): number | null => {
    const then = history.get(sessions[zero + offset - 1] ?? "");
    const now = history.get(sessions[zero + offset] ?? "");
    return then === undefined || now === undefined ? null : now / then - 1;
  };
  const usual: number[] = [];
  for (let i = 1; zero >= 0 && i <= ESTIMATION_SESSIONS; i++) {
    const value = returnAt(EARLIEST - i);
    if (value !== null) usual.push(value);
  }
  const usualN = usual.length;
  const enough = usualN >= MIN_ESTIMATION_RETURNS;
  const usualMean = enough ? mean(usual) : null;
  const usualDeviation = enough ? sampleStandardDeviation(usual) : null;

  return EVENT_WINDOWS.map(({ first, last }) => {
    const returns = Array.from({ length: last - first + 1 }, (_, i) => returnAt(first + i)).filter((r) => r !== null);
    const length = last - first + 1;
    const to = zero < 0 ? null : (sessions[zero + last] ?? null);
    const known = {
      n: zero < 0 ? 0 : returns.length,
      from: zero < 0 ? null : (sessions[zero + first] ?? null),
      to,
      method: `sum of daily returns less the mean of up to ${ESTIMATION_SESSIONS} before session ${EARLIEST}; 95 % (t)`,
      dataAt: null,
    };
    const shape = { first, last, t: null, usualMean, usualDeviation, usualN };
    if (zero < 0) return { ...withheld(known, `${symbol} was closed on ${eventDate}`), ...shape };
    if (returns.length < length) {
      return { ...withheld(known, `${returns.length} of ${length} daily returns at hand`), ...shape };
    }
    if (usualMean === null || usualDeviation === null) {
      const note = `${usualN} earlier daily returns, at least ${MIN_ESTIMATION_RETURNS} are needed`;
      return { ...withheld(known, note), ...shape };
    }
    const value = returns.reduce((sum, each) => sum + (each - usualMean), 0);
    const error = usualDeviation * Math.sqrt(length * (1 + length / usualN));
    const half = studentHalfWidth(usualN - 1) * error;
    return {
      ...known,
      dataAt: to === null ? null : closeInstant(symbol, to),
      value,
      low: value - half,
      high: value + half,
      note: null,
      ...shape,
      t: error === 0 ? null : value / error,
    };
  });
}
