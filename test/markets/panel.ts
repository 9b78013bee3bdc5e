import type { DailyClose } from "../../src/markets/close-history.ts";
import type { TradeDay } from "../../src/markets/same-date-returns.ts";
import { isSession } from "../../src/markets/sessions.ts";
import type { PanelSymbol } from "../../src/pricing/observations.ts";

/** Standard normal draws from a seed: mulberry32 through Box and Muller. */
export function normals(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Closes that give `returns` from trade day to trade day, on the asset's own sessions only. */
export function closesFrom(symbol: PanelSymbol, days: readonly TradeDay[], returns: readonly number[]): DailyClose[] {
  const closes: DailyClose[] = [];
  let close = 100;
  days.forEach(({ fromDate, date }, i) => {
    if (i === 0 && isSession(symbol, fromDate)) closes.push({ symbol, date: fromDate, close });
    close *= 1 + (returns[i] ?? 0);
    if (isSession(symbol, date)) closes.push({ symbol, date, close });
  });
  return closes;
}
