/** Answers to what never becomes a request that the app sees: each a problem, like all others. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { RequestError } from "@hono/node-server";
import { problemOf } from "./failure.ts";
import { Problem, problemBody, problemResponse, SECURITY_HEADERS } from "./problem.ts";

/** What all headers of a request may have together. */
export const MOST_HEADER_BYTES = 16_384;

const BROKEN: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: new Problem(431, `Cannot read the headers: they may have ${MOST_HEADER_BYTES} bytes`),
  ERR_HTTP_REQUEST_TIMEOUT: new Problem(408, "Cannot read the request: it did not arrive in time"),
};

const NOT_HTTP = new Problem(400, "Cannot read the request: it is not HTTP");
const NO_PROXY = new Problem(405, "Cannot CONNECT: this is no proxy", { headers: { Allow: "GET, HEAD" } });
const NO_EXPECTATION = new Problem(417, "Cannot meet Expect: only 100-continue is known");

function headersOf(problem: Problem, body: string): Readonly<Record<string, string>> {
  return {
    "Content-Type": "application/problem+json",
    "Content-Length": String(Buffer.byteLength(body)),
    Connection: "close",
    ...SECURITY_HEADERS,
    ...problem.headers,
  };
}

function endSocket(socket: Duplex, problem: Problem): void {
  const { status } = problem;
  const body = problemBody(problem, null);
  const lines = Object.entries(headersOf(problem, body)).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n${body}`);
}

/** What is not HTTP, or too slow or too large to become a request. */
function refuseSocket(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) socket.destroy();
  else endSocket(socket, BROKEN[error.code ?? ""] ?? NOT_HTTP);
}

/** Answers on a server's behalf what it would close, or answer without a body. */
export function refuseOnSocket(server: Server): void {
  server.on("clientError", refuseSocket);
  server.on("connect", (_: IncomingMessage, socket: Duplex) => endSocket(socket, NO_PROXY));
  server.on("checkExpectation", (_: IncomingMessage, outgoing: ServerResponse) => {
    const body = problemBody(NO_EXPECTATION, null);
    outgoing.writeHead(NO_EXPECTATION.status, headersOf(NO_EXPECTATION, body)).end(body);
  });
}

/**
 * Null for a request that says whom it asks, as HTTP/1.1 wants. Node would refuse the others by itself, without a word.
 *
 * @see RFC 9112, section 3.2
 */
export function withoutHost({ headers, httpVersion }: IncomingMessage): Problem | null {
  if (headers.host !== undefined || httpVersion !== "1.1") return null;
  return new Problem(400, "Cannot read the request: the header Host is missing", {
    headers: { Connection: "close" },
  });
}

/** The answer to what cannot be made a request of, or failed outside the app. */
export function answerToError(error: unknown, report: (error: unknown, path: string) => void): Response {
  if (error instanceof RequestError) {
    return problemResponse(new Problem(400, "Cannot read the request: its address or its header Host is none"), "/");
  }
  const problem = problemOf(error);
  if (problem.status === 500) report(error, "a request");
  return problemResponse(problem, "/");
}
