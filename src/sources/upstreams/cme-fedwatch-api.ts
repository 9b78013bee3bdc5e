import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { IsoDate } from "../../calendar/calendar-date.ts";
import { isTradeDate, sessionEndInstant, settlementInstant } from "../../calendar/trade-dates.ts";
import type { PublishedDistribution } from "../../pricing/observations.ts";
import { parseJson } from "../http/decode-json.ts";
import type { SourceHttp, SourcePayload, SourceResponse } from "../http/http.ts";
import { SourceError } from "../http/source-error.ts";
import { sourceUrl } from "../http/source-url.ts";
import type { Forecasted } from "./cme-distribution.ts";
import { readForecasts, readFutureMeetings } from "./cme-distribution.ts";
import type { CmeToken } from "./cme-token.ts";
import { createCmeToken } from "./cme-token.ts";

const SOURCE = "cme-fedwatch";
const END_OF_DAY = "/fedwatch/v1";
const INTRADAY = "/fedwatch_rt/v1";
const UNAUTHORIZED = 401;

/** The gateway's refusal, with keys as it spells them. */
const Refusal = z.object({ errorResponse: z.object({ code: z.string(), message: z.string() }) });

export interface CmeFedwatchOptions {
  readonly http: SourceHttp;
  readonly baseUrl: string;
  readonly authUrl: string;
  /** client id and secret of a CME API account entitled to FedWatch */
  readonly id: string;
  readonly secret: string;
  /** of cutwatch, sent as CME asks */
  readonly version: string;
  readonly now: () => Date;
}

export interface CmeForecasts {
  readonly payloads: readonly SourcePayload[];
  readonly rows: readonly PublishedDistribution[];
  /** meetings asked for that came without probabilities, one line each */
  readonly warnings: readonly string[];
}

/** The FedWatch API of one account. */
export interface CmeFedwatch {
  /** end-of-day forecasts of `meetings`: the latest, or those of `tradeDates` */
  readonly fetchForecasts: (request: {
    readonly meetings: readonly IsoDate[];
    readonly tradeDates?: readonly IsoDate[];
    readonly signal?: AbortSignal | undefined;
  }) => Promise<CmeForecasts>;
  /** the newest intraday forecasts of `meetings` (renewed every minute) */
  readonly fetchLatest: (request: {
    readonly meetings: readonly IsoDate[];
    readonly signal?: AbortSignal | undefined;
  }) => Promise<CmeForecasts>;
  /** decision days to come, as CME lists them; ascending */
  readonly fetchFutureMeetings: (request?: { readonly signal?: AbortSignal | undefined }) => Promise<{
    readonly payloads: readonly SourcePayload[];
    readonly rows: readonly IsoDate[];
  }>;
}

function refusalOf(text: string): string {
  const parsed = Refusal.safeParse(parseJson(SOURCE, text, "the FedWatch API's refusal"));
  return parsed.success ? parsed.data.errorResponse.message : "no reason given";
}

async function ask(
  options: CmeFedwatchOptions,
  token: CmeToken,
  path: string,
  parameters: Readonly<Record<string, string | null>>,
  signal: AbortSignal | undefined,
): Promise<SourceResponse> {
  const send = async (): Promise<SourceResponse> =>
    options.http({
      source: SOURCE,
      url: sourceUrl(options.baseUrl, path, parameters),
      headers: {
        authorization: `Bearer ${await token.get(signal)}`,
        "cme-application-name": "cutwatch",
        "cme-application-vendor": "cutwatch",
        "cme-application-version": options.version,
        "cme-request-id": randomUUID(),
      },
      accept: ["application/json"],
      okStatuses: [UNAUTHORIZED],
      signal,
    });
  let response = await send();
  if (response.status === UNAUTHORIZED) {
    // A token can be withdrawn before its time; one that is new and refused is a matter for a person.
    token.forget();
    response = await send();
  }
  if (response.status !== UNAUTHORIZED) return response;
  const message = `Cannot read the FedWatch API: a new token was refused, ${refusalOf(response.text)}`;
  throw new SourceError(SOURCE, message, { status: UNAUTHORIZED });
}

/** CME computes on trade dates; anything else in `reportingDt` would be dated wrongly here. */
function checkReportingDate({ meetingDate, reportingDate }: Forecasted): void {
  if (isTradeDate(reportingDate) && reportingDate <= meetingDate) return;
  throw new SourceError(
    SOURCE,
    `Cannot read the forecast for ${meetingDate}: expected a trade date up to the meeting, got ${reportingDate}`,
  );
}

function collect(
  response: SourceResponse,
  meetings: readonly IsoDate[],
  grid: PublishedDistribution["grid"],
  asOf: (tradeDate: IsoDate) => Date,
): CmeForecasts {
  const forecasts = readForecasts(parseJson(SOURCE, response.text, "the forecasts"));
  const rows: PublishedDistribution[] = [];
  for (const forecast of forecasts) {
    checkReportingDate(forecast);
    const { meetingDate, reportingDate: tradeDate, decimals, outcomes } = forecast;
    if (outcomes.length > 0) rows.push({ meetingDate, tradeDate, asOf: asOf(tradeDate), grid, decimals, outcomes });
  }
  const came = new Set(rows.map(({ meetingDate }) => meetingDate));
  const warnings = meetings.filter((date) => !came.has(date)).map((date) => `FedWatch has no forecast for ${date}`);
  rows.sort((a, b) => (`${a.tradeDate}${a.meetingDate}` < `${b.tradeDate}${b.meetingDate}` ? -1 : 1));
  return { payloads: [response], rows, warnings };
}

/**
 * CME's FedWatch API: the distributions that FedWatch shows, end of day and every minute.
 *
 * Each call throws SourceError when the answer cannot be had or read; neither secret nor token is in any message.
 *
 * @see https://www.cmegroup.com/market-data/market-data-api/fedwatch-api.html
 */
export function createCmeFedwatch(options: CmeFedwatchOptions): CmeFedwatch {
  const token = createCmeToken(options);
  return {
    async fetchForecasts({ meetings, tradeDates = [], signal }) {
      // Without meetingDt the API answers for the next meeting alone.
      const parameters = { meetingDt: meetings.join(","), reportingDt: tradeDates.join(",") || null };
      const response = await ask(options, token, `${END_OF_DAY}/forecasts`, parameters, signal);
      return collect(response, meetings, "settlement", settlementInstant);
    },
    async fetchLatest({ meetings, signal }) {
      const parameters = { meetingDt: meetings.join(",") };
      const response = await ask(options, token, `${INTRADAY}/forecasts/latest`, parameters, signal);
      // After the session the newest forecast is that of its end, however late it is asked for.
      const latest = (tradeDate: IsoDate): Date =>
        new Date(Math.min(response.retrievedAt.getTime(), sessionEndInstant(tradeDate).getTime()));
      return collect(response, meetings, "intraday", latest);
    },
    async fetchFutureMeetings({ signal } = {}) {
      const response = await ask(options, token, `${END_OF_DAY}/meetings/future`, {}, signal);
      return {
        payloads: [response],
        rows: readFutureMeetings(parseJson(SOURCE, response.text, "the future meetings")),
      };
    },
  };
}
