import type { Sql } from "postgres";

/** Tables whose planner statistics decide how long an answer takes. */
const TABLES = [
  "futures_quotes",
  "published_probabilities",
  "snapshots",
  "meeting_readings",
  "meeting_probabilities",
  "asset_closes",
  // Without what the detector remembers, which is large and asked for by nothing in it.
  "detector_days (basis, is_sample, trade_date, snapshot_id)",
  "repricings",
  "repricing_states",
  "repricing_blocks",
  "repricing_assets",
  "alerts",
] as const;

/** A change of so many rows at once is more than the planner's old guesses bear. */
export const ANALYZE_FROM_ROWS = 2_000;

/**
 * Brings the planner's statistics up to date after much has been written. Postgres does so by itself for ordinary tables
 * and for partitions, never for a partitioned parent: without it, an answer over ten imported years took over 2 s
 * instead of 0.1.
 */
export async function refreshStatistics(sql: Sql): Promise<void> {
  for (const table of TABLES) await sql.unsafe(`analyze cutwatch.${table}`);
}
