import { readFileSync } from "node:fs";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { afterEach } from "vitest";
import { pausesInMemory } from "../../../src/sources/http/host-gate.ts";
import type { SourceHttp } from "../../../src/sources/http/http.ts";
import { createSourceHttp } from "../../../src/sources/http/http.ts";

/** A request as the server saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers one request; `index` counts all requests of this server from 0. */
export type Reply = (response: ServerResponse, seen: Seen, index: number) => void;

export interface Loopback {
  readonly baseUrl: string;
  readonly seen: readonly Seen[];
}

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

/** A real server on 127.0.0.1 for one test; closed after it. */
export async function loopback(reply: Reply): Promise<Loopback> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://loopback");
      const entry: Seen = {
        method: request.method ?? "",
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      seen.push(entry);
      reply(response, entry, seen.length - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Cannot find the server's port: no address");
  return { baseUrl: `http://127.0.0.1:${address.port}`, seen };
}

/** A complete answer. */
export function answer(status: number, contentType: string, body: string, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { "content-type": contentType, ...headers });
    response.end(body);
  };
}

export function json(body: unknown, status = 200): Reply {
  return answer(status, "application/json; charset=utf-8", typeof body === "string" ? body : JSON.stringify(body));
}

/** The first reply for the first request and so on; the last one for all that follow. */
export function inTurn(...replies: readonly Reply[]): Reply {
  return (response, seen, index) => replies[Math.min(index, replies.length - 1)]?.(response, seen, index);
}

/** A recorded shape, by file name. */
export function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/network/${name}`, import.meta.url), "utf8");
}

/** A clock that moves only when somebody sleeps. */
export interface VirtualClock {
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  /** every sleep asked for, in milliseconds */
  readonly slept: readonly number[];
  readonly advance: (ms: number) => void;
}

export function virtualClock(start: string): VirtualClock {
  let ms = Date.parse(start);
  const slept: number[] = [];
  const advance = (by: number): void => {
    ms += by;
  };
  return {
    now: () => new Date(ms),
    sleep: async (by) => {
      slept.push(by);
      advance(by);
    },
    slept,
    advance,
  };
}

/** The real client on a virtual clock, with jitter in the middle of its range. */
export function testHttp(clock: VirtualClock): SourceHttp {
  const { now, sleep } = clock;
  return createSourceHttp({
    fetch,
    now,
    sleep,
    random: () => 0.5,
    version: "1.2.3",
    contact: "https://example.org/ops",
    pauses: pausesInMemory(),
  });
}

/** What every source must survive: answers that promise too much or too little. */
export const FAULTS: readonly { readonly name: string; readonly reply: Reply; readonly retryable: boolean }[] = [
  { name: "429 as text", reply: answer(429, "text/plain", "Too Many Requests\n"), retryable: true },
  { name: "503", reply: answer(503, "text/html", "<h1>Service Unavailable</h1>"), retryable: true },
  { name: "a reset", reply: (response) => response.socket?.resetAndDestroy(), retryable: true },
  { name: "403 of a firewall", reply: answer(403, "application/json", '{"message":"blocked"}'), retryable: false },
  { name: "404 of a proxy", reply: answer(404, "text/html", "<h1>404 Not Found</h1>"), retryable: false },
  { name: "a challenge page", reply: answer(200, "text/html", '<meta name="robots">'), retryable: false },
  { name: "a challenge page called JSON", reply: answer(200, "application/json", "<!doctype html>"), retryable: false },
  { name: "an empty body", reply: answer(200, "application/json", ""), retryable: false },
  { name: "half a body", reply: answer(200, "application/json", '{"chart":{"result":[{"b'), retryable: false },
  { name: "another shape", reply: answer(200, "application/json", '{"unexpected":[1]}'), retryable: false },
  { name: "null", reply: answer(200, "application/json", "null"), retryable: false },
  { name: "a number", reply: answer(200, "application/json", "1"), retryable: false },
  { name: "an unknown type", reply: answer(200, "application/octet-stream", "{}"), retryable: false },
  {
    name: "a foreign redirect",
    reply: answer(302, "text/html", "", { location: "http://localhost:9/" }),
    retryable: false,
  },
];
