/** Requests over a real connection, as they are: nothing is mended on the way. */
import { Agent, request } from "node:http";
import { connect } from "node:net";
import type { Send } from "./openapi-fuzz.ts";
import type { Received } from "./openapi-judge.ts";

const TIMEOUT_MS = 30_000;

/** A sender to a server, which keeps its connections. Of a stream it reads the first piece and hangs up. */
export function httpSender(url: string): { readonly send: Send; readonly close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const { hostname, port } = new URL(url);
  const send: Send = ({ method, path, headers: given, body }) =>
    new Promise<Received>((resolve, reject) => {
      // Of DELETE and GET the client would send the body without saying that there is one.
      const isFramed =
        body === null || Object.keys(given).some((name) => /^(content-length|transfer-encoding)$/i.test(name));
      const headers = isFramed ? given : { ...given, "Content-Length": String(Buffer.byteLength(body)) };
      const asking = request({ agent, hostname, port, method, path, headers, timeout: TIMEOUT_MS }, (answer) => {
        const chunks: Buffer[] = [];
        const named = new Headers();
        for (const [name, value] of Object.entries(answer.headers)) named.set(name, String(value));
        const done = () => resolve({ status: answer.statusCode ?? 0, headers: named, body: Buffer.concat(chunks) });
        const isStream = named.get("content-type")?.startsWith("text/event-stream") === true;
        answer.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          if (!isStream) return;
          done();
          asking.destroy();
        });
        answer.on("end", done);
        answer.on("error", (error) => (isStream ? undefined : reject(error)));
      });
      asking.on("timeout", () =>
        asking.destroy(new Error(`Cannot ask ${method} ${path}: no answer in ${TIMEOUT_MS} ms`)),
      );
      asking.on("error", reject);
      asking.end(body ?? undefined);
    });
  return { send, close: () => agent.destroy() };
}

/** Writes bytes to a new connection. @returns all that comes back until it is closed */
export function exchangeBytes(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("close", () => resolve(text));
    // A server that hung up while it was still written to has answered all the same.
    socket.on("error", (error: NodeJS.ErrnoException) => (text === "" ? reject(error) : undefined));
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error("Cannot exchange bytes: no answer in time")));
  });
}

/** Connections that begin a request and never end it. */
export async function slowSockets(
  url: string,
  count: number,
): Promise<{ readonly open: () => number; readonly end: () => void }> {
  const { hostname, port } = new URL(url);
  const sockets = await Promise.all(
    Array.from(
      { length: count },
      (_, i) =>
        new Promise<ReturnType<typeof connect>>((resolve, reject) => {
          const socket = connect(Number(port), hostname, () => {
            const half =
              i % 2 === 0
                ? "GET /v1/probabilities HTTP/1.1\r\nHost: a\r\nX-Slow: "
                : "POST /v1/webhooks/dry-run HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
            socket.write(half);
            resolve(socket);
          });
          socket.on("error", reject);
        }),
    ),
  );
  return {
    open: () => sockets.filter((socket) => socket.readyState === "open").length,
    end: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}
