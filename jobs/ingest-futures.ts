import { addDays, addMonths, type IsoDate, type Month, maxDate, monthOf } from "../src/pricing/calendar-date.ts";
import type { FuturesQuote, PublishedDistribution } from "../src/pricing/observations.ts";
import { nextTradeDate, sessionEndInstant, sessionTradeDate, tradeDateOnOrBefore } from "../src/pricing/trade-dates.ts";
import { CME_AUTH } from "../src/sources/catalog.ts";
import { createCmeFedwatch } from "../src/sources/cme-fedwatch-api.ts";
import { fetchDatabentoSettlements } from "../src/sources/databento.ts";
import { oneCurve } from "../src/sources/one-curve.ts";
import { checkQuotes } from "../src/sources/quality.ts";
import { fetchYahooStrip } from "../src/sources/yahoo-strip.ts";
import { lastPricesBefore } from "../src/store/last-prices.ts";
import { meetingsKnown } from "../src/store/meetings.ts";
import { recordPublished } from "../src/store/published.ts";
import { recordQuarantine } from "../src/store/quarantine.ts";
import { recordQuotes } from "../src/store/quotes.ts";
import { dateSpan, ensureMonths } from "../src/store/write.ts";
import { baseUrlOf, type Fetched, firstAvailable, ingest } from "./ingest.ts";
import type { JobContext, JobReport } from "./job-context.ts";

/** A chain of 16 meetings reaches two years; the free month after the last of them makes 26. */
const MONTHS_AHEAD = 26;
const MEETINGS_AHEAD = 16;
/** Quotes further apart than this are not one curve: between them lies news. */
const CURVE_SPREAD_MS = 30 * 60_000;
/** The daily reading of a trade date is due this long after the session's end. */
const GRACE_MS = 3 * 3_600_000;

interface Period {
  readonly from: IsoDate;
  readonly to: IsoDate;
}

function monthsFrom(tradeDate: IsoDate, count: number): Month[] {
  return Array.from({ length: count }, (_, i) => addMonths(monthOf(tradeDate), i));
}

/** When the next daily reading is due, after the newest trade date that has one. */
function nextDue(rows: readonly { readonly tradeDate: IsoDate; readonly grid: string }[], now: Date): Date {
  const daily = rows.filter((row) => row.grid === "settlement").map((row) => row.tradeDate);
  const newest = daily.reduce<IsoDate>(maxDate, tradeDateOnOrBefore(addDays(now.toISOString().slice(0, 10), -7)));
  return new Date(sessionEndInstant(nextTradeDate(newest)).getTime() + GRACE_MS);
}

function newest(rows: readonly { readonly asOf: Date }[]): Date | null {
  return rows.reduce<Date | null>((latest, row) => (latest === null || row.asOf > latest ? row.asOf : latest), null);
}

/** Checks prices against the last ones stored, puts the implausible aside and keeps the rest. */
async function keepQuotes(
  context: JobContext,
  source: string,
  fetch: () => Promise<Fetched<FuturesQuote>>,
): Promise<string> {
  const { sql, now } = context;
  let refused = 0;
  const written = await ingest(context, {
    source,
    fetch,
    prepare: async (rows) => {
      const span = dateSpan(rows.map((row) => row.tradeDate));
      if (span !== null) await ensureMonths(sql, ["futures_quotes"], span.from, span.to);
    },
    write: async (tx, rows, provenance) => {
      const span = dateSpan(rows.map((row) => row.tradeDate));
      if (span === null) return { stored: 0, unchanged: 0 };
      const checked = checkQuotes(rows, await lastPricesBefore(tx, span.from), now());
      refused = checked.rejected.length;
      const put = checked.rejected.map(({ quote, code, reason }) => ({
        line: null,
        reasonCode: code,
        reason,
        rowText: JSON.stringify(quote),
      }));
      await recordQuarantine(tx, put, { source, payloadId: provenance.payloadId, recordedAt: provenance.recordedAt });
      return recordQuotes(tx, checked.kept, provenance);
    },
    newestAsOf: newest,
    expectedNextAt: (rows) => nextDue(rows, now()),
  });
  const aside = refused === 0 ? "" : `, ${refused} put in quarantine`;
  return `${source}: ${written.stored} quotes stored, ${written.unchanged} unchanged${aside}`;
}

async function fromYahoo(context: JobContext): Promise<string> {
  const { http, now, log } = context;
  return keepQuotes(context, "yahoo", async () => {
    const months = monthsFrom(sessionTradeDate(now()), MONTHS_AHEAD);
    const strip = await fetchYahooStrip({ http, baseUrl: baseUrlOf(context, "yahoo"), months });
    for (const { contractMonth, reason } of strip.missing) log.info({ source: "yahoo", contractMonth }, reason);
    for (const warning of strip.warnings) log.info({ source: "yahoo" }, warning);
    const live = oneCurve(strip.rows, "intraday", CURVE_SPREAD_MS);
    const daily = strip.rows.filter((row) => row.grid === "settlement");
    return { payloads: strip.payloads, rows: [...daily, ...(live?.quotes ?? [])] };
  });
}

async function fromDatabento(context: JobContext, period: Period | null): Promise<string> {
  const { http, now, config } = context;
  const today = now().toISOString().slice(0, 10);
  // The exchange's final settlement may arrive on the day after its trade date; the provider's history is a day behind.
  const from = period?.from ?? addDays(today, -6);
  const to = period === null ? today : addDays(period.to, 2);
  const apiKey = config.keys.databento ?? "";
  return keepQuotes(context, "databento", () =>
    fetchDatabentoSettlements({ http, baseUrl: baseUrlOf(context, "databento"), apiKey, from, to }),
  );
}

async function fromFedwatch(context: JobContext, period: Period | null): Promise<string> {
  const { sql, http, now, config } = context;
  const api = createCmeFedwatch({
    http,
    baseUrl: baseUrlOf(context, "cme-fedwatch"),
    authUrl: config.sourceUrls["cme-auth"] ?? CME_AUTH.defaultBaseUrl,
    id: config.keys.cmeFedwatchId ?? "",
    secret: config.keys.cmeFedwatchSecret ?? "",
    version: "1",
    now,
  });
  const today = sessionTradeDate(now());
  const known = await meetingsKnown(sql, null);
  const meetings = known
    .filter((meeting) => meeting.cancelledAt === null && meeting.meetingDate >= (period?.from ?? today))
    .slice(0, MEETINGS_AHEAD)
    .map((meeting) => meeting.meetingDate);
  const tradeDates: IsoDate[] = [];
  if (period !== null) {
    for (let date = period.from; date <= period.to; date = nextTradeDate(date)) {
      if (tradeDateOnOrBefore(date) === date) tradeDates.push(date);
    }
  }
  const written = await ingest<PublishedDistribution>(context, {
    source: "cme-fedwatch",
    fetch: async () => {
      const daily = await api.fetchForecasts({ meetings, tradeDates });
      if (period !== null) return daily;
      const live = await api.fetchLatest({ meetings });
      return { payloads: [...daily.payloads, ...live.payloads], rows: [...daily.rows, ...live.rows] };
    },
    prepare: async (rows) => {
      const span = dateSpan(rows.map((row) => row.tradeDate));
      if (span !== null) await ensureMonths(sql, ["published_probabilities"], span.from, span.to);
    },
    write: recordPublished,
    newestAsOf: newest,
    expectedNextAt: (rows) => nextDue(rows, now()),
  });
  return `cme-fedwatch: ${written.stored} distributions stored, ${written.unchanged} unchanged`;
}

/**
 * Futures prices or published odds from the sources of `CUTWATCH_FUTURES`, in their order: the first that answers is
 * enough. A period asks for history, which only some sources have.
 */
export async function ingestFutures(context: JobContext, period: Period | null): Promise<JobReport> {
  const runs = {
    "cme-fedwatch": () => fromFedwatch(context, period),
    databento: () => fromDatabento(context, period),
    yahoo: () => fromYahoo(context),
  };
  const { futures } = context.config;
  if (futures.length === 0) return { detail: "CUTWATCH_FUTURES is none: nothing to ask" };
  return {
    detail: await firstAvailable(
      context,
      futures.map((source) => ({ source, run: runs[source] })),
    ),
  };
}
