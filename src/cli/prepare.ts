/** What a database holds before anything is asked of it: the meetings, the sources' names, the sample. */
import type { Sql } from "postgres";
import { catchUp } from "../../jobs/catch-up.ts";
import { loadBuiltInMeetings, loadSample } from "../../jobs/load-built-in.ts";
import { loadEvents } from "../../jobs/load-events.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import { type Config, publicUrl } from "../config.ts";
import { catalogEntry, LOCAL_SOURCES, UPSTREAMS, type UpstreamId } from "../sources/catalog.ts";
import { findSnapshot } from "../store/readings.ts";
import {
  type CatalogEntry,
  hasCatalog,
  recordCatalog,
  recordCheck,
  type SourceHealth,
  sourceHealth,
} from "../store/source-health.ts";

/** Whether this installation asks an upstream. */
function isAsked(id: UpstreamId, config: Config): boolean {
  if (config.sourcesOff.includes(id)) return false;
  if (id === "fred") return config.keys.fred !== null;
  if (id === "databento" || id === "cme-fedwatch") return config.futures.includes(id);
  return true;
}

/**
 * The sources of this installation. An upstream is on when its configuration lets it be asked, a file's format or a
 * built-in table once something of it is stored.
 */
export function catalogOf(config: Config, health: readonly SourceHealth[]): CatalogEntry[] {
  const used = new Set(health.filter((source) => source.lastSuccessAt !== null).map((source) => source.source));
  const entry = (id: string, enabled: boolean): CatalogEntry[] => {
    const known = catalogEntry(id);
    if (known === null) return [];
    const { what, terms, redistributable } = known;
    return [{ source: id, what, terms, redistributable, enabled }];
  };
  return [
    ...UPSTREAMS.flatMap(({ id }) => entry(id, isAsked(id, config))),
    ...LOCAL_SOURCES.flatMap(({ id }) => entry(id, used.has(id))),
  ];
}

/** Writes the catalogue as the configuration and the stored answers have it now. */
export async function refreshCatalog(sql: Sql, config: Config): Promise<void> {
  await recordCatalog(sql, catalogOf(config, await sourceHealth(sql)));
}

async function noteLoaded(sql: Sql, source: string, now: Date): Promise<void> {
  await recordCheck(sql, { source, checkedAt: now, error: null, newestAsOf: null, expectedNextAt: null });
}

/** The meetings and their announcements that the program knows by itself. */
async function loadCalendar(sql: Sql, now: () => Date): Promise<void> {
  if ((await loadBuiltInMeetings(sql, now)) === 0) return;
  await loadEvents(sql, now);
  await noteLoaded(sql, "built-in", now());
}

/** Brings the built-in meetings and the catalogue of sources into the database; a second time changes nothing. */
export async function prepareSources(sql: Sql, config: Config, now: () => Date): Promise<void> {
  await loadCalendar(sql, now);
  await refreshCatalog(sql, config);
}

const ANY_READING = { grid: null, basis: null, method: null, knownAt: null, meeting: null, sample: null } as const;

/** Whether the database has odds of any time. */
async function hasOdds(sql: Sql): Promise<boolean> {
  return (await findSnapshot(sql, { ...ANY_READING, at: { tradeDate: "9999-12-31" } })) !== null;
}

/**
 * {@link prepareSources}, and the sample with its odds where the database is empty and `CUTWATCH_SAMPLE` is on. Also ends
 * what an earlier start did not come to: quotes without any odds.
 *
 * @returns whether the sample was loaded now
 */
export async function prepareStore(sql: Sql, config: Config, now: () => Date): Promise<boolean> {
  await loadCalendar(sql, now);
  const loaded = config.sample && (await loadSample(sql, now));
  if (loaded) for (const source of ["sample", "sample-published"]) await noteLoaded(sql, source, now());
  if (loaded || !(await hasOdds(sql))) {
    await snapshotOdds({ sql, now });
    await catchUp({ sql, now, baseUrl: publicUrl(config) });
  }
  // Last, for it says that all of the above was done once.
  await refreshCatalog(sql, config);
  return loaded;
}

/**
 * {@link prepareStore} for a question, which must not write: only for the first one on a fresh installation, so that there
 * is something to show. Where a service, an import or a job has run, with the sample or without, that was chosen already.
 */
export async function prepareQuestion(sql: Sql, config: Config, now: () => Date): Promise<void> {
  if (config.sample && !(await hasCatalog(sql))) await prepareStore(sql, config, now);
}
