import { spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { receiverProgram } from "../../src/api/examples.ts";
import { rateLimitChecks } from "../../src/api/rate-limit.ts";
import { listen } from "../../src/api/server.ts";
import { webhookRequest } from "../../src/webhooks/request.ts";
import { newSecret } from "../../src/webhooks/secret.ts";
import { MESSAGE_TYPES } from "../../src/webhooks/subscription.ts";
import { testBody } from "../../src/webhooks/test-body.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { describedOperations, type OpenApi } from "./openapi-reader.ts";
import { readJson, type Served, serveTest } from "./served.ts";

const RECEIVER = fileURLToPath(new URL("../../src/api/examples/receiver.mjs", import.meta.url));

let database: TestDatabase;
let served: Served;
let page: string;
beforeAll(async () => {
  database = await testDatabase();
  served = serveTest(database.sql);
  page = await (await served.app.request("/docs")).text();
});
afterAll(() => database.drop());

const all = (pattern: RegExp) => [...page.matchAll(pattern)].map((match) => match[1] ?? "");

describe("/docs", () => {
  it("has every operation and every type of message of the document, each at an address of its own", async () => {
    const ids = all(/ id="([^"]+)"/g);
    expect(new Set(ids).size).toBe(ids.length);
    const document = await readJson<OpenApi>(served.app, "/openapi.json");
    for (const { operationId, method, path } of describedOperations(document)) {
      expect(page).toContain(`<h3 id="${operationId}"><code>${method} ${path}</code>`);
    }
    for (const type of MESSAGE_TYPES) expect(page).toContain(`<h3 id="message-${type}"><code>${type}</code>`);
  });

  it("leads to every heading, and nowhere else", () => {
    const ids = all(/ id="([^"]+)"/g);
    const targets = all(/href="#([^"]+)"/g);
    expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
    expect(all(/<h[23] id="([^"]+)"/g).filter((id) => !targets.includes(id))).toEqual(["keys", "rate-limits", "cors"]);
  });

  it("has heads of tables that say something", () => {
    expect(page).not.toMatch(/<th[^>]*><\/th>/);
  });

  it("says the limit that is kept", async () => {
    const checks = rateLimitChecks({ limit: null, isKnownKey: async () => false });
    const server = await listen({ app: served.app, host: "127.0.0.1", port: 0, checks });
    // A proxy's header makes this machine somebody else.
    const { headers } = await fetch(`${server.url}/docs`, { headers: { Via: "1.1 a" } });
    await server.close(0);
    const limit = /;q=(\d+);w=60$/.exec(headers.get("ratelimit-policy") ?? "")?.[1];
    expect(page).toContain(`${Number(limit).toLocaleString("en")} requests a minute`);
  });

  it("is made once, whatever changes", async () => {
    served.announce("snapshots");
    expect(await (await served.app.request("/docs")).text()).toBe(page);
  });
});

describe("the receiver to copy", () => {
  async function freePort(): Promise<number> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    return port;
  }

  async function started(url: string): Promise<void> {
    for (;;) {
      const answered = await fetch(url).catch(() => null); // not listening yet
      if (answered !== null) return;
    }
  }

  it("takes a message that is signed, and none that is changed", async () => {
    const secret = newSecret();
    const port = await freePort();
    const env = { ...process.env, CUTWATCH_WEBHOOK_SECRET: secret, PORT: String(port) };
    const receiver = spawn(process.execPath, [RECEIVER], { env, stdio: ["ignore", "pipe", "inherit"] });
    try {
      const url = `http://127.0.0.1:${port}`;
      await started(url);
      const now = new Date();
      const text = JSON.stringify(testBody(7, now, "https://odds.example"));
      const { headers, body } = webhookRequest({ messageId: "msg_7_t1", body: text, secrets: [secret], now });
      const post = async (sent: string) => (await fetch(url, { method: "POST", headers, body: sent })).status;
      const said = once(receiver.stdout, "data");
      expect(await post(Buffer.from(body).toString())).toBe(204);
      expect(String((await said)[0])).toBe("webhook.test https://odds.example/v1/webhooks/7\n");
      expect(await post(text.replace("nothing", "something"))).toBe(401);
    } finally {
      receiver.kill();
    }
  });

  it("is on the page as it is run", () => {
    const shown = page
      .replaceAll("&quot;", '"')
      .replaceAll("&gt;", ">")
      .replaceAll("&lt;", "<")
      .replaceAll("&amp;", "&");
    expect(shown).toContain(receiverProgram());
  });
});
