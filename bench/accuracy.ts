/** Odds computed from last trades against what FedWatch published for the settlement of the same day. */
import { readFile } from "node:fs/promises";
import { importFile } from "../jobs/import-file.ts";
import { loadBuiltInMeetings } from "../jobs/load-built-in.ts";
import { snapshotOdds } from "../jobs/snapshot-odds.ts";
import { historyFile, withDatabase } from "./measure.ts";

const FILES = [
  ["zq_daily_utc_2015_2025.csv", "settlements"],
  ["fedwatch_published_meetings_2025.csv", "fedwatch"],
] as const;

await withDatabase(async (sql) => {
  const now = () => new Date();
  await loadBuiltInMeetings(sql, now);
  for (const [fileName, kind] of FILES) {
    const bytes = await readFile(historyFile(fileName));
    const summary = await importFile(sql, { fileName, bytes, kind, options: {}, dryRun: false, again: false }, now);
    console.log(
      `${fileName}: ${summary.rowsRead} rows read, ${summary.stored} stored, ${summary.quarantined.length} set aside`,
    );
  }
  await snapshotOdds({ sql, now });
  const rows = await sql<
    { meeting: string; pairs: number; median_pp: number; p90_pp: number; within_5_pp: number; unsolved: number }[]
  >`
    with published as (
      select distinct on (trade_date, meeting) trade_date, meeting, lower_bp, probability
      from review.probabilities
      where basis = 'published'
      order by trade_date, meeting, probability desc
    ),
    pairs as (
      select
        b.meeting::text as meeting,
        100 * abs(coalesce(p.probability, 0) - b.probability) as error_pp,
        r.expected_rate_bp is null as unsolved
      from published b
      join cutwatch.snapshots s on s.trade_date = b.trade_date and s.basis = 'last_trade'
      join cutwatch.meeting_readings r
        on r.trade_date = s.trade_date and r.snapshot_id = s.id and r.meeting_date = b.meeting
      left join cutwatch.meeting_probabilities p
        on p.trade_date = s.trade_date and p.snapshot_id = s.id and p.meeting_date = b.meeting and p.lower_bp = b.lower_bp
    )
    select
      coalesce(meeting, 'all') as meeting,
      count(*) filter (where not unsolved)::integer as pairs,
      (percentile_cont(0.5) within group (order by error_pp) filter (where not unsolved)) as median_pp,
      (percentile_cont(0.9) within group (order by error_pp) filter (where not unsolved)) as p90_pp,
      100 * avg((error_pp <= 5)::integer) filter (where not unsolved) as within_5_pp,
      count(*) filter (where unsolved)::integer as unsolved
    from pairs
    group by rollup (meeting)
    order by meeting nulls last
  `;
  console.log("\nLargest published range of each day and meeting; errors in percentage points");
  console.table(
    rows.map((row) => ({
      meeting: row.meeting,
      pairs: row.pairs,
      "median pp": row.median_pp.toFixed(2),
      "90 % pp": row.p90_pp.toFixed(2),
      "within 5 pp %": Number(row.within_5_pp).toFixed(1),
      unsolved: row.unsolved,
    })),
  );
});
