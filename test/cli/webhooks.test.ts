import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DeliveryShown, deliveriesTable, outcomeOf } from "../../src/cli/webhooks-text.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { run, type TestShell, testShell } from "./test-shell.ts";

let database: TestDatabase;
let folder: string;
let shell: TestShell;

beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), "cutwatch-webhooks-"));
  shell = testShell({ DATABASE_URL: database.url, CUTWATCH_DATA_DIR: folder });
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const WIDEST = 80;
const longest = (text: string): number => Math.max(...text.split("\n").map((line) => line.length));
const webhooks = (...argv: string[]) => run(shell, "webhooks", ...argv);

async function made(...argv: string[]): Promise<{ id: number; secret: string; [name: string]: unknown }> {
  const { out, err } = await webhooks("create", "--url", "https://bot.example.com/hook", ...argv, "--json");
  if (out === "") throw new Error(err);
  return JSON.parse(out);
}

describe("cutwatch webhooks", () => {
  it("says how to begin", async () => {
    expect((await webhooks("list")).out).toBe("No webhooks yet: cutwatch webhooks create --url https://… makes one\n");
  });

  it("makes one with every option, and shows its secret this once", async () => {
    const rule = { meeting: "2025-12-10", measure: "at_most", range: "350-375", crosses_pct: 50 };
    const options = ["--min-severity", "severe", "--meeting", "next", "--meeting", "2025-12-10", "--max-age-s", "3600"];
    const more = ["--event", "repricing.severe", "--event", "rule.matched", "--rule", JSON.stringify(rule)];
    const url = ["--url", "https://hooks.slack.com/services/T0/B0/s3cret", "--format", "slack"];
    const { code, out, err } = await webhooks("create", ...url, ...options, ...more, "--description", "the desk");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/Secret, shown this once: whsec_\S+\n/);
    const id = /^webhook +(\d+), tenant local$/m.exec(out)?.[1] ?? "";
    const shown = JSON.parse((await webhooks("show", id, "--json")).out);
    expect(shown).toMatchObject({
      ...{ tenant: "local", min_severity: "severe", meetings: ["next", "2025-12-10"], rules: [rule], format: "slack" },
      ...{ events: ["repricing.severe", "rule.matched"], max_age_s: 3600, description: "the desk" },
    });
    const text = (await webhooks("show", id)).out;
    expect(text).toContain("s3cret");
    expect(text).not.toContain("whsec_");
    const list = (await webhooks("list")).out;
    expect(list).toContain("hooks.slack.com (slack;");
    expect(list).not.toContain("s3cret");
    expect(longest(list)).toBeLessThanOrEqual(WIDEST);
  });

  it("reads an address from standard input, for another tenant", async () => {
    const reading = testShell(shell.env, { readStdin: async () => "https://bot.example.com/s3cret\n" });
    const { out } = await run(reading, "webhooks", "create", "--url", "-", "--tenant", "acme", "--json");
    expect(JSON.parse(out)).toMatchObject({ url: "https://bot.example.com/s3cret", tenant: "acme" });
    expect((await webhooks("list")).out).toContain("tenant acme");
  });

  it("disables, enables, rotates and deletes", async () => {
    const { id, secret } = await made();
    expect((await webhooks("disable", String(id))).out).toBe(`Webhook ${id} is disabled\n`);
    expect((await webhooks("test", String(id))).err).toBe(
      `cutwatch: Cannot send a test: webhook ${id} is disabled; enable it first\n`,
    );
    expect((await webhooks("enable", String(id))).out).toBe(`Webhook ${id} is enabled\n`);
    const rotated = JSON.parse((await webhooks("rotate", String(id), "--json")).out);
    expect(rotated.secret).not.toBe(secret);
    const again = await webhooks("rotate", String(id));
    expect([again.code, again.err]).toEqual([1, expect.stringMatching(/signs too until 2025-11-27T\S+, and another/)]);
    const forced = await webhooks("rotate", String(id), "--force");
    expect(forced.out).toMatch(/shown this once: whsec_\S+\nFor 24 hours/);
    expect((await webhooks("delete", String(id))).out).toBe(`Webhook ${id} is deleted\n`);
    expect(await webhooks("show", String(id))).toMatchObject({
      code: 1,
      err: `cutwatch: Cannot find webhook ${id}: there is none of that number\n`,
    });
  });

  it("queues a test, and shows it and a redelivery in the log", async () => {
    const { id } = await made();
    const queued = JSON.parse((await webhooks("test", String(id), "--json")).out);
    expect((await webhooks("redeliver", String(queued.delivery_id))).out).toContain(queued.message_id);
    const log = (await webhooks("deliveries", String(id))).out;
    expect(log).toMatch(/webhook\.test +pending +0 +not tried yet/);
    expect((await webhooks("deliveries", String(id), "--state", "failed")).out).toBe(
      `Nothing was sent to webhook ${id} that is failed\n`,
    );
  });

  it("gives a test the path alone where the server takes a free port, which only itself knows", async () => {
    const { id } = await made();
    const free = testShell({ ...shell.env, PORT: "0" });
    const queued = JSON.parse((await run(free, "webhooks", "test", String(id), "--json")).out);
    const [row] = await database.sql`
      select body #>> '{data,url}' as url from cutwatch.webhook_deliveries where id = ${queued.delivery_id}
    `;
    expect(row).toEqual({ url: `/v1/webhooks/${id}` });
  });

  it("waits for what becomes of a test", async () => {
    const { id } = await made();
    // What a process that sends would note.
    await database.sql.unsafe(`
      create function cutwatch.arrive() returns trigger language plpgsql as $$
      begin
        update cutwatch.webhook_deliveries
        set state = 'delivered', finished_at = created_at, attempts = 1, last_status = 204
        where id = new.id;
        insert into cutwatch.webhook_attempts (delivery_id, number, fence, worker, started_at, finished_at, duration_ms, status)
        values (new.id, 1, 1, 'w', new.created_at, new.created_at, 12.3, 204);
        return new;
      end $$;
      create trigger arrive after insert on cutwatch.webhook_deliveries for each row execute function cutwatch.arrive();
    `);
    const { code, out } = await webhooks("test", String(id), "--wait");
    await database.sql.unsafe("drop function cutwatch.arrive cascade");
    expect(out).toMatch(/^Delivery \d+ \(msg_\d+_t\S+\) delivered: HTTP 204 in 12 ms\n$/);
    expect(code).toBe(0);
  });

  it("replays the sample's story, and tries a subscription on it", async () => {
    const { id } = await made("--meeting", "2025-12-10");
    expect((await webhooks("replay", String(id), "--since", "2025-10-01")).out).toBe(
      `5 messages since 2025-10-01T00:00:00.000Z queued for webhook ${id}: a process that serves or works sends them\n`,
    );
    const tried = await webhooks("dry-run", String(id), "--min-severity", "severe", "--from", "2025-10-01");
    expect(tried.out).toMatch(/^as of +type +what$/m);
    expect(tried.out).toMatch(/^2025-11-13 +repricing\.severe /m);
    expect(tried.out).not.toContain("2025-10-16");
    expect(tried.out).toMatch(/\d messages from 2025-10-01 to 2025-11-25, \d+\.\d a year\n$/);
    expect(longest(tried.out)).toBeLessThanOrEqual(WIDEST);
    const log = (await webhooks("deliveries", String(id))).out;
    expect(longest(log)).toBeLessThanOrEqual(WIDEST);
  });

  it("says which rules a dry run could not judge, and where a year cannot be told", async () => {
    const hour = { meeting: "next", measure: "hold", shift_pp: 5, window: "1h" };
    const level = { meeting: "2025-12-10", measure: "expected_rate", crosses_bp: 370 };
    const rules = ["--rule", JSON.stringify(level), "--rule", JSON.stringify(hour)];
    const { out } = await webhooks("dry-run", "--event", "rule.matched", ...rules, "--from", "2025-11-03");
    expect(out).toContain("\n2 messages from 2025-11-03 to 2025-11-25; 22 days are too few to say how often\n");
    expect(out).toMatch(/\nRule 2 was not judged: +an hour's window cannot be seen in daily readings/);
    expect(longest(out)).toBeLessThanOrEqual(WIDEST);
    const quiet = await webhooks("dry-run", "--event", "rule.matched", "--rule", JSON.stringify(hour));
    expect(quiet.out).toMatch(/^0 messages from .*, 0\.0 a year\nRule 1 was not judged: +an hour's window/);
  });

  it.each([
    [["create", "--url", "http://127.0.0.1/"], 2, "Cannot use url: its host is an address"],
    [["create", "--url", "https://a.example.com", "--rule", "{"], 2, "Cannot read --rule {: must be JSON"],
    [["create", "--url", "https://a.example.com", "--rule", "{}"], 2, "Cannot read rules[0].meeting"],
    [["create"], 2, "--url"],
    [["create", "--url", "https://api.telegram.org/bot1:s/sendMessage", "--format", "telegram"], 2, "?chat_id="],
    [["create", "--url", "https://api.telegram.org/bot1:s?chat_id=7", "--format", "telegram"], 2, "/sendMessage"],
    [["create", "--url", "https://hooks.slack.com/services/T/B/s"], 2, "may be slack with this address"],
    [["create", "--url", "https://a.example.com", "--event", "repricing.notice"], 2, "min_severity sharp"],
    [["dry-run", "--meeting", "2025-12-11"], 2, "next to it are 2025-12-10 and 2026-01-28"],
    [["show", "twelve"], 2, "must be a whole number"],
    [["show", "987654321"], 1, "there is none of that number"],
    [["replay", "1", "--since", "soon"], 2, "Cannot read since"],
    [["dry-run", "--format", "teams"], 2, "Cannot read format"],
  ])("%j: one line, exit %i", async (argv, exit, words) => {
    const { code, out, err } = await webhooks(...argv);
    expect({ code, out }).toEqual({ code: exit, out: "" });
    expect(err).toMatch(/^cutwatch: .*\n$/);
    expect(err).toContain(words);
  });

  it("keeps to its key: another one is refused", async () => {
    const other = testShell({ ...shell.env, CUTWATCH_SECRET_KEY: Buffer.alloc(32, 9).toString("base64") });
    const { code, err } = await run(other, "webhooks", "create", "--url", "https://bot.example.com/");
    expect(err).toContain("set CUTWATCH_SECRET_KEY to the same in each process");
    expect(code).toBe(1);
  });

  it("has an example for every command", async () => {
    const { out } = await webhooks();
    const commands = [...out.matchAll(/^ {2}([a-z-]+) /gm)]
      .map((match) => match[1] ?? "")
      .filter((word) => word !== "");
    expect(commands.length).toBeGreaterThanOrEqual(12);
    for (const command of commands) {
      expect((await webhooks(command, "--help")).out).toContain(`  $ cutwatch webhooks ${command}`);
    }
  });
});

describe("outcomeOf()", () => {
  const attempt = { number: 1, finished_at: "2025-11-17T20:00:01Z", duration_ms: 31.4, status: 500, error: "HTTP 500" };
  const delivery: DeliveryShown = {
    ...{ id: 7, message_id: "m", type: "webhook.test", as_of: "2025-11-17T20:00:00Z", state: "pending" },
    ...{ due_at: "2025-11-17T20:00:06Z", last_error: null, attempt_count: 1, attempts: [attempt] },
  };

  it("is nothing while an attempt is to come or under way", () => {
    expect(outcomeOf({ ...delivery, attempt_count: 0, attempts: [] })).toBeNull();
    expect(outcomeOf({ ...delivery, attempts: [{ ...attempt, finished_at: null }] })).toBeNull();
  });

  it("tells of a failure and when it is tried again", () => {
    expect(outcomeOf(delivery)).toEqual({
      text: "not delivered: HTTP 500; tried again at 2025-11-17 20:00 UTC",
      arrived: false,
    });
    expect(outcomeOf({ ...delivery, state: "failed", due_at: null })).toMatchObject({ arrived: false });
  });

  it("fits a long type and a long error into a narrow terminal", () => {
    const long = { ...delivery, type: "repricing.withdrawn", state: "delivered" };
    const error = "its host resolves to an address that is not public (loopback)";
    const table = deliveriesTable([{ ...long, attempts: [{ ...attempt, error }] }], WIDEST);
    expect(longest(table)).toBeLessThanOrEqual(WIDEST);
    expect(table.replaceAll(/\s+/g, " ")).toContain("not public");
  });
});
