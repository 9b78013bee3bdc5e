import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiKeyOf, keyForm, keySha256, shownPart } from "../../src/api/api-key.ts";
import { OPERATIONS } from "../../src/api/operations.ts";
import { apiKeys, recordApiKey, revokeApiKey } from "../../src/store/api-keys.ts";
import { openDatabase } from "../../src/store/connect.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { seedEpisode } from "./episode.ts";
import { someKey, storedKey } from "./keys.ts";
import { type Served, serveTest } from "./served.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await seedEpisode(database.sql);
});
afterAll(() => database.drop());

const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe("apiKeyOf()", () => {
  it("makes a key of one form and length, another for other bytes", () => {
    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        const key = apiKeyOf(one);
        expect(key).toMatch(/^cw_[0-9A-Za-z]{49}$/);
        expect(keyForm(key)).toBe("key");
        expect(key === apiKeyOf(other)).toBe(Buffer.from(one).equals(Buffer.from(other)));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("keeps both ends of what 32 bytes can hold", () => {
    expect(apiKeyOf(new Uint8Array(32)).slice(3, 46)).toBe("0".repeat(43));
    // 2^256 - 1 in base 62 with digits 0-9A-Za-z, then zlib's CRC-32 of those 43 characters, worked out in Python.
    expect(apiKeyOf(new Uint8Array(32).fill(255))).toBe("cw_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp13sRzl1");
    expect(() => apiKeyOf(new Uint8Array(31))).toThrow("Cannot make a key from 31 bytes: must be 32");
  });
});

describe("keyForm()", () => {
  const typo = fc.tuple(bytes, fc.integer({ min: 3, max: 51 }), fc.constantFrom(..."0aZ9xQ"));

  it("tells every key with one wrong character from a key", () => {
    fc.assert(
      fc.property(typo, ([random, at, character]) => {
        const key = apiKeyOf(random);
        const typed = `${key.slice(0, at)}${character}${key.slice(at + 1)}`;
        expect(keyForm(typed)).toBe(typed === key ? "key" : "mistyped");
      }),
      { seed: 2, numRuns: 1000 },
    );
  });

  it("tells two swapped neighbours, a key cut off and one with more behind it", () => {
    fc.assert(
      fc.property(bytes, fc.integer({ min: 3, max: 50 }), (random, at) => {
        const key = apiKeyOf(random);
        const swapped = `${key.slice(0, at)}${key[at + 1]}${key[at]}${key.slice(at + 2)}`;
        expect(keyForm(swapped)).toBe(swapped === key ? "key" : "mistyped");
        expect(keyForm(key.slice(0, at))).toBe("mistyped");
        expect(keyForm(`${key}0`)).toBe("mistyped");
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it("knows what is no key of ours", () => {
    expect(["sk_live_1", "", "CW_x"].map(keyForm)).toEqual(["other", "other", "other"]);
  });
});

describe("a key", () => {
  const at = (served: Served, seconds: number) => {
    served.now = new Date(Date.parse("2025-11-18T12:00:00Z") + seconds * 1000);
  };
  const status = async (served: Served, headers: Record<string, string>) =>
    (await served.app.request("/v1/webhooks", { headers })).status;

  it("is stored as its hash and its first characters, nothing else", async () => {
    const { key, shown } = await storedKey(database.sql, "webhooks", "kept");
    const rows = await database.sql`select k::text as whole, sha256 from cutwatch.api_keys k where tenant = 'kept'`;
    expect(shown).toBe(key.slice(0, 11));
    expect(rows[0]?.whole).not.toContain(key.slice(11));
    expect(rows[0]?.sha256).toHaveLength(32);
  });

  it("stops working within 5 s of its revocation, and works until then at most", async () => {
    const served = serveTest(database.sql);
    const { key, headers, id } = await storedKey(database.sql, "webhooks", "revoked");
    expect(await status(served, headers)).toBe(200);
    expect(await revokeApiKey(database.sql, shownPart(key), served.now)).toMatchObject([{ id, before: false }]);
    at(served, 5);
    expect(await status(served, headers)).toBe(401);
    expect(await revokeApiKey(database.sql, String(id), served.now)).toMatchObject([{ id, before: true }]);
  });

  it("works within 5 s of being made, also where it was tried before", async () => {
    const served = serveTest(database.sql);
    const key = someKey();
    const headers = { Authorization: `Bearer ${key}` };
    expect(await status(served, headers)).toBe(401);
    const made = {
      name: "late",
      tenant: null,
      scope: "webhooks",
      shown: shownPart(key),
      sha256: keySha256(key),
    } as const;
    expect(await recordApiKey(database.sql, made, served.now)).toMatchObject({
      tenant: expect.stringMatching(/^key-\d+$/),
    });
    at(served, 5);
    expect(await status(served, headers)).toBe(200);
  });

  it("notes its last use once a minute at most", async () => {
    const served = serveTest(database.sql);
    const { headers, id } = await storedKey(database.sql, "webhooks", "used");
    const lastUse = async () => (await apiKeys(database.sql)).find((key) => key.id === id)?.lastUsedAt?.toISOString();
    const noted: (string | undefined)[] = [await lastUse()];
    for (const second of [0, 6, 30, 59, 60, 66, 119]) {
      at(served, second);
      expect(await status(served, headers)).toBe(200);
      noted.push(await lastUse());
    }
    // At second 60 what was learned at 59 is still believed.
    const [first, next] = ["2025-11-18T12:00:00.000Z", "2025-11-18T12:01:06.000Z"];
    expect(noted).toEqual([undefined, first, first, first, first, first, next, next]);
  });

  it("cannot join a tenant that a later key would be given", async () => {
    const key = { name: "n", scope: "read", shown: "cw_x", sha256: new Uint8Array(32) } as const;
    expect(await recordApiKey(database.sql, { ...key, tenant: "key-999999" }, new Date(0))).toBeNull();
    const { tenant } = await storedKey(database.sql, "read", null);
    expect(await storedKey(database.sql, "read", tenant)).toMatchObject({ tenant });
  });

  it("that is mistyped is refused before the database is asked", async () => {
    const away = await openDatabase({ url: database.url, applicationName: "cutwatch test" });
    await away.close();
    const served = serveTest(away.sql);
    const ask = async (key: string) => {
      const response = await served.app.request("/v1/webhooks", { headers: { Authorization: `Bearer ${key}` } });
      return { status: response.status, ...((await response.json()) as { detail: string }) };
    };
    const key = someKey();
    expect(await ask(key)).toMatchObject({ status: 503 });
    expect(await ask(`${key.slice(0, -1)}!`)).toMatchObject({
      status: 401,
      detail: expect.stringContaining("mistyped"),
    });
    expect(await ask("sk_live_1")).toMatchObject({ status: 401, detail: expect.stringContaining("begin with cw_") });
  });

  it("goes as Bearer in any case, never as a parameter, and as Basic to nothing that changes", async () => {
    const served = serveTest(database.sql);
    const { key } = await storedKey(database.sql, "webhooks", "schemes");
    const basic = `Basic ${Buffer.from(`anybody:${key}`).toString("base64")}`;
    expect(await status(served, { Authorization: `bearer  ${key} ` })).toBe(200);
    expect(await status(served, { Authorization: basic })).toBe(401);
    expect(await status(served, { Authorization: key })).toBe(401);
    expect((await served.app.request(`/v1/webhooks?key=${key}`)).status).toBe(401);
  });
});

describe("operations", () => {
  it.each(OPERATIONS)("$method $path needs a key of scope webhooks", async ({ method, path }) => {
    const served = serveTest(database.sql);
    const address = path.replace("{id}", "1");
    const none = await served.app.request(address, { method });
    expect([none.status, none.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="cutwatch"']);
    const unknown = await served.app.request(address, { method, headers: { Authorization: `Bearer ${someKey()}` } });
    expect([unknown.status, unknown.headers.get("www-authenticate")]).toEqual([
      401,
      'Bearer realm="cutwatch", error="invalid_token"',
    ]);
    const { headers } = await storedKey(database.sql, "read", `reader of ${method} ${path}`);
    const reader = await served.app.request(address, { method, headers });
    expect(reader.status).toBe(403);
    expect(await reader.json()).toMatchObject({
      title: "Forbidden",
      detail: expect.stringContaining("scope webhooks"),
    });
  });
});

describe("CUTWATCH_REQUIRE_KEY", () => {
  const PATHS = ["/v1/probabilities", "/v1/meetings", "/", "/metrics", "/v1/stream", "/nothing"];

  it("refuses every read without a key, and says how to give one", async () => {
    const served = serveTest(database.sql, { requireKey: true });
    for (const path of PATHS) {
      const response = await served.app.request(path);
      expect([path, response.status, response.headers.get("www-authenticate")]).toEqual([
        path,
        401,
        'Bearer realm="cutwatch"',
      ]);
      expect(await response.json()).toMatchObject({ detail: expect.stringMatching(/Bearer cw_….*password/) });
    }
  });

  it("lets a browser ask for the key, and shows a page when it gets none", async () => {
    const served = serveTest(database.sql, { requireKey: true });
    const response = await served.app.request("/", { headers: { Accept: "text/html,*/*" } });
    expect([response.status, response.headers.get("www-authenticate")]).toEqual([
      401,
      'Basic realm="cutwatch", charset="UTF-8"',
    ]);
    expect(await response.text()).toContain("A key is needed");
  });

  it("answers what watches over it, how to ask, and the files of the page", async () => {
    const served = serveTest(database.sql, { requireKey: true });
    for (const path of ["/healthz", "/readyz", "/openapi.json", "/docs"]) {
      expect([path, (await served.app.request(path)).status]).toEqual([path, 200]);
    }
    expect((await served.app.request("/assets/page/nothing.js")).status).toBe(404);
  });

  it("takes any key, as Bearer or as a password, and then answers as without it but for shared caches", async () => {
    const served = serveTest(database.sql, { requireKey: true });
    const open = serveTest(database.sql);
    const { key, headers } = await storedKey(database.sql, "read", "reader");
    const path = "/v1/probabilities?as_of=2025-11-17&known_at=2025-11-18T10:00:00Z";
    const wanted = await open.app.request(path);
    expect(wanted.headers.get("cache-control")).toMatch(/^public, /);
    const body = await wanted.text();
    const basic = { Authorization: `Basic ${Buffer.from(`:${key}`).toString("base64")}` };
    for (const given of [headers, basic]) {
      const response = await served.app.request(path, { headers: given });
      expect([response.status, await response.text()]).toEqual([200, body]);
      expect(response.headers.get("cache-control")).toMatch(/^private, /);
      expect(response.headers.get("etag")).toBe(wanted.headers.get("etag"));
    }
    const page = await served.app.request("/", { headers: basic });
    expect(page.status).toBe(200);
    const head = await served.app.request(path, { method: "HEAD", headers });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect((await served.app.request(path, { method: "DELETE", headers })).headers.get("allow")).toBe("GET, HEAD");
  });

  it("does not let a key that reads touch webhooks", async () => {
    const served = serveTest(database.sql, { requireKey: true });
    const { headers } = await storedKey(database.sql, "read", "reader too");
    expect((await served.app.request("/v1/webhooks", { headers })).status).toBe(403);
  });
});
