import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import type { IsoDate } from "../../calendar/calendar-date.ts";
import { isIsoDate } from "../../calendar/calendar-date.ts";
import type { Decision } from "../../calendar/meetings.ts";
import { dateInZone, NEW_YORK } from "../../calendar/zoned-time.ts";
import { checkShape } from "../http/decode-json.ts";
import type { SourceHttp, SourcePayload, SourceResponse } from "../http/http.ts";
import { SourceError } from "../http/source-error.ts";
import { sourceUrl } from "../http/source-url.ts";
import { readStatement } from "./fomc-statement.ts";

const SOURCE = "fed-press";
const FEED_PATH = "/feeds/press_monetary.xml";
const STATEMENT_TITLE = /\bissues FOMC statement\b/i;
const STATEMENT_PATH = /^\/newsevents\/pressreleases\/monetary(\d{4})(\d{2})(\d{2})[a-z]\.htm$/;
const RFC_822 = /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(:\d{2})? (GMT|UT|E[SD]T|[+-]\d{4})$/;
// A clock may be off by this much before a release is called not yet published.
const CLOCK_TOLERANCE_MS = 600_000;
// The Board's pages answer within a second or two; this keeps a catch-up of several statements polite.
const SPACING_MS = 500;

const Item = z.object({ title: z.string(), link: z.string(), pubDate: z.string() });
const Feed = z.object({
  rss: z.object({ channel: z.object({ item: z.union([z.array(Item), Item]).optional() }) }),
});

/** What one FOMC statement decided, as announced. */
export interface AnnouncedDecision extends Decision {
  readonly meetingDate: IsoDate;
  /** the statement's page as the Fed links it */
  readonly url: string;
}

export interface FedPressRequest {
  readonly http: SourceHttp;
  readonly baseUrl: string;
  /** decision days whose statement need not be read again */
  readonly known?: ReadonlySet<IsoDate>;
  readonly signal?: AbortSignal | undefined;
}

export interface FedPress {
  readonly payloads: readonly SourcePayload[];
  /** ascending by `meetingDate` */
  readonly rows: readonly AnnouncedDecision[];
  /** statements without a rate decision, one line each */
  readonly warnings: readonly string[];
  /** statements that could not be had or read; the others stand */
  readonly failures: readonly SourceError[];
}

interface FeedStatement {
  readonly meetingDate: IsoDate;
  readonly announcedAt: Date;
  readonly url: string;
  readonly path: string;
}

function readFeed(response: SourceResponse): z.infer<typeof Item>[] {
  // The feed declares no entities. Refused before parsing, they can neither grow nor read files.
  if (/<!(DOCTYPE|ENTITY)/i.test(response.text)) {
    throw new SourceError(SOURCE, "Cannot read the press feed: expected no document type or entities, got some");
  }
  let parsed: unknown;
  try {
    parsed = new XMLParser({ parseTagValue: false, htmlEntities: false }).parse(response.text, true);
  } catch (error) {
    throw new SourceError(SOURCE, "Cannot read the press feed: expected RSS, got broken XML", { cause: error });
  }
  const { item } = checkShape(SOURCE, Feed, parsed, "the press feed").rss.channel;
  return item === undefined ? [] : [item].flat();
}

function readItem(item: z.infer<typeof Item>, retrievedAt: Date, baseUrl: string): FeedStatement {
  const what = `the statement "${item.link.trim().slice(0, 120)}"`;
  const url = item.link.trim();
  const { host, pathname } = URL.canParse(url) ? new URL(url) : { host: "", pathname: "" };
  const match = STATEMENT_PATH.exec(pathname);
  const meetingDate = `${match?.[1]}-${match?.[2]}-${match?.[3]}`;
  // Only the Board's own pages, and they are asked of the configured base: a feed cannot send us elsewhere.
  const own = host === "www.federalreserve.gov" || host === new URL(baseUrl).host;
  if (!own || !isIsoDate(meetingDate)) {
    throw new SourceError(SOURCE, `Cannot read ${what}: expected a page such as monetary20251029a.htm of the Board`);
  }
  const pubDate = item.pubDate.trim();
  const announcedAt = new Date(RFC_822.test(pubDate) ? pubDate : Number.NaN);
  if (Number.isNaN(announcedAt.getTime())) {
    throw new SourceError(SOURCE, `Cannot read ${what}: expected an RFC 822 date, got "${pubDate.slice(0, 60)}"`);
  }
  if (dateInZone(announcedAt, NEW_YORK) !== meetingDate) {
    throw new SourceError(SOURCE, `Cannot read ${what}: the feed dates it ${announcedAt.toISOString()}`);
  }
  if (announcedAt.getTime() > retrievedAt.getTime() + CLOCK_TOLERANCE_MS) {
    throw new SourceError(SOURCE, `Cannot read ${what}: ${announcedAt.toISOString()} is yet to come`);
  }
  return { meetingDate, announcedAt, url, path: pathname };
}

/**
 * Rate decisions from the Federal Reserve's press releases: the feed names the statements, each statement's page is read.
 *
 * One statement that cannot be read does not hold up the others; it is in `failures`, to be recorded.
 *
 * @throws SourceError when the feed cannot be had or read, or every statement in it failed
 */
export async function fetchFedPress(request: FedPressRequest): Promise<FedPress> {
  const { http, baseUrl, known = new Set(), signal } = request;
  const feed = await http({
    source: SOURCE,
    url: sourceUrl(baseUrl, FEED_PATH),
    accept: ["text/xml", "application/xml", "application/rss+xml"],
    signal,
  });
  const payloads: SourcePayload[] = [feed];
  const rows = new Map<IsoDate, AnnouncedDecision>();
  const warnings: string[] = [];
  const failures: SourceError[] = [];
  for (const item of readFeed(feed).filter(({ title }) => STATEMENT_TITLE.test(title))) {
    try {
      const { meetingDate, announcedAt, url, path } = readItem(item, feed.retrievedAt, baseUrl);
      if (known.has(meetingDate) || rows.has(meetingDate)) continue;
      const pageUrl = sourceUrl(baseUrl, path);
      const page = await http({ source: SOURCE, url: pageUrl, accept: ["text/html"], signal, spacingMs: SPACING_MS });
      payloads.push(page);
      const range = readStatement(page.text, `the statement of ${meetingDate}`);
      if (range === null) warnings.push(`The statement of ${meetingDate} decides no rate`);
      else rows.set(meetingDate, { meetingDate, ...range, announcedAt, url });
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      failures.push(error);
    }
  }
  const [failure] = failures;
  if (failure !== undefined && rows.size === 0) throw failure;
  return {
    payloads,
    rows: [...rows.values()].sort((a, b) => (a.meetingDate < b.meetingDate ? -1 : 1)),
    warnings,
    failures,
  };
}
