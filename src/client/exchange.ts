/** Questions and their answers over HTTP: the key, time limits, answers that did not change, and asking again. */
import { addressOf, checkedBaseUrl, type Query } from "./address.ts";
import { ConnectionError, reasonOf } from "./connection-error.ts";
import { frozen, KeptAnswers } from "./kept-answers.ts";
import { limitedSignal } from "./limited-signal.ts";
import { pause } from "./pause.ts";
import { type ProblemError, problemOf } from "./problem-error.ts";

/** How a client asks. */
export interface ClientOptions {
  /** address of the server, such as `http://127.0.0.1:8080`; empty: the page's own origin, in a browser */
  readonly baseUrl: string;
  /** API key (`cw_…`): webhooks need one, and servers that ask for one on reads */
  readonly key?: string | undefined;
  /** absent: the platform's own */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** ends whatever the client does */
  readonly signal?: AbortSignal | undefined;
  /** until an answer is complete, 30,000 when absent */
  readonly timeoutMs?: number | undefined;
  /** how often a question that met 429 or 503 is asked again, 3 when absent */
  readonly retries?: number | undefined;
}

/** How one question is asked. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

interface Asking extends CallOptions {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Query | undefined;
  readonly body?: object | undefined;
}

const TIMEOUT_MS = 30_000;
const RETRIES = 3;
const FIRST_WAIT_MS = 500;
/** A server that wants to be left alone for longer is told of at once, instead of being waited for. */
const LONGEST_WAIT_MS = 60_000;

/** Printable ASCII: anything else would be repeated, key and all, in the platform's complaint about the header. */
const KEY = /^[\x21-\x7e]+$/;

export class Exchange {
  readonly #options: ClientOptions;
  readonly #baseUrl: string;
  readonly #kept = new KeptAnswers();

  /** @throws TypeError for an address or a key that cannot be one */
  constructor(options: ClientOptions) {
    this.#baseUrl = checkedBaseUrl(options.baseUrl);
    if (options.key !== undefined && !KEY.test(options.key)) {
      throw new TypeError("Cannot use key: it has characters that no API key has, such as spaces");
    }
    this.#options = options;
  }

  /** What ends everything, if anything does. */
  get signal(): AbortSignal | undefined {
    return this.#options.signal;
  }

  /** A JSON answer, frozen. One that did not change since it was last asked for is the same object again. */
  async get<T>(path: string, query: Query = {}, { signal }: CallOptions = {}): Promise<T> {
    const address = addressOf(path, query);
    const kept = this.#kept.get(address);
    const headers: Record<string, string> = kept === null ? {} : { "If-None-Match": kept.etag };
    const { response, text } = await this.#ask({ method: "GET", path, query, signal }, headers);
    if (response.status === 304 && kept !== null) return kept.value as T;
    const value = frozen(parsed(text, path));
    const etag = response.headers.get("etag");
    if (etag !== null) this.#kept.keep(address, { etag, value }, text.length);
    return value as T;
  }

  /** An answer as text. `next` is the address of the page after it, without the server's; null: it is the last. */
  async text(
    path: string,
    query: Query = {},
    { signal }: CallOptions = {},
  ): Promise<{ text: string; next: string | null }> {
    const { response, text } = await this.#ask({ method: "GET", path, query, signal }, {});
    const [, next = null] = /<([^>]*)>; rel="next"/.exec(response.headers.get("link") ?? "") ?? [];
    return { text, next };
  }

  /** The answer to a command; undefined where there is none. */
  async send<T>(asking: Asking): Promise<T> {
    const { text } = await this.#ask(asking, {});
    return (text === "" ? undefined : parsed(text, asking.path)) as T;
  }

  /**
   * Opens an answer that has no end.
   *
   * @throws ProblemError, ConnectionError
   */
  async open(path: string, query: Query, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const response = await this.#fetch({ method: "GET", path, query }, {}, signal);
    if (!response.ok) throw await problemOf(response, `GET ${path}`, Date.now());
    if (response.body === null) throw new ConnectionError(`Cannot GET ${path}: the answer has no body`);
    return response.body;
  }

  async #ask(asking: Asking, headers: Record<string, string>): Promise<{ response: Response; text: string }> {
    const { retries = RETRIES } = this.#options;
    for (let again = 0; ; again++) {
      const answer = await this.#askOnce(asking, headers);
      if (!("problem" in answer)) return answer;
      const waitMs = waitBefore(answer.problem, asking.method, again);
      if (waitMs === null || again >= retries) throw answer.problem;
      await pause(waitMs, [asking.signal, this.signal]);
    }
  }

  async #askOnce(asking: Asking, headers: Record<string, string>) {
    const { method, path, signal } = asking;
    const { timeoutMs = TIMEOUT_MS } = this.#options;
    const told = [signal, this.signal].filter((one) => one !== undefined);
    const limited = limitedSignal(told, timeoutMs);
    try {
      const response = await this.#fetch(asking, headers, limited.signal);
      if (response.ok || response.status === 304) return { response, text: await response.text() };
      return { problem: await problemOf(response, `${method} ${path}`, Date.now()) };
    } catch (error) {
      for (const one of told) if (one.aborted) throw one.reason;
      if (limited.signal.aborted) {
        throw new ConnectionError(`Cannot ${method} ${path}: no answer within ${timeoutMs} ms`, { cause: error });
      }
      if (error instanceof ConnectionError) throw error;
      throw new ConnectionError(`Cannot ${method} ${path}: the answer broke off, ${reasonOf(error)}`, { cause: error });
    } finally {
      limited.release();
    }
  }

  async #fetch(
    { method, path, query, body }: Asking,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Response> {
    const { key, fetch = globalThis.fetch } = this.#options;
    const given: Record<string, string> = { ...headers };
    if (key !== undefined) given.Authorization = `Bearer ${key}`;
    if (body !== undefined) given["Content-Type"] = "application/json";
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    try {
      return await fetch(`${this.#baseUrl}${addressOf(path, query)}`, { method, headers: given, signal, ...sent });
    } catch (error) {
      if (signal.aborted) throw error;
      const where = this.#baseUrl === "" ? "the server" : this.#baseUrl;
      throw new ConnectionError(`Cannot reach ${where}: ${reasonOf(error)}`, { cause: error });
    }
  }
}

/** @throws ConnectionError for what no server of this API says, such as the page of a login between */
function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConnectionError(`Cannot read ${path}: the answer is not JSON, so it is not this API's`, { cause: error });
  }
}

/** How long to wait before the same is asked again. Null: it is not. */
function waitBefore({ status, retryAfterS }: ProblemError, method: Asking["method"], again: number): number | null {
  // What met 429 was not begun; what met 503 may have been carried out all the same.
  if (status !== 429 && !(status === 503 && method === "GET")) return null;
  const spread = Math.random();
  // Clients that were told the same time must not all come back in the same instant.
  const waitMs =
    retryAfterS === null ? FIRST_WAIT_MS * 2 ** again * (0.5 + spread) : retryAfterS * 1_000 + 250 * spread;
  return waitMs <= LONGEST_WAIT_MS + 250 ? waitMs : null;
}
