import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import { problemResponse } from "./problem.ts";
import { answerToError, MOST_HEADER_BYTES, refuseOnSocket, withoutHost } from "./refusals.ts";
import { oversized } from "./size-limits.ts";

// A client that is slower than this holds a socket, not a question.
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
const KEEP_ALIVE_TIMEOUT_MS = 5_000;

/** A server that listens. */
export interface Listening {
  readonly url: string;
  /** Stops accepting at once and waits for answers under way; what is not done after `graceMs` is cut. */
  readonly close: (graceMs: number) => Promise<void>;
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "the port is in use; set PORT",
  EACCES: "the port needs more rights; set PORT to 1024 or above",
  EADDRNOTAVAIL: "this machine does not have that address; set HOST",
  ENOTFOUND: "the host name is not known; set HOST",
  EAI_AGAIN: "the host name cannot be looked up; set HOST",
};

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const reason = REASONS[error.code ?? ""] ?? error.message;
  return new Error(`Cannot listen on ${host}:${port}: ${reason}`, { cause: error });
}

/** Looks at a request before the app does: may set headers of its answer, or answer it. Null: it may go on. */
export type Check = (incoming: IncomingMessage, outgoing: ServerResponse) => Response | null | Promise<Response | null>;

/** Told of each answer: how it was made and how long that took. */
export type Observe = (request: { readonly method: string; readonly path: string }, status: number, ms: number) => void;

type Answering = Response | Promise<Response>;

/** The answer of the first check that has one, otherwise the app's. */
function checked(checks: readonly Check[], from: number, sides: Sides, answer: () => Answering): Answering {
  for (let i = from; i < checks.length; i++) {
    const refused = checks[i]?.(sides.incoming, sides.outgoing) ?? null;
    if (refused instanceof Promise) return refused.then((late) => late ?? checked(checks, i + 1, sides, answer));
    if (refused !== null) return refused;
  }
  return answer();
}

interface Sides {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

const LONGEST_INSTANCE = 200;

/** The path that was asked for; one that is too long to be told is the root. */
function pathOf(url: string): string {
  const [path = ""] = url.split("?", 1);
  return path.startsWith("/") && path.length <= LONGEST_INSTANCE ? path : "/";
}

/** The app behind its checks; an answer that is ready stays one, for that goes out in the turn the request came in. */
function guarded(app: Hono, checks: readonly Check[], observe: Observe | undefined) {
  const answer = (request: Request, sides: Sides): Answering => {
    const { url = "", headers } = sides.incoming;
    const refused = oversized(url, headers["content-length"]) ?? withoutHost(sides.incoming);
    if (refused !== null) return problemResponse(refused, pathOf(url));
    return checks.length === 0 ? app.fetch(request, sides) : checked(checks, 0, sides, () => app.fetch(request, sides));
  };
  if (observe === undefined) return answer;
  return (request: Request, sides: Sides): Answering => {
    const startedMs = performance.now();
    const { method = "", url = "" } = sides.incoming;
    const mark = url.indexOf("?");
    const asked = { method, path: mark < 0 ? url : url.slice(0, mark) };
    const seen = (response: Response): Response => {
      observe(asked, response.status, performance.now() - startedMs);
      return response;
    };
    const answering = answer(request, sides);
    return answering instanceof Promise ? answering.then(seen) : seen(answering);
  };
}

/**
 * Serves an app over HTTP.
 *
 * @param port 0 takes a free one
 * @throws Error with one line for a port in use or a host that cannot be used
 */
export async function listen(options: {
  readonly app: Hono;
  readonly host: string;
  readonly port: number;
  /** in this order, after the request's size was found fit */
  readonly checks?: readonly Check[];
  readonly observe?: Observe;
  /** told of errors outside the app; absent: standard error */
  readonly onError?: (error: unknown, path: string) => void;
}): Promise<Listening> {
  const { app, host, port } = options;
  const answer = guarded(app, options.checks ?? [], options.observe);
  const report = options.onError ?? ((error, path) => console.error(`Cannot answer ${path}:`, error));
  const listener = getRequestListener((request, env) => answer(request, env as Sides), {
    hostname: host,
    errorHandler: (error) => answerToError(error, report),
  });
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      maxHeaderSize: MOST_HEADER_BYTES,
      connectionsCheckingInterval: 1_000,
      requireHostHeader: false,
    },
    listener,
  );
  refuseOnSocket(server);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
    server.listen(port, host, () => resolve());
  });
  const address = server.address();
  const actual = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${actual}`,
    close: (graceMs) => closeServer(server, graceMs),
  };
}

async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(cut);
}
