import { addDays, type IsoDate } from "../src/calendar/calendar-date.ts";
import { closeInstant, nextSession } from "../src/markets/sessions.ts";
import { type AssetClose, PANEL, type PanelSymbol } from "../src/pricing/observations.ts";
import { SourceError } from "../src/sources/http/source-error.ts";
import { fetchCoinbaseCloses } from "../src/sources/upstreams/coinbase.ts";
import { fetchKrakenCloses } from "../src/sources/upstreams/kraken.ts";
import { fetchYahooCloses } from "../src/sources/upstreams/yahoo-closes.ts";
import { recordCloses } from "../src/store/closes.ts";
import { baseUrlOf, type Fetched, firstAvailable, ingest } from "./ingest.ts";
import type { JobContext, JobReport } from "./job-context.ts";

/** Days asked for each time, so that a weekend without us leaves no gap. */
const DAYS_BACK = 10;
const GRACE_MS = 6 * 3_600_000;

type Crypto = "BTC" | "ETH";
type Listed = Exclude<PanelSymbol, Crypto>;

const LISTED = PANEL.filter((symbol): symbol is Listed => symbol !== "BTC" && symbol !== "ETH");
const CRYPTO: readonly Crypto[] = ["BTC", "ETH"];

interface Period {
  readonly from: IsoDate;
  readonly to: IsoDate;
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

async function keep(context: JobContext, source: string, fetch: () => Promise<Fetched<AssetClose>>): Promise<string> {
  const { stored, unchanged } = await ingest(context, {
    source,
    fetch,
    write: recordCloses,
    newestAsOf: newestClose,
    expectedNextAt: nextDue,
  });
  return `${source}: ${stored} closes stored, ${unchanged} unchanged`;
}

async function together(parts: readonly (() => Promise<Fetched<AssetClose>>)[]): Promise<Fetched<AssetClose>> {
  const all: Fetched<AssetClose>[] = [];
  for (const part of parts) all.push(await part());
  return { payloads: all.flatMap((part) => part.payloads), rows: all.flatMap((part) => part.rows) };
}

/** Daily closes of the panel: crypto from Coinbase with Kraken behind it, the rest from Yahoo. */
export async function ingestCloses(context: JobContext, asked: Period | null): Promise<JobReport> {
  const { http, now } = context;
  const today = now().toISOString().slice(0, 10);
  const period = asked ?? { from: addDays(today, -DAYS_BACK), to: today };
  const crypto = (source: "coinbase" | "kraken", fetch: typeof fetchCoinbaseCloses) => ({
    source,
    run: () => {
      const baseUrl = baseUrlOf(context, source);
      return keep(context, source, () =>
        together(CRYPTO.map((symbol) => () => fetch({ http, baseUrl, symbol, ...period }))),
      );
    },
  });
  const listed = () => {
    const baseUrl = baseUrlOf(context, "yahoo");
    return keep(context, "yahoo", () =>
      together(LISTED.map((symbol) => () => fetchYahooCloses({ http, baseUrl, symbol, ...period }))),
    );
  };
  const results = await Promise.allSettled([
    firstAvailable(context, [crypto("coinbase", fetchCoinbaseCloses), crypto("kraken", fetchKrakenCloses)]),
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
