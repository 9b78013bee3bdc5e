import type { IsoDate } from "../../src/calendar/calendar-date.ts";
import { nextTradeDate, sessionTradeDate, tradeDateOnOrBefore } from "../../src/calendar/trade-dates.ts";
import type { PublishedDistribution } from "../../src/pricing/observations.ts";
import { CME_AUTH } from "../../src/sources/catalog.ts";
import { createCmeFedwatch } from "../../src/sources/upstreams/cme-fedwatch-api.ts";
import { meetingsKnown } from "../../src/store/meetings.ts";
import { recordPublished } from "../../src/store/published.ts";
import { dateSpan, ensureMonths } from "../../src/store/write.ts";
import { baseUrlOf, ingest } from "../ingest.ts";
import type { JobContext } from "../job-context.ts";
import { newest, nextDue, type Period } from "./keep-quotes.ts";

const MEETINGS_AHEAD = 16;

/** Distributions that CME computed itself, from its FedWatch API. */
export async function fromFedwatch(context: JobContext, period: Period | null): Promise<string> {
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
