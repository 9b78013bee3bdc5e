import { addDays, type IsoDate, minDate } from "../src/calendar/calendar-date.ts";
import { isFedBusinessDay } from "../src/calendar/fed-business-days.ts";
import { isTradeDate } from "../src/calendar/trade-dates.ts";
import { publicUrl } from "../src/config.ts";
import { isSession } from "../src/markets/sessions.ts";
import { PANEL } from "../src/pricing/observations.ts";
import { SourceError } from "../src/sources/http/source-error.ts";
import { storedDates } from "../src/store/coverage.ts";
import { type CatchUpResult, catchUp } from "./catch-up.ts";
import { ingestFutures } from "./futures/ingest-futures.ts";
import { ingestCloses } from "./ingest-closes.ts";
import { ingestEffr } from "./ingest-effr.ts";
import type { JobContext, JobReport } from "./job-context.ts";
import { type SnapshotResult, snapshotOdds } from "./snapshot-odds.ts";

/** Dates to fetch, both included. */
export interface Period {
  readonly from: IsoDate;
  readonly to: IsoDate;
}

/** What became of one kind of figure. */
export interface BackfilledPart {
  readonly part: "effr" | "closes" | "futures";
  /** stretches asked for, and those left out because every date of theirs is stored */
  readonly asked: number;
  readonly skipped: number;
  /** why the rest was not had; null when nothing is missing */
  readonly unavailable: string | null;
}

export interface BackfillReport {
  readonly parts: readonly BackfilledPart[];
  readonly snapshots: SnapshotResult;
  readonly followUp: CatchUpResult;
  /** sentences for the person who asked */
  readonly notes: readonly string[];
}

export interface BackfillWatch {
  /** told after each stretch: stretches done, stretches in all */
  readonly fetched: (done: number, total: number) => void;
  /** told after each batch: dates done, dates in all */
  readonly computed: (done: number, total: number) => void;
}

interface Part {
  readonly part: BackfilledPart["part"];
  /** days asked for at once, so that an interrupted run has little to repeat */
  readonly days: number;
  /** what must be stored for a date to be complete; empty on days without a figure */
  readonly expected: (date: IsoDate) => readonly string[];
  readonly run: (period: Period | null) => Promise<JobReport>;
}

const HISTORY_SOURCES: ReadonlySet<string> = new Set(["databento", "cme-fedwatch"]);
const NO_HISTORY =
  "Yahoo keeps no expired contracts, so no past futures prices were asked for: import them, or name databento or cme-fedwatch in CUTWATCH_FUTURES";

function partsOf(context: JobContext): Part[] {
  const { config } = context;
  const withHistory = config.futures.filter((source) => HISTORY_SOURCES.has(source));
  // Yahoo would answer with today's prices and look like a success.
  const history: JobContext = { ...context, config: { ...config, futures: withHistory } };
  const effr: Part = {
    part: "effr",
    days: 366,
    expected: (date) => (isFedBusinessDay(date) ? ["effr"] : []),
    run: (period) => ingestEffr(context, period),
  };
  const closes: Part = {
    part: "closes",
    days: 250,
    expected: (date) => PANEL.filter((symbol) => isSession(symbol, date)),
    run: (period) => ingestCloses(context, period),
  };
  const futures: Part = {
    part: "futures",
    // A day of statistics of all contracts is some 100 KB, paid by the byte; a week is a bearable answer.
    days: 7,
    expected: (date) => (isTradeDate(date) ? ["futures"] : []),
    run: (period) => (period === null ? ingestFutures(context, null) : ingestFutures(history, period)),
  };
  return withHistory.length === 0 ? [effr, closes] : [effr, closes, futures];
}

function stretches({ from, to }: Period, days: number): Period[] {
  const periods: Period[] = [];
  for (let start = from; start <= to; start = addDays(start, days)) {
    periods.push({ from: start, to: minDate(addDays(start, days - 1), to) });
  }
  return periods;
}

function isComplete(period: Period, part: Part, stored: ReadonlySet<string>): boolean {
  for (let date = period.from; date <= period.to; date = addDays(date, 1)) {
    if (!part.expected(date).every((what) => stored.has(`${date} ${what}`))) return false;
  }
  return true;
}

async function fetchPart(
  part: Part,
  periods: readonly Period[],
  stored: ReadonlySet<string>,
  tick: () => void,
): Promise<BackfilledPart> {
  const missing = periods.filter((period) => !isComplete(period, part, stored));
  const skipped = periods.length - missing.length;
  const unavailable: string[] = [];
  let asked = 0;
  const run = async (period: Period | null, words: string): Promise<boolean> => {
    try {
      const { unavailable: reason } = await part.run(period);
      if (reason !== undefined) unavailable.push(`${words}: ${reason}`);
      return true;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      // In the source's health it is noted already.
      unavailable.push(`${words}: ${error.message}`);
      return false;
    }
  };
  for (let i = 0; i < skipped; i++) tick();
  for (const period of missing) {
    const answered = await run(period, `from ${period.from} to ${period.to}`);
    tick();
    // The rest of the part would fail the same way.
    if (!answered) break;
    asked += 1;
  }
  // Old figures alone would leave the source's health speaking of the past.
  if (asked > 0 && unavailable.length === 0) await run(null, "newest");
  return { part: part.part, asked, skipped, unavailable: unavailable.length === 0 ? null : unavailable.join("; ") };
}

/**
 * Fetches the history of a period and computes its odds. What is stored is not asked for again, so an interrupted run goes
 * on where it stopped; a source that cannot be had ends its part and not the others.
 */
export async function backfill(context: JobContext, period: Period, watch: BackfillWatch): Promise<BackfillReport> {
  const parts = partsOf(context);
  const plan = parts.map((part) => ({ part, periods: stretches(period, part.days) }));
  const total = plan.reduce((sum, { periods }) => sum + periods.length, 0);
  let done = 0;
  const results: BackfilledPart[] = [];
  for (const { part, periods } of plan) {
    const stored = await storedDates(context.sql, { ...period, what: part.part, sources: [...HISTORY_SOURCES] });
    results.push(
      await fetchPart(part, periods, stored, () => {
        done += 1;
        watch.fetched(Math.min(done, total), total);
      }),
    );
  }
  const snapshots = await snapshotOdds({ sql: context.sql, now: context.now, progress: watch.computed });
  const closesCame = results.some(({ part, asked }) => part === "closes" && asked > 0);
  const baseUrl = publicUrl(context.config);
  const followUp = await catchUp({ sql: context.sql, now: context.now, baseUrl, closesCame });
  return {
    parts: results,
    snapshots,
    followUp,
    notes: parts.some(({ part }) => part === "futures") ? [] : [NO_HISTORY],
  };
}
