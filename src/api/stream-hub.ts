/**
 * Tells all clients of the stream what was recorded. The database is read once for all of them, when something is
 * announced and every 2 s, and only while somebody listens.
 */
import type { Sql } from "postgres";
import { alertsAfter } from "../store/alert-feed.ts";
import { quarantineCounts } from "../store/quarantine.ts";
import { sourceHealth } from "../store/source-health.ts";
import { newestSeen, type Seen, snapshotsAfter } from "../store/stream.ts";
import { unavailable } from "./failure.ts";
import { sourceRows } from "./sources.ts";
import { SharedFrame, StreamClient, type StreamRequest } from "./stream-client.ts";
import {
  alertEvent,
  STREAM_EVENTS,
  type StreamEvent,
  type StreamEventName,
  snapshotEvent,
  sourceEvents,
} from "./stream-event.ts";
import { type Place, standingOf } from "./stream-place.ts";
import { passableSources } from "./withholding.ts";

/** What the stream needs of the world. */
export interface StreamContext {
  readonly sql: Sql;
  readonly now: () => Date;
  readonly baseUrl: string;
  readonly withhold: boolean;
  readonly changes: { onChange(listener: (what: string) => void): void };
  /** aborted when the server stops: every stream ends then */
  readonly stopping: AbortSignal | null;
  readonly onError: (error: unknown) => void;
  readonly mostClients?: number;
  readonly mostPendingBytes?: number;
  /** how long a client that was told more than is stored waits before it begins anew, 10,000 when absent */
  readonly aheadMs?: number;
}

// Announcements do not pass a pooler and may get ahead of a replica, and a source grows stale by the clock alone. Three
// look-ups by key take under a millisecond.
const POLL_MS = 2_000;
const BEAT_MS = 15_000;
const ROWS_A_READ = 500;
const MOST_CLIENTS = 1_000;
/** Longer than a replica is usually behind. After it, a place ahead of the database is one that the database lost. */
const AHEAD_MS = 10_000;
const MOST_PENDING_BYTES = 1_048_576;
const EVERYTHING: ReadonlySet<StreamEventName> = new Set(STREAM_EVENTS);
const BEAT = new TextEncoder().encode(": still here\n\n");
/** Announced once after a whole database was filled from a backup: that is history, not news. */
const RESTORED = "restored";

type SourceRows = ReturnType<typeof sourceRows>;

export class StreamHub {
  readonly #context: StreamContext;
  readonly #clients = new Set<StreamClient>();
  #timers: NodeJS.Timeout[] = [];
  /** how far the shared reading has got; null while nobody listens */
  #place: Place | null = null;
  /** sources as they stood then */
  #sources: SourceRows = [];
  #reading: Promise<void> | null = null;
  #again = false;
  #failed = false;
  #waiting: (() => void)[] = [];

  constructor(context: StreamContext) {
    this.#context = context;
    context.changes.onChange((what) => {
      if (what === RESTORED) this.#place = null;
      this.#readSoon();
    });
    context.stopping?.addEventListener("abort", () => this.#endAll(), { once: true });
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  /**
   * The events for one client, from where it stopped.
   *
   * @throws Problem 503 while the server stops, and when 1,000 clients are connected
   */
  open(request: StreamRequest): ReadableStream<Uint8Array> {
    const { stopping, mostClients = MOST_CLIENTS, mostPendingBytes = MOST_PENDING_BYTES } = this.#context;
    if (stopping?.aborted === true) throw unavailable("Cannot open the stream: this server is stopping");
    if (this.#clients.size >= mostClients) {
      throw unavailable(`Cannot open the stream: ${mostClients} clients are connected, no more are taken`);
    }
    const client = new StreamClient(request, mostPendingBytes, (gone) => this.#forget(gone));
    this.#clients.add(client);
    if (this.#timers.length === 0) this.#start();
    this.#readSoon();
    void this.#join(client);
    return client.body;
  }

  #start(): void {
    const beat = () => {
      for (const client of this.#clients) client.beat(BEAT);
    };
    this.#timers = [setInterval(() => this.#readSoon(), POLL_MS), setInterval(beat, BEAT_MS)];
    for (const timer of this.#timers) timer.unref();
  }

  #forget(client: StreamClient): void {
    this.#clients.delete(client);
    this.#wake();
    if (this.#clients.size > 0) return;
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    this.#place = null;
  }

  #endAll(): void {
    for (const client of [...this.#clients]) client.end();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Resolves when the shared reading has got further, or a client left. */
  #moved(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Brings a client to where the shared reading is; from then on it is told with the others. */
  async #join(client: StreamClient): Promise<void> {
    const { aheadMs = AHEAD_MS } = this.#context;
    let aheadSince: number | null = null;
    while (!client.isGone) {
      const shared = this.#place;
      if (shared === null) {
        await this.#moved();
      } else if (client.place === null) {
        client.beginAt(shared);
      } else if (client.place.snapshot < shared.snapshot || client.place.feed < shared.feed) {
        await this.#catchUp(client, client.place, shared);
      } else if (client.place.snapshot > shared.snapshot || client.place.feed > shared.feed) {
        // Another process had told it more already, from a database that this one's replica is behind. Or the database was
        // restored from a backup or replaced: waiting for numbers that may never come would be silence without an end.
        aheadSince ??= performance.now();
        if (performance.now() - aheadSince < aheadMs) await this.#moved();
        else client.reset(shared);
      } else {
        for (const event of sourceEvents(this.#sources, client.place)) client.tell(new SharedFrame(event));
        client.isLive = true;
        return;
      }
    }
  }

  /** Tells a client what it has not been told, as fast as it takes it. */
  async #catchUp(client: StreamClient, from: Place, upTo: Seen): Promise<void> {
    try {
      const { events, place } = await this.#readOn(from, upTo, client.request.events);
      for (const event of events) {
        await client.room();
        client.tell(new SharedFrame(event));
      }
      client.place = place;
    } catch (error) {
      this.#report(error);
      await this.#moved(); // the shared reading tries again every 2 s
    }
  }

  /** One reading at a time; what is announced during one makes another. */
  #readSoon(): void {
    if (this.#clients.size === 0) return;
    if (this.#reading !== null) {
      this.#again = true;
      return;
    }
    this.#reading = this.#readShared().finally(() => {
      this.#reading = null;
      if (!this.#again) return;
      this.#again = false;
      this.#readSoon();
    });
  }

  async #readShared(): Promise<void> {
    try {
      const from = this.#place;
      if (from === null) await this.#begin();
      else await this.#goOn(from);
      this.#failed = false;
      this.#wake();
    } catch (error) {
      this.#report(error);
    }
  }

  async #begin(): Promise<void> {
    const seen = await newestSeen(this.#context.sql);
    const sources = await this.#readSources();
    if (this.#clients.size === 0) return;
    this.#sources = sources;
    const place = { ...seen, sources: standingOf(sources) };
    this.#place = place;
    for (const client of this.#clients) if (client.isLive) client.beginAt(place);
  }

  async #goOn(from: Place): Promise<void> {
    const { events, place, more } = await this.#readOn(from, null, EVERYTHING);
    if (this.#place !== from) return; // begun anew meanwhile
    this.#place = place;
    this.#tellAll(events);
    if (more) this.#again = true;
    const sources = await this.#readSources();
    if (this.#place !== place) return;
    this.#sources = sources;
    this.#place = { ...place, sources: standingOf(sources) };
    this.#tellAll(sourceEvents(sources, place));
  }

  #tellAll(events: readonly StreamEvent[]): void {
    for (const event of events) {
      const frame = new SharedFrame(event);
      for (const client of this.#clients) if (client.isLive) client.tell(frame);
    }
  }

  async #readSources(): Promise<SourceRows> {
    const { sql, now } = this.#context;
    const [health, refused] = await Promise.all([sourceHealth(sql), quarantineCounts(sql)]);
    return sourceRows(health, refused, now());
  }

  /** What is stored after a place, 500 of a kind at most. @param upTo null: all there is */
  async #readOn(
    from: Place,
    upTo: Seen | null,
    wanted: ReadonlySet<StreamEventName>,
  ): Promise<{ readonly events: readonly StreamEvent[]; readonly place: Place; readonly more: boolean }> {
    const { sql, baseUrl, withhold } = this.#context;
    const { snapshot = Number.POSITIVE_INFINITY, feed = Number.POSITIVE_INFINITY } = upTo ?? {};
    // The feed first: an alert is stored after the snapshot that raised it, which is told before it then.
    const items = wanted.has("alert")
      ? await alertsAfter(sql, { after: from.feed, basis: null, knownAt: null, limit: ROWS_A_READ })
      : [];
    const stored = wanted.has("snapshot")
      ? await snapshotsAfter(sql, { after: from.snapshot, limit: ROWS_A_READ })
      : [];
    const told = items.filter(({ id }) => id <= feed);
    const snapshots = stored.filter(({ id }) => id <= snapshot);
    const passable = withhold && told.length + snapshots.length > 0 ? await passableSources(sql) : null;
    const events: StreamEvent[] = [];
    let place = from;
    const add = (event: StreamEvent) => {
      events.push(event);
      place = event.place;
    };
    for (const one of snapshots) add(snapshotEvent(one, place, { baseUrl, passable }));
    for (const item of told) add(alertEvent(item, place, passable));
    const moreSnapshots = snapshots.length === ROWS_A_READ;
    const moreItems = told.length === ROWS_A_READ;
    if (upTo !== null) {
      // Numbers that are not told, such as alerts of a lesser basis, count as passed.
      if (!moreSnapshots) place = { ...place, snapshot: Math.max(place.snapshot, snapshot) };
      if (!moreItems) place = { ...place, feed: Math.max(place.feed, feed) };
    }
    return { events, place, more: moreSnapshots || moreItems };
  }

  #report(error: unknown): void {
    if (!this.#failed) this.#context.onError(error);
    this.#failed = true;
  }
}
