import type { Sql } from "postgres";
import type { IsoDate } from "../src/calendar/calendar-date.ts";
import { previousTradeDate, tradeDateOnOrBefore } from "../src/calendar/trade-dates.ts";
import { CHICAGO, dateInZone } from "../src/calendar/zoned-time.ts";
import { isGoingOn } from "../src/repricing/going-on.ts";
import { standingAlertsOn } from "../src/store/digest-reads.ts";
import { meetingsKnown } from "../src/store/meetings.ts";
import { knownNotices } from "../src/store/notices.ts";
import { mayPass, mayPassReading, passableSources } from "../src/store/passable-sources.ts";
import { findSnapshot, readingsOf, type SnapshotHeader } from "../src/store/readings.ts";
import { type RepricingRow, repricingsKnown } from "../src/store/repricing-reads.ts";
import { type DigestSettlement, digestData } from "../src/webhooks/digest.ts";
import { type DigestRepricing, noticeBody } from "../src/webhooks/notice-bodies.ts";
import { isHistorical } from "./historical.ts";
import { tellNotice } from "./tell-notice.ts";

export interface DigestJob {
  readonly sql: Sql;
  readonly now: () => Date;
  readonly baseUrl: string | null;
  /** what rests on published odds that may not be passed on is left out, so that the digest can be told; absent: told with it */
  readonly withhold?: boolean;
}

/** A meeting's three nearest and the path, in each direction: far more than are ever open at once. */
const MOST_OPEN = 16;

const ANY = { grid: "settlement", knownAt: null, meeting: null, sample: false } as const;

async function settlementOf(sql: Sql, header: SnapshotHeader): Promise<DigestSettlement> {
  return { ...header, readings: await readingsOf(sql, header, null) };
}

/** The settlement of the trade date before, on the same basis; a day that is missing is not bridged. */
async function settlementBefore(
  sql: Sql,
  { tradeDate, basis, method }: SnapshotHeader,
): Promise<DigestSettlement | null> {
  const date = previousTradeDate(tradeDate);
  const found = await findSnapshot(sql, { ...ANY, at: { tradeDate: date }, basis, method });
  return found === null || found.tradeDate !== date ? null : settlementOf(sql, found);
}

async function openRepricings(sql: Sql, tradeDate: IsoDate): Promise<RepricingRow[]> {
  const open = await repricingsKnown(sql, {
    meeting: null,
    path: null,
    from: null,
    to: null,
    severities: ["notice", "sharp", "severe", "extreme"],
    states: ["confirmed", "provisional"],
    status: "open",
    basis: null,
    knownAt: null,
    after: null,
    limit: MOST_OPEN,
  });
  return open.filter((leg) => !leg.isSample && isGoingOn(leg, tradeDate));
}

function openJson(leg: RepricingRow, baseUrl: string | null): DigestRepricing {
  return {
    id: leg.id,
    url: `${baseUrl ?? ""}/v1/repricings/${leg.id}`,
    meeting: leg.meeting,
    path: leg.path,
    direction: leg.direction,
    severity: leg.severity,
    started_at: leg.startedAt.toISOString(),
    start_rate_bp: leg.startRateBp,
    extreme_rate_bp: leg.extremeRateBp,
    amplitude_bp: leg.amplitudeBp,
  };
}

/**
 * Tells the digest of the newest trade date whose odds are stored, once, when they came from a live source within a day.
 * Odds of a day that came late are history, and so is every day but the newest.
 *
 * @returns whether it was told now
 */
export async function digestDaily({ sql, now, baseUrl, withhold = false }: DigestJob): Promise<boolean> {
  const recordedAt = now();
  const today = tradeDateOnOrBefore(dateInZone(recordedAt, CHICAGO));
  const newest = await findSnapshot(sql, { ...ANY, at: { tradeDate: today }, basis: null, method: null });
  if (newest === null || newest.asOf > recordedAt) return false;
  const reading = { asOf: newest.asOf.toISOString(), source: newest.source, isSample: newest.isSample };
  if (isHistorical(reading, { live: true, recordedAt })) return false;
  const key = `digest.daily/${newest.tradeDate}`;
  if ((await knownNotices(sql, [key])).has(key)) return false;
  const passable = withhold ? await passableSources(sql) : null;
  const [settlement, before, meetings, open, alerts] = await Promise.all([
    settlementOf(sql, newest),
    settlementBefore(sql, newest),
    meetingsKnown(sql, null),
    openRepricings(sql, newest.tradeDate),
    standingAlertsOn(sql, newest.tradeDate),
  ]);
  const data = digestData({
    now: settlement,
    before,
    meetings,
    openRepricings: open.filter((leg) => mayPassReading(leg, passable)).map((leg) => openJson(leg, baseUrl)),
    alerts: alerts.flatMap(({ published, ...alert }) =>
      published === null || mayPass(published, passable) ? [alert] : [],
    ),
    baseUrl,
    recordedAt,
  });
  const body = noticeBody("digest.daily", data, recordedAt);
  return tellNotice(sql, { key, asOf: newest.asOf, source: newest.source, body, meeting: null }, now);
}
