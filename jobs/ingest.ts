import type { TransactionSql } from "postgres";
import { baseUrlOf as addressOf, type UpstreamId } from "../src/sources/catalog.ts";
import type { SourcePayload } from "../src/sources/http/http.ts";
import { SourceError } from "../src/sources/http/source-error.ts";
import type { UnreadableRow } from "../src/sources/http/unreadable.ts";
import { historyWrite } from "../src/store/history-writes.ts";
import { recordPayload } from "../src/store/payloads.ts";
import { recordQuarantine } from "../src/store/quarantine.ts";
import { recordCheck } from "../src/store/source-health.ts";
import { recordSeries, type SeriesPosition } from "../src/store/source-series.ts";
import type { Provenance, Written } from "../src/store/write.ts";
import type { JobContext } from "./job-context.ts";

/** What one source gave. */
export interface Fetched<Row> {
  readonly payloads: readonly SourcePayload[];
  readonly rows: readonly Row[];
  /** rows that could not be read, each with the reason: they never cost the others */
  readonly rejected?: readonly UnreadableRow[];
  /** what of it could not be had, in words; absent: all of it was */
  readonly missing?: string | null;
  /** how far each series that was asked for is there now */
  readonly series?: readonly (SeriesPosition & { readonly series: string })[];
}

/** How the rows of a source are kept, and what they say of its health. */
export interface IngestPlan<Row> {
  readonly source: string;
  readonly fetch: () => Promise<Fetched<Row>>;
  /** before the transaction, for what may not lock readers out */
  readonly prepare?: (rows: readonly Row[]) => Promise<void>;
  readonly write: (tx: TransactionSql, rows: readonly Row[], provenance: Provenance) => Promise<Written>;
  readonly newestAsOf: (rows: readonly Row[]) => Date | null;
  readonly expectedNextAt: (rows: readonly Row[]) => Date | null;
}

/** The base URL of a source: its own from the environment, otherwise the catalogue's. */
export function baseUrlOf(context: Pick<JobContext, "config">, source: UpstreamId): string {
  return addressOf(source, context.config.sourceUrls);
}

/**
 * Asks a source, keeps its bytes and rows in one transaction, and notes how it went. Nothing is written when the
 * answer cannot be read.
 *
 * @throws SourceError after it has been noted
 */
export async function ingest<Row>(context: JobContext, plan: IngestPlan<Row>): Promise<Written> {
  const { sql, now } = context;
  let fetched: Fetched<Row>;
  try {
    fetched = await plan.fetch();
  } catch (error) {
    if (error instanceof SourceError) await noteFailure(context, plan.source, error.message);
    throw error;
  }
  const { payloads, rows } = fetched;
  await plan.prepare?.(rows);
  const written = await historyWrite(sql, now, async (tx, recordedAt) => {
    const ids: number[] = [];
    for (const payload of payloads) ids.push(await recordPayload(tx, { source: plan.source, ...payload }));
    await recordSeries(tx, plan.source, fetched.series ?? []);
    const payloadId = ids.length === 1 ? (ids[0] ?? null) : null;
    const put = (fetched.rejected ?? []).map(({ reason, rowText }) => ({
      line: null,
      reasonCode: "unreadable",
      reason,
      rowText,
    }));
    await recordQuarantine(tx, put, { source: plan.source, payloadId, recordedAt });
    return plan.write(tx, rows, { source: plan.source, payloadId, isSample: false, recordedAt });
  });
  const wasGood = await recordCheck(sql, {
    source: plan.source,
    checkedAt: now(),
    error: null,
    newestAsOf: plan.newestAsOf(rows),
    expectedNextAt: plan.expectedNextAt(rows),
    missing: fetched.missing ?? null,
  });
  if (wasGood === false) context.log.info({ source: plan.source }, `${plan.source} answers again`);
  return written;
}

/**
 * Notes that a source could not be had, for `/v1/sources` and `doctor`. The log says so once, however long it lasts and however
 * many processes see it: what it was before is asked of the database.
 */
export async function noteFailure(context: JobContext, source: string, message: string): Promise<void> {
  const wasGood = await recordCheck(context.sql, {
    source,
    checkedAt: context.now(),
    error: message,
    newestAsOf: null,
    expectedNextAt: null,
  });
  if (wasGood !== false) context.log.warn({ source }, `${source} fails: ${message}`);
}

/**
 * Tries one source after the other. The first that answers is enough; a source's failure is noted, not fatal. Sources that are
 * switched off are not asked.
 */
export async function firstAvailable(
  context: JobContext,
  tries: readonly { readonly source: string; readonly run: () => Promise<string> }[],
): Promise<string> {
  const failures: SourceError[] = [];
  const asked = tries.filter(({ source }) => !context.config.sourcesOff.some((off) => off === source));
  if (asked.length === 0 && tries.length > 0) {
    return `${tries.map(({ source }) => source).join(", ")} switched off: nothing to ask`;
  }
  for (const { run } of asked) {
    try {
      const detail = await run();
      return failures.length === 0 ? detail : `${detail} (after ${failures.map((f) => f.source).join(", ")} failed)`;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      failures.push(error);
    }
  }
  throw new SourceError(
    tries.map((attempt) => attempt.source).join(", ") || "futures",
    failures.map((failure) => `${failure.source}: ${failure.message}`).join("; ") ||
      "Cannot ask any source: none is set",
  );
}
