/** How often the same repricing is told when every kind of history is imported, against the best basis alone. */
import { readFile } from "node:fs/promises";
import type { Sql } from "postgres";
import { catchUp } from "../jobs/catch-up.ts";
import { importFile } from "../jobs/import-file.ts";
import { loadBuiltInMeetings } from "../jobs/load-built-in.ts";
import { snapshotOdds } from "../jobs/snapshot-odds.ts";
import type { ImportKind } from "../src/sources/files/import-file.ts";
import { historyFile, withDatabase } from "./measure.ts";

const NOW = () => new Date();
const YEAR = 2025;

/** A file of history, from the year before on: series reach back 120 days, and paths a year. */
const FILES: Readonly<Record<string, { readonly name: string; readonly kind: ImportKind }>> = {
  fixings: { name: "fed_funds_daily_2000_2026.csv", kind: "effr" },
  "last trades": { name: "zq_daily_utc_2015_2025.csv", kind: "settlements" },
  published: { name: "fedwatch_published_meetings_2025.csv", kind: "fedwatch" },
};

async function take(sql: Sql, what: string): Promise<void> {
  const file = FILES[what];
  if (file === undefined) throw new RangeError(`Cannot import ${what}: no such file`);
  const [header = "", ...rows] = (await readFile(historyFile(file.name), "utf8")).trimEnd().split("\n");
  const late = rows.filter((row) => row >= `${YEAR - 1}`);
  const bytes = new TextEncoder().encode([header, ...late].join("\n"));
  await importFile(sql, { fileName: file.name, bytes, kind: file.kind, options: {}, dryRun: false, again: false }, NOW);
  await snapshotOdds({ sql, now: NOW });
  await catchUp({ sql, now: NOW, baseUrl: null });
}

/** What was told of the year: alerts that are primary and not taken back. */
async function toldOf(sql: Sql) {
  const rows = await sql<{ severity: string; clusters: number; alerts: number; again: number }[]>`
    with told as (
      select a.*, r.meeting_date, r.path_year, r.direction, r.started_on, s.extreme_on
      from cutwatch.alerts a
      join cutwatch.repricings r on r.id = a.repricing_id
      cross join lateral (
        select extreme_on from cutwatch.repricing_states t where t.repricing_id = r.id order by t.id desc limit 1
      ) s
      where a.is_primary and a.kind <> 'withdrawn' and extract(year from a.trade_date) = ${YEAR}
    )
    select l.severity, count(distinct t.cluster)::integer as clusters, count(*)::integer as alerts,
      (count(*) filter (where exists (
        select from told o
        where o.id < t.id and o.basis <> t.basis and o.meeting_date = t.meeting_date
          and o.path_year is not distinct from t.path_year and o.direction = t.direction
          and o.kind <> 'extension' and t.kind <> 'extension'
          and array_position(array['notice', 'sharp', 'severe', 'extreme'], o.severity)
            >= array_position(array['notice', 'sharp', 'severe', 'extreme'], t.severity)
          and o.started_on < t.trade_date and o.extreme_on > t.started_on
      )))::integer as again
    from unnest(array['notice', 'sharp', 'severe', 'extreme']) with ordinality as l (severity, rank)
    join told t on array_position(array['notice', 'sharp', 'severe', 'extreme'], t.severity) >= l.rank
    group by l.severity, l.rank
    order by l.rank
  `;
  return Object.fromEntries(
    rows.map((row) => [
      `${row.severity}+ clusters / alerts / told again`,
      `${row.clusters} / ${row.alerts} / ${row.again}`,
    ]),
  );
}

/** What is told of a year when these files are imported one after the other. */
async function toldAfter(files: readonly string[]): Promise<object> {
  let told: object = {};
  await withDatabase(async (sql) => {
    await loadBuiltInMeetings(sql, NOW);
    for (const file of ["fixings", ...files]) await take(sql, file);
    told = { imported: files.join(", then "), ...(await toldOf(sql)) };
  });
  return told;
}

/** Prints what was told of {@link YEAR}, by what was imported and in which order. */
export async function toldOnce(): Promise<void> {
  const orders = [["last trades"], ["published"], ["last trades", "published"], ["published", "last trades"]];
  const rows: object[] = [];
  for (const order of orders) rows.push(await toldAfter(order));
  console.log(`\ntold of ${YEAR}, by what was imported`);
  console.table(rows);
}
