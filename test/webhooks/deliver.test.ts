import { once } from "node:events";
import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { Webhook } from "standardwebhooks";
import { describe, expect, it, onTestFinished } from "vitest";
import { POST_TIMEOUTS } from "../../src/webhooks/deliver.ts";
import { deliveryOutcome } from "../../src/webhooks/retry.ts";
import { BODY, poster, SECRET } from "./posting.ts";
import { onRequest, type Receiver, startHttp, startRaw } from "./receivers.ts";

/** For servers that never come to an end by themselves. */
const BRIEF = { resolveMs: 10_000, connectMs: 10_000, totalMs: 150 };

async function closing(receiver: Promise<Receiver>): Promise<Receiver> {
  const started = await receiver;
  onTestFinished(started.close);
  return started;
}

/** A server that answers each request with these bytes; `then` says what it does to the connection. */
function answering(answer: string | Buffer, then: "keep" | "end" = "end"): Promise<Receiver> {
  return closing(
    startRaw((socket) =>
      onRequest(socket, () => {
        socket.write(answer);
        if (then === "end") socket.end();
      }),
    ),
  );
}

const urlOf = ({ port }: Receiver) => `http://127.0.0.1:${port}/hook?x=1`;

describe("postOnce()", () => {
  it("sends the bytes that were signed, to the path of the URL, under its host and our name", async () => {
    const requests: string[] = [];
    const receiver = await closing(
      startRaw((socket) =>
        onRequest(socket, (request) => {
          requests.push(request);
          socket.end("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nthank");
        }),
      ),
    );
    const result = await poster()(urlOf(receiver));
    expect(result).toMatchObject({ status: 200, answer: "thank", error: null, retryAfter: null, refused: false });
    expect(result.durationMs).toBeGreaterThan(0);

    const [head = "", body = ""] = (requests[0] ?? "").split("\r\n\r\n");
    const [line, ...lines] = head.split("\r\n");
    const headers = Object.fromEntries(lines.map((one) => one.split(/: (.*)/).slice(0, 2)));
    const text = Buffer.from(body, "latin1").toString("utf8");
    expect(line).toBe("POST /hook?x=1 HTTP/1.1");
    expect(headers).toMatchObject({
      host: `127.0.0.1:${receiver.port}`,
      "user-agent": "cutwatch/1.2.3 (+webhooks)",
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(BODY)),
    });
    expect(text).toBe(BODY);
    expect(new Webhook(SECRET).verify(Buffer.from(text), headers)).toEqual(JSON.parse(BODY));
    expect(requests).toHaveLength(1);
  });

  it("has the limits that are promised", () => {
    expect(POST_TIMEOUTS).toEqual({ resolveMs: 5_000, connectMs: 5_000, totalMs: 15_000 });
  });

  it("gives every final status from 200 to 599 as it came, and follows no redirect", async () => {
    const canary = await closing(startRaw((socket) => socket.end()));
    const receiver = await closing(
      startHttp((request, response) => {
        response.writeHead(Number(request.url?.slice(1)), { location: `http://127.0.0.1:${canary.port}/` }).end();
      }),
    );
    const post = poster();
    for (let status = 200; status <= 599; status += 1) {
      const result = await post(`http://127.0.0.1:${receiver.port}/${status}`);
      expect(result).toMatchObject({ status, error: null, refused: false });
      expect(deliveryOutcome(result.status) === "success").toBe(status < 300);
    }
    expect(canary.connections()).toBe(0);
  });

  it("takes no status from 100 to 199 for an answer", async () => {
    const post = poster();
    const receiver = await closing(
      startRaw((socket) =>
        onRequest(socket, (request) => {
          const status = /^POST \/(\d+)/.exec(request)?.[1];
          socket.end(`HTTP/1.1 ${status} Interim\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n`);
        }),
      ),
    );
    for (let status = 100; status <= 199; status += 1) {
      const result = await post(`http://127.0.0.1:${receiver.port}/${status}`);
      expect(deliveryOutcome(result.status)).toBe("failure");
      expect(result.status).toBe(status === 101 ? 101 : null);
    }
  });

  it("reads a final answer after interim ones", async () => {
    const receiver = await answering(
      "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early\r\n\r\nHTTP/1.1 204 No\r\n\r\n",
    );
    expect(await poster()(urlOf(receiver))).toMatchObject({ status: 204, answer: "", error: null });
  });

  it("passes Retry-After on as it came, the first where there are two", async () => {
    const receiver = await answering(
      "HTTP/1.1 503 Busy\r\nretry-after: 120\r\nretry-after: 9\r\ncontent-length: 0\r\n\r\n",
    );
    expect(await poster()(urlOf(receiver))).toMatchObject({ status: 503, retryAfter: "120" });
  });

  it.each([
    { what: "garbage", answer: "220 mail.example.com ESMTP\r\n", error: /answer that is not HTTP/ },
    { what: "HTTP/0.9", answer: "<html>ok</html>", error: /answer that is not HTTP/ },
    { what: "a status of four digits", answer: "HTTP/1.1 2000 OK\r\n\r\n", error: /answer that is not HTTP/ },
    { what: "a status line alone", answer: "HTTP/1.1 200 OK\r\n", error: /connection closed before an answer/ },
    { what: "nothing", answer: "", error: /connection closed before an answer/ },
    {
      what: "two lengths",
      answer: "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
      error: /not HTTP/,
    },
    {
      what: "length and chunks",
      answer: "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\na",
      error: /not HTTP/,
    },
    {
      what: "17 KiB of headers",
      answer: `HTTP/1.1 200 OK\r\nx: ${"y".repeat(17 * 1024)}\r\n\r\n`,
      error: /headers over 16 KiB/,
    },
    {
      what: "less than it said",
      answer: "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab",
      error: /broke off after status 200/,
    },
    {
      what: "a broken chunk",
      answer: "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
      error: /broke off|not HTTP/,
    },
    {
      what: "a flood of 1xx",
      answer: "HTTP/1.1 100 Continue\r\n\r\n".repeat(50),
      error: /more than 16 interim answers/,
    },
  ])("fails on a server that answers $what", async ({ answer, error }) => {
    const result = await poster()(urlOf(await answering(answer)));
    expect(result).toMatchObject({ status: null, answer: null, refused: false, error: expect.stringMatching(error) });
    expect(result.error).toMatch(/^Cannot deliver to 127\.0\.0\.1:\d+: [^\n]+$/);
    expect(result.error).not.toContain("/hook");
  });

  it.each([
    { what: "never answers", behave: () => {} },
    { what: "stops in the headers", behave: (socket: Socket) => socket.write("HTTP/1.1 200 OK\r\nx: ") },
    {
      what: "stops in the body",
      behave: (socket: Socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\na"),
    },
    { what: "drips its headers", behave: (socket: Socket) => drip(socket, "HTTP/1.1 200 OK\r\n") },
    {
      what: "drips its body",
      behave: (socket: Socket) => drip(socket, "HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n"),
    },
    { what: "drips interim answers", behave: (socket: Socket) => drip(socket, "", "HTTP/1.1 102 P\r\n\r\n", 15) },
  ])("is cut off from a server that $what", async ({ behave }) => {
    const receiver = await closing(startRaw((socket) => onRequest(socket, () => behave(socket))));
    const result = await poster({ timeouts: BRIEF })(urlOf(receiver));
    expect(result).toMatchObject({ status: null, error: expect.stringMatching(/: no whole answer within 0\.15 s$/) });
  });

  it("is cut off from a server that accepts and never shakes hands", async () => {
    const receiver = await closing(startRaw(() => {}));
    const timeouts = { resolveMs: 10_000, connectMs: 150, totalMs: 10_000 };
    const result = await poster({ timeouts, allow: ["127.0.0.1"] })(`https://127.0.0.1:${receiver.port}/`);
    expect(result).toMatchObject({ status: null, error: expect.stringMatching(/: no connection within 0\.15 s$/) });
  });

  it("fails where https is asked of a server that speaks http", async () => {
    const receiver = await closing(startHttp((_, response) => response.end("ok")));
    const result = await poster()(`https://127.0.0.1:${receiver.port}/`);
    expect(result).toMatchObject({ status: null, error: expect.stringMatching(/: no TLS handshake/) });
  });

  it("fails on a connection that is refused or reset", async () => {
    const gone = await startRaw(() => {});
    await gone.close();
    expect(await poster()(urlOf(gone))).toMatchObject({
      status: null,
      error: expect.stringMatching(/: connection refused$/),
    });
    const resetting = await closing(startRaw((socket) => onRequest(socket, () => socket.resetAndDestroy())));
    expect(await poster()(urlOf(resetting))).toMatchObject({
      error: expect.stringMatching(/closed before an answer$/),
    });
  });

  it("reads 64 KiB of an answer without end, then goes away, and keeps its first KiB", async () => {
    let written = 0;
    let whenClosed: Promise<unknown> = Promise.resolve();
    const receiver = await closing(
      startHttp((_, response) => {
        whenClosed = once(response, "close");
        const block = Buffer.alloc(64 * 1024, "x");
        const pour = (): void => {
          while (!response.destroyed && written < 2 ** 30) {
            written += block.length;
            if (!response.write(block)) {
              response.once("drain", pour);
              return;
            }
          }
          response.end();
        };
        pour();
      }),
    );
    const result = await poster()(urlOf(receiver));
    expect(result).toMatchObject({ status: 200, answer: "x".repeat(1024), error: null });
    await whenClosed;
    // What the buffers of both ends take, far from 1 GiB.
    expect(written).toBeLessThan(32 * 1024 * 1024);
  });

  it("never unpacks an answer", async () => {
    const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024));
    const receiver = await closing(
      startHttp((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(bomb)),
    );
    const result = await poster()(urlOf(receiver));
    expect(result).toMatchObject({ status: 200, error: null });
    expect(result.answer?.length).toBeLessThanOrEqual(1024);
  });

  it("keeps an answer as text that Postgres takes", async () => {
    const bytes = Buffer.concat([
      Buffer.from("a\u0000b\u001b[31m\tc\n"),
      Buffer.from([0xff, 0xfe, 0xc3]),
      Buffer.alloc(2000, "§"),
    ]);
    const receiver = await closing(startHttp((_, response) => response.end(bytes)));
    const { answer } = await poster()(urlOf(receiver));
    expect(answer).toMatch(/^ab\[31m\tc\n\ufffd\ufffd\ufffd§+$/);
    expect(answer).not.toMatch(/\p{Cs}/u);
  });

  it("keeps a connection for the next message", async () => {
    const receiver = await closing(startHttp((_, response) => response.end("ok")));
    const post = poster();
    for (let n = 0; n < 5; n += 1) expect(await post(urlOf(receiver))).toMatchObject({ status: 200 });
    expect(receiver.connections()).toBe(1);
  });

  it("never sends again by itself when a kept connection breaks", async () => {
    const requests: string[] = [];
    const receiver = await closing(
      startRaw((socket) =>
        onRequest(socket, (request, count) => {
          requests.push(request);
          if (count === 1) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
          else socket.resetAndDestroy();
        }),
      ),
    );
    const post = poster();
    expect(await post(urlOf(receiver))).toMatchObject({ status: 200 });
    expect(await post(urlOf(receiver))).toMatchObject({ status: null, error: expect.stringMatching(/closed before/) });
    expect(requests).toHaveLength(2);
    expect(receiver.connections()).toBe(1);
    // The next attempt, which is the schedule's, gets a connection of its own.
    expect(await post(urlOf(receiver))).toMatchObject({ status: 200 });
    expect(receiver.connections()).toBe(2);
  });

  it.skipIf(process.platform !== "linux")(
    "tries the second address only where no connection stood (Linux only)",
    async () => {
      let requests = 0;
      const behave = (answer: string) => (socket: Socket) =>
        onRequest(socket, () => {
          requests += 1;
          socket.end(answer);
        });
      const second = await closing(startRaw(behave("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"), "127.0.0.1"));
      const never = () => Promise.reject(new Error("must not be asked"));
      const resolver = { resolve4: never, resolve6: never, lookup: async () => ["127.9.9.9", "127.0.0.1"] };
      const post = poster({ resolver, allow: ["n8n.internal"] });
      const url = `http://n8n.internal:${second.port}/`;
      // Nobody listens at 127.9.9.9.
      expect(await post(url)).toMatchObject({ status: 200 });
      expect(requests).toBe(1);

      await closing(startRaw(behave(""), "127.9.9.9", second.port));
      expect(await post(url)).toMatchObject({ status: null, error: expect.stringMatching(/closed before an answer$/) });
      expect(requests).toBe(2);
    },
  );

  it.each([
    { what: "a header with a line end", headers: { "webhook-id": "a\r\nx: y" } },
    { what: "a header that is no latin-1", headers: { "webhook-id": "≥" } },
    { what: "a header name with a space", headers: { "a b": "c" } },
  ])("says so instead of throwing on $what", async ({ headers }) => {
    const receiver = await closing(startRaw((socket) => socket.end()));
    expect(await poster({ headers })(urlOf(receiver))).toMatchObject({ status: null, error: expect.any(String) });
    expect(receiver.connections()).toBe(0);
  });

  it("says so instead of throwing when the resolver throws", async () => {
    const broken = () => {
      throw new Error("broken");
    };
    const resolver = { resolve4: broken, resolve6: broken, lookup: broken };
    expect(await poster({ resolver })("https://hooks.example.com/")).toMatchObject({
      status: null,
      refused: false,
      error: expect.stringContaining("unknown error"),
    });
  });
});

/** Writes `head`, then one piece every 20 ms, at most `pieces` times. */
function drip(socket: Socket, head: string, piece = "x", pieces = 10_000): void {
  if (head !== "") socket.write(head);
  let written = 0;
  const timer = setInterval(() => {
    written += 1;
    if (written <= pieces) socket.write(piece);
  }, 20);
  socket.on("close", () => clearInterval(timer));
}
