import type { IsoDate } from "../calendar/calendar-date.ts";
import type { PanelSymbol } from "../pricing/observations.ts";
import type { CloseHistory } from "./close-history.ts";
import { closeInstant } from "./sessions.ts";

/** A return between two closes of one asset, each with its instant. */
export interface TimedReturn {
  /** simple, as a fraction: -0.135 is -13.5 %; null when either close is missing */
  readonly value: number | null;
  readonly fromDate: IsoDate;
  readonly toDate: IsoDate;
  /** null when the market was closed on that date */
  readonly fromAt: Date | null;
  readonly toAt: Date | null;
  /** a close is not there yet but is still to be expected: ask again */
  readonly provisional: boolean;
  /** why the value is null */
  readonly note: string | null;
}

/** How long after its instant a missing close is still waited for: sources catch up over a long weekend. */
export const CLOSE_GRACE_DAYS = 4;

const DAY_MS = 86_400_000;

/**
 * The return from the close dated `from` to the close dated `to`: exactly those closes. When the market was closed on
 * either date there is no such close, so the return is null, never 0 and never one from the close before.
 *
 * @param clock when the question is asked, which decides whether a missing close can still come
 */
export function returnBetween(
  { symbol, history, clock }: { readonly symbol: PanelSymbol; readonly history: CloseHistory; readonly clock: Date },
  from: IsoDate,
  to: IsoDate,
): TimedReturn {
  const fromAt = closeInstant(symbol, from);
  const toAt = closeInstant(symbol, to);
  const absent = (provisional: boolean, note: string): TimedReturn => {
    return { value: null, fromDate: from, toDate: to, fromAt, toAt, provisional, note };
  };
  if (from === to) return absent(false, `no session between: both closes are dated ${from}`);
  const closed = [from, to].filter((_, i) => (i === 0 ? fromAt : toAt) === null);
  if (closed.length > 0) return absent(false, `${symbol} was closed on ${closed.join(" and ")}`);

  const then = history.get(from);
  const now = history.get(to);
  if (then !== undefined && now !== undefined) {
    return { value: now / then - 1, fromDate: from, toDate: to, fromAt, toAt, provisional: false, note: null };
  }
  const missing = [
    ...(then === undefined ? [{ date: from, at: fromAt }] : []),
    ...(now === undefined ? [{ date: to, at: toAt }] : []),
  ];
  // One close that never came makes the return final, whatever the other does.
  const pending = missing.every(({ at }) => at !== null && clock.getTime() < at.getTime() + CLOSE_GRACE_DAYS * DAY_MS);
  const words = missing.map(({ date, at }) => `${date} (${at?.toISOString() ?? ""})`).join(" and ");
  return absent(pending, `no close of ${symbol} at hand for ${words}${pending ? " yet" : ""}`);
}
