import { Hono } from "hono";
import { afterEach, describe, expect, it } from "vitest";
import { corsChecks } from "../../src/api/cors.ts";
import { type Listening, listen } from "../../src/api/server.ts";

const open: Listening[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close(0)));
});

const DESK = "https://desk.example.com";

async function serving(origins: readonly string[]) {
  const app = new Hono().get("/", () => new Response("figures", { headers: { ETag: '"x"' } }));
  const server = await listen({ app, host: "127.0.0.1", port: 0, checks: corsChecks(origins) });
  open.push(server);
  return (origin: string | null, init: RequestInit & { headers?: Record<string, string> } = {}) =>
    fetch(server.url, { ...init, headers: { ...init.headers, ...(origin === null ? {} : { Origin: origin }) } });
}

function preflight(method: string) {
  return { method: "OPTIONS", headers: { "Access-Control-Request-Method": method } };
}

describe("corsChecks()", () => {
  it("is not there at all where no origin is named", () => {
    expect(corsChecks([])).toEqual([]);
  });

  it("lets named origins read, and shows them the headers that programs need", async () => {
    const ask = await serving([DESK, "http://localhost:3000"]);
    const { headers } = await ask(DESK);
    expect(headers.get("access-control-allow-origin")).toBe(DESK);
    expect(headers.get("access-control-expose-headers")).toBe("ETag, Link, RateLimit, RateLimit-Policy, Retry-After");
    expect(headers.has("access-control-allow-credentials")).toBe(false);
  });

  it("tells other origins nothing, and caches to keep answers apart", async () => {
    const ask = await serving([DESK]);
    for (const origin of ["https://evil.example", `${DESK}.evil.example`, "null", null]) {
      const { headers } = await ask(origin);
      expect([headers.get("access-control-allow-origin"), headers.get("vary")]).toEqual([null, "Origin"]);
    }
    const refused = await ask("https://evil.example", preflight("GET"));
    expect(refused.headers.get("access-control-allow-methods")).toBeNull();
  });

  it("lets named origins write with a key", async () => {
    const ask = await serving([DESK]);
    const answer = await ask(DESK, preflight("PATCH"));
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-methods")).toBe("GET, HEAD, POST, PATCH, DELETE");
    expect(answer.headers.get("access-control-allow-headers")).toContain("Authorization");
    expect(answer.headers.get("access-control-max-age")).toBe("7200");
  });

  it("lets any origin read without a key where all may, and none write", async () => {
    const ask = await serving(["*"]);
    expect((await ask("https://anybody.example")).headers.get("access-control-allow-origin")).toBe("*");
    const answer = await ask("https://anybody.example", preflight("DELETE"));
    expect(answer.headers.get("access-control-allow-methods")).toBe("GET, HEAD");
    expect(answer.headers.get("access-control-allow-headers")).not.toContain("Authorization");
  });
});
