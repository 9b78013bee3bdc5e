import { previousTradeDate, sessionEndInstant, tradeDateOnOrBefore } from "../src/calendar/trade-dates.ts";
import { CHICAGO, dateInZone } from "../src/calendar/zoned-time.ts";
import { SourceError } from "../src/sources/http/source-error.ts";
import { findSnapshot } from "../src/store/readings.ts";
import type { JobContext } from "./job-context.ts";

/**
 * Tells the operator's monitor that the newest trade date's odds are stored: an address that stops being asked is how
 * a silent failure is noticed.
 *
 * @returns words for the run's detail
 */
export async function reportSettlement(context: JobContext, stored: number): Promise<string> {
  const { heartbeatUrl } = context.config;
  if (heartbeatUrl === null || stored === 0) return "";
  const now = context.now();
  const today = tradeDateOnOrBefore(dateInZone(now, CHICAGO));
  const due = sessionEndInstant(today) <= now ? today : previousTradeDate(today);
  const newest = await findSnapshot(context.sql, {
    at: { tradeDate: today },
    grid: "settlement",
    basis: null,
    method: null,
    knownAt: null,
    meeting: null,
    sample: false,
  });
  if (newest === null || newest.tradeDate < due) return "";
  try {
    await context.http({
      source: "heartbeat",
      url: heartbeatUrl,
      accept: [],
      okStatuses: [200, 201, 202, 204],
      secrets: [heartbeatUrl],
    });
    return "; heartbeat sent";
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    context.log.error({ error: error.message }, "heartbeat not sent");
    return `; heartbeat not sent: ${error.message}`;
  }
}
