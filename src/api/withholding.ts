/** Figures whose licence forbids passing them on, left out of answers to others. */
import type { Sql } from "postgres";
import type { MeetingReading } from "../pricing/reading.ts";
import type { SnapshotHeader } from "../store/readings.ts";
import { sourceHealth } from "../store/source-health.ts";
import { meetingOddsJson } from "./snapshot-views.ts";

/** The sources whose raw figures may be passed on: those of the catalogue that say so, and no other. */
export async function passableSources(sql: Sql): Promise<ReadonlySet<string>> {
  const sources = await sourceHealth(sql);
  return new Set(sources.filter((source) => source.redistributable).map((source) => source.source));
}

/** Whether a figure may be passed on; a reading of several sources (`a+b`) only when each may. Null: nothing is withheld. */
export function mayPass(source: string, passable: ReadonlySet<string> | null): boolean {
  return passable === null || source.split("+").every((part) => passable.has(part));
}

/**
 * A meeting without its raw figures: of a computed reading the prices, of a published one the distribution itself, for
 * there the odds are the source's own figures.
 */
export function withheldOddsJson(reading: MeetingReading, header: Pick<SnapshotHeader, "method">) {
  const json = meetingOddsJson(reading);
  const contracts = json.contracts.map((use) => ({ ...use, price: null, withheld: true as const }));
  if (header.method !== "published") return { ...json, contracts };
  return {
    ...json,
    expected_rate_bp: null,
    outcomes: [],
    ease: null,
    hold: null,
    hike: null,
    contracts,
    withheld: true as const,
  };
}
