/** `/v1/stream` without an end: connections that break are made again, and nothing is told twice or left out. */
import type { FeedItem, Probabilities, Source } from "./answers.ts";
import { ConnectionError, reasonOf } from "./connection-error.ts";
import { type EventFrame, EventFrames } from "./event-frames.ts";
import type { Exchange } from "./exchange.ts";
import { limitedSignal } from "./limited-signal.ts";
import { pause } from "./pause.ts";
import { ProblemError } from "./problem-error.ts";

/** A new reading: the expected rate of each meeting, and where all of it can be read. */
export interface SnapshotTold
  extends Pick<
    Probabilities,
    "as_of" | "trade_date" | "recorded_at" | "grid" | "basis" | "method" | "source" | "sample"
  > {
  /** a past meeting whose outcome was not known: the range in force may be another */
  readonly undecided_meeting: string | null;
  readonly meetings: readonly { readonly meeting: string; readonly expected_rate_bp: number | null }[];
  readonly url: string;
  readonly withheld?: true;
}

/**
 * The server stores less than it had told up to `last_event_id`, as after a restore from a backup: what was told may not
 * hold, and is to be read again. The stream goes on from now.
 */
export interface StreamReset {
  readonly last_event_id: string;
  readonly reason: string;
}

/** Something that was recorded, or a beginning anew. `id` says how far the stream was told: given as `lastEventId`, it goes on from there. */
export type StreamEvent =
  | { readonly event: "snapshot"; readonly id: string; readonly data: SnapshotTold }
  | { readonly event: "alert"; readonly id: string; readonly data: FeedItem }
  | { readonly event: "source"; readonly id: string; readonly data: Source }
  | { readonly event: "reset"; readonly id: string; readonly data: StreamReset };

/** How the connection stands. While it waits, `error` says why it has to be made again. */
export type StreamState =
  | { readonly state: "open" }
  | { readonly state: "waiting"; readonly error: Error; readonly waitMs: number };

export interface StreamOptions {
  /** events to be told, all when absent; `reset` is told always */
  readonly events?: readonly Exclude<StreamEvent["event"], "reset">[] | undefined;
  /** the `id` of the last event that was seen; `0.0`: all that is stored; absent: from now on */
  readonly lastEventId?: string | undefined;
  /** ends the stream, without an error */
  readonly signal?: AbortSignal | undefined;
  /** told of each connection and of each failure */
  readonly onState?: ((state: StreamState) => void) | undefined;
}

const EVENTS: readonly string[] = ["snapshot", "alert", "source", "reset"] satisfies StreamEvent["event"][];
/** The server says something every 15 s: after three times that the connection is dead, though nobody said so. */
const SILENT_MS = 45_000;
const FIRST_WAIT_MS = 3_000;
const LONGEST_WAIT_MS = 60_000;

/**
 * Events from now on, or from where one stopped, until the signal ends them.
 *
 * @throws ProblemError for what would be refused again, such as a bad key
 */
export async function* streamOf(
  exchange: Exchange,
  options: StreamOptions,
): AsyncGenerator<StreamEvent, void, undefined> {
  const { events, onState = () => undefined } = options;
  const stops = [options.signal, exchange.signal].filter((signal) => signal !== undefined);
  const isStopped = () => stops.some((signal) => signal.aborted);
  let place = options.lastEventId;
  let retryMs = FIRST_WAIT_MS;
  let failures = 0;
  while (!isStopped()) {
    let failure: Error;
    try {
      const query = { events, last_event_id: place };
      for await (const frame of framesOf(exchange, query, stops)) {
        if (frame === null) {
          onState({ state: "open" });
          continue;
        }
        failures = 0;
        retryMs = frame.retryMs ?? retryMs;
        place = frame.id ?? place;
        if (frame.data !== null && EVENTS.includes(frame.event)) {
          yield { event: frame.event, id: place ?? "", data: JSON.parse(frame.data) } as StreamEvent;
        }
      }
      if (isStopped()) return;
      failure = new ConnectionError("Cannot go on: the server ended the stream");
    } catch (error) {
      if (isStopped()) return;
      if (!mayPass(error)) throw error;
      failure = error;
    }
    failures++;
    const waitMs = waitBefore(failure, retryMs, failures);
    onState({ state: "waiting", error: failure, waitMs });
    await pause(waitMs, stops).catch(() => undefined); // stopped meanwhile: the loop ends
  }
}

/** Whether a failure may have passed when one asks again. */
export function mayPass(error: unknown): error is ConnectionError | ProblemError {
  if (error instanceof ConnectionError) return true;
  return error instanceof ProblemError && (error.status >= 500 || error.status === 429 || error.status === 408);
}

function waitBefore(failure: Error, retryMs: number, failures: number): number {
  const told = failure instanceof ProblemError ? (failure.retryAfterS ?? 0) * 1_000 : 0;
  const grown = Math.min(LONGEST_WAIT_MS, retryMs * 2 ** Math.min(failures - 1, 10));
  return Math.max(told, grown * (0.75 + Math.random() / 2));
}

/** The frames of one connection, after a null when it is made. */
async function* framesOf(
  exchange: Exchange,
  query: object,
  stops: readonly AbortSignal[],
): AsyncGenerator<EventFrame | null, void, undefined> {
  const limited = limitedSignal(stops, SILENT_MS);
  let reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  // Not every `fetch` breaks off an answer that it has begun.
  const leave = () => void reader?.cancel().catch(() => undefined);
  limited.signal.addEventListener("abort", leave, { once: true });
  try {
    const body = await exchange.open("/v1/stream", query, limited.signal);
    reader = body.getReader();
    // Ended while it was being opened, when there was nothing to leave yet.
    if (limited.signal.aborted) throw silent();
    limited.again();
    yield null;
    const frames = new EventFrames();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      limited.again();
      yield* frames.read(read.value);
    }
    if (limited.signal.aborted) throw silent();
  } catch (error) {
    if (limited.signal.aborted) throw silent();
    if (error instanceof ProblemError || error instanceof ConnectionError) throw error;
    throw new ConnectionError(`Cannot go on: the stream broke off, ${reasonOf(error)}`, { cause: error });
  } finally {
    limited.release();
    // Also when the events are no longer wanted: the connection must not stay open behind them.
    await reader?.cancel().catch(() => undefined); // it may have broken already
  }
}

function silent(): ConnectionError {
  return new ConnectionError(`Cannot go on: nothing was heard for ${SILENT_MS / 1_000} s`);
}
