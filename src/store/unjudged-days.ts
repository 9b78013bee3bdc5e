/** Days on which the detector of repricings could not judge what it read. */
import type { Sql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Basis } from "../pricing/observations.ts";
import { recordedBy } from "./recorded-by.ts";

export interface UnjudgedQuery {
  readonly from: IsoDate;
  readonly to: IsoDate;
  /** days count on which its reading was of no use; null: days on which every target's was */
  readonly meeting: IsoDate | null;
  /** null: that of the stream that speaks: real before sample, then readings on most days, then the better basis */
  readonly basis: Basis | null;
  readonly knownAt: Date | null;
  /** targets of a day: the next so many meetings */
  readonly nextMeetings: number;
}

/** Days that were not judged. */
export interface UnjudgedDays {
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly days: number;
  /** in words; several joined by `; ` */
  readonly reason: string;
}

/** The newest trade date that has a daily reading; null: none. */
export async function newestDay(
  sql: Sql,
  { basis, knownAt }: Pick<UnjudgedQuery, "basis" | "knownAt">,
): Promise<IsoDate | null> {
  const [row] = await sql<{ date: IsoDate }[]>`
    select trade_date as date
    from cutwatch.snapshots
    where grid = 'settlement' and ${basis === null ? sql`true` : sql`basis = ${basis}::cutwatch.basis`}
      and ${recordedBy(sql, "recorded_at", knownAt)}
    order by trade_date desc
    limit 1
  `;
  return row?.date ?? null;
}

/**
 * The days of a period, both ends included, that could not be judged: the outcome of a meeting was not known, so that the
 * range in force was assumed, or the rates were not solved. Null: all that have a reading were.
 */
export async function unjudgedDays(sql: Sql, query: UnjudgedQuery): Promise<UnjudgedDays | null> {
  const { from, to, meeting, basis, knownAt } = query;
  // With both ends named only the months between are planned for and read.
  const [row] = await sql<{ from: IsoDate | null; to: IsoDate; days: number; reason: string }[]>`
    with daily as materialized (
      select id, trade_date, basis, is_sample, recorded_at, undecided_meeting
      from cutwatch.snapshots
      where grid = 'settlement' and trade_date between ${from}::date and ${to}::date
        and ${basis === null ? sql`true` : sql`basis = ${basis}::cutwatch.basis`}
        and ${recordedBy(sql, "recorded_at", knownAt)}
    ),
    voice as (
      select basis, is_sample
      from daily
      group by basis, is_sample
      order by is_sample, count(distinct trade_date) desc, basis
      limit 1
    ),
    latest as (
      select distinct on (d.trade_date) d.id, d.trade_date, d.undecided_meeting
      from daily d
      join voice v on v.basis = d.basis and v.is_sample = d.is_sample
      order by d.trade_date, d.recorded_at desc, d.id desc
    ),
    judged as (
      select l.trade_date, case
        when l.undecided_meeting is not null then 'the outcome of ' || l.undecided_meeting || ' is not known'
        when target.solved then null
        else coalesce('unsolved: ' || replace(target.why, '_', ' '), ${meeting === null ? "no meeting has a reading" : "the meeting has no reading"})
      end as reason
      from latest l
      cross join lateral (
        select coalesce(bool_or(near.unsolved_reason is null), false) as solved, min(near.unsolved_reason) as why
        from (
          select r.unsolved_reason
          from cutwatch.meeting_readings r
          where r.snapshot_id = l.id and r.trade_date = l.trade_date
            and r.trade_date between ${from}::date and ${to}::date
            and ${meeting === null ? sql`r.meeting_date > l.trade_date` : sql`r.meeting_date = ${meeting}::date`}
          order by r.meeting_date
          limit ${query.nextMeetings}
        ) near
      ) target
    )
    select min(trade_date) as "from", max(trade_date) as "to", count(*)::integer as days,
      string_agg(distinct reason, '; ') as reason
    from judged
    where reason is not null
  `;
  if (row === undefined || row.from === null) return null;
  return { from: row.from, to: row.to, days: row.days, reason: row.reason };
}
