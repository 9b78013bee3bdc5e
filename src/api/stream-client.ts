/** One client of the stream: what it wants, how far it got, and the bytes that wait for it. */
import { eventFrame, placeFrame, resetFrame, type StreamEvent, type StreamEventName } from "./stream-event.ts";
import type { Place } from "./stream-place.ts";

/** How a client came. */
export interface StreamRequest {
  readonly events: ReadonlySet<StreamEventName>;
  /** where it stopped; null: it begins now */
  readonly after: Place | null;
  /** figures that may not be passed on are left out */
  readonly outsider: boolean;
  /** ends its connection; absent: the answer alone is broken off */
  readonly cut?: () => void;
}

const RETRY_MS = 3_000;
const ENCODER = new TextEncoder();

/** The frame of an event as bytes, made once however many clients there are. */
export class SharedFrame {
  readonly event: StreamEvent;
  readonly #made = new Map<object, Uint8Array>();

  constructor(event: StreamEvent) {
    this.event = event;
  }

  /** Null: the client is not told. */
  bytesFor({ events, outsider }: StreamRequest): Uint8Array | null {
    const { name, place, data, outsiderData } = this.event;
    const said = outsider ? outsiderData : data;
    if (said === null || !events.has(name)) return null;
    const bytes = this.#made.get(said) ?? ENCODER.encode(eventFrame(name, place, said));
    this.#made.set(said, bytes);
    return bytes;
  }
}

export class StreamClient {
  readonly request: StreamRequest;
  readonly body: ReadableStream<Uint8Array>;
  /** null until it is known where it begins */
  place: Place | null;
  /** it has all that was read so far, and is told with the others */
  isLive = false;
  isGone = false;
  readonly #mostPendingBytes: number;
  readonly #onGone: (client: StreamClient) => void;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #taken: (() => void) | null = null;

  /**
   * @param mostPendingBytes it is cut rather than kept waiting for with more
   * @param onGone called once, however it ends
   */
  constructor(request: StreamRequest, mostPendingBytes: number, onGone: (client: StreamClient) => void) {
    this.request = request;
    this.place = request.after;
    this.#mostPendingBytes = mostPendingBytes;
    this.#onGone = onGone;
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => {
          this.#taken?.();
        },
        cancel: () => this.#leave(),
      },
      { highWaterMark: mostPendingBytes, size: (bytes) => bytes?.byteLength ?? 0 },
    );
    this.#enqueue(ENCODER.encode(`retry: ${RETRY_MS}\n\n`));
  }

  /** Tells it where it begins, so that it can go on from there though nothing happens. */
  beginAt(place: Place): void {
    this.place = place;
    this.#enqueue(ENCODER.encode(placeFrame(place)));
  }

  /** Lets it begin anew, and says so: what it was told is not what is stored. */
  reset(place: Place): void {
    const from = this.place;
    this.place = place;
    if (from !== null) this.#enqueue(ENCODER.encode(resetFrame(from, place)));
  }

  /** Gives it an event, unless it did not ask for its kind; it has got there either way. */
  tell(frame: SharedFrame): void {
    this.place = frame.event.place;
    const bytes = frame.bytesFor(this.request);
    if (bytes !== null) this.#enqueue(bytes);
  }

  /** A comment, which keeps proxies from closing what seems idle and finds out clients that are gone. */
  beat(bytes: Uint8Array): void {
    this.#enqueue(bytes);
  }

  /** Waits until less than half of what may wait for it does. */
  async room(): Promise<void> {
    while (!this.isGone && this.#pendingBytes() > this.#mostPendingBytes / 2) {
      await new Promise<void>((resolve) => {
        this.#taken = resolve;
      });
    }
    this.#taken = null;
  }

  /** Ends the answer in good order. */
  end(): void {
    if (this.isGone) return;
    this.#controller?.close();
    this.#leave();
  }

  #enqueue(bytes: Uint8Array): void {
    if (this.isGone || this.#controller === null) return;
    if (this.#pendingBytes() + bytes.byteLength > this.#mostPendingBytes) {
      this.#cut();
      return;
    }
    this.#controller.enqueue(bytes);
  }

  /** What waits for a client that reads too slowly is dropped: it comes back with the place it got to. */
  #cut(): void {
    const { cut } = this.request;
    this.#leave();
    if (cut !== undefined) cut();
    else this.#controller?.error(new Error(`Cannot go on: ${this.#mostPendingBytes} bytes waited to be read`));
  }

  #pendingBytes(): number {
    return this.#mostPendingBytes - (this.#controller?.desiredSize ?? 0);
  }

  #leave(): void {
    if (this.isGone) return;
    this.isGone = true;
    this.#taken?.();
    this.#onGone(this);
  }
}
