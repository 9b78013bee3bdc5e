/** How good the odds were: what scores are computed from, and the scores kept. */
import type { Sql, TransactionSql } from "postgres";
import { addDays, type IsoDate, maxDate, minDate } from "../calendar/calendar-date.ts";
import { HORIZON_TOLERANCE_DAYS, SCORE_HORIZONS, type ScorableReading } from "../pricing/horizon-scores.ts";
import type { Basis } from "../pricing/observations.ts";
import type { TargetRange } from "../pricing/reading.ts";
import type { Scores } from "../pricing/scores.ts";
import { announceChange, takeTurn } from "./write.ts";

/** A stored reading of a meeting, as far as scores need it. */
export interface StoredReading extends ScorableReading {
  readonly meetingDate: IsoDate;
  readonly basis: Basis;
  readonly snapshotId: number;
}

// Eight meetings a year: the partitions of three years are planned for at once.
const MEETINGS_AT_ONCE = 24;

/**
 * The solved daily readings of meetings on the dates that their horizons can use, the latest known of each date and basis.
 * The sample is left out.
 */
export async function readingsToScore(sql: Sql, meetings: readonly IsoDate[]): Promise<StoredReading[]> {
  const readings: StoredReading[] = [];
  for (let start = 0; start < meetings.length; start += MEETINGS_AT_ONCE) {
    readings.push(...(await readingsOfSome(sql, meetings.slice(start, start + MEETINGS_AT_ONCE))));
  }
  return readings;
}

async function readingsOfSome(sql: Sql, meetings: readonly IsoDate[]): Promise<StoredReading[]> {
  const windows = meetings.flatMap((meeting) =>
    SCORE_HORIZONS.map((days) => {
      const to = addDays(meeting, -days);
      return { meeting, from: addDays(to, -HORIZON_TOLERANCE_DAYS), to };
    }),
  );
  const [one] = windows;
  if (one === undefined) return [];
  const from = windows.reduce((least, window) => minDate(least, window.from), one.from);
  const to = windows.reduce((most, window) => maxDate(most, window.to), one.to);
  const rows = await sql<
    {
      meeting: string;
      basis: Basis;
      id: number;
      trade_date: string;
      as_of: Date;
      lowers: number[];
      uppers: number[];
      probabilities: number[];
    }[]
  >`
    with wanted as (
      select m, f, t
      from unnest(
        ${windows.map((window) => window.meeting)}::text[]::date[],
        ${windows.map((window) => window.from)}::text[]::date[],
        ${windows.map((window) => window.to)}::text[]::date[]
      ) as w (m, f, t)
    ),
    latest as (
      select distinct on (trade_date, basis) id, trade_date, basis, as_of
      from cutwatch.snapshots
      where grid = 'settlement' and not is_sample and method in ('cme', 'published')
        and trade_date between ${from}::date and ${to}::date
      order by trade_date, basis, recorded_at desc, id desc
    )
    select pair.m::text as meeting, pair.basis::text as basis, pair.id::float8 as id,
      pair.trade_date::text as trade_date, pair.as_of, odds.lowers, odds.uppers, odds.probabilities
    from (
      select distinct w.m, l.id, l.trade_date, l.basis, l.as_of
      from wanted w
      join latest l on l.trade_date between w.f and w.t
    ) pair
    cross join lateral (
      select
        array_agg(p.lower_bp order by p.lower_bp) as lowers,
        array_agg(p.upper_bp order by p.lower_bp) as uppers,
        array_agg(p.probability order by p.lower_bp) as probabilities
      from cutwatch.meeting_probabilities p
      where p.trade_date = pair.trade_date and p.snapshot_id = pair.id and p.meeting_date = pair.m
        and p.trade_date between ${from}::date and ${to}::date
    ) odds
    where odds.lowers is not null
    order by pair.m, pair.basis, pair.trade_date
  `;
  return rows.map((row) => ({
    meetingDate: row.meeting,
    basis: row.basis,
    snapshotId: row.id,
    tradeDate: row.trade_date,
    asOf: row.as_of,
    outcomes: row.probabilities.map((probability, i) => ({
      lowerBp: row.lowers[i] ?? 0,
      upperBp: row.uppers[i] ?? 0,
      probability,
    })),
  }));
}

/** One meeting's score at one horizon. */
export interface ScoreDraft extends Scores {
  readonly meetingDate: IsoDate;
  readonly horizonDays: number;
  readonly basis: Basis;
  readonly tradeDate: IsoDate;
  readonly snapshotId: number;
  readonly decided: TargetRange;
  readonly outcomes: number;
}

/** Keeps scores that are new or came out otherwise. @returns how many */
export async function recordScores(
  tx: TransactionSql,
  drafts: readonly ScoreDraft[],
  recordedAt: Date,
): Promise<number> {
  if (drafts.length === 0) return 0;
  await takeTurn(tx, "meeting_scores");
  const rows = drafts.map((draft) => ({
    meeting_date: draft.meetingDate,
    horizon_days: draft.horizonDays,
    basis: draft.basis,
    source_class: draft.basis === "published" ? "published" : "chain",
    trade_date: draft.tradeDate,
    snapshot_id: draft.snapshotId,
    lower_bp: draft.decided.lowerBp,
    upper_bp: draft.decided.upperBp,
    outcomes: draft.outcomes,
    brier: draft.brier,
    rps: draft.rps,
    log_score: draft.log,
  }));
  const stored = await tx`
    insert into cutwatch.meeting_scores
      (meeting_date, horizon_days, basis, source_class, trade_date, snapshot_id, lower_bp, upper_bp, outcomes, brier, rps,
        log_score, recorded_at)
    select n.meeting_date, n.horizon_days, n.basis, n.source_class, n.trade_date, n.snapshot_id, n.lower_bp, n.upper_bp,
      n.outcomes, n.brier, n.rps, n.log_score, ${recordedAt.toISOString()}::timestamptz
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as n (
      meeting_date date, horizon_days integer, basis cutwatch.basis, source_class text, trade_date date,
      snapshot_id bigint, lower_bp integer, upper_bp integer, outcomes integer, brier float8, rps float8, log_score float8
    )
    left join lateral (
      select * from cutwatch.meeting_scores s
      where s.meeting_date = n.meeting_date and s.basis = n.basis and s.horizon_days = n.horizon_days
      order by s.id desc
      limit 1
    ) l on true
    where (n.trade_date, n.lower_bp, n.upper_bp, n.outcomes, n.brier, n.rps, n.log_score) is distinct from
      (l.trade_date, l.lower_bp, l.upper_bp, l.outcomes, l.brier, l.rps, l.log_score)
    returning id
  `;
  if (stored.length > 0) await announceChange(tx, "scores");
  return stored.length;
}

/** A score as kept. */
export interface ScoreRow extends Omit<ScoreDraft, "snapshotId"> {
  readonly recordedAt: Date;
}

/** The latest score of each meeting, horizon and basis as known at `knownAt` (null: now), by meeting. */
export async function scoresKnown(
  sql: Sql,
  query: { readonly basis: Basis | null; readonly horizonDays: number | null; readonly knownAt: Date | null },
): Promise<ScoreRow[]> {
  const knownAt = query.knownAt?.toISOString() ?? null;
  const rows = await sql<(Omit<ScoreRow, "decided"> & { readonly lowerBp: number; readonly upperBp: number })[]>`
    select distinct on (meeting_date, basis, horizon_days)
      meeting_date::text as "meetingDate", horizon_days as "horizonDays", basis::text as basis,
      trade_date::text as "tradeDate", lower_bp as "lowerBp", upper_bp as "upperBp", outcomes, brier, rps,
      log_score as log, recorded_at as "recordedAt"
    from cutwatch.meeting_scores
    where (${query.basis}::text is null or basis::text = ${query.basis}::text)
      and (${query.horizonDays}::integer is null or horizon_days = ${query.horizonDays}::integer)
      and (${knownAt}::timestamptz is null or recorded_at <= ${knownAt}::timestamptz)
    order by meeting_date, basis, horizon_days, id desc
  `;
  return rows.map(({ lowerBp, upperBp, ...row }) => ({ ...row, decided: { lowerBp, upperBp } }));
}
