/** From when to when a shift is asked for. */
import { settlementInstant, tradeDateAt, tradeDateOnOrBefore } from "../calendar/trade-dates.ts";
import { type ShiftWindow, windowStart } from "../repricing/window-start.ts";
import type { SnapshotHeader } from "../store/readings.ts";
import type { MarketTime } from "./parameters.ts";
import { badParameter, Problem } from "./problem.ts";

export interface Period {
  readonly from: MarketTime;
  readonly to: MarketTime;
  readonly window: ShiftWindow | null;
}

interface Times {
  readonly as_of?: MarketTime | undefined;
  readonly window?: ShiftWindow | undefined;
  readonly from?: MarketTime | undefined;
  readonly to?: MarketTime | undefined;
}

/** Both ends as given, or null for a window. */
export function givenPeriod(question: Times): Period | null {
  const { from, to } = question;
  if (from === undefined && to === undefined) return null;
  for (const name of ["window", "as_of"] as const) {
    if (question[name] !== undefined) {
      throw new Problem(400, `Cannot read ${name} beside from and to: give either as_of and window, or from and to`, {
        members: { parameter: name },
      });
    }
  }
  if (from === undefined || to === undefined) {
    const missing = from === undefined ? "from" : "to";
    throw badParameter(missing, null, "given with its counterpart, or as_of and window instead of both");
  }
  if (instantOf(from) > instantOf(to)) throw badParameter("from", timeText(from), `at or before to, ${timeText(to)}`);
  return { from, to, window: null };
}

/**
 * The period of a window. It ends at `asOf`; where only daily readings are at hand an instant means its last settlement,
 * and no time at all means the newest reading, so that a weekend's `1d` is Friday against Thursday.
 */
export function windowPeriod(
  window: ShiftWindow,
  asOf: MarketTime | null,
  at: Date,
  newest: SnapshotHeader | null,
): Period {
  const asked = asOf ?? { instant: at };
  const end = newest?.grid === "settlement" && window !== "1h" ? lastSettlement(asked, asOf === null, newest) : asked;
  const start = windowStart(window, "tradeDate" in end ? end.tradeDate : end.instant);
  return {
    from: start.tradeDate === null ? { instant: start.instant } : { tradeDate: start.tradeDate },
    to: asked,
    window,
  };
}

function lastSettlement(asked: MarketTime, useNewest: boolean, newest: SnapshotHeader): MarketTime {
  if (useNewest) return { tradeDate: newest.tradeDate };
  return "instant" in asked ? { tradeDate: tradeDateAt(asked.instant) } : asked;
}

function instantOf(time: MarketTime): number {
  return "tradeDate" in time
    ? settlementInstant(tradeDateOnOrBefore(time.tradeDate)).getTime()
    : time.instant.getTime();
}

/** A time as it is asked for. */
export function timeText(time: MarketTime): string {
  return "tradeDate" in time ? time.tradeDate : time.instant.toISOString();
}
