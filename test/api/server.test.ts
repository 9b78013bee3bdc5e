import { connect } from "node:net";
import { Hono } from "hono";
import { afterEach, describe, expect, it } from "vitest";
import { type Listening, listen } from "../../src/api/server.ts";

const open: Listening[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close(0)));
});

async function listening(app: Hono): Promise<Listening> {
  const server = await listen({ app, host: "127.0.0.1", port: 0 });
  open.push(server);
  return server;
}

function exchange(url: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(bytes));
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });
}

describe("listen()", () => {
  it("serves the app and names its address", async () => {
    const { url } = await listening(new Hono().get("/", () => new Response("here")));
    expect(await (await fetch(url)).text()).toBe("here");
  });

  it("says in one line that the port is in use", async () => {
    const { url } = await listening(new Hono());
    const port = Number(new URL(url).port);
    await expect(listen({ app: new Hono(), host: "127.0.0.1", port })).rejects.toThrow(
      `Cannot listen on 127.0.0.1:${port}: the port is in use; set PORT`,
    );
  });

  it("says in one line that the address is not this machine's", async () => {
    await expect(listen({ app: new Hono(), host: "203.0.113.1", port: 0 })).rejects.toThrow(
      "Cannot listen on 203.0.113.1:0: this machine does not have that address; set HOST",
    );
  });

  it("refuses a long address and a large body before the app sees them", async () => {
    let seen = 0;
    const app = new Hono().all("*", () => {
      seen++;
      return new Response("seen");
    });
    const { url } = await listening(app);
    expect((await fetch(`${url}/?as_of=${"1".repeat(4_096)}`)).status).toBe(414);
    const large = await fetch(`${url}/v1/webhooks?x=1`, { method: "POST", body: "x".repeat(65_537) });
    expect([large.status, large.headers.get("content-type")]).toEqual([413, "application/problem+json"]);
    expect(await large.json()).toMatchObject({ instance: "/v1/webhooks" });
    expect(seen).toBe(0);
  });

  it("answers what is not HTTP with a problem and closes", async () => {
    const { url } = await listening(new Hono());
    const answer = await exchange(url, "this is not http\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json/);
    const overflow = await exchange(url, `GET / HTTP/1.1\r\nHost: x\r\nX: ${"y".repeat(20_000)}\r\n\r\n`);
    expect(overflow).toMatch(/^HTTP\/1\.1 431 /);
  });

  it("finishes answers under way when it closes, and accepts no more", async () => {
    let finish: (() => void) | undefined;
    const started = new Promise<void>((seen) => {
      const app = new Hono().get("/", async () => {
        await new Promise<void>((resolve) => {
          finish = resolve;
          seen();
        });
        return new Response("finished");
      });
      void listening(app).then(({ url }) => {
        answer = fetch(url);
      });
    });
    let answer: Promise<Response> | undefined;
    await started;
    const [server] = open;
    const closed = server?.close(10_000);
    await expect(fetch(server?.url ?? "")).rejects.toThrow();
    finish?.();
    expect(await (await answer)?.text()).toBe("finished");
    await closed;
  });
});
