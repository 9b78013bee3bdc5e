import { Hono } from "hono";
import { afterEach, describe, expect, it, vi } from "vitest";
import { addressBucket, type RateLimit, rateLimitChecks } from "../../src/api/rate-limit.ts";
import { type Listening, listen } from "../../src/api/server.ts";

const open: Listening[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(open.splice(0).map((server) => server.close(0)));
});

async function limited(limit: number | null, isKnownKey: RateLimit["isKnownKey"] = async () => false) {
  const app = new Hono().all("*", (c) => new Response(c.req.method));
  const checks = rateLimitChecks({ limit, isKnownKey });
  const server = await listen({ app, host: "127.0.0.1", port: 0, checks });
  open.push(server);
  return (path = "/", init: RequestInit = {}) => fetch(server.url + path, init);
}

describe("addressBucket()", () => {
  it.each([
    ["203.0.113.5", "203.0.113.5"],
    ["::ffff:203.0.113.5", "203.0.113.5"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"],
    ["2001:db8:1:2::9", "2001:db8:1:2::"],
    ["2001:db8:1:3::9", "2001:db8:1:3::"],
    [undefined, "unknown"],
    ["not an address", "unknown"],
  ])("counts %s as %s", (address, bucket) => {
    expect(addressBucket(address)).toBe(bucket);
  });
});

describe("rateLimitChecks()", () => {
  it("says where the client stands, and refuses past the limit, writes too", async () => {
    const ask = await limited(3);
    const first = await ask();
    expect(first.headers.get("ratelimit-policy")).toBe('"default";q=3;w=60');
    expect(first.headers.get("ratelimit")).toMatch(/^"default";r=2;t=(60|59)$/);
    expect((await ask("/", { method: "POST" })).headers.get("ratelimit")).toContain("r=1;");
    expect((await ask()).status).toBe(200);
    const refused = await ask("/v1/probabilities", { method: "POST" });
    expect([refused.status, refused.headers.get("content-type")]).toEqual([429, "application/problem+json"]);
    expect(refused.headers.get("ratelimit")).toContain("r=0;");
    const waitS = Number(refused.headers.get("retry-after"));
    expect(waitS).toBeGreaterThan(50);
    expect(await refused.json()).toMatchObject({
      status: 429,
      title: "Too Many Requests",
      instance: "/v1/probabilities",
    });
  });

  it("never tells those who watch over the process to wait", async () => {
    const ask = await limited(1);
    await ask();
    const statuses = await Promise.all(["/healthz", "/readyz", "/"].map(async (path) => (await ask(path)).status));
    expect(statuses).toEqual([200, 200, 429]);
  });

  it("lets this machine ask as it likes by default, and not those that a proxy on it speaks for", async () => {
    const ask = await limited(null);
    expect((await ask()).headers.has("ratelimit")).toBe(false);
    const proxied = await ask("/", { headers: { "X-Forwarded-For": "203.0.113.5" } });
    expect(proxied.headers.get("ratelimit-policy")).toBe('"default";q=6000;w=60');
  });

  it("counts what a proxy claims of its clients for the proxy", async () => {
    const ask = await limited(2);
    const claimed = (address: string) => ask("/", { headers: { "X-Forwarded-For": address } });
    expect((await claimed("203.0.113.5")).headers.get("ratelimit")).toContain("r=1;");
    expect((await claimed("203.0.113.6")).headers.get("ratelimit")).toContain("r=0;");
  });

  it("counts each good key alone, and a bad one for its address", async () => {
    const ask = await limited(2, async (headers) => headers.get("authorization") !== "Bearer bad");
    const as = async (key: string) =>
      (await ask("/", { headers: { Authorization: `Bearer ${key}` } })).headers.get("ratelimit");
    expect(await as("one")).toContain("r=1;");
    expect(await as("two")).toContain("r=1;");
    expect(await as("one")).toContain("r=0;");
    expect(await as("bad")).toContain("r=1;");
    expect((await ask()).headers.get("ratelimit")).toContain("r=0;");
  });

  it("begins anew after a minute", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const ask = await limited(1);
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 429]);
    vi.setSystemTime(Date.now() + 60_001);
    expect((await ask()).status).toBe(200);
  });

  it("is not there at all where there is no limit", () => {
    expect(rateLimitChecks({ limit: 0, isKnownKey: async () => false })).toEqual([]);
  });
});
