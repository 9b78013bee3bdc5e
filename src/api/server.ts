import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { serve } from "@hono/node-server";
import type { Hono } from "hono";
import { Problem, problemBody, problemResponse } from "./problem.ts";
import { oversized } from "./size-limits.ts";

// A client that is slower than this holds a socket, not a question.
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
const KEEP_ALIVE_TIMEOUT_MS = 5_000;
const MOST_HEADER_BYTES = 16_384;

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

const BROKEN: Readonly<Record<string, { status: number; detail: string }>> = {
  HPE_HEADER_OVERFLOW: { status: 431, detail: `Cannot read the headers: they may have ${MOST_HEADER_BYTES} bytes` },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: "Cannot read the request: it did not arrive in time" },
};

/** The answer to what is not HTTP, or too slow or too large to become a request. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, detail } = BROKEN[error.code ?? ""] ?? {
    status: 400,
    detail: "Cannot read the request: it is not HTTP",
  };
  const body = problemBody(new Problem(status, detail), null);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
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

/** The app behind its checks; an answer that is ready stays one, for that goes out in the turn the request came in. */
function guarded(app: Hono, checks: readonly Check[], observe: Observe | undefined) {
  const answer = (request: Request, sides: Sides): Answering => {
    const { url = "", headers } = sides.incoming;
    const refused = oversized(url, headers["content-length"]);
    if (refused !== null) return problemResponse(refused, "/");
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
}): Promise<Listening> {
  const { app, host, port } = options;
  const answer = guarded(app, options.checks ?? [], options.observe);
  const server = await new Promise<Server>((resolve, reject) => {
    const starting = serve(
      {
        fetch: (request, env) => answer(request, env as Sides),
        hostname: host,
        port,
        createServer,
        serverOptions: {
          headersTimeout: HEADERS_TIMEOUT_MS,
          requestTimeout: REQUEST_TIMEOUT_MS,
          keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
          maxHeaderSize: MOST_HEADER_BYTES,
          connectionsCheckingInterval: 1_000,
        },
      },
      () => resolve(starting as Server),
    );
    starting.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
  });
  server.on("clientError", refuse);
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
