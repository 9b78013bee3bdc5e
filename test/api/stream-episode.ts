/** The stream over a test database, what is recorded for it to tell, and a client that reads it. */
import { createParser, type EventSourceMessage } from "eventsource-parser";
import { Hono } from "hono";
import type { Sql } from "postgres";
import { problemOf } from "../../src/api/failure.ts";
import { problemResponse } from "../../src/api/problem.ts";
import { streamAnswer } from "../../src/api/stream.ts";
import { type StreamContext, StreamHub } from "../../src/api/stream-hub.ts";
import { recordSnapshots, type SnapshotDraft } from "../../src/store/snapshots.ts";
import { announceChange, takeTurn } from "../../src/store/write.ts";
import { draftOf } from "./episode.ts";

export interface Streamed {
  readonly hub: StreamHub;
  readonly app: Hono;
  readonly announce: (what?: string) => void;
  readonly errors: unknown[];
  readonly stop: AbortController;
  now: Date;
}

export function streamTest(sql: Sql, options: Partial<StreamContext> = {}): Streamed {
  const listeners: ((what: string) => void)[] = [];
  const errors: unknown[] = [];
  const stop = new AbortController();
  const withhold = options.withhold ?? false;
  const hub = new StreamHub({
    sql,
    now: () => streamed.now,
    baseUrl: "https://odds.example",
    withhold,
    changes: { onChange: (listener) => listeners.push(listener) },
    stopping: stop.signal,
    onError: (error) => errors.push(error),
    ...options,
  });
  const app = new Hono().get("/v1/stream", streamAnswer(hub, { withhold }));
  app.onError((error, c) => problemResponse(problemOf(error), c.req.path));
  const streamed: Streamed = {
    hub,
    app,
    errors,
    stop,
    now: new Date("2025-11-18T12:00:00Z"),
    announce: (what = "snapshots") => {
      for (const listener of listeners) listener(what);
    },
  };
  return streamed;
}

/** A client that reads one event at a time. */
export class Listener {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #events: EventSourceMessage[] = [];
  /** all that came, as text */
  text = "";
  readonly #parser = createParser({ onEvent: (event) => this.#events.push(event) });

  constructor(response: Response) {
    if (response.status !== 200 || response.body === null) throw new Error(`Cannot listen: ${response.status}`);
    this.#reader = response.body.getReader();
  }

  /** The next `count` events. @throws Error when the stream ends before */
  async take(count: number): Promise<{ event: string; id: string; data: Record<string, unknown> }[]> {
    while (this.#events.length < count) {
      if (!(await this.more())) throw new Error(`Cannot take ${count} events: it ended after ${this.#events.length}`);
    }
    return this.#events
      .splice(0, count)
      .map(({ event = "", id = "", data }) => ({ event, id, data: JSON.parse(data) }));
  }

  /** Reads until a text has come. */
  async until(text: string): Promise<void> {
    while (!this.text.includes(text)) if (!(await this.more())) throw new Error(`Cannot find ${text}: it ended`);
  }

  /** Reads what comes next; false: it ended. */
  async more(): Promise<boolean> {
    const { done, value } = await this.#reader.read();
    if (done) return false;
    const text = new TextDecoder().decode(value);
    this.text += text;
    this.#parser.feed(text);
    return true;
  }

  leave(): Promise<void> {
    return this.#reader.cancel();
  }
}

/** A client that begins now: returns once it has its place. */
export async function listen(streamed: Streamed, query = "", env?: object): Promise<Listener> {
  const listener = new Listener(await streamed.app.request(`/v1/stream${query}`, undefined, env));
  if (!query.includes("last_event_id")) await listener.until("id: ");
  return listener;
}

const BASE = draftOf("2025-11-17");
let made = 0;

/** A snapshot that no other call made. */
export function freshDraft(changes: Partial<SnapshotDraft> = {}): SnapshotDraft {
  made++;
  return { ...BASE, effrBp: 388 + made / 1_000, ...changes };
}

/** Stores snapshots as a job does, in one transaction. */
export async function storeFresh(sql: Sql, count: number, changes: Partial<SnapshotDraft> = {}): Promise<void> {
  for (let i = 0; i < count; i++) {
    await sql.begin((tx) => recordSnapshots(tx, [freshDraft(changes)], new Date("2025-11-18T02:00:00Z")));
  }
}

/** Stores an alert as the detector does: its number is taken in its kind's turn. @returns the number */
export async function storeAlert(
  sql: Sql,
  key: string,
  { primary = true, padding = "" }: { readonly primary?: boolean; readonly padding?: string } = {},
): Promise<number> {
  return sql.begin(async (tx) => {
    await takeTurn(tx, "repricings");
    await tx`
      insert into cutwatch.detector_versions (version, parameters, recorded_at)
      values ('test', '{}'::jsonb, now()) on conflict do nothing
    `;
    const [leg] = await tx<{ id: number }[]>`
      insert into cutwatch.repricings (leg_key, basis, is_sample, parameters_version, meeting_date, direction, started_on,
        started_at, recorded_at)
      values (${key}, 'settlement', false, 'test', '2025-12-10', 'hawkish', '2025-11-14', now(), now())
      returning id
    `;
    const body = {
      type: "repricing.sharp",
      timestamp: "2025-11-17T22:00:00.000Z",
      data: { alert_key: key, ...(padding === "" ? {} : { padding }) },
    };
    const [alert] = await tx<{ id: number }[]>`
      insert into cutwatch.alerts (id, key, repricing_id, basis, is_sample, parameters_version, kind, severity, extension,
        cluster, trade_date, as_of, recorded_at, historical, is_primary, expected_rate_bp, amplitude_bp, sigma_bp, body)
      select n, ${key}, ${leg?.id ?? 0}::bigint, 'settlement', false, 'test', 'sharp', 'sharp', 0, 'c1', '2025-11-17',
        now(), now(), false, ${primary}::boolean, 376, 14, 3,
        jsonb_set(${JSON.stringify(body)}::text::jsonb, '{data,sequence}', to_jsonb(n))
      from (select nextval('cutwatch.alert_ids') as n) place
      returning id
    `;
    await announceChange(tx, "alerts");
    return alert?.id ?? 0;
  });
}
