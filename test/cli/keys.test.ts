import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keyForm } from "../../src/api/api-key.ts";
import { createApp } from "../../src/api/app.ts";
import { readConfig } from "../../src/config.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { NOW, run, type TestShell, testShell } from "./test-shell.ts";

let database: TestDatabase;
let folder: string;
let shell: TestShell;

beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), "cutwatch-keys-"));
  shell = testShell({ DATABASE_URL: database.url, CUTWATCH_DATA_DIR: folder });
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const WIDEST = 80;

const longest = (text: string): number => Math.max(...text.split("\n").map((line) => line.length));

async function statusWith(key: string): Promise<number> {
  const { sql } = database;
  const changes = { onChange: () => undefined, isLive: () => false };
  const app = createApp({
    sql,
    now: () => NOW,
    version: "t",
    config: readConfig({}),
    changes,
    isReady: async () => true,
  });
  return (await app.request("/v1/webhooks", { headers: { Authorization: `Bearer ${key}` } })).status;
}

describe("cutwatch keys", () => {
  it("prints the key alone on standard output, and what it is beside", async () => {
    const { code, out, err } = await run(shell, "keys", "create", "--name", "desk", "--scope", "webhooks");
    expect(code).toBe(0);
    expect(keyForm(out.trimEnd())).toBe("key");
    expect(out).toBe(`${out.trimEnd()}\n`);
    expect(err).toMatch(/^Key (\d+) "desk": scope webhooks, tenant key-\1\. It is shown this once\.\n$/);
    expect(await statusWith(out.trimEnd())).toBe(200);
  });

  it("prints it with --json, and never again", async () => {
    const made = await run(shell, "keys", "create", "--name", "bot", "--scope", "read", "--tenant", "acme", "--json");
    const { key, ...rest } = JSON.parse(made.out);
    expect(rest).toMatchObject({ name: "bot", scope: "read", tenant: "acme", last_used_at: null, revoked_at: null });
    expect(await statusWith(key)).toBe(403);
    const listed = await run(shell, "keys", "list", "--json");
    expect(JSON.parse(listed.out)).toContainEqual({ ...rest, last_used_at: NOW.toISOString() });
    expect(listed.out).not.toContain(key);
    const table = await run(shell, "keys", "list");
    expect(table.out).toContain(`${rest.shown}…`);
    expect(table.out).not.toContain(key);
    expect(longest(table.out)).toBeLessThanOrEqual(WIDEST);
  });

  it("revokes by number, by beginning or by the whole key, once", async () => {
    for (const by of ["id", "shown", "key"] as const) {
      const made = JSON.parse((await run(shell, "keys", "create", "--name", by, "--scope", "admin", "--json")).out);
      expect(await statusWith(made.key)).toBe(200);
      const { code, out, err } = await run(shell, "keys", "revoke", String(made[by]));
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(out).toBe(`Key ${made.id} "${by}" is revoked: refused everywhere within 10 seconds\n`);
      expect(await statusWith(made.key)).toBe(401);
      const again = await run(shell, "keys", "revoke", String(made[by]));
      expect(again.out).toBe(`Key ${made.id} "${by}" was revoked before, on 2025-11-26 17:00 UTC\n`);
    }
  });

  it("says what goes on without the last key of a tenant, and stops it in the same step", async () => {
    const key = async (scope: string, tenant: string): Promise<string> => {
      const { out } = await run(shell, "keys", "create", "--name", "k", "--scope", scope, "--tenant", tenant, "--json");
      return String(JSON.parse(out).id);
    };
    const hook = async (tenant: string, ...more: string[]): Promise<string> => {
      const made = ["create", "--url", "https://bot.example.com/", "--tenant", tenant, "--json", ...more];
      return String(JSON.parse((await run(shell, "webhooks", ...made)).out).id);
    };
    const enabled = async (id: string) => JSON.parse((await run(shell, "webhooks", "show", id, "--json")).out).enabled;
    const [first, last, reader] = [
      await key("webhooks", "team"),
      await key("webhooks", "team"),
      await key("read", "team"),
    ];
    const hooks = [await hook("team"), await hook("team")];
    const foreign = await hook("others");
    await run(shell, "webhooks", "disable", await hook("team"));
    expect((await run(shell, "keys", "revoke", first)).out).not.toContain("webhook");
    // A key that only reads cannot stop them.
    const warned = (await run(shell, "keys", "revoke", last)).out.split("\n");
    const command = `cutwatch keys revoke ${last} --disable-webhooks`;
    expect(warned[1]).toBe(`2 webhooks of tenant team go on without a key; to stop: ${command}`);
    expect(await enabled(hooks[0] ?? "")).toBe(true);
    const stopped = (await run(shell, ...command.split(" ").slice(1))).out.split("\n");
    expect(stopped[0]).toContain("was revoked before");
    expect(stopped[1]).toBe("2 webhooks of tenant team are disabled; what waits for them stays");
    for (const id of hooks) expect(await enabled(id)).toBe(false);
    expect(await enabled(foreign)).toBe(true);
    expect((await run(shell, "keys", "revoke", reader)).out).not.toContain("webhook");
    const only = await key("admin", "one");
    const alone = await hook("one");
    expect((await run(shell, "keys", "revoke", only, "--disable-webhooks")).out).toContain(
      "refused everywhere within 10 seconds\n1 webhook of tenant one is disabled; what waits for it stays\n",
    );
    expect(await enabled(alone)).toBe(false);
  });

  it.each([
    [["create", "--name", " ", "--scope", "read"], 2, "1 to 100 characters"],
    [["create", "--name", "x", "--scope", "write"], 2, "read, webhooks, admin"],
    [["create", "--scope", "read"], 2, "--name"],
    [["create", "--name", "x", "--scope", "read", "--tenant", "a b"], 2, "letters, digits"],
    [["create", "--name", "x", "--scope", "read", "--tenant", "key-987654"], 2, "no key has this one"],
    [["revoke", "nobody"], 1, "no key has that number"],
    [["make"], 2, "too many arguments"],
  ])("%j: one line, exit %i", async (argv, exit, words) => {
    const { code, out, err } = await run(shell, "keys", ...argv);
    expect({ code, out }).toEqual({ code: exit, out: "" });
    expect(err).toMatch(/^cutwatch: Cannot .*\n$/);
    expect(err).toContain(words);
  });

  it("are not asked of who runs a command on the machine itself", async () => {
    const closed = testShell({ ...shell.env, CUTWATCH_REQUIRE_KEY: "on" });
    expect(await run(closed, "now", "--as-of", "2025-11-17")).toMatchObject({ code: 0, err: "" });
    expect(await run(closed, "webhooks", "list")).toMatchObject({ code: 0, err: "" });
  });

  it("says what there is when it is given nothing to do", async () => {
    const { code, out } = await run(shell, "keys");
    expect(code).toBe(0);
    for (const word of ["create", "list", "revoke"]) expect(out).toContain(word);
  });
});
