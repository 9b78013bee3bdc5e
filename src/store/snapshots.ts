import { createHash } from "node:crypto";
import type { TransactionSql } from "postgres";
import { firstOfMonth, type IsoDate } from "../calendar/calendar-date.ts";
import type { Basis, Grid, Method } from "../pricing/observations.ts";
import type { MeetingReading, TargetRange } from "../pricing/reading.ts";
import { copyRows } from "./copy.ts";
import { announceChange, dateSpan, takeTurn } from "./write.ts";

/** One instant's odds, ready to be stored. */
export interface SnapshotDraft {
  readonly tradeDate: IsoDate;
  readonly asOf: Date;
  readonly grid: Grid;
  readonly basis: Basis;
  readonly method: Method;
  readonly source: string;
  readonly isSample: boolean;
  readonly target: TargetRange;
  /** a meeting in effect whose outcome is not known: `target` is assumed; null: there is none */
  readonly undecidedMeeting: IsoDate | null;
  readonly effrBp: number | null;
  readonly pricedByYearEndBp: number | null;
  readonly quoteIds: readonly number[];
  readonly readings: readonly MeetingReading[];
}

const SNAPSHOT_COLUMNS = [
  "id",
  "trade_date",
  "as_of",
  "recorded_at",
  "grid",
  "basis",
  "method",
  "source",
  "is_sample",
  "target_lower_bp",
  "target_upper_bp",
  "undecided_meeting",
  "effr_bp",
  "priced_by_year_end_bp",
  "quote_ids",
  "content_sha256",
] as const;

const READING_COLUMNS = [
  "snapshot_id",
  "trade_date",
  "meeting_date",
  "announced",
  "expected_rate_bp",
  "moves",
  "start_rate_bp",
  "end_rate_bp",
  "ease",
  "hold",
  "hike",
  "meeting_ease",
  "meeting_hold",
  "meeting_hike",
  "tick_sensitivity_pp",
  "own_tick_bp",
  "contract_months",
  "contract_prices",
  "contract_sensitivities_pp",
  "unsolved_reason",
  "unsolved_detail",
  "unverified",
] as const;

const OUTCOME_COLUMNS = [
  "snapshot_id",
  "trade_date",
  "meeting_date",
  "lower_bp",
  "upper_bp",
  "probability",
  "low",
  "high",
] as const;

/** Hash of all that a reader could see; the rows it rests on are left out, for a repeated print changes nothing. */
function contentSha256(draft: SnapshotDraft): Buffer {
  const { quoteIds: _, ...content } = draft;
  return createHash("sha256").update(JSON.stringify(content)).digest();
}

function seriesKey(row: {
  tradeDate: string;
  asOf: Date;
  grid: string;
  basis: string;
  method: string;
  isSample: boolean;
}) {
  return `${row.tradeDate} ${row.asOf.getTime()} ${row.grid} ${row.basis} ${row.method} ${row.isSample}`;
}

interface LatestSnapshot {
  readonly sha256: string;
  readonly recordedAt: Date;
}

async function latestOf(tx: TransactionSql, from: IsoDate, to: IsoDate): Promise<Map<string, LatestSnapshot>> {
  const rows = await tx<
    {
      trade_date: string;
      as_of: Date;
      grid: string;
      basis: string;
      method: string;
      is_sample: boolean;
      sha256: string;
      recorded_at: Date;
    }[]
  >`
    select distinct on (trade_date, as_of, grid, basis, method, is_sample)
      trade_date::text, as_of, grid::text, basis::text, method::text, is_sample,
      encode(content_sha256, 'hex') as sha256, recorded_at
    from cutwatch.snapshots
    where trade_date between ${from}::date and ${to}::date
    order by trade_date, as_of, grid, basis, method, is_sample, recorded_at desc, id desc
  `;
  return new Map(
    rows.map((row) => [
      seriesKey({
        tradeDate: row.trade_date,
        asOf: row.as_of,
        grid: row.grid,
        basis: row.basis,
        method: row.method,
        isSample: row.is_sample,
      }),
      { sha256: row.sha256, recordedAt: row.recorded_at },
    ]),
  );
}

/** A snapshot that was stored, with its number. */
export interface StoredDraft {
  readonly id: number;
  readonly recordedAt: Date;
  readonly draft: SnapshotDraft;
}

/**
 * Stores the snapshots that say something new; a computation that repeats the latest one of its instant leaves no
 * trace. The partitions must exist.
 *
 * @returns the stored ones, in the order given
 */
export async function recordSnapshots(
  tx: TransactionSql,
  drafts: readonly SnapshotDraft[],
  recordedAt: Date,
): Promise<StoredDraft[]> {
  const span = dateSpan(drafts.map((draft) => draft.tradeDate));
  if (span === null) return [];
  await takeTurn(tx, "snapshots");
  const latest = await latestOf(tx, span.from, span.to);
  const fresh = drafts.flatMap((draft) => {
    const sha256 = contentSha256(draft);
    const before = latest.get(seriesKey(draft));
    if (before?.sha256 === sha256.toString("hex")) return [];
    const earliest = before === undefined ? 0 : before.recordedAt.getTime() + 1;
    return [{ draft, sha256, recordedAt: new Date(Math.max(recordedAt.getTime(), earliest)) }];
  });
  if (fresh.length === 0) return [];
  const ids = await tx<{ id: number }[]>`
    select nextval('cutwatch.row_ids')::float8 as id from generate_series(1, ${fresh.length}::integer)
  `;
  const stored = fresh.map((item, i) => ({ ...item, id: ids[i]?.id ?? Number.NaN }));
  await copyRows(tx, "cutwatch.snapshots", SNAPSHOT_COLUMNS, stored.map(snapshotRow));
  await copyRows(tx, "cutwatch.meeting_readings", READING_COLUMNS, readingRows(stored));
  await copyRows(tx, "cutwatch.meeting_probabilities", OUTCOME_COLUMNS, outcomeRows(stored));
  await announceChange(tx, "snapshots");
  return stored.map(({ id, draft, recordedAt: at }) => ({ id, draft, recordedAt: at }));
}

interface Numbered extends StoredDraft {
  readonly sha256: Buffer;
}

function snapshotRow({ id, draft, recordedAt, sha256 }: Numbered) {
  return [
    id,
    draft.tradeDate,
    draft.asOf,
    recordedAt,
    draft.grid,
    draft.basis,
    draft.method,
    draft.source,
    draft.isSample,
    draft.target.lowerBp,
    draft.target.upperBp,
    draft.undecidedMeeting,
    draft.effrBp,
    draft.pricedByYearEndBp,
    draft.quoteIds,
    `\\x${sha256.toString("hex")}`,
  ];
}

function* readingRows(stored: readonly Numbered[]) {
  for (const { id, draft } of stored) {
    for (const reading of draft.readings) {
      yield [
        id,
        draft.tradeDate,
        reading.meetingDate,
        reading.announced,
        reading.expectedRateBp,
        reading.moves,
        reading.startRateBp,
        reading.endRateBp,
        reading.cumulative?.ease ?? null,
        reading.cumulative?.hold ?? null,
        reading.cumulative?.hike ?? null,
        reading.meetingMove?.ease ?? null,
        reading.meetingMove?.hold ?? null,
        reading.meetingMove?.hike ?? null,
        reading.tickSensitivityPp,
        reading.ownTickBp,
        reading.contracts.map((use) => firstOfMonth(use.contractMonth)),
        reading.contracts.map((use) => use.price),
        reading.contracts.map((use) => use.tickSensitivityPp),
        reading.unsolved?.reason ?? null,
        reading.unsolved?.detail ?? null,
        reading.unverified,
      ];
    }
  }
}

function* outcomeRows(stored: readonly Numbered[]) {
  for (const { id, draft } of stored) {
    for (const reading of draft.readings) {
      for (const outcome of reading.outcomes) {
        yield [
          id,
          draft.tradeDate,
          reading.meetingDate,
          outcome.lowerBp,
          outcome.upperBp,
          outcome.probability,
          outcome.low,
          outcome.high,
        ];
      }
    }
  }
}
