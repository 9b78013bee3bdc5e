import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { pausesInMemory } from "../../../src/sources/http/host-gate.ts";
import { createSourceHttp, type SourceRequest } from "../../../src/sources/http/http.ts";
import { SourceError } from "../../../src/sources/http/source-error.ts";
import { answer, inTurn, json, loopback, testHttp, virtualClock } from "./loopback.ts";

const START = "2025-11-17T20:00:00Z";

function request(url: string, more: Partial<SourceRequest> = {}): SourceRequest {
  return { source: "nyfed", url, accept: ["application/json"], ...more };
}

async function failure(promise: Promise<unknown>): Promise<SourceError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SourceError)) throw new Error(`Cannot test: expected a SourceError, got ${error}`);
  return error;
}

describe("createSourceHttp()", () => {
  it("returns bytes, text, content type and the time of the virtual clock, and names itself honestly", async () => {
    const server = await loopback(json({ ok: "é" }));
    const clock = virtualClock(START);
    const response = await testHttp(clock)(request(`${server.baseUrl}/a?b=1`));
    expect(response).toMatchObject({ status: 200, contentType: "application/json; charset=utf-8", text: '{"ok":"é"}' });
    expect(response.bytes.byteLength).toBe(11);
    expect(response.retrievedAt).toEqual(new Date(START));
    expect(server.seen[0]?.headers).toMatchObject({
      "user-agent": "Mozilla/5.0 (compatible; cutwatch/1.2.3; +https://example.org/ops)",
      accept: "application/json",
    });
  });

  it.each([408, 425, 500, 502, 503, 504])("tries a %i again and gives what comes then", async (status) => {
    const server = await loopback(inTurn(answer(status, "text/plain", "busy"), json({ ok: true })));
    const clock = virtualClock(START);
    await expect(testHttp(clock)(request(server.baseUrl))).resolves.toMatchObject({ status: 200 });
    expect(server.seen).toHaveLength(2);
    expect(clock.slept).toEqual([375]); // 500 ms times 0.75, the middle of the jitter
  });

  it.each([400, 401, 403, 404, 409, 410, 422, 451])("asks only once after a %i", async (status) => {
    const server = await loopback(json({ message: "no" }, status));
    const error = await failure(testHttp(virtualClock(START))(request(server.baseUrl)));
    expect(error).toMatchObject({ source: "nyfed", status, retryable: false });
    expect(error.message).toMatch(new RegExp(`answered ${status} with "{"message":"no"}"`));
    expect(server.seen).toHaveLength(1);
  });

  it("gives up after its retries, with doubled waits", async () => {
    const server = await loopback(answer(503, "text/plain", "busy"));
    const clock = virtualClock(START);
    const error = await failure(testHttp(clock)(request(server.baseUrl, { retries: 3 })));
    expect(error).toMatchObject({ status: 503, retryable: true });
    expect(server.seen).toHaveLength(4);
    expect(clock.slept).toEqual([375, 750, 1500]);
  });

  it.each([
    { header: "7", waits: [7000] },
    { header: "0", waits: [0] },
    { header: "Mon, 17 Nov 2025 20:00:30 GMT", waits: [30_000] },
    { header: "Mon, 17 Nov 2025 19:00:00 GMT", waits: [0] },
  ])("waits $waits ms after Retry-After: $header", async ({ header, waits }) => {
    const refusal = answer(429, "text/plain", "Too Many Requests", { "retry-after": header });
    const server = await loopback(inTurn(refusal, json({})));
    const clock = virtualClock(START);
    await testHttp(clock)(request(server.baseUrl));
    expect(clock.slept).toEqual(waits);
  });

  it.each(["-5", "NaN", "1e99", "1.5", "99999999999999999999", "soon"])(
    "takes Retry-After: %s for none, so that a 429 means silence",
    async (header) => {
      const server = await loopback(answer(429, "text/plain", "Too Many Requests", { "retry-after": header }));
      const clock = virtualClock(START);
      await failure(testHttp(clock)(request(server.baseUrl)));
      expect([server.seen.length, clock.slept]).toEqual([1, []]);
    },
  );

  it("does not wait an hour, and leaves the host alone for that hour at most", async () => {
    const server = await loopback(inTurn(answer(429, "text/plain", "no", { "retry-after": "999999999" }), json({})));
    const clock = virtualClock(START);
    const http = testHttp(clock);
    expect((await failure(http(request(server.baseUrl)))).status).toBe(429);
    const refused = await failure(http(request(server.baseUrl)));
    expect(refused.message).toMatch(/^Left .* alone until 21:00 UTC: it answered 429 with "no" \(at 20:00 UTC\)$/);
    expect(refused.retryable).toBe(true);
    expect(server.seen).toHaveLength(1);
    clock.advance(3_600_000);
    await expect(http(request(server.baseUrl))).resolves.toMatchObject({ status: 200 });
    expect(clock.slept).toEqual([]);
  });

  it("is silent for 15, 30 and 60 minutes after refusals in a row, and forgets them with the next good answer", async () => {
    const refusal = answer(429, "text/html", "Edge: Too Many Requests");
    const server = await loopback((response, seen, index) =>
      (index < 4 || index > 4 ? refusal : json({}))(response, seen, index),
    );
    const clock = virtualClock(START);
    const http = testHttp(clock);
    for (const minutes of [15, 30, 60, 60]) {
      await failure(http(request(server.baseUrl)));
      clock.advance(minutes * 60_000 - 1);
      expect((await failure(http(request(server.baseUrl)))).message).toContain(
        'it answered 429 with "Edge: Too Many Requests"',
      );
      clock.advance(1);
    }
    await http(request(server.baseUrl));
    await failure(http(request(server.baseUrl)));
    clock.advance(15 * 60_000 - 1);
    await failure(http(request(server.baseUrl)));
    expect(server.seen).toHaveLength(6);
  });

  it("says its own name, or what the operator sets in its place", async () => {
    const server = await loopback(json({}));
    const { now, sleep } = virtualClock(START);
    const options = { fetch, now, sleep, random: () => 0.5, version: "1.2.3", contact: null, pauses: pausesInMemory() };
    await createSourceHttp(options)(request(server.baseUrl));
    await createSourceHttp({ ...options, userAgent: "desk/1" })(request(server.baseUrl));
    expect(server.seen.map(({ headers }) => headers["user-agent"])).toEqual([
      "Mozilla/5.0 (compatible; cutwatch/1.2.3)",
      "desk/1",
    ]);
  });

  it("stops asking a host that failed five times in a row, for a minute", async () => {
    const server = await loopback((response, _, index) =>
      index < 5 ? response.socket?.resetAndDestroy() : json({})(response, _, index),
    );
    const clock = virtualClock(START);
    const http = testHttp(clock);
    await failure(http(request(server.baseUrl)));
    await failure(http(request(server.baseUrl)));
    expect((await failure(http(request(server.baseUrl)))).message).toMatch(
      /^Left 127\.0\.0\.1:\d+ alone until .*the connection was cut/,
    );
    expect(server.seen).toHaveLength(5);
    clock.advance(60_000);
    await expect(http(request(server.baseUrl))).resolves.toMatchObject({ status: 200 });
  });

  it("keeps requests to one host apart, concurrent ones too, and hosts independent", async () => {
    const [one, other] = [await loopback(json({})), await loopback(json({}))];
    const clock = virtualClock(START);
    const http = testHttp(clock);
    const spacing = { spacingMs: 400 };
    await Promise.all([
      http(request(one.baseUrl, spacing)),
      http(request(one.baseUrl, spacing)),
      http(request(one.baseUrl, spacing)),
      http(request(other.baseUrl, spacing)),
    ]);
    // All three ask at once, so the third waits for two spaces.
    expect(clock.slept).toEqual([400, 800]);
    expect(one.seen).toHaveLength(3);
    expect(other.seen).toHaveLength(1);
  });

  it("cuts a server that hangs before its headers", async () => {
    const server = await loopback(() => undefined);
    const error = await failure(testHttp(virtualClock(START))(request(server.baseUrl, { timeoutMs: 50, retries: 0 })));
    expect(error.message).toMatch(/no complete answer within 50 ms$/);
    expect(error.retryable).toBe(true);
  });

  it("cuts a server that drips its body", async () => {
    let dripped = 0;
    const server = await loopback((response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const drip = setInterval(() => {
        dripped += 1;
        response.write(" ");
      }, 5);
      response.on("close", () => clearInterval(drip));
    });
    const error = await failure(testHttp(virtualClock(START))(request(server.baseUrl, { timeoutMs: 80, retries: 0 })));
    expect(error.message).toMatch(/no complete answer within 80 ms$/);
    expect(dripped).toBeGreaterThan(0);
  });

  it("stops at once, without a retry, when the run is stopped", async () => {
    const server = await loopback(() => undefined);
    const run = new AbortController();
    const asked = failure(testHttp(virtualClock(START))(request(server.baseUrl, { signal: run.signal })));
    run.abort();
    expect(await asked).toMatchObject({ retryable: false, message: expect.stringMatching(/the run was stopped$/) });
  });

  it.each([
    { name: "announced", headers: { "content-length": "2000" }, body: "x".repeat(2000) },
    { name: "chunked", headers: { "transfer-encoding": "chunked" }, body: "x".repeat(2000) },
  ])("refuses a body over the limit, $name", async ({ headers, body }) => {
    const server = await loopback((response) => {
      response.writeHead(200, { "content-type": "application/json", ...headers });
      response.end(body);
    });
    const error = await failure(testHttp(virtualClock(START))(request(server.baseUrl, { maxBytes: 1000 })));
    expect(error.message).toMatch(/2000 bytes or more, at most 1000 are accepted$/);
    expect(error.retryable).toBe(false);
  });

  it("counts a compressed body as it unfolds", async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    const server = await loopback((response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
      response.end(bomb);
    });
    expect(bomb.byteLength).toBeLessThan(100_000);
    const error = await failure(testHttp(virtualClock(START))(request(server.baseUrl, { maxBytes: 100_000 })));
    expect(error.message).toMatch(/at most 100000 are accepted$/);
  });

  it("tries a body again that ended before its announced length", async () => {
    const cut = (response: import("node:http").ServerResponse): void => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
      response.write('{"a":');
      setImmediate(() => response.destroy());
    };
    const server = await loopback(inTurn(cut, json({ a: 1 })));
    await expect(testHttp(virtualClock(START))(request(server.baseUrl))).resolves.toMatchObject({ text: '{"a":1}' });
  });

  it("names a host that refuses the connection", async () => {
    const error = await failure(testHttp(virtualClock(START))(request("http://127.0.0.1:9/x?api_key=hunter2")));
    expect(error.message).toMatch(/^Cannot fetch http:\/\/127\.0\.0\.1:9\/x\?api_key=\*\*\*: (ECONNREFUSED|bad port)$/);
    expect(error.retryable).toBe(true);
  });

  it("follows a redirect within the host and no other", async () => {
    const hop = (location: string) => answer(301, "text/html", "", { location });
    const within = await loopback(inTurn(hop("/moved"), json({ moved: true })));
    await expect(testHttp(virtualClock(START))(request(within.baseUrl))).resolves.toMatchObject({
      text: '{"moved":true}',
    });
    expect(within.seen[1]?.path).toBe("/moved");

    const canary = await loopback(json({}));
    for (const location of [
      `${canary.baseUrl}/`,
      "//169.254.169.254/",
      "file:///etc/passwd",
      "https://user@evil.example/",
      "",
    ]) {
      const server = await loopback(hop(location));
      expect((await failure(testHttp(virtualClock(START))(request(server.baseUrl)))).message).toMatch(/redirect/);
    }
    expect(canary.seen).toHaveLength(0);

    const loop = await loopback(hop("/again"));
    expect((await failure(testHttp(virtualClock(START))(request(loop.baseUrl)))).message).toMatch(
      /more than 3 redirects$/,
    );
  });

  it.each(["text/html", "application/octet-stream", "", "application/json-evil"])(
    "does not take a 200 of type %j for JSON",
    async (contentType) => {
      const server = await loopback((response) => {
        if (contentType !== "") response.setHeader("content-type", contentType);
        response.end("<p>Checking your browser</p>");
      });
      const error = await failure(testHttp(virtualClock(START))(request(server.baseUrl)));
      expect(error.message).toMatch(/expected application\/json, got .*Checking your browser/);
    },
  );

  it("shows no key, token or password in any message or cause, whoever repeats it", async () => {
    const key = "0123456789abcdef0123456789abcdef";
    const basic = Buffer.from("client:pa55word!").toString("base64");
    const server = await loopback((response, seen) => {
      response.writeHead(400, { "content-type": "text/plain" });
      response.end(`bad ${seen.query.get("api_key")} ${seen.headers.authorization} pa55word! client and ${key}`);
    });
    const http = testHttp(virtualClock(START));
    const headers = { authorization: `Basic ${basic}` };
    const error = await failure(http(request(`${server.baseUrl}/x?series=EFFR&api_key=${key}`, { headers })));
    expect(error.message).toContain("/x?series=EFFR&api_key=***: answered 400");
    for (const secret of [key, basic, "pa55word!"])
      expect(JSON.stringify([error.message, error.stack])).not.toContain(secret);

    const bearer = { authorization: `Bearer ${key}\u0000` }; // fetch itself repeats a header that it refuses
    const refused = await failure(http(request(server.baseUrl, { headers: bearer, retries: 0 })));
    expect(`${refused.message} ${refused.stack} ${(refused.cause as Error).stack}`).not.toContain(key);

    const ok = await loopback(json({}));
    expect((await http(request(`${ok.baseUrl}/?api_key=${key}`))).url).toBe(`${ok.baseUrl}/?api_key=***`);
  });

  it.each(["not a url", "ftp://127.0.0.1/x", "file:///etc/passwd", "http://user:pa55word@127.0.0.1/"])(
    "refuses the address %s without repeating it",
    async (url) => {
      const error = await failure(testHttp(virtualClock(START))(request(url)));
      expect(error.message).toBe("Cannot fetch: the base URL must be http or https, without user and password");
    },
  );

  it("keeps messages on one line and free of control characters", async () => {
    const server = await loopback(answer(500, "text/plain", "a\r\n\u001b[31mred\u0000\tb".repeat(50)));
    const error = await failure(testHttp(virtualClock(START))(request(server.baseUrl, { retries: 0 })));
    expect(error.message).not.toMatch(/\p{Cc}/u);
    expect(error.message.length).toBeLessThan(300);
  });
});
