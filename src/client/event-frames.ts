/** The lines of server-sent events, as the HTML standard reads them. */

/** One block of lines. `data` is null where there was none, which parsers of events alone drop with its `id`. */
export interface EventFrame {
  readonly event: string;
  readonly data: string | null;
  /** null: it has none */
  readonly id: string | null;
  readonly retryMs: number | null;
}

const LINE_END = /\r\n|\n|\r/;
const LARGEST_FRAME = 4_000_000;

/** Reads bytes in pieces of any size. */
export class EventFrames {
  readonly #decoder = new TextDecoder();
  #rest = "";
  #lines: string[] = [];
  #characters = 0;

  /**
   * The frames that these bytes complete.
   *
   * @throws RangeError for a frame of more than 4 million characters, which no server of this kind sends
   */
  read(bytes: Uint8Array): EventFrame[] {
    this.#rest += this.#decoder.decode(bytes, { stream: true });
    const frames: EventFrame[] = [];
    for (let line = this.#nextLine(); line !== null; line = this.#nextLine()) {
      this.#characters += line.length;
      if (line !== "") this.#lines.push(line);
      else if (this.#lines.length > 0) {
        frames.push(frameOf(this.#lines));
        this.#lines = [];
        this.#characters = 0;
      }
    }
    if (this.#characters + this.#rest.length > LARGEST_FRAME) {
      throw new RangeError(`Cannot read the stream: an event has more than ${LARGEST_FRAME} characters`);
    }
    return frames;
  }

  #nextLine(): string | null {
    const end = LINE_END.exec(this.#rest);
    // A carriage return at the very end may be half of a line's end.
    if (end === null || (end[0] === "\r" && end.index === this.#rest.length - 1)) return null;
    const line = this.#rest.slice(0, end.index);
    this.#rest = this.#rest.slice(end.index + end[0].length);
    return line;
  }
}

function frameOf(lines: readonly string[]): EventFrame {
  const frame = { event: "message", id: null as string | null, retryMs: null as number | null };
  const data: string[] = [];
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") data.push(value);
    else if (name === "event") frame.event = value === "" ? "message" : value;
    else if (name === "id" && !value.includes("\0")) frame.id = value;
    else if (name === "retry" && /^\d+$/.test(value)) frame.retryMs = Number(value);
  }
  return { ...frame, data: data.length === 0 ? null : data.join("\n") };
}
