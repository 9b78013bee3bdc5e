import type { Sql } from "postgres";
import { addDays, type IsoDate, maxDate, minDate } from "../src/calendar/calendar-date.ts";
import { historyWrite, lastStamp } from "../src/store/history-writes.ts";
import { publishedDistributions } from "../src/store/published.ts";
import { dailyQuotes, intradayQuotes } from "../src/store/quotes.ts";
import { closeRequests, datesWithQuotes, openRequests, type SnapshotRequest } from "../src/store/snapshot-requests.ts";
import { recordSnapshots, type SnapshotDraft } from "../src/store/snapshots.ts";
import { ANALYZE_FROM_ROWS, refreshStatistics } from "../src/store/statistics.ts";
import { ensureMonths } from "../src/store/write.ts";
import { draftsFromPublished, draftsFromQuotes, LastPrices } from "./snapshot-drafts.ts";
import { loadContext, type SnapshotContext } from "./snapshot-inputs.ts";

/** Dates a transaction stores at once: a crash repeats at most this much, and readers see progress. */
const DATES_AT_ONCE = 250;

/** About so many readings come with a snapshot. */
const MEETINGS_A_SNAPSHOT = 16;

/** An expired contract's last price may be this much older than the first date asked for. */
const EXPIRED_REACH_DAYS = 100;

/** So often odds are computed outside of a turn, and history goes on meanwhile, before they are computed within one. */
const TRIES_BESIDE = 4;

/** What a run did. */
export interface SnapshotResult {
  readonly dates: number;
  readonly computed: number;
  readonly stored: number;
}

export interface SnapshotJob {
  readonly sql: Sql;
  readonly now: () => Date;
  /** told after each batch: dates done, dates in all */
  readonly progress?: (done: number, total: number) => void;
}

function groupByDate<Row extends { readonly tradeDate: IsoDate }>(rows: readonly Row[]): Map<IsoDate, Row[]> {
  const groups = new Map<IsoDate, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.tradeDate);
    if (group === undefined) groups.set(row.tradeDate, [row]);
    else group.push(row);
  }
  return groups;
}

async function draftsOfDates(
  sql: Sql,
  context: SnapshotContext,
  lastPrices: LastPrices,
  dates: { readonly from: IsoDate; readonly to: IsoDate },
): Promise<SnapshotDraft[]> {
  const [quotes, published] = await Promise.all([
    dailyQuotes(sql, dates),
    publishedDistributions(sql, { ...dates, grid: "settlement", at: null }),
  ]);
  const drafts: SnapshotDraft[] = [];
  for (const rows of groupByDate(quotes).values()) {
    for (const row of rows) lastPrices.add(row);
    drafts.push(...draftsFromQuotes(context, rows, lastPrices, "settlement"));
  }
  for (const rows of groupByDate(published).values()) drafts.push(...draftsFromPublished(context, rows, "settlement"));
  return drafts;
}

/**
 * Stores what was computed from history, unless history has gone on since it was read: a correction or a decision that came
 * meanwhile would be overwritten by odds that do not know of it. Then it is read and computed again.
 */
async function storeComputed(
  { sql, now }: SnapshotJob,
  compute: () => Promise<SnapshotDraft[]>,
): Promise<{ readonly computed: number; readonly stored: number }> {
  for (let tries = 1; ; tries++) {
    const before = await lastStamp(sql);
    const beside = tries <= TRIES_BESIDE ? await compute() : null;
    const done = await historyWrite(sql, now, async (tx, recordedAt) => {
      const isStale = (await lastStamp(tx))?.getTime() !== before?.getTime();
      if (beside !== null && isStale) return null;
      // While the turn is held, nobody else writes.
      const drafts = beside ?? (await compute());
      return { computed: drafts.length, stored: (await recordSnapshots(tx, drafts, recordedAt)).length };
    });
    if (done !== null) return done;
  }
}

/**
 * Computes and stores the odds of every trade date of a period that has prices or published odds. What is stored
 * already and would not change is left alone, so running it again changes nothing.
 */
export async function snapshotPeriod(job: SnapshotJob, from: IsoDate, to: IsoDate): Promise<SnapshotResult> {
  const { sql } = job;
  const dates = await datesWithQuotes(sql, from, to);
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return { dates: 0, computed: 0, stored: 0 };
  const lastPrices = new LastPrices();
  const before = { from: addDays(first, -EXPIRED_REACH_DAYS), to: addDays(first, -1) };
  for (const row of await dailyQuotes(sql, before)) lastPrices.add(row);
  await ensureMonths(sql, ["meeting_readings", "meeting_probabilities"], first, last);
  let computed = 0;
  let stored = 0;
  for (let start = 0; start < dates.length; start += DATES_AT_ONCE) {
    const batch = dates.slice(start, start + DATES_AT_ONCE);
    const span = { from: batch[0] ?? first, to: batch.at(-1) ?? last };
    const done = await storeComputed(job, async () =>
      draftsOfDates(sql, await loadContext(sql, span.from, span.to), lastPrices, span),
    );
    computed += done.computed;
    stored += done.stored;
    job.progress?.(start + batch.length, dates.length);
  }
  if (stored * MEETINGS_A_SNAPSHOT >= ANALYZE_FROM_ROWS) await refreshStatistics(sql);
  return { dates: dates.length, computed, stored };
}

async function snapshotInstant(job: SnapshotJob, request: SnapshotRequest, at: Date): Promise<SnapshotResult> {
  const { sql } = job;
  await ensureMonths(sql, ["meeting_readings", "meeting_probabilities"], request.from, request.to);
  const done = await storeComputed(job, async () => {
    const context = await loadContext(sql, request.from, request.to);
    const [quotes, published] = await Promise.all([
      intradayQuotes(sql, request.from, at),
      publishedDistributions(sql, { from: request.from, to: request.to, grid: "intraday", at }),
    ]);
    const lastPrices = new LastPrices();
    const before = { from: addDays(request.from, -EXPIRED_REACH_DAYS), to: addDays(request.from, -1) };
    for (const row of await dailyQuotes(sql, before)) lastPrices.add(row);
    return [
      ...draftsFromQuotes(context, quotes, lastPrices, "intraday"),
      ...draftsFromPublished(context, published, "intraday"),
    ].filter((draft) => draft.asOf <= at);
  });
  return { dates: 1, ...done };
}

/** Requests of the daily grid that touch or overlap are one period. */
function mergePeriods(requests: readonly SnapshotRequest[]): { from: IsoDate; to: IsoDate; ids: number[] }[] {
  const periods: { from: IsoDate; to: IsoDate; ids: number[] }[] = [];
  for (const request of requests.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = periods.at(-1);
    if (last !== undefined && request.from <= addDays(last.to, 1)) {
      last.to = maxDate(last.to, request.to);
      last.from = minDate(last.from, request.from);
      last.ids.push(request.id);
    } else {
      periods.push({ from: request.from, to: request.to, ids: [request.id] });
    }
  }
  return periods;
}

/**
 * Computes what new observations asked for. A request is taken back only when its readings are stored: a process that
 * dies on the way leaves it to the next run.
 */
export async function snapshotOdds(job: SnapshotJob): Promise<SnapshotResult> {
  const requests = await openRequests(job.sql);
  const total = { dates: 0, computed: 0, stored: 0 };
  const add = (result: SnapshotResult) => {
    total.dates += result.dates;
    total.computed += result.computed;
    total.stored += result.stored;
  };
  for (const period of mergePeriods(requests.filter((request) => request.grid === "settlement"))) {
    add(await snapshotPeriod(job, period.from, period.to));
    await job.sql.begin((tx) => closeRequests(tx, period.ids));
  }
  for (const request of requests) {
    if (request.grid !== "intraday" || request.at === null) continue;
    add(await snapshotInstant(job, request, request.at));
    await job.sql.begin((tx) => closeRequests(tx, [request.id]));
  }
  return total;
}
