import { networkWords, refusalWords } from "./failure-words.ts";
import { createHostGate, type PauseStore } from "./host-gate.ts";
import type { Received } from "./http-exchange.ts";
import { exchangeOnce } from "./http-exchange.ts";
import { redactCause, redactText, redactUrl, secretsOf } from "./redact.ts";
import { retryAfterMs } from "./retry-after.ts";
import { SourceError } from "./source-error.ts";

/** Bytes as received, for the record of what every row was read from. The URL shows no key. */
export interface SourcePayload {
  readonly url: string;
  readonly retrievedAt: Date;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** A provider's answer whose status and content type have been checked; nothing else has. */
export interface SourceResponse extends SourcePayload {
  readonly source: string;
  readonly status: number;
  /** `bytes` as UTF-8, byte order mark removed */
  readonly text: string;
}

export interface SourceRequest {
  /** catalog id, named in every error */
  readonly source: string;
  readonly url: string;
  /** media types that are understood, such as `application/json` */
  readonly accept: readonly string[];
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** statuses besides 2xx whose body the caller reads itself, whatever its content type */
  readonly okStatuses?: readonly number[];
  /** texts that no message may show, beyond what URL and Authorization header carry */
  readonly secrets?: readonly string[];
  readonly signal?: AbortSignal | undefined;
  /** deadline of one whole exchange, 15000 by default */
  readonly timeoutMs?: number;
  /** 8 MiB by default */
  readonly maxBytes?: number;
  /** further tries after the first, 2 by default */
  readonly retries?: number;
  /** least time between two requests to this host */
  readonly spacingMs?: number;
  /** statuses by which the host refuses us altogether, so that it is left alone for a while; 429 when absent */
  readonly refusals?: readonly number[];
}

/** @throws SourceError always and only */
export type SourceHttp = (request: SourceRequest) => Promise<SourceResponse>;

export interface SourceHttpOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly sleep: (ms: number) => Promise<void>;
  readonly now: () => Date;
  /** 0 to 1, for the jitter */
  readonly random: () => number;
  readonly version: string;
  /** where an upstream's operator can reach ours: an address or URL; null leaves it out */
  readonly contact: string | null;
  /** said in place of our own name; null: ours */
  readonly userAgent?: string | null;
  /** where hosts that refuse us are remembered */
  readonly pauses: PauseStore;
}

const TIMEOUT_MS = 15_000;
const MAX_BYTES = 8 * 1024 * 1024;
const RETRIES = 2;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 10_000;
// A longer Retry-After is honoured by giving up for now: a job comes back on its own schedule.
const LONGEST_WAIT_MS = 60_000;
const EXCERPT_CHARACTERS = 160;
const REFUSALS: readonly number[] = [429];

function isRetryable(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/** The start of a body on one line, for an error message. */
export function excerptOf(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\s]+/gu, " ").trim();
  if (line === "") return "an empty body";
  return `"${line.length > EXCERPT_CHARACTERS ? `${line.slice(0, EXCERPT_CHARACTERS)}…` : line}"`;
}

function mediaTypeOf(contentType: string): string {
  return (contentType.split(";")[0] ?? "").trim().toLowerCase();
}

/**
 * What this program calls itself. It begins as browsers do: Yahoo answers 429 at any volume to a name that does not, and the
 * Federal Reserve's and the BLS's guards 403; who we are and how to reach the operator stand in the same line.
 */
export function userAgentOf({ version, contact }: Pick<SourceHttpOptions, "version" | "contact">): string {
  return `Mozilla/5.0 (compatible; cutwatch/${version}${contact === null ? "" : `; +${contact}`})`;
}

/** Nothing of a refused address is shown: it may be a key in the wrong place. */
function httpUrl(request: SourceRequest): URL {
  const url = URL.canParse(request.url) ? new URL(request.url) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    throw new SourceError(
      request.source,
      "Cannot fetch: the base URL must be http or https, without user and password",
    );
  }
  return url;
}

/** What is wrong with a complete answer, or null when it may be read. */
function faultOf(request: SourceRequest, shownUrl: string, answer: Received, text: string): SourceError | null {
  if (request.okStatuses?.includes(answer.status) === true) return null;
  const { status } = answer;
  if (status < 200 || status > 299) {
    const hint = refusalWords(request.source, status);
    const message = `Cannot fetch ${shownUrl}: answered ${status} with ${excerptOf(text)}${hint === null ? "" : `; ${hint}`}`;
    return new SourceError(request.source, message, { status, retryable: isRetryable(status) });
  }
  const contentType = answer.headers.get("content-type") ?? "";
  if (request.accept.includes(mediaTypeOf(contentType))) return null;
  const came = contentType === "" ? "no content type" : contentType;
  const message = `Cannot read ${shownUrl}: expected ${request.accept.join(" or ")}, got ${came} with ${excerptOf(text)}`;
  return new SourceError(request.source, message, { status });
}

/**
 * The one way out to the upstreams: deadline, size limit, retries with jitter, `Retry-After`, spacing by host, content
 * types checked, no redirect off the host, no key in any message. Retries 408, 425, 429, 5xx and network faults only.
 *
 * Make one for the process: it remembers when each host was last asked and which ones fail.
 */
export function createSourceHttp(options: SourceHttpOptions): SourceHttp {
  const { sleep, now, random } = options;
  const gate = createHostGate({ sleep, now }, options.pauses);
  const userAgent = options.userAgent ?? userAgentOf(options);

  async function attempt(request: SourceRequest, url: URL, shownUrl: string): Promise<SourceResponse | Failure> {
    const headers = { accept: request.accept.join(", "), "user-agent": userAgent, ...request.headers };
    const secrets = secretsOf(url, headers, request.secrets);
    const timeoutMs = request.timeoutMs ?? TIMEOUT_MS;
    const maxBytes = request.maxBytes ?? MAX_BYTES;
    const { source, method = "GET", body = null, signal = null } = request;
    try {
      const exchange = { source, url, method, headers, body, timeoutMs, maxBytes, signal };
      const answer = await exchangeOnce(options.fetch, exchange);
      const text = new TextDecoder().decode(answer.bytes);
      const shown = redactText(text.slice(0, EXCERPT_CHARACTERS * 4), secrets);
      const fault = faultOf(request, shownUrl, answer, shown);
      if (fault !== null) {
        const waitMs = retryAfterMs(answer.headers.get("retry-after"), now());
        return { error: fault, waitMs, excerpt: excerptOf(shown) };
      }
      const contentType = answer.headers.get("content-type") ?? "";
      return {
        source,
        status: answer.status,
        url: shownUrl,
        retrievedAt: now(),
        contentType,
        bytes: answer.bytes,
        text,
      };
    } catch (error) {
      if (error instanceof SourceError) return { error, waitMs: null, excerpt: error.message };
      const message = redactText(`Cannot fetch ${shownUrl}: ${networkWords(url.hostname, error)}`, secrets);
      return {
        error: new SourceError(source, message, { cause: redactCause(error, secrets), retryable: true }),
        waitMs: null,
        excerpt: message,
      };
    }
  }

  return async (request) => {
    const url = httpUrl(request);
    const shownUrl = redactUrl(url);
    const retries = request.retries ?? RETRIES;
    for (let tried = 0; ; tried++) {
      await gate.enter(request.source, url.host, request.spacingMs ?? 0);
      const result = await attempt(request, url, shownUrl);
      if (!("error" in result)) {
        await gate.answered(url.host);
        return result;
      }
      const { error, waitMs } = result;
      const isRefusal = error.status !== null && (request.refusals ?? REFUSALS).includes(error.status);
      const isLong = waitMs !== null && waitMs > LONGEST_WAIT_MS;
      // Asked again at once a host that refuses us goes on refusing; one that says when to come back is believed.
      if (isLong || (isRefusal && waitMs === null)) {
        await gate.refused(url.host, `it answered ${error.status} with ${result.excerpt}`, waitMs);
        throw error;
      }
      if (!error.retryable) {
        await gate.answered(url.host);
        throw error;
      }
      gate.failed(url.host, error.message);
      if (tried >= retries) throw error;
      const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** tried, LONGEST_BACKOFF_MS);
      await sleep(waitMs ?? backoffMs * (0.5 + random() / 2));
    }
  };
}

interface Failure {
  readonly error: SourceError;
  /** what the host asked for */
  readonly waitMs: number | null;
  /** the start of what it said */
  readonly excerpt: string;
}
