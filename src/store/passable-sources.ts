/** Whose figures may be passed on to others. */
import type { Sql } from "postgres";
import { sourceHealth } from "./source-health.ts";

/** The sources whose raw figures may be passed on: those of the catalogue that say so, and no other. */
export async function passableSources(sql: Sql): Promise<ReadonlySet<string>> {
  const sources = await sourceHealth(sql);
  return new Set(sources.filter((source) => source.redistributable).map((source) => source.source));
}

/** Whether a figure may be passed on; a reading of several sources (`a+b`) only when each may. Null: nothing is withheld. */
export function mayPass(source: string, passable: ReadonlySet<string> | null): boolean {
  return passable === null || source.split("+").every((part) => passable.has(part));
}

/** Whether what tells a reading may be passed on: a published distribution is its source's own figure, what is computed is not. */
export function mayPassReading(
  { basis, source }: { readonly basis: string | null; readonly source: string },
  passable: ReadonlySet<string> | null,
): boolean {
  return basis !== "published" || mayPass(source, passable);
}
