import type { IsoDate } from "../calendar/calendar-date.ts";
import type { CloseHistory } from "./close-history.ts";
import type { Statistic } from "./statistic.ts";
import { withheld } from "./statistic.ts";

/** How far back the comparison reaches. */
export const PERCENTILE_YEARS = 5;
/** Fewer past returns than a year's are no scale to rank on. */
export const MIN_PERCENTILE_RETURNS = 250;

const Z95 = 1.959964;

/**
 * Where a return ranks among the asset's returns over as many of its own sessions, 0 to 1: the share of them below it, a tie
 * counting half. Only windows that ended on or before the return's own first close count, so that it is never compared with
 * itself, and none that ended more than five years before that.
 *
 * Windows overlap, so the interval (Wilson) counts n / sessions of them as independent.
 *
 * @param value the return to rank, as a fraction; null gives null
 * @param sessions the asset's sessions, ascending, from before the five years to the return's last close
 * @returns a value only with at least 250 past returns
 */
export function percentileOf({
  value,
  fromDate,
  toDate,
  history,
  sessions,
  closes = closesOfSessions(history, sessions),
  dataAt,
}: {
  readonly value: number | null;
  readonly fromDate: IsoDate;
  readonly toDate: IsoDate;
  readonly history: CloseHistory;
  readonly sessions: readonly IsoDate[];
  /** the closes of those sessions, for a caller that ranks several returns of one asset */
  readonly closes?: SessionCloses;
  readonly dataAt: Date | null;
}): Statistic {
  const start = sessions.indexOf(fromDate);
  const length = sessions.indexOf(toDate) - start;
  const method = `rank among returns over ${length} own sessions of the ${PERCENTILE_YEARS} years before; Wilson 95 %, n / ${length} independent`;
  const nothing = { n: 0, from: null, to: null, method: "rank among past returns of the same length", dataAt: null };
  if (value === null) return withheld(nothing, "no return to rank");
  if (start < 0 || length <= 0)
    return withheld(nothing, `no sessions from ${fromDate} to ${toDate} to measure the length by`);

  const earliest = `${Number(fromDate.slice(0, 4)) - PERCENTILE_YEARS}${fromDate.slice(4)}`;
  let n = 0;
  let below = 0;
  let first: IsoDate | null = null;
  let last: IsoDate | null = null;
  for (let i = length; i <= start; i++) {
    const end = sessions[i] ?? "";
    if (end < earliest) continue;
    const then = closes[i - length];
    const now = closes[i];
    if (then === undefined || now === undefined) continue;
    const past = now / then - 1;
    n += 1;
    below += past < value ? 1 : past === value ? 0.5 : 0;
    first ??= end;
    last = end;
  }
  const known = { n, from: first, to: last, method, dataAt };
  if (n < MIN_PERCENTILE_RETURNS) {
    return withheld(known, `${n} past returns of that length, at least ${MIN_PERCENTILE_RETURNS} are needed`);
  }
  return { ...known, ...wilson(below / n, n / length), note: null };
}

/** An asset's closes, one a session; undefined where there is none. */
export type SessionCloses = readonly (number | undefined)[];

export function closesOfSessions(history: CloseHistory, sessions: readonly IsoDate[]): SessionCloses {
  return sessions.map((session) => history.get(session));
}

function wilson(share: number, n: number): { value: number; low: number; high: number } {
  const weight = Z95 ** 2 / n;
  const centre = (share + weight / 2) / (1 + weight);
  const half = (Z95 * Math.sqrt((share * (1 - share)) / n + weight / (4 * n))) / (1 + weight);
  // At the ends the interval begins or stops exactly at 0 or 1; rounding leaves it 1e-17 beside.
  return { value: share, low: share === 0 ? 0 : centre - half, high: share === 1 ? 1 : centre + half };
}
