import { addDays, type IsoDate, maxDate } from "../src/calendar/calendar-date.ts";
import { closeInstant, nextSession } from "../src/markets/sessions.ts";
import { type AssetClose, PANEL, type PanelSymbol } from "../src/pricing/observations.ts";
import { SourceError } from "../src/sources/http/source-error.ts";
import { fetchCoinbaseCloses } from "../src/sources/upstreams/coinbase.ts";
import { fetchKrakenCloses } from "../src/sources/upstreams/kraken.ts";
import { fetchYahooCloses } from "../src/sources/upstreams/yahoo-closes.ts";
import { recordCloses } from "../src/store/closes.ts";
import { type SeriesPosition, seriesPositions } from "../src/store/source-series.ts";
import { baseUrlOf, type Fetched, firstAvailable, ingest } from "./ingest.ts";
import type { JobContext, JobReport } from "./job-context.ts";

/** Days asked for again each time, so that a revision heals by itself. */
const OVERLAP_DAYS = 5;
/** Ranks are among five years; the first time all of them are asked for, with some to spare. */
const FIRST_DAYS = 6 * 366;
/** Kraken gives the last 720 days and refuses a question about earlier ones. */
const KRAKEN_DAYS = 715;
/** Delayed prices and closing auctions are in by then. */
const SETTLED_MS = 40 * 60_000;
/** What could not be had is asked for again after this. */
const AGAIN_AFTER_MS = 3 * 3_600_000;
const GRACE_MS = 6 * 3_600_000;

type Crypto = "BTC" | "ETH";
type Listed = Exclude<PanelSymbol, Crypto>;

const LISTED = PANEL.filter((symbol): symbol is Listed => symbol !== "BTC" && symbol !== "ETH");
const CRYPTO: readonly Crypto[] = ["BTC", "ETH"];

interface Period {
  readonly from: IsoDate;
  readonly to: IsoDate;
}

/** What one symbol's source gave. */
interface SymbolCloses {
  readonly payloads: Fetched<AssetClose>["payloads"];
  readonly rows: readonly AssetClose[];
  readonly splitDates?: readonly IsoDate[];
}

/** The newest close of each symbol says when the next one is due; the first to be due counts. */
function nextDue(rows: readonly AssetClose[]): Date | null {
  let due: number | null = null;
  for (const symbol of PANEL) {
    const newest = rows.filter((row) => row.symbol === symbol).at(-1);
    if (newest === undefined) continue;
    const close = closeInstant(symbol, nextSession(symbol, newest.date));
    if (close !== null && (due === null || close.getTime() < due)) due = close.getTime();
  }
  return due === null ? null : new Date(due + GRACE_MS);
}

function newestClose(rows: readonly AssetClose[]): Date | null {
  let newest: Date | null = null;
  for (const symbol of PANEL) {
    const last = rows.filter((row) => row.symbol === symbol).at(-1);
    const close = last === undefined ? null : closeInstant(symbol, last.date);
    if (close !== null && (newest === null || close > newest)) newest = close;
  }
  return newest;
}

/** The dates of a symbol that the source has not given yet; null: none is due. */
function dueOf(symbol: PanelSymbol, position: SeriesPosition | undefined, now: Date): Period | null {
  const today = now.toISOString().slice(0, 10);
  if (position === undefined || position.throughDate === null) {
    const isFresh = position !== undefined && now.getTime() - position.askedAt.getTime() < AGAIN_AFTER_MS;
    return isFresh ? null : { from: addDays(today, -FIRST_DAYS), to: today };
  }
  const close = closeInstant(symbol, nextSession(symbol, position.throughDate));
  if (close !== null && now.getTime() < close.getTime() + SETTLED_MS) return null;
  if (now.getTime() - position.askedAt.getTime() < AGAIN_AFTER_MS) return null;
  return { from: addDays(position.throughDate, -OVERLAP_DAYS), to: today };
}

/** Asks a source for some symbols, one by one: one that cannot be had costs only itself. */
async function fetchSymbols<S extends PanelSymbol>(
  context: JobContext,
  wanted: ReadonlyMap<S, Period>,
  positions: ReadonlyMap<string, SeriesPosition>,
  fetch: (symbol: S, period: Period) => Promise<SymbolCloses>,
): Promise<Fetched<AssetClose>> {
  const today = context.now().toISOString().slice(0, 10);
  const got: SymbolCloses[] = [];
  const series: NonNullable<Fetched<AssetClose>["series"]>[number][] = [];
  const failures: SourceError[] = [];
  for (const [symbol, period] of wanted) {
    try {
      let closes = await fetch(symbol, period);
      // A split puts every close before it on another footing.
      const first = addDays(today, -FIRST_DAYS);
      if ((closes.splitDates ?? []).length > 0 && period.from > first)
        closes = await fetch(symbol, { from: first, to: today });
      got.push(closes);
      const through = closes.rows.at(-1)?.date ?? positions.get(symbol)?.throughDate ?? null;
      series.push({ series: symbol, throughDate: through, askedAt: context.now() });
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      failures.push(error);
    }
  }
  const [failure] = failures;
  if (failure !== undefined && got.length === 0) throw failure;
  return {
    payloads: got.flatMap(({ payloads }) => payloads),
    rows: got.flatMap(({ rows }) => rows),
    missing: failures.map(({ message }) => message).join("; ") || null,
    series,
  };
}

async function keepDue<S extends PanelSymbol>(
  context: JobContext,
  source: string,
  symbols: readonly S[],
  asked: Period | null,
  fetch: (symbol: S, period: Period) => Promise<SymbolCloses>,
): Promise<string> {
  const positions = await seriesPositions(context.sql, source);
  const wanted = new Map<S, Period>();
  for (const symbol of symbols) {
    const period = asked ?? dueOf(symbol, positions.get(symbol), context.now());
    if (period !== null) wanted.set(symbol, period);
  }
  if (wanted.size === 0) return `${source}: nothing due`;
  const { stored, unchanged } = await ingest(context, {
    source,
    fetch: async () => {
      const fetched = await fetchSymbols(context, wanted, positions, fetch);
      // A period that was asked for says nothing of how far the series is there.
      return asked === null ? fetched : { ...fetched, series: [] };
    },
    write: recordCloses,
    newestAsOf: newestClose,
    expectedNextAt: nextDue,
  });
  return `${source}: ${stored} closes stored, ${unchanged} unchanged`;
}

/** Daily closes of the panel: crypto from Coinbase with Kraken behind it, the rest from Yahoo. */
export async function ingestCloses(context: JobContext, asked: Period | null): Promise<JobReport> {
  const { http } = context;
  const earliest = addDays(context.now().toISOString().slice(0, 10), -KRAKEN_DAYS);
  const kraken: typeof fetchKrakenCloses = (request) =>
    fetchKrakenCloses({ ...request, from: asked === null ? maxDate(request.from, earliest) : request.from });
  const crypto = (source: "coinbase" | "kraken", fetch: typeof fetchCoinbaseCloses) => ({
    source,
    run: () => {
      const baseUrl = baseUrlOf(context, source);
      return keepDue(context, source, CRYPTO, asked, (symbol, period) => fetch({ http, baseUrl, symbol, ...period }));
    },
  });
  const listed = () => {
    const baseUrl = baseUrlOf(context, "yahoo");
    return keepDue(context, "yahoo", LISTED, asked, (symbol, period) =>
      fetchYahooCloses({ http, baseUrl, symbol, ...period }),
    );
  };
  const results = await Promise.allSettled([
    firstAvailable(context, [crypto("coinbase", fetchCoinbaseCloses), crypto("kraken", kraken)]),
    firstAvailable(context, [{ source: "yahoo", run: listed }]),
  ]);
  const details: string[] = [];
  const failures: SourceError[] = [];
  for (const result of results) {
    if (result.status === "fulfilled") details.push(result.value);
    else if (result.reason instanceof SourceError) failures.push(result.reason);
    else throw result.reason;
  }
  const missing = failures.map((failure) => failure.message).join("; ");
  // One half that answered is worth keeping; the run counts as unavailable all the same, so that it is seen.
  return missing === "" ? { detail: details.join("; ") } : { detail: details.join("; "), unavailable: missing };
}
