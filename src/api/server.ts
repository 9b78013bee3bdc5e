import { createServer, type IncomingMessage, type Server, STATUS_CODES } from "node:http";
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
}): Promise<Listening> {
  const { app, host, port } = options;
  const server = await new Promise<Server>((resolve, reject) => {
    const starting = serve(
      {
        fetch: (request, env) => {
          const { url = "", headers } = (env as { incoming: IncomingMessage }).incoming;
          const refused = oversized(url, headers["content-length"]);
          return refused === null ? app.fetch(request, env) : problemResponse(refused, "/");
        },
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
