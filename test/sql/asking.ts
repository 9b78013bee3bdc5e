/** Databases that the questions of sql/ are asked of, and how they are asked: as a reader, as people do. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Sql } from "postgres";
import { flagRepricings } from "../../jobs/flag-repricings.ts";
import { loadBuiltInMeetings, loadSample } from "../../jobs/load-built-in.ts";
import { loadEvents } from "../../jobs/load-events.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import {
  EPISODE_CLOSES_CSV,
  EPISODE_EFFR_CSV,
  EPISODE_PUBLISHED_CSV,
  EPISODE_SETTLEMENTS_CSV,
} from "../../src/sources/built-in/episode-tables.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

export const FOLDER = fileURLToPath(new URL("../../sql/", import.meta.url));
export const FILES = readdirSync(FOLDER).filter((name) => name.endsWith(".sql"));
export const NOW = new Date("2026-11-22T12:00:00Z");

export type Row = Readonly<Record<string, unknown>>;

export const question = (name: string): string => readFileSync(`${FOLDER}${name}`, "utf8");

/** A database that holds the built-in episode, with its repricings and the Fed's calendar of announcements. */
export async function sampleDatabase(): Promise<TestDatabase> {
  const db = await testDatabase();
  await loadBuiltInMeetings(db.sql, () => NOW);
  await loadEvents(db.sql, () => NOW);
  await loadSample(db.sql, () => NOW);
  await snapshotOdds({ sql: db.sql, now: () => NOW });
  await flagRepricings({ sql: db.sql, now: () => NOW, live: false });
  return db;
}

/** Asks one question with the reader's rights and nothing more, in a session's time zone. */
export async function ask(sql: Sql, name: string, timeZone = "UTC"): Promise<Row[]> {
  return sql.begin("read only", async (tx) => {
    await tx`set local role cutwatch_reader`;
    await tx`select set_config('timezone', ${timeZone}, true)`;
    return tx.unsafe(question(name));
  });
}

/** A table of the episode as it was given to the project: figures by date and column, null where a cell is blank. */
function tableOf(csv: string): ReadonlyMap<string, Readonly<Record<string, number | null>>> {
  const [header = "", ...lines] = csv.trimEnd().split("\n");
  const columns = header.split(",").slice(1);
  return new Map(
    lines.map((line) => {
      const [date = "", ...cells] = line.split(",");
      return [date, Object.fromEntries(columns.map((column, i) => [column, cells[i] ? Number(cells[i]) : null]))];
    }),
  );
}

export const CLOSES = tableOf(EPISODE_CLOSES_CSV);
export const EFFR = tableOf(EPISODE_EFFR_CSV);
export const PUBLISHED = tableOf(EPISODE_PUBLISHED_CSV);
export const SETTLEMENTS = tableOf(EPISODE_SETTLEMENTS_CSV);
export const TRADE_DATES: readonly string[] = [...SETTLEMENTS.keys()].sort();

/** What FedWatch published for the range that begins at `lowerBp` after the meeting of 10 Dec 2025, in per cent. */
export function publishedPct(date: string, lowerBp: number): number {
  return 100 * (PUBLISHED.get(date)?.[`p_${lowerBp}_${lowerBp + 25}`] ?? Number.NaN);
}

/** Mean of FedWatch's distribution for that meeting, in bp. */
export function publishedMeanBp(date: string): number {
  const row = Object.entries(PUBLISHED.get(date) ?? {});
  return row.reduce((sum, [column, p]) => sum + (p ?? 0) * (Number(column.split("_")[1]) + 12.5), 0);
}
