/** Answers as they were sent, kept until something changes: the bytes, their hash and their headers, made once. */
import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { SECURITY_HEADERS } from "./problem.ts";

/** An answer ready to be sent. */
export interface ReadyAnswer {
  readonly body: Uint8Array;
  readonly etag: string;
  readonly headers: Record<string, string>;
  /** of the answer to a caller that has these bytes already */
  readonly unchangedHeaders: Record<string, string>;
  readonly freshUntilMs: number;
}

/** Bytes with the headers that describe them. The ETag is strong: other bytes have another one. */
export function readyAnswer(
  text: string,
  options: {
    readonly contentType: string;
    readonly cacheControl: string;
    readonly freshUntilMs: number;
    readonly headers?: Readonly<Record<string, string>>;
  },
): ReadyAnswer {
  const body = Buffer.from(text, "utf8");
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;
  const unchangedHeaders = {
    ...SECURITY_HEADERS,
    ETag: etag,
    "Cache-Control": options.cacheControl,
    ...options.headers,
  };
  return {
    body,
    etag,
    headers: { ...unchangedHeaders, "Content-Type": options.contentType, "Content-Length": String(body.byteLength) },
    unchangedHeaders,
    freshUntilMs: options.freshUntilMs,
  };
}

/** Whether `If-None-Match` names this ETag (weakly compared, as RFC 9110 has it for GET). */
export function isUnchanged(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  if (ifNoneMatch === etag || ifNoneMatch === "*") return true;
  return ifNoneMatch.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
}

const MOST_BYTES = 12_000_000;
const MOST_MAKING = 200;

/** Thrown when too many different answers are being made at once. */
export class Saturated extends Error {
  override readonly name = "Saturated";
}

/**
 * Keeps answers by the address they were asked at and by their question. `clear` also forgets what is being made: its
 * answer goes to those who wait for it and is not kept.
 */
export class AnswerCache {
  readonly #byAddress = new LRUCache<string, ReadyAnswer>({ maxSize: MOST_BYTES, sizeCalculation: size });
  readonly #byQuestion = new LRUCache<string, ReadyAnswer>({ maxSize: MOST_BYTES, sizeCalculation: size });
  #making = new Map<string, Promise<ReadyAnswer>>();
  #generation = 0;
  #underWay = 0;

  clear(): void {
    this.#generation++;
    this.#making = new Map();
    this.#byAddress.clear();
    this.#byQuestion.clear();
  }

  /** The answer to an address as it was written, parameters in any order. */
  at(address: string, nowMs: number): ReadyAnswer | null {
    const known = this.#byAddress.get(address);
    return known !== undefined && known.freshUntilMs > nowMs ? known : null;
  }

  /**
   * The answer to a question, made by `make` unless it is at hand; the same question asked meanwhile waits for it.
   *
   * @throws Saturated when 200 other answers are under way
   */
  async answer(
    address: string,
    question: string,
    nowMs: number,
    make: () => Promise<ReadyAnswer>,
  ): Promise<ReadyAnswer> {
    const known = this.#byQuestion.get(question);
    if (known !== undefined && known.freshUntilMs > nowMs) {
      this.#byAddress.set(address, known);
      return known;
    }
    const making = this.#making.get(question);
    if (making !== undefined) return making;
    if (this.#underWay >= MOST_MAKING)
      throw new Saturated(`Cannot make the answer: ${MOST_MAKING} others are under way`);
    const generation = this.#generation;
    const started = this.#make(make);
    this.#making.set(question, started);
    try {
      const made = await started;
      if (generation === this.#generation) {
        this.#byQuestion.set(question, made);
        this.#byAddress.set(address, made);
      }
      return made;
    } finally {
      if (this.#making.get(question) === started) this.#making.delete(question);
    }
  }

  async #make(make: () => Promise<ReadyAnswer>): Promise<ReadyAnswer> {
    this.#underWay++;
    try {
      return await make();
    } finally {
      this.#underWay--;
    }
  }
}

const OVERHEAD_BYTES = 1_000; // headers, keys and the entry itself

function size(answer: ReadyAnswer): number {
  return answer.body.byteLength + OVERHEAD_BYTES;
}
