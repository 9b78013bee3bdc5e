import { SourceError } from "./source-error.ts";

/** One request and its whole answer, within one deadline. */
export interface Exchange {
  readonly source: string;
  readonly url: URL;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal | null;
}

export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** A redirect may only stay where it was sent from: the key goes with it. */
function redirectTarget(exchange: Exchange, from: URL, location: string | null): URL {
  const target = location !== null && URL.canParse(location, from.href) ? new URL(location, from) : null;
  const upgrade = from.protocol === "http:" && target?.protocol === "https:";
  if (target === null || target.host !== from.host || (target.protocol !== from.protocol && !upgrade)) {
    const where = target?.host ?? "nowhere";
    throw new SourceError(
      exchange.source,
      `Cannot follow a redirect from ${from.host} to ${where}: only within the host`,
    );
  }
  if (exchange.method !== "GET") {
    throw new SourceError(exchange.source, `Cannot follow a redirect of a POST to ${from.host}: none is expected`);
  }
  return target;
}

async function readBody(exchange: Exchange, response: Response): Promise<Uint8Array> {
  const tooLarge = (bytes: number): SourceError =>
    new SourceError(
      exchange.source,
      `Cannot read ${exchange.url.host}: the answer has ${bytes} bytes or more, at most ${exchange.maxBytes} are accepted`,
    );
  const announced = Number(response.headers.get("content-length") ?? 0);
  if (announced > exchange.maxBytes) throw tooLarge(announced);
  if (response.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let total = 0;
  // Counted as it arrives and after decompression, so that a small compressed bomb is cut as well.
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    total += part.value.byteLength;
    if (total > exchange.maxBytes) throw tooLarge(total);
    chunks.push(part.value);
  }
  return Buffer.concat(chunks);
}

async function perform(fetch: typeof globalThis.fetch, exchange: Exchange, signal: AbortSignal): Promise<Received> {
  let url = exchange.url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await fetch(url, {
      method: exchange.method,
      headers: exchange.headers,
      body: exchange.body,
      redirect: "manual",
      signal,
    });
    if (!REDIRECTS.has(response.status)) {
      return { status: response.status, headers: response.headers, bytes: await readBody(exchange, response) };
    }
    await response.body?.cancel();
    url = redirectTarget(exchange, url, response.headers.get("location"));
  }
  throw new SourceError(exchange.source, `Cannot read ${exchange.url.host}: more than ${MAX_REDIRECTS} redirects`);
}

/**
 * Sends one request and reads its answer to the end.
 *
 * The deadline covers all of it, redirects and body included: a server that drips a byte a second is cut.
 *
 * @throws SourceError for a deadline, a foreign redirect, too large an answer, an aborted `signal`;
 *   whatever `fetch` throws for the network
 */
export async function exchangeOnce(fetch: typeof globalThis.fetch, exchange: Exchange): Promise<Received> {
  const { source, url, timeoutMs, signal } = exchange;
  const controller = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    controller.signal.addEventListener("abort", () => reject(controller.signal.reason), { once: true });
  });
  stopped.catch(() => undefined); // it also fires after the answer is in, when nobody waits any more
  const late = new SourceError(source, `Cannot read ${url.host}: no complete answer within ${timeoutMs} ms`, {
    retryable: true,
  });
  const timer = setTimeout(() => controller.abort(late), timeoutMs);
  const stop = (): void =>
    controller.abort(
      new SourceError(source, `Cannot read ${url.host}: the run was stopped`, { cause: signal?.reason }),
    );
  if (signal?.aborted === true) stop();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([stopped, perform(fetch, exchange, controller.signal)]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    controller.abort(); // frees the socket of an answer that was not read to its end
  }
}
