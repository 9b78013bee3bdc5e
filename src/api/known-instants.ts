/**
 * What could be seen at a past instant, in front of every question that has `known_at`. Where the instants between two writes
 * lie is kept, so that asking of another instant among them asks the database nothing.
 */
import type { Sql } from "postgres";
import { knownBy, type WritesAround, writesAround } from "../store/history-writes.ts";

interface Kept extends WritesAround {
  /** epoch ms; a write may still follow the last one */
  readonly untilMs: number;
}

/** Questions ask of a few days; more than these are not worth a search. */
const KEPT_SPANS = 200;

/** The instants at which history was written, for one server. */
export class KnownInstants {
  readonly #sql: Sql;
  #kept: Kept[] = [];
  #generation = 0;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Forgets what was found: something was recorded. */
  clear(): void {
    this.#generation++;
    this.#kept = [];
  }

  /**
   * The last stamp that an answer given at `knownAt` could hold.
   *
   * @param keep what is found now may be used again from `nowMs` until `untilMs`
   */
  async knownBy(knownAt: Date, keep: { readonly nowMs: number; readonly untilMs: number }): Promise<Date> {
    const kept = this.#kept.find((span) => isBetween(knownAt, span) && span.untilMs > keep.nowMs);
    if (kept !== undefined) return knownBy(knownAt, kept.before);
    const generation = this.#generation;
    const found = await writesAround(this.#sql, knownAt);
    if (generation === this.#generation) {
      // Nothing comes between two writes any more.
      const untilMs = found.next === null ? keep.untilMs : Number.POSITIVE_INFINITY;
      this.#kept = [{ ...found, untilMs }, ...this.#kept.slice(0, KEPT_SPANS - 1)];
    }
    return knownBy(knownAt, found.before);
  }
}

function isBetween(at: Date, { before, next }: WritesAround): boolean {
  return (before === null || before.recordedAt < at) && (next === null || at <= next);
}
