/** What the stream of changes reads: how far the stored rows go, and the snapshots after a number. */
import type { Sql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import { headerFrom, type SnapshotHeader } from "./readings.ts";

/** The last snapshot and the last item of the feed that a reader has seen. */
export interface Seen {
  readonly snapshot: number;
  readonly feed: number;
}

/** The newest numbers there are; 0 where nothing is stored. */
export async function newestSeen(sql: Sql): Promise<Seen> {
  const [row] = await sql<Seen[]>`
    select
      coalesce((select max(id) from cutwatch.snapshots), 0)::float8 as snapshot,
      greatest(
        coalesce((select max(id) from cutwatch.alerts), 0),
        coalesce((select max(id) from cutwatch.notices), 0)
      )::float8 as feed
  `;
  return row ?? { snapshot: 0, feed: 0 };
}

/** A snapshot with as much of its meetings as a headline needs. */
export interface StreamedSnapshot extends SnapshotHeader {
  readonly meetings: readonly { readonly meeting: IsoDate; readonly expectedRateBp: number | null }[];
}

/**
 * Snapshots after a number, ascending. `recordSnapshots` gives numbers while it holds the turn of its kind, and the turn
 * passes on only when what was written is visible: so none with a smaller number can appear later, and none is missed.
 */
export async function snapshotsAfter(
  sql: Sql,
  query: { readonly after: number; readonly limit: number },
): Promise<StreamedSnapshot[]> {
  const rows = await sql<
    (Parameters<typeof headerFrom>[0] & { meetings: string[] | null; rates: (number | null)[] | null })[]
  >`
    select
      s.id::float8 as id, s.trade_date::text as trade_date, s.as_of, s.recorded_at, s.grid::text as grid,
      s.basis::text as basis, s.method::text as method, s.source, s.is_sample, s.target_lower_bp, s.target_upper_bp,
      s.undecided_meeting::text as undecided_meeting, s.effr_bp, s.priced_by_year_end_bp, m.meetings, m.rates
    from (
      select * from cutwatch.snapshots where id > ${query.after}::bigint order by id limit ${query.limit}
    ) s
    left join lateral (
      select array_agg(r.meeting_date::text order by r.meeting_date) as meetings,
        array_agg(r.expected_rate_bp order by r.meeting_date) as rates
      from cutwatch.meeting_readings r
      where r.trade_date = s.trade_date and r.snapshot_id = s.id
    ) m on true
    order by s.id
  `;
  return rows.map((row) => ({
    ...headerFrom(row),
    meetings: (row.meetings ?? []).map((meeting, i) => ({ meeting, expectedRateBp: row.rates?.[i] ?? null })),
  }));
}
