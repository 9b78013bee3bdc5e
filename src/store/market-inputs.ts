/**
 * What asset blocks are computed from, kept in memory between runs. Loading five years of closes and a year of readings
 * takes 20 ms, half of what an alert may take from its snapshot; what came since the last run is one row or none.
 *
 * Rows are numbered in the order in which they become visible, since their writers take turns, and never change: all that
 * is numbered above the last row seen is all that is new.
 */
import type { Sql, TransactionSql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { DailyClose } from "../markets/close-history.ts";
import type { DetectorStream } from "./detector.ts";
import { dateSpan } from "./write.ts";

/** The rate expected after a year's December meeting, on a trade date of that year. */
export interface PathRate {
  readonly year: string;
  readonly date: IsoDate;
  readonly expectedRateBp: number | null;
}

interface KnownClose extends DailyClose {
  readonly source: string;
  readonly recordedMs: number;
}

/** All closes of the panel, the latest known of each date: the same object until another close comes. */
export interface PanelCloses {
  readonly list: readonly DailyClose[];
  /** the list before, and what has come since, where each is of a date that had none; null: it is all new */
  readonly grown: { readonly from: readonly DailyClose[]; readonly added: readonly DailyClose[] } | null;
}

interface Memory {
  /** by whether they are of the sample */
  readonly closes: Map<boolean, { newest: number; rows: Map<string, KnownClose>; given: PanelCloses }>;
  readonly paths: Map<string, { newest: number; rates: Map<string, PathRate> }>;
}

const NO_CLOSES: PanelCloses = { list: [], grown: null };

const memories = new WeakMap<Sql, Memory>();

function memoryOf(sql: Sql): Memory {
  const known = memories.get(sql);
  if (known !== undefined) return known;
  const memory: Memory = { closes: new Map(), paths: new Map() };
  memories.set(sql, memory);
  return memory;
}

/**
 * All closes of the panel, the latest known of each date; the sample and real figures never together. The same object is given
 * until another close comes, and says then what came, so that callers may keep what they make of it.
 *
 * @param sql the client that the memory belongs to
 * @param tx where to read
 */
export async function closesKnown(sql: Sql, tx: TransactionSql, isSample: boolean): Promise<PanelCloses> {
  const { closes } = memoryOf(sql);
  const before = closes.get(isSample) ?? { newest: 0, rows: new Map<string, KnownClose>(), given: NO_CLOSES };
  // By itself this is one step down an index; as a condition of the next query it may be a walk through the table.
  const [last] = await tx<{ id: number }[]>`
    select c.id::float8 as id from cutwatch.asset_closes c order by c.id desc limit 1
  `;
  if (last === undefined || last.id <= before.newest) return before.given;
  const groups = await tx<{ symbol: string; source: string; recorded_at: Date; dates: string; closes: string }[]>`
    select symbol, source, recorded_at, string_agg(close_date::text, ' ') as dates, string_agg(close::text, ' ') as closes
    from cutwatch.asset_closes
    where id > ${before.newest} and id <= ${last.id} and is_sample = ${isSample}
    group by symbol, source, recorded_at
  `;
  const { rows } = before;
  const added: DailyClose[] = [];
  let isGrown = true;
  for (const group of groups) {
    const { symbol, source } = group;
    const recordedMs = group.recorded_at.getTime();
    const figures = group.closes.split(" ");
    group.dates.split(" ").forEach((date, i) => {
      const key = `${symbol} ${date}`;
      const row = { symbol, date, close: Number(figures[i]), source, recordedMs };
      const known = rows.get(key);
      if (known === undefined) added.push(row);
      else isGrown = false;
      if (known === undefined || isNewer(row, known)) rows.set(key, row);
    });
  }
  before.newest = last.id;
  if (groups.length > 0) {
    const grown = isGrown ? { from: before.given.list, added } : null;
    before.given = { list: [...rows.values()], grown };
  }
  closes.set(isSample, before);
  return before.given;
}

/** Latest first; of two recorded at one instant, the source that sorts first. */
function isNewer(row: KnownClose, known: KnownClose): boolean {
  return row.recordedMs > known.recordedMs || (row.recordedMs === known.recordedMs && row.source <= known.source);
}

/** The path of each year as its latest readings have it, in no order. */
export async function pathRates(sql: Sql, tx: TransactionSql, stream: DetectorStream): Promise<PathRate[]> {
  const { paths } = memoryOf(sql);
  const key = `${stream.basis} ${stream.isSample}`;
  const before = paths.get(key) ?? { newest: 0, rates: new Map<string, PathRate>() };
  const [last] = await tx<{ id: number }[]>`
    select s.id::float8 as id from cutwatch.snapshots s
    where s.grid = 'settlement' and s.basis = ${stream.basis}::cutwatch.basis and s.is_sample = ${stream.isSample}
    order by s.id desc
    limit 1
  `;
  if (last === undefined || last.id <= before.newest) return [...before.rates.values()];
  const news = await tx<{ id: number; date: string }[]>`
    select latest.id::float8 as id, n.trade_date::text as date
    from (
      select distinct trade_date
      from cutwatch.snapshots
      where grid = 'settlement' and basis = ${stream.basis}::cutwatch.basis and is_sample = ${stream.isSample}
        and id > ${before.newest} and id <= ${last.id}
    ) n
    cross join lateral (
      select id from cutwatch.snapshots s
      where s.grid = 'settlement' and s.basis = ${stream.basis}::cutwatch.basis and s.is_sample = ${stream.isSample}
        and s.trade_date = n.trade_date
      order by s.recorded_at desc, s.id desc
      limit 1
    ) latest
  `;
  const span = dateSpan(news.map(({ date }) => date));
  if (span === null) return [...before.rates.values()];
  // With both ends named only the months between are planned for.
  const rows = await tx<{ year: string; date: string; rate: number | null }[]>`
    select distinct on (w.d) to_char(w.d, 'YYYY') as year, w.d::text as date, r.expected_rate_bp as rate
    from unnest(${news.map(({ date }) => date)}::text[]::date[], ${news.map(({ id }) => id)}::bigint[]) as w (d, i)
    left join cutwatch.meeting_readings r
      on r.trade_date = w.d and r.snapshot_id = w.i
      and r.trade_date between ${span.from}::date and ${span.to}::date
      and extract(month from r.meeting_date) = 12
      and extract(year from r.meeting_date) = extract(year from w.d)
    order by w.d, r.meeting_date desc
  `;
  for (const { year, date, rate } of rows) before.rates.set(date, { year, date, expectedRateBp: rate });
  before.newest = last.id;
  paths.set(key, before);
  return [...before.rates.values()];
}
