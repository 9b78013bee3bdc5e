import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  customType,
  date,
  doublePrecision,
  integer,
  numeric,
  pgSchema,
  text,
  timestamp,
} from "drizzle-orm/pg-core";

// Tables as the migrations leave them, for typed queries and to name the rows of raw ones. The migrations are written
// by hand, not made from these; a test compares the two.
// Types are those of the raw client: instants as Date, dates as YYYY-MM-DD, numeric as text, bigint as a number.

const cutwatch = pgSchema("cutwatch");

const jobStatus = cutwatch.enum("job_status", ["running", "done", "failed", "unavailable", "lost"]);
const gridType = cutwatch.enum("grid", ["settlement", "intraday"]);
const basisType = cutwatch.enum("basis", ["settlement", "published", "last_trade", "mid"]);
const methodType = cutwatch.enum("method", ["cme", "published", "cme_article", "aggregated"]);

const bytea = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });

/** To the millisecond, as a Date holds it. */
const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

const rowId = () => bigint("id", { mode: "number" }).primaryKey().default(sql`nextval('cutwatch.row_ids')`);

/** The bytes a row was read from. */
const payloadId = () => bigint("payload_id", { mode: "number" });

/** What cutwatch knows of each source besides its observations. */
export const sourceCatalog = cutwatch.table("source_catalog", {
  source: text("source").primaryKey(),
  what: text("what").notNull(),
  terms: text("terms").notNull(),
  redistributable: boolean("redistributable").notNull(),
  enabled: boolean("enabled").notNull(),
});

/** One row each time a source was asked. */
export const sourceChecks = cutwatch.table("source_checks", {
  id: rowId(),
  source: text("source").notNull(),
  checkedAt: instant("checked_at").notNull(),
  ok: boolean("ok").notNull(),
  error: text("error"),
  newestAsOf: instant("newest_as_of"),
  expectedNextAt: instant("expected_next_at"),
  missing: text("missing"),
});

/** One row a run; `slot` is null for a run by hand. */
export const jobRuns = cutwatch.table("job_runs", {
  id: rowId(),
  job: text("job").notNull(),
  slot: instant("slot"),
  owner: text("owner").notNull(),
  status: jobStatus("status").notNull(),
  startedAt: instant("started_at").notNull(),
  heartbeatAt: instant("heartbeat_at").notNull(),
  finishedAt: instant("finished_at"),
  detail: text("detail"),
  error: text("error"),
  attempt: integer("attempt").notNull().default(1),
});

/** Rows that were refused, with the reason. */
export const quarantine = cutwatch.table("quarantine", {
  id: rowId(),
  recordedAt: instant("recorded_at").notNull(),
  source: text("source").notNull(),
  payloadId: payloadId(),
  line: integer("line"),
  reasonCode: text("reason_code").notNull(),
  reason: text("reason").notNull(),
  rowText: text("row_text").notNull(),
});

/** Bytes as a source sent them; `bodyGzip` is null once it was forgotten. */
export const sourcePayloads = cutwatch.table("source_payloads", {
  id: rowId(),
  source: text("source").notNull(),
  url: text("url").notNull(),
  sha256: bytea("sha256").notNull(),
  retrievedAt: instant("retrieved_at").notNull(),
  byteCount: integer("byte_count").notNull(),
  bodyGzip: bytea("body_gzip"),
});

/** One row each time a file was imported. */
export const imports = cutwatch.table("imports", {
  id: rowId(),
  payloadId: payloadId().notNull(),
  kind: text("kind").notNull(),
  options: text("options").notNull(),
  fileName: text("file_name").notNull(),
  recordedAt: instant("recorded_at").notNull(),
  rowsRead: integer("rows_read").notNull(),
  stored: integer("stored").notNull(),
  unchanged: integer("unchanged").notNull(),
  quarantined: integer("quarantined").notNull(),
});

/** Daily closes: the asset's own currency or index points. */
export const assetCloses = cutwatch.table("asset_closes", {
  id: rowId(),
  symbol: text("symbol").notNull(),
  closeDate: date("close_date").notNull(),
  recordedAt: instant("recorded_at").notNull(),
  source: text("source").notNull(),
  close: numeric("close", { precision: 18, scale: 6 }).notNull(),
  isSample: boolean("is_sample").notNull().default(false),
  payloadId: payloadId(),
});

/** EFFR fixings in per cent; the target range in bp. */
export const effrFixings = cutwatch.table("effr_fixings", {
  id: rowId(),
  fixingDate: date("fixing_date").notNull(),
  recordedAt: instant("recorded_at").notNull(),
  source: text("source").notNull(),
  effrPct: numeric("effr_pct", { precision: 7, scale: 4 }),
  targetLowerBp: integer("target_lower_bp"),
  targetUpperBp: integer("target_upper_bp"),
  revised: boolean("revised").notNull().default(false),
  isSample: boolean("is_sample").notNull().default(false),
  payloadId: payloadId(),
});

/** One thing learned about a meeting; the range in bp, of a decision only. */
export const meetingNotices = cutwatch.table("meeting_notices", {
  id: rowId(),
  meetingDate: date("meeting_date").notNull(),
  kind: text("kind", { enum: ["scheduled", "unscheduled", "cancelled", "decided"] }).notNull(),
  effectiveDate: date("effective_date").notNull(),
  knownFrom: instant("known_from"),
  lowerBp: integer("lower_bp"),
  upperBp: integer("upper_bp"),
  recordedAt: instant("recorded_at").notNull(),
  source: text("source").notNull(),
  payloadId: payloadId(),
});

/** One reading of the whole market: rates in bp. */
export const snapshots = cutwatch.table("snapshots", {
  id: rowId(),
  tradeDate: date("trade_date").notNull(),
  asOf: instant("as_of").notNull(),
  recordedAt: instant("recorded_at").notNull(),
  grid: gridType("grid").notNull(),
  basis: basisType("basis").notNull(),
  method: methodType("method").notNull(),
  source: text("source").notNull(),
  isSample: boolean("is_sample").notNull(),
  targetLowerBp: integer("target_lower_bp").notNull(),
  targetUpperBp: integer("target_upper_bp").notNull(),
  undecidedMeeting: date("undecided_meeting"),
  effrBp: doublePrecision("effr_bp"),
  pricedByYearEndBp: doublePrecision("priced_by_year_end_bp"),
  quoteIds: bigint("quote_ids", { mode: "number" }).array().notNull(),
  contentSha256: bytea("content_sha256").notNull(),
});
