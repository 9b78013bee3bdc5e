import { and, count, desc, eq, lt, lte, sql as part } from "drizzle-orm";
import type { Sql, TransactionSql } from "postgres";
import { quarantine } from "./tables.ts";
import { typed } from "./typed-query.ts";

/** A row that was refused. */
export interface RefusedRow {
  readonly line: number | null;
  readonly reasonCode: string;
  readonly reason: string;
  readonly rowText: string;
}

/** Rows longer than this are cut: the line number leads to the rest. */
const ROW_CHARACTERS = 2000;

/** Puts rows aside with their reasons; the same row of the same bytes only once. */
export async function recordQuarantine(
  tx: TransactionSql,
  rows: readonly RefusedRow[],
  origin: { readonly source: string; readonly payloadId: number | null; readonly recordedAt: Date },
): Promise<void> {
  if (rows.length === 0) return;
  const text = (value: string) => value.replaceAll("\u0000", "\\0").slice(0, ROW_CHARACTERS);
  await tx`
    insert into cutwatch.quarantine (recorded_at, source, payload_id, line, reason_code, reason, row_text)
    select ${origin.recordedAt.toISOString()}::timestamptz, ${origin.source}, ${origin.payloadId}, l, c, r, t
    from unnest(
      ${rows.map((row) => row.line)}::integer[],
      ${rows.map((row) => row.reasonCode)}::text[],
      ${rows.map((row) => text(row.reason))}::text[],
      ${rows.map((row) => text(row.rowText))}::text[]
    ) as q (l, c, r, t)
    on conflict do nothing
  `;
}

/** How many rows wait in quarantine, by source and reason. */
export async function quarantineCounts(
  sql: Sql,
): Promise<{ source: string; reasonCode: string; count: number; newest: Date }[]> {
  const { source, reasonCode, recordedAt } = quarantine;
  return typed(sql, (db) =>
    db
      .select({ source, reasonCode, count: count(), newest: part<Date>`max(${recordedAt})` })
      .from(quarantine)
      .groupBy(source, reasonCode)
      .orderBy(source, reasonCode),
  );
}

/** A row in quarantine. */
export interface QuarantinedRow {
  readonly id: number;
  readonly recordedAt: Date;
  readonly source: string;
  readonly line: number | null;
  readonly reasonCode: string;
  readonly reason: string;
  readonly rowText: string;
}

/**
 * Rows in quarantine, newest first.
 *
 * @param asked.before only rows with a smaller number; null: from the newest on
 * @param asked.knownBy only rows stamped no later; null: all
 */
export async function quarantinedRows(
  sql: Sql,
  asked: {
    readonly source: string | null;
    readonly before: number | null;
    readonly limit: number;
    readonly knownBy: Date | null;
  },
): Promise<QuarantinedRow[]> {
  const { id, recordedAt, source, line, reasonCode, reason, rowText } = quarantine;
  return typed(sql, (db) =>
    db
      .select({ id, recordedAt, source, line, reasonCode, reason, rowText })
      .from(quarantine)
      .where(
        and(
          asked.source === null ? undefined : eq(source, asked.source),
          asked.before === null ? undefined : lt(id, asked.before),
          asked.knownBy === null ? undefined : lte(recordedAt, asked.knownBy),
        ),
      )
      .orderBy(desc(id))
      .limit(asked.limit),
  );
}
