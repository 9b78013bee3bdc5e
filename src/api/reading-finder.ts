/**
 * Look-ups of readings. Those that come while an earlier one is under way are put together, and what one found is kept for
 * every `known_at` that must find the same: a busy server asks the database less often.
 */
import { LRUCache } from "lru-cache";
import type { Sql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import {
  type LookUp,
  type LookUpKind,
  type NewestReadings,
  newestReadings,
  snapshotHeaders,
} from "../store/newest-readings.ts";
import type { SnapshotHeader } from "../store/readings.ts";
import type { MarketTime } from "./parameters.ts";
import type { SnapshotView, SnapshotViews } from "./snapshot-views.ts";

/** Which reading is meant. */
export interface ReadingQuestion extends Pick<LookUpKind, "basis" | "method"> {
  readonly at: MarketTime;
  /** null: settlement for a trade date, either for an instant */
  readonly grid: LookUpKind["grid"];
  readonly knownAt: Date | null;
  /** prefer a reading in which this meeting is solved */
  readonly meeting: IsoDate | null;
}

interface Waiting extends LookUp {
  readonly resolve: (found: NewestReadings) => void;
  readonly reject: (error: unknown) => void;
}

interface Queue {
  readonly kind: LookUpKind;
  waiting: Waiting[];
  underWay: number;
}

interface Kept extends NewestReadings {
  readonly untilMs: number;
}

/** A reading and its meetings. */
export interface FoundReading {
  readonly header: SnapshotHeader;
  readonly view: SnapshotView;
}

// Two statements of a kind at a time: one is made while the other is read. More at once would only make batches smaller.
const STATEMENTS_AT_ONCE = 2;
const MOST_A_STATEMENT = 100;
const KEPT_HEADERS = 5_000;
const KEPT_LOOK_UPS = 5_000;

/** Finds readings for one server. */
export class ReadingFinder {
  readonly #sql: Sql;
  readonly #views: SnapshotViews;
  readonly #queues = new Map<string, Queue>();
  readonly #headers = new LRUCache<number, SnapshotHeader>({ max: KEPT_HEADERS });

  readonly #kept = new LRUCache<string, Kept>({ max: KEPT_LOOK_UPS });
  #generation = 0;

  constructor(sql: Sql, views: SnapshotViews) {
    this.#sql = sql;
    this.#views = views;
  }

  /** Forgets what was found: something was recorded. */
  clear(): void {
    this.#generation++;
    this.#kept.clear();
  }

  /**
   * The reading that a question means: of the newest trade date (or instant) up to the time asked for; then real before
   * sample, one that solves the meeting, the best basis, the latest known.
   *
   * @param keep what is found now may be used again from `nowMs` until `untilMs`
   */
  async find(
    question: ReadingQuestion,
    keep: { readonly nowMs: number; readonly untilMs: number },
  ): Promise<FoundReading | null> {
    const { at, grid, basis, method, knownAt, meeting } = question;
    const byDate = "tradeDate" in at;
    const kind: LookUpKind = {
      by: byDate ? "trade_date" : "instant",
      grid: grid ?? (byDate ? "settlement" : null),
      basis,
      method,
    };
    const ids = await this.#ids(kind, { at: byDate ? at.tradeDate : at.instant.toISOString(), knownAt }, keep);
    const headers = await this.#headersOf(ids);
    const [best] = headers;
    if (best === undefined) return null;
    const view = await this.#views.view(this.#sql, best);
    if (meeting === null || isSolved(view, meeting)) return { header: best, view };
    for (const header of headers.filter((other) => other !== best && other.isSample === best.isSample)) {
      const other = await this.#views.view(this.#sql, header);
      if (isSolved(other, meeting)) return { header, view: other };
    }
    return { header: best, view };
  }

  async #headersOf(ids: readonly number[]): Promise<SnapshotHeader[]> {
    const unknown = ids.filter((id) => !this.#headers.has(id));
    const read = unknown.length === 0 ? [] : await snapshotHeaders(this.#sql, unknown);
    const fresh = new Map(read.map((header) => [header.id, header]));
    for (const header of read) this.#headers.set(header.id, header);
    return ids.flatMap((id) => fresh.get(id) ?? this.#headers.get(id) ?? []);
  }

  async #ids(
    kind: LookUpKind,
    lookUp: LookUp,
    { nowMs, untilMs }: { readonly nowMs: number; readonly untilMs: number },
  ): Promise<readonly number[]> {
    const name = `${kind.by} ${kind.grid} ${kind.basis} ${kind.method}`;
    const key = `${name} ${lookUp.at}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.untilMs > nowMs && isWithin(lookUp.knownAt, kept)) return kept.ids;
    const generation = this.#generation;
    const found = await this.#lookUp(name, kind, lookUp);
    if (generation === this.#generation) this.#kept.set(key, { ...found, untilMs });
    return found.ids;
  }

  #lookUp(name: string, kind: LookUpKind, lookUp: LookUp): Promise<NewestReadings> {
    const queue = this.#queues.get(name) ?? { kind, waiting: [], underWay: 0 };
    this.#queues.set(name, queue);
    return new Promise((resolve, reject) => {
      queue.waiting.push({ ...lookUp, resolve, reject });
      this.#next(queue);
    });
  }

  #next(queue: Queue): void {
    if (queue.waiting.length === 0 || queue.underWay >= STATEMENTS_AT_ONCE) return;
    const batch = queue.waiting.slice(0, MOST_A_STATEMENT);
    queue.waiting = queue.waiting.slice(MOST_A_STATEMENT);
    queue.underWay++;
    newestReadings(this.#sql, queue.kind, batch)
      .then(
        (found) => {
          batch.forEach((waiting, i) => {
            waiting.resolve(found[i] ?? { ids: [], knownFrom: null, knownBefore: null });
          });
        },
        (error: unknown) => {
          for (const waiting of batch) waiting.reject(error);
        },
      )
      .finally(() => {
        queue.underWay--;
        this.#next(queue);
      });
  }
}

function isWithin(knownAt: Date | null, { knownFrom, knownBefore }: NewestReadings): boolean {
  if (knownAt === null) return knownBefore === null;
  return (knownFrom === null || knownAt >= knownFrom) && (knownBefore === null || knownAt < knownBefore);
}

function isSolved(view: SnapshotView, meeting: IsoDate): boolean {
  return view.readings.some((reading) => reading.meetingDate === meeting && reading.unsolved === null);
}
