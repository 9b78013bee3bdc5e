import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPERATIONS } from "../../src/api/operations.ts";
import type { Operation } from "../../src/api/write.ts";
import { openSecret } from "../../src/webhooks/secret.ts";
import type { TestDatabase } from "../setup/database.ts";
import { storedKey } from "./keys.ts";
import { ASKED, sampleDatabase } from "./sample-repricings.ts";
import { type Served, serveTest } from "./served.ts";

const SECRET_KEY = new Uint8Array(32).fill(7);
const URL_A = "https://bot.example.com/cutwatch";

type Headers = Record<string, string>;
interface Answered {
  readonly status: number;
  readonly headers: globalThis.Headers;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of every operation and every problem
  readonly body: any;
}

let database: TestDatabase;
let served: Served;
let mine: Headers;
let theirs: Headers;
let admin: Headers;

beforeAll(async () => {
  database = await sampleDatabase();
  served = serveTest(database.sql, { secretKey: SECRET_KEY, now: ASKED });
  mine = (await storedKey(database.sql, "webhooks", "mine")).headers;
  theirs = (await storedKey(database.sql, "webhooks", "theirs")).headers;
  admin = (await storedKey(database.sql, "admin", "operator")).headers;
});
afterAll(() => database.drop());

async function ask(headers: Headers, method: string, path: string, body?: unknown): Promise<Answered> {
  const sent = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
  const type: Headers = body === undefined ? {} : { "Content-Type": "application/json" };
  const response = await served.app.request(path, { method, headers: { ...type, ...headers }, ...sent });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
}

async function made(body: object = {}, headers: Headers = mine): Promise<number> {
  const { status, body: webhook } = await ask(headers, "POST", "/v1/webhooks", { url: URL_A, ...body });
  if (status !== 201) throw new Error(`Cannot make a webhook: ${JSON.stringify(webhook)}`);
  return webhook.id;
}

/** A delivery of a webhook, waiting or ended. */
async function delivered(webhookId: number, message: string, state = "pending"): Promise<number> {
  const [row] = await database.sql<{ id: number }[]>`
    insert into cutwatch.webhook_deliveries (webhook_id, message_id, type, body, as_of, recorded_at, created_at, state,
      asked_for, tries, attempts, due_at, fence, finished_at)
    select ${webhookId}, ${message}, 'webhook.test', '{}', t, t, t, ${state}, false, 1, 1, t, 1,
      case when ${state}::text <> 'pending' then t end
    from (select ${new Date(ASKED).toISOString()}::timestamptz as t) n
    returning id
  `;
  return row?.id ?? 0;
}

describe("creating a webhook", () => {
  it("answers it with its defaults, where it is, and the secret", async () => {
    const { status, headers, body } = await ask(mine, "POST", "/v1/webhooks", { url: URL_A });
    expect(status).toBe(201);
    expect(headers.get("location")).toBe(`/v1/webhooks/${body.id}`);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(body).toEqual({
      id: expect.any(Number),
      tenant: "mine",
      url: URL_A,
      min_severity: "sharp",
      meetings: null,
      rules: [],
      rules_not_judged: [],
      events: null,
      format: "standard",
      max_age_s: null,
      description: "",
      enabled: true,
      disabled_reason: null,
      disabled_at: null,
      failing_since: null,
      last_success_at: null,
      previous_secret_until: null,
      health: { pending: 0, delivered_24h: 0, failed_24h: 0 },
      created_at: served.now.toISOString(),
      updated_at: served.now.toISOString(),
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
    });
  });

  it("tells the secret in no other answer, and seals it where it is stored", async () => {
    const { body } = await ask(mine, "POST", "/v1/webhooks", { url: URL_A });
    const path = `/v1/webhooks/${body.id}`;
    const others = [
      await ask(mine, "GET", path),
      await ask(mine, "GET", "/v1/webhooks"),
      await ask(mine, "PATCH", path, { description: "x" }),
      await ask(mine, "GET", `${path}/deliveries`),
    ];
    for (const { status, body: other } of others) {
      expect(status).toBe(200);
      expect(JSON.stringify(other)).not.toContain("whsec_");
    }
    const [row] = await database.sql<{ secret: Uint8Array; whole: string }[]>`
      select secret, w::text as whole from cutwatch.webhooks w where id = ${body.id}
    `;
    expect(row?.whole).not.toContain(body.secret.slice(6));
    expect(openSecret(SECRET_KEY, row?.secret ?? new Uint8Array())).toBe(body.secret);
  });

  it("gives back every setting as it was given", async () => {
    const settings = {
      url: "https://hooks.slack.com/services/T0/B0/x",
      min_severity: "severe",
      meetings: ["2025-12-10", "next", "year_end"],
      rules: [
        { meeting: "2025-12-10", measure: "range", range: "350-375", crosses_pct: 50 },
        { meeting: "next", measure: "hold", shift_pp: 12.5, window: "1h", hysteresis: 2, cool_down_s: 0 },
        { meeting: "next+1", measure: "expected_rate", crosses_bp: 375.5 },
        { meeting: "year_end", measure: "expected_rate", shift_bp: 8, window: "1w" },
      ],
      events: ["repricing.severe", "rule.matched"],
      format: "slack",
      max_age_s: 3600,
      description: "desk, “quoted” & <b>",
      enabled: false,
    };
    const id = await made(settings);
    expect((await ask(mine, "GET", `/v1/webhooks/${id}`)).body).toMatchObject({
      ...settings,
      disabled_at: served.now.toISOString(),
      disabled_reason: null,
    });
  });

  it("takes a day for the window of a shift that names none", async () => {
    const id = await made({ rules: [{ meeting: "next", measure: "ease", shift_pp: 10 }] });
    expect((await ask(mine, "GET", `/v1/webhooks/${id}`)).body.rules).toEqual([
      { meeting: "next", measure: "ease", shift_pp: 10, window: "1d" },
    ]);
  });

  it("refuses to where there is no key to seal with, and with another key than the one in use", async () => {
    const other = { secretKey: new Uint8Array(32).fill(8), now: ASKED };
    for (const [options, words] of [
      [{ now: ASKED }, "no key to seal it with"],
      [other, "set CUTWATCH_SECRET_KEY to the same"],
    ] as const) {
      const { app } = serveTest(database.sql, options);
      const init = { method: "POST", body: JSON.stringify({ url: URL_A }) };
      const response = await app.request("/v1/webhooks", {
        ...init,
        headers: { ...mine, "Content-Type": "application/json" },
      });
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ detail: expect.stringContaining(words) });
    }
  });

  it("stops at 100 of a tenant, however many come at once", async () => {
    const many = (await storedKey(database.sql, "webhooks", "many")).headers;
    const answers = await Promise.all(
      Array.from({ length: 104 }, () => ask(many, "POST", "/v1/webhooks", { url: URL_A })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(100);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(4);
    const first = await ask(many, "GET", "/v1/webhooks?limit=60");
    const rest = await ask(many, "GET", `/v1/webhooks?limit=60&cursor=${first.body.next_cursor}`);
    const ids = [...first.body.data, ...rest.body.data].map(({ id }) => id);
    expect([new Set(ids).size, rest.body.next_cursor]).toEqual([100, null]);
    await ask(many, "DELETE", `/v1/webhooks/${ids[0]}`);
    expect((await ask(many, "POST", "/v1/webhooks", { url: URL_A })).status).toBe(201);
  });
});

describe("a body that cannot be used", () => {
  const rule = { meeting: "next", measure: "range", range: "350-375", crosses_pct: 50 };
  it.each([
    [{}, "url", "it is missing"],
    [{ url: 7 }, "url", "was 7"],
    [{ url: URL_A, uri: "x" }, "uri", "known here are url, min_severity"],
    [{ url: URL_A, min_severity: "loud" }, "min_severity", "notice, sharp, severe or extreme"],
    [{ url: URL_A, meetings: [] }, "meetings", "next+1 or year_end"],
    [{ url: URL_A, meetings: ["2025-02-30"] }, "meetings", "a decision day"],
    [{ url: URL_A, meetings: ["next", "next"] }, "meetings", "each once"],
    [{ url: URL_A, events: ["webhook.test"] }, "events", "rule.matched"],
    [{ url: URL_A, format: "teams" }, "format", "standard, slack, discord or telegram"],
    [{ url: URL_A, max_age_s: 0 }, "max_age_s", "a whole number from 1"],
    [{ url: URL_A, max_age_s: 1.5 }, "max_age_s", "a whole number"],
    [{ url: URL_A, description: "a\nb" }, "description", "on one line"],
    [{ url: URL_A, description: "\u0000" }, "description", "on one line"],
    [{ url: URL_A, enabled: "yes" }, "enabled", "true or false"],
    [{ url: URL_A, enabled: null }, "enabled", "true or false"],
    [{ url: URL_A, rules: "all" }, "rules", "a list of at most 20 rules"],
    [{ url: URL_A, rules: Array(21).fill(rule) }, "rules", "at most 20"],
    [{ url: URL_A, rules: [7] }, "rules[0]", "an object with meeting, measure"],
    [{ url: URL_A, rules: [rule, { ...rule, level: 5 }] }, "rules[1].level", "known here are meeting, measure"],
    [{ url: URL_A, rules: [{ ...rule, measure: "cut" }] }, "rules[0].measure", 'was "cut", may be range, at_most'],
    [{ url: URL_A, rules: [{ ...rule, meeting: "soon" }] }, "rules[0].meeting", "next, next+1 or year_end"],
    [{ url: URL_A, rules: [{ ...rule, range: "350-400" }] }, "rules[0].range", "such as 350-375"],
    [{ url: URL_A, rules: [{ ...rule, range: undefined }] }, "rules[0].range", "since the measure is range"],
    [{ url: URL_A, rules: [{ ...rule, measure: "hold" }] }, "rules[0].range", "may be absent"],
    [{ url: URL_A, rules: [{ ...rule, shift_pp: 5 }] }, "rules[0]", "exactly one of crosses_pct and shift_pp"],
    [{ url: URL_A, rules: [{ ...rule, crosses_pct: null }] }, "rules[0]", "exactly one of"],
    [{ url: URL_A, rules: [{ ...rule, crosses_pct: 100 }] }, "rules[0].crosses_pct", "between 0 and 100"],
    [{ url: URL_A, rules: [{ ...rule, window: "1d" }] }, "rules[0].window", "has no window"],
    [{ url: URL_A, rules: [{ ...rule, hysteresis: 51 }] }, "rules[0].hysteresis", "at most 50"],
    [
      { url: URL_A, rules: [{ meeting: "next", measure: "expected_rate", crosses_pct: 5 }] },
      "rules[0]",
      "crosses_bp and shift_bp",
    ],
    [
      { url: URL_A, rules: [{ meeting: "next", measure: "ease", shift_pp: 5, hysteresis: 5 }] },
      "rules[0].hysteresis",
      "less than the shift",
    ],
    [{ url: URL_A, rules: [rule], events: ["repricing.sharp"] }, "events", "since there are rules"],
    [{ url: URL_A, events: ["rule.matched"] }, "events", "come with rules"],
    [
      { url: URL_A, events: ["repricing.notice"] },
      "events",
      'was ["repricing.notice"], may be a list with a type that',
    ],
    [{ url: URL_A, events: ["repricing.notice"], min_severity: "sharp" }, "events", "min_severity sharp lets through"],
    [
      { url: URL_A, events: ["repricing.notice", "repricing.severe"], min_severity: "extreme" },
      "events",
      "min_severity extreme lets through",
    ],
    [{ url: URL_A, meetings: ["2025-12-11"] }, "meetings", "next to it are 2025-12-10 and 2026-01-28"],
    [{ url: URL_A, meetings: ["next", "1999-12-21"] }, "meetings", "next to it are 2000-02-02"],
    [
      { url: URL_A, rules: [rule, { ...rule, meeting: "2025-12-09" }] },
      "rules[1].meeting",
      "2025-12-09 is no meeting's decision day, next to it are 2025-10-29 and 2025-12-10",
    ],
    [
      { url: URL_A, rules: [{ meeting: "next", measure: "expected_rate", crosses_bp: 370, hysteresis: 371 }] },
      "rules[0].hysteresis",
      "at most 370, so that the level of 370 bp can be crossed both ways",
    ],
    [
      { url: URL_A, rules: [{ ...rule, meeting: "2025-12-10" }], events: ["rule.matched"] },
      "rules[0].meeting",
      "2025-12-10 is decided, so that nothing would ever be sent",
    ],
    [
      {
        url: URL_A,
        rules: ["2025-12-10", "2025-10-29"].map((meeting) => ({ ...rule, meeting })),
        events: ["rule.matched", "repricing.notice"],
      },
      "rules[0].meeting",
      "their meetings are decided",
    ],
    [
      { url: URL_A, rules: [{ meeting: "next", measure: "expected_rate", crosses_bp: -50, hysteresis: 26 }] },
      "rules[0].hysteresis",
      "at most 25",
    ],
  ])("%j: 400 naming %s", async (body, parameter, words) => {
    const { status, headers, body: problem } = await ask(mine, "POST", "/v1/webhooks", body);
    expect(problem).toMatchObject({ status: 400, parameter, detail: expect.stringContaining(words) });
    expect([status, headers.get("content-type")]).toEqual([400, "application/problem+json"]);
  });

  it.each([
    { events: ["repricing.notice"], min_severity: "notice" },
    { events: ["repricing.notice", "repricing.withdrawn"], min_severity: "extreme" },
    { events: ["repricing.notice", "digest.daily"] },
    { events: ["repricing.extreme"] },
    { events: ["rule.matched", "data.stale"] },
    // Of the past, for a replay; between the scheduled ones; and one that no calendar has yet.
    { meetings: ["2025-09-17", "2020-03-15", "2029-01-31"] },
    { rules: [{ ...rule, meeting: "2025-09-17" }] },
    { rules: [{ ...rule, meeting: "2025-09-17" }, rule], events: ["rule.matched"] },
    { rules: [{ ...rule, meeting: "2025-09-17" }], events: ["rule.matched", "digest.daily"] },
    { rules: [{ meeting: "next", measure: "expected_rate", crosses_bp: 370, hysteresis: 370 }] },
    { rules: [{ meeting: "next", measure: "expected_rate", crosses_bp: 0, hysteresis: 25 }] },
  ])("is not %j: that can be sent", async (body) => {
    expect((await ask(mine, "POST", "/v1/webhooks", { url: URL_A, ...body })).status).toBe(201);
    expect((await ask(mine, "POST", "/v1/webhooks/dry-run", body)).status).toBe(200);
  });

  it("is told apart where it is tried or changed, too", async () => {
    const id = await made({ events: ["repricing.notice"], min_severity: "notice" });
    const path = `/v1/webhooks/${id}`;
    for (const [change, parameter] of [
      [{ min_severity: null }, "events"],
      [{ meetings: ["2025-12-11"] }, "meetings"],
      [{ rules: [{ ...rule, meeting: "2025-12-11" }], events: null }, "rules[0].meeting"],
      [{ rules: [{ ...rule, meeting: "2025-12-10" }], events: ["rule.matched"] }, "rules[0].meeting"],
    ] as const) {
      expect((await ask(mine, "PATCH", path, change)).body).toMatchObject({ status: 400, parameter });
    }
    const silent = { events: ["repricing.notice"] };
    expect((await ask(mine, "POST", "/v1/webhooks/dry-run", silent)).body).toMatchObject({ parameter: "events" });
    const between = { meetings: ["2025-12-11"] };
    expect((await ask(mine, "POST", "/v1/webhooks/dry-run", between)).body).toMatchObject({ parameter: "meetings" });
    // What is said of something else does not ask again: a meeting may have been called off since.
    await database.sql`update cutwatch.webhooks set meetings = '{2025-12-11}', min_severity = 'severe' where id = ${id}`;
    expect((await ask(mine, "PATCH", path, { enabled: false })).status).toBe(200);
  });

  it("names the chat that an address of Telegram must name, and not the bot's token", async () => {
    const url = "https://api.telegram.org/bot12:s3cret/sendMessage";
    for (const without of [url, `${url}?chat_id=`, `${url}?chat=7`]) {
      for (const path of ["/v1/webhooks", "/v1/webhooks/dry-run"]) {
        const { status, body } = await ask(mine, "POST", path, { url: without, format: "telegram" });
        expect([status, body.parameter, body.detail]).toEqual([400, "url", expect.stringContaining("?chat_id=")]);
        expect(JSON.stringify(body)).not.toContain("s3cret");
      }
    }
    const id = await made({ url: `${url}?chat_id=-1001&disable_notification=true`, format: "telegram" });
    expect((await ask(mine, "PATCH", `/v1/webhooks/${id}`, { url })).body).toMatchObject({ parameter: "url" });
    const plain = await made();
    const changed = await ask(mine, "PATCH", `/v1/webhooks/${plain}`, { format: "telegram" });
    expect(changed.body).toMatchObject({ status: 400, parameter: "url" });
    expect((await ask(mine, "POST", "/v1/webhooks/dry-run", { format: "telegram" })).status).toBe(200);
  });

  it("is refused where a chat service takes another form, when it is made, tried or changed", async () => {
    const url = "https://hooks.slack.com/services/T0/B0/s3cret";
    for (const path of ["/v1/webhooks", "/v1/webhooks/dry-run"]) {
      const { body } = await ask(mine, "POST", path, { url });
      expect(body).toMatchObject({ status: 400, parameter: "format", was: "standard" });
      expect(body.detail).toBe(
        "Cannot use format: hooks.slack.com refuses messages of format standard; may be slack with this address",
      );
      expect(JSON.stringify(body)).not.toContain("s3cret");
    }
    const id = await made({ url, format: "slack" });
    const change = (body: object) => ask(mine, "PATCH", `/v1/webhooks/${id}`, body);
    for (const wrong of [{ format: null }, { url: "https://discord.com/api/webhooks/1/s3cret" }]) {
      expect((await change(wrong)).body).toMatchObject({ status: 400, parameter: "format" });
    }
    expect((await change({ url: URL_A })).status).toBe(200);
  });

  it("changes what else there is to one that was made before its address was looked at", async () => {
    const url = "https://api.telegram.org/bot12:s3cret";
    const id = await made();
    await database.sql`update cutwatch.webhooks set url = ${url}, format = 'standard' where id = ${id}`;
    const change = (body: object) => ask(mine, "PATCH", `/v1/webhooks/${id}`, body);
    expect((await change({ enabled: false, description: "old" })).status).toBe(200);
    expect((await change({ url, format: "standard", min_severity: "severe" })).status).toBe(200);
    expect((await change({ format: "telegram" })).body).toMatchObject({ status: 400, parameter: "url" });
    const whole = { url: `${url}/sendMessage?chat_id=7`, format: "telegram" };
    expect((await change(whole)).status).toBe(200);
  });

  it("names the host alone of an address that may not be called", async () => {
    for (const url of ["http://hooks.slack.com/services/s3cret", "https://me:s3cret@hooks.slack.com/s3cret"]) {
      const { status, body } = await ask(mine, "POST", "/v1/webhooks", { url });
      expect([status, body.parameter]).toEqual([400, "url"]);
      expect(JSON.stringify(body)).not.toContain("s3cret");
      expect(body.was).toMatch(/^https?:\/\/hooks\.slack\.com\/…$/);
    }
    expect((await ask(mine, "POST", "/v1/webhooks", { url: "https://169.254.169.254/" })).status).toBe(400);
  });

  it("is told apart: no JSON, another type, too large, none wanted", async () => {
    const post = async (init: RequestInit, path = "/v1/webhooks") => {
      const headers = { ...mine, "Content-Type": "application/json", ...(init.headers as Headers | undefined) };
      return (await served.app.request(path, { method: "POST", ...init, headers })).status;
    };
    expect(await post({ body: "{" })).toBe(400);
    expect(await post({ body: "" })).toBe(400);
    expect(await post({ body: "[]" })).toBe(400);
    expect(await post({ body: new Uint8Array([0x22, 0xff, 0x22]) })).toBe(400);
    expect(await post({ body: "{}", headers: { "Content-Type": "text/plain" } })).toBe(415);
    expect(await post({ body: "{}", headers: { "Content-Type": "application/json; charset=latin1" } })).toBe(415);
    const url = { url: URL_A, description: "x".repeat(66_000) };
    expect(await post({ body: JSON.stringify(url) })).toBe(413);
    const id = await made();
    expect(await post({ body: '{"url":"x"}' }, `/v1/webhooks/${id}/test`)).toBe(400);
    expect(await post({ body: "{}", headers: { "Content-Type": "text/plain" } }, `/v1/webhooks/${id}/test`)).toBe(202);
  });
});

describe("changing a webhook", () => {
  it("keeps what is absent and resets what is null", async () => {
    const id = await made({
      meetings: ["next"],
      min_severity: "severe",
      max_age_s: 60,
      description: "d",
      format: "slack",
    });
    const path = `/v1/webhooks/${id}`;
    served.now = new Date(served.now.getTime() + 1000);
    const first = await ask(mine, "PATCH", path, { min_severity: null, max_age_s: null });
    expect(first.body).toMatchObject({ min_severity: "sharp", max_age_s: null, meetings: ["next"], format: "slack" });
    expect(first.body.updated_at).toBe(served.now.toISOString());
    const all = { meetings: null, rules: null, events: null, format: null, description: null };
    expect((await ask(mine, "PATCH", path, all)).body).toMatchObject({
      meetings: null,
      rules: [],
      events: null,
      format: "standard",
      description: "",
      url: URL_A,
    });
    const before = (await ask(mine, "GET", path)).body;
    expect((await ask(mine, "PATCH", path, {})).body).toEqual(before);
  });

  it("checks what comes of it as a whole", async () => {
    const id = await made({ rules: [{ meeting: "next", measure: "ease", crosses_pct: 50 }] });
    const refused = await ask(mine, "PATCH", `/v1/webhooks/${id}`, { events: ["repricing.sharp"] });
    expect(refused.body).toMatchObject({ status: 400, parameter: "events" });
    const both = await ask(mine, "PATCH", `/v1/webhooks/${id}`, { events: ["repricing.sharp"], rules: [] });
    expect(both.status).toBe(200);
  });

  it("forgets a failure when a person enables it or gives another address, not otherwise", async () => {
    const id = await made();
    const path = `/v1/webhooks/${id}`;
    const broken = async () => database.sql`
      update cutwatch.webhooks
      set enabled = false, disabled_reason = 'gone', disabled_at = now(), failing_since = now()
      where id = ${id}
    `;
    await broken();
    expect((await ask(mine, "PATCH", path, { description: "x" })).body).toMatchObject({ disabled_reason: "gone" });
    expect((await ask(mine, "PATCH", path, { enabled: true })).body).toMatchObject({
      enabled: true,
      disabled_reason: null,
      disabled_at: null,
      failing_since: null,
    });
    await broken();
    const moved = await ask(mine, "PATCH", path, { url: "https://other.example.com/" });
    expect(moved.body).toMatchObject({ enabled: false, disabled_reason: "gone", failing_since: null });
    const stopped = await ask(mine, "PATCH", `/v1/webhooks/${await made()}`, { enabled: false });
    expect(stopped.body).toMatchObject({
      enabled: false,
      disabled_reason: null,
      disabled_at: served.now.toISOString(),
    });
  });

  it("rotates the secret: the one before signs too for 24 hours", async () => {
    const { body: first } = await ask(mine, "POST", "/v1/webhooks", { url: URL_A });
    const { status, body: second } = await ask(mine, "POST", `/v1/webhooks/${first.id}/rotate-secret`);
    const until = new Date(served.now.getTime() + 86_400_000);
    expect([status, second.previous_secret_until]).toEqual([200, until.toISOString()]);
    expect(second.secret).toMatch(/^whsec_/);
    expect(second.secret).not.toBe(first.secret);
    const [row] = await database.sql<{ secret: Uint8Array; previous: Uint8Array; until: Date }[]>`
      select secret, previous_secret as previous, previous_until as until from cutwatch.webhooks where id = ${first.id}
    `;
    expect(openSecret(SECRET_KEY, row?.secret ?? new Uint8Array())).toBe(second.secret);
    expect(openSecret(SECRET_KEY, row?.previous ?? new Uint8Array())).toBe(first.secret);
    expect(row?.until).toEqual(until);
  });

  it("does not end a secret that still signs, unless it is forced to", async () => {
    const { body: first } = await ask(mine, "POST", "/v1/webhooks", { url: URL_A });
    const path = `/v1/webhooks/${first.id}/rotate-secret`;
    const previous = async () => {
      const [row] = await database.sql<{ previous: Uint8Array }[]>`
        select previous_secret as previous from cutwatch.webhooks where id = ${first.id}
      `;
      return openSecret(SECRET_KEY, row?.previous ?? new Uint8Array());
    };
    // Of two at once one is done.
    const both = await Promise.all([ask(mine, "POST", path), ask(mine, "POST", path)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const until = new Date(served.now.getTime() + 86_400_000).toISOString();
    const again = await ask(mine, "POST", path);
    expect(again.body).toMatchObject({ status: 409, detail: expect.stringContaining(`signs too until ${until}`) });
    expect((await ask(mine, "POST", `${path}?force=false`)).status).toBe(409);
    expect((await ask(mine, "POST", `${path}?force=yes`)).body).toMatchObject({ status: 400, parameter: "force" });
    expect(await previous()).toBe(first.secret);
    const second = both.find(({ status }) => status === 200)?.body.secret;
    expect((await ask(mine, "POST", `${path}?force=true`)).status).toBe(200);
    expect(await previous()).toBe(second);
    const { now } = served;
    served.now = new Date(now.getTime() + 86_400_000);
    expect((await ask(mine, "POST", path)).status).toBe(200);
    served.now = now;
  });

  it("deletes it with its secrets, the rest of its address and what waits", async () => {
    const id = await made({ url: "https://hooks.slack.com/services/s3cret", format: "slack" });
    const waiting = await delivered(id, "m1");
    const done = await delivered(id, "m2", "delivered");
    const path = `/v1/webhooks/${id}`;
    const gone = await ask(mine, "DELETE", path);
    expect([gone.status, gone.body]).toEqual([204, null]);
    const [row] = await database.sql`
      select url, length(secret) as bytes, enabled from cutwatch.webhooks where id = ${id}
    `;
    expect(row).toEqual({ url: "https://hooks.slack.com", bytes: 0, enabled: false });
    const states = await database.sql`
      select id, state, last_error from cutwatch.webhook_deliveries where webhook_id = ${id} order by id
    `;
    expect([...states]).toEqual([
      { id: waiting, state: "expired", last_error: "The webhook was deleted: not sent" },
      { id: done, state: "delivered", last_error: null },
    ]);
    for (const method of ["GET", "DELETE"]) expect((await ask(mine, method, path)).status).toBe(404);
    expect((await ask(mine, "GET", `/v1/deliveries/${done}`)).status).toBe(404);
    expect((await ask(mine, "GET", `${path}/deliveries`)).status).toBe(404);
  });
});

describe("the delivery log", () => {
  it("gives every attempt, newest delivery first, in pages that newer ones do not shift", async () => {
    const id = await made();
    const ids: number[] = [];
    for (let i = 0; i < 5; i++) ids.push(await delivered(id, `p${i}`, i === 2 ? "failed" : "pending"));
    await database.sql`
      insert into cutwatch.webhook_attempts (delivery_id, number, fence, worker, started_at, finished_at, duration_ms,
        status, error, answer)
      values (${ids[2] ?? 0}, 1, 1, 'w', ${served.now}, ${served.now}, 12.5, 500, 'HTTP 500', 'oops')
    `;
    const path = `/v1/webhooks/${id}/deliveries`;
    const first = await ask(mine, "GET", `${path}?limit=2`);
    await delivered(id, "newer");
    const second = await ask(mine, "GET", `${path}?limit=2&cursor=${first.body.next_cursor}`);
    const third = await ask(mine, "GET", `${path}?limit=2&cursor=${second.body.next_cursor}`);
    const found = [first, second, third].flatMap(({ body }) => body.data.map((row: { id: number }) => row.id));
    expect(found).toEqual(ids.toReversed());
    expect(third.body.next_cursor).toBeNull();
    const failed = await ask(mine, "GET", `${path}?state=failed`);
    const at = served.now.toISOString();
    expect(failed.body.data).toMatchObject([
      {
        id: ids[2],
        state: "failed",
        due_at: null,
        attempt_count: 1,
        attempts: [
          {
            number: 1,
            started_at: at,
            finished_at: at,
            duration_ms: 12.5,
            status: 500,
            error: "HTTP 500",
            answer: "oops",
          },
        ],
      },
    ]);
    expect((await ask(mine, "GET", `/v1/deliveries/${ids[2]}`)).body).toEqual(failed.body.data[0]);
    expect((await ask(mine, "GET", `/v1/webhooks/${id}`)).body.health).toEqual({
      pending: 5,
      delivered_24h: 0,
      failed_24h: 1,
    });
    const other = await made();
    const foreign = await ask(mine, "GET", `/v1/webhooks/${other}/deliveries?cursor=${first.body.next_cursor}`);
    expect(foreign.body).toMatchObject({ status: 400, parameter: "cursor" });
  });
});

describe("asking for messages", () => {
  it("queues a test, and tells where it can be followed", async () => {
    const id = await made();
    const { status, headers, body } = await ask(mine, "POST", `/v1/webhooks/${id}/test`);
    expect([status, headers.get("location")]).toEqual([202, `/v1/deliveries/${body.delivery_id}`]);
    const { body: delivery } = await ask(mine, "GET", headers.get("location") ?? "");
    expect(delivery).toMatchObject({
      type: "webhook.test",
      message_id: body.message_id,
      state: "pending",
      asked_for: true,
    });
  });

  it("replays what history wants since an instant, once, and only then", async () => {
    const id = await made({ meetings: ["2025-12-10"] });
    const path = `/v1/webhooks/${id}/deliveries`;
    expect((await ask(mine, "GET", path)).body.data).toEqual([]);
    const { status, body } = await ask(mine, "POST", `/v1/webhooks/${id}/replay?since=2025-10-01`);
    expect([status, body]).toEqual([202, { queued: 5, since: "2025-10-01T00:00:00.000Z" }]);
    // The sample's story of 10 Dec 2025: README, "The episode".
    const { body: log } = await ask(mine, "GET", path);
    expect(
      log.data.map((row: { type: string; as_of: string }) => `${row.as_of.slice(0, 10)} ${row.type}`).sort(),
    ).toEqual([
      "2025-10-16 repricing.sharp",
      "2025-10-29 repricing.sharp",
      "2025-11-13 repricing.severe",
      "2025-11-19 repricing.extended",
      "2025-11-21 repricing.sharp",
    ]);
    const settled = await ask(
      mine,
      "POST",
      `/v1/webhooks/${await made({ meetings: ["2025-12-10"] })}/replay?since=2025-11-21`,
    );
    expect(settled.body.queued).toBe(1);
  });

  it("tries a subscription on history: the same messages, and how many a year, and nothing stored", async () => {
    const count = async () => (await database.sql`select 1 from cutwatch.webhook_deliveries`).length;
    const before = await count();
    const tried = { url: URL_A, meetings: ["2025-12-10"], from: "2025-10-01", to: "2025-11-30" };
    const { status, body } = await ask(mine, "POST", "/v1/webhooks/dry-run", tried);
    expect(status).toBe(200);
    expect(
      body.messages.map((row: { as_of: string; type: string }) => `${row.as_of.slice(0, 10)} ${row.type}`),
    ).toEqual([
      "2025-10-16 repricing.sharp",
      "2025-10-29 repricing.sharp",
      "2025-11-13 repricing.severe",
      "2025-11-19 repricing.extended",
      "2025-11-21 repricing.sharp",
    ]);
    // What readings cover begins with the first settlement of the period.
    const years = (Date.parse(body.to) - Date.parse("2025-10-01T19:00:00Z")) / (365.25 * 86_400_000);
    expect(body.per_year).toBeCloseTo(5 / years, 9);
    expect([body.days_covered / 365.25, body.not_judged]).toEqual([expect.closeTo(years, 9), []]);
    expect(await count()).toBe(before);
  });

  it.each([
    [{ from: "yesterday" }, "from"],
    [{ from: "2025-11-02", to: "2025-11-01" }, "from"],
    [{ url: "http://127.0.0.1/" }, "url"],
    [{ since: "2025-11-02" }, "since"],
  ])("does not try %j: 400 naming %s", async (body, parameter) => {
    expect((await ask(mine, "POST", "/v1/webhooks/dry-run", body)).body).toMatchObject({ status: 400, parameter });
  });

  it("sends one message again under its own id", async () => {
    const id = await made();
    const delivery = await delivered(id, "again", "delivered");
    const { status, body } = await ask(mine, "POST", `/v1/deliveries/${delivery}/redeliver`);
    expect([status, body]).toEqual([202, { delivery_id: delivery, message_id: "again" }]);
    expect((await ask(mine, "GET", `/v1/deliveries/${delivery}`)).body).toMatchObject({
      state: "pending",
      asked_for: true,
    });
  });

  it("is refused while the webhook is disabled", async () => {
    const id = await made({ enabled: false });
    const delivery = await delivered(id, "later", "failed");
    for (const path of [
      `/v1/webhooks/${id}/test`,
      `/v1/webhooks/${id}/replay?since=2025-10-01`,
      `/v1/deliveries/${delivery}/redeliver`,
    ]) {
      const { body } = await ask(mine, "POST", path);
      expect(body).toMatchObject({
        status: 409,
        detail: expect.stringContaining(`webhook ${id} is disabled; enable it first`),
      });
    }
  });
});

describe("another tenant's webhook", () => {
  const inPath = OPERATIONS.filter(({ path }) => path.includes("{id}"));
  const bodyOf = ({ body }: Operation) => (body === null ? undefined : { description: "theirs now" });
  const QUERIES: Readonly<Record<string, string>> = {
    replay_webhook: "?since=2025-11-01",
    rotate_webhook_secret: "?force=true",
  };
  const addressOf = ({ path, operationId }: Operation, id: number) =>
    `${path.replace("{id}", String(id))}${QUERIES[operationId] ?? ""}`;

  it.each(inPath)("$method $path: 404, as for one that does not exist", async (operation) => {
    const webhook = await made({ description: "before" });
    const id = operation.path.startsWith("/v1/deliveries") ? await delivered(webhook, operation.operationId) : webhook;
    const before = await ask(mine, "GET", `/v1/webhooks/${webhook}`);
    const foreign = await ask(theirs, operation.method, addressOf(operation, id), bodyOf(operation));
    const unknown = await ask(theirs, operation.method, addressOf(operation, 999_999), bodyOf(operation));
    expect([foreign.status, unknown.status]).toEqual([404, 404]);
    expect(JSON.stringify(foreign.body).replaceAll(String(id), "N")).toBe(
      JSON.stringify(unknown.body).replaceAll("999999", "N"),
    );
    expect((await ask(mine, "GET", `/v1/webhooks/${webhook}`)).body).toEqual(before.body);
    // The operator may, and so may its owner.
    expect((await ask(admin, operation.method, addressOf(operation, id), bodyOf(operation))).status).toBe(
      operation.status,
    );
    const own = await ask(mine, operation.method, addressOf(operation, id), bodyOf(operation));
    expect(own.status).toBe(operation.method === "DELETE" ? 404 : operation.status);
  });

  it("is in nobody's list but its owner's and the operator's", async () => {
    const id = await made();
    const listed = async (headers: Headers) =>
      (await ask(headers, "GET", "/v1/webhooks")).body.data.some((webhook: { id: number }) => webhook.id === id);
    expect([await listed(mine), await listed(theirs), await listed(admin)]).toEqual([true, false, true]);
  });

  it("keeps a number that is none from being anything else", async () => {
    for (const path of [
      "/v1/webhooks/0",
      "/v1/webhooks/99999999999999999999",
      "/v1/webhooks/abc",
      "/v1/deliveries/-1",
    ]) {
      expect([path, (await ask(mine, "GET", path)).status]).toEqual([path, 404]);
    }
  });
});

describe("a path that several verbs are for", () => {
  it.each([
    ["/v1/webhooks", "GET, HEAD, POST"],
    ["/v1/webhooks/1", "GET, HEAD, PATCH, DELETE"],
    ["/v1/webhooks/1/test", "POST"],
    ["/v1/deliveries/1", "GET, HEAD"],
    ["/v1/meetings", "GET, HEAD"],
  ])("%s: 405 names %s", async (path, allowed) => {
    for (const method of ["PUT", "OPTIONS"]) {
      const response = await served.app.request(path, { method });
      expect([response.status, response.headers.get("allow")]).toEqual([405, allowed]);
    }
  });

  it("answers HEAD as GET, without the body, and 304 to who has the bytes", async () => {
    const path = `/v1/webhooks/${await made()}`;
    const whole = await ask(mine, "GET", path);
    const head = await ask(mine, "HEAD", path);
    expect([head.status, head.body, head.headers.get("etag")]).toEqual([200, null, whole.headers.get("etag")]);
    const etag = whole.headers.get("etag") ?? "";
    expect((await ask({ ...mine, "If-None-Match": etag }, "GET", path)).status).toBe(304);
  });
});

describe("the document", () => {
  interface Described {
    readonly operationId?: string;
    readonly security?: readonly object[];
    readonly requestBody?: {
      readonly content: Record<string, { readonly examples: Record<string, { value: object }> }>;
    };
  }

  it("names each operation once, with the key it needs and bodies that are accepted", async () => {
    const { body: document } = await ask({}, "GET", "/openapi.json");
    const paths = document.paths as Record<string, Record<string, Described>>;
    const described = Object.values(paths).flatMap((methods) => Object.values(methods));
    const ids = described.flatMap(({ operationId }) => operationId ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { method, path, operationId, body } of OPERATIONS) {
      const found = paths[path]?.[method.toLowerCase()];
      expect(found).toMatchObject({ operationId, security: [{ key: [] }] });
      const examples = Object.values(found?.requestBody?.content["application/json"]?.examples ?? {});
      expect(examples.length > 0).toBe(body !== null);
      for (const { value } of examples) expect(body?.safeParse(value).error).toBeUndefined();
    }
    expect(document.components.securitySchemes.key).toMatchObject({ type: "http", scheme: "bearer" });
    expect(paths["/healthz"]?.get?.security).toEqual([]);
  });

  it("is a page too, with every member of a body and what it may be", async () => {
    const response = await served.app.request("/docs");
    const page = await response.text();
    for (const { method, path } of OPERATIONS) expect(page).toContain(`<code>${method} ${path}</code>`);
    expect(page).toMatch(/<code>min_severity<\/code>.*sharp when absent: notice, sharp, severe or extreme/);
    expect(page).toMatch(/<code>rules<\/code>.*Exactly one of crosses_pct/);
  });
});

describe("answers", () => {
  it("have the form that the document says", async () => {
    const id = await made({ rules: [{ meeting: "next", measure: "ease", crosses_pct: 50 }] });
    const delivery = await delivered(id, "form", "failed");
    for (const operation of OPERATIONS) {
      if (operation.answer === null) continue;
      const number = operation.path.startsWith("/v1/deliveries") ? delivery : id;
      const address = operation.path.replace("{id}", String(number));
      const query = operation.operationId === "replay_webhook" ? "?since=2025-11-01" : "";
      const body = operation.body === null ? undefined : Object.values(operation.examples ?? {})[0];
      const answer = await ask(mine, operation.method, `${address}${query}`, body);
      expect([operation.operationId, answer.status]).toEqual([operation.operationId, operation.status]);
      expect(operation.answer.safeParse(answer.body).error).toBeUndefined();
    }
  });

  it("are problems, never errors of ours, whatever the body", async () => {
    const names = [
      "url",
      "min_severity",
      "meetings",
      "rules",
      "events",
      "format",
      "max_age_s",
      "description",
      "enabled",
      "__proto__",
    ];
    const id = await made();
    const bodies = OPERATIONS.filter(({ body }) => body !== null);
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom<unknown>(URL_A, "next", [], {}, null, 1e308, "\ud800"),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...bodies),
        fc.oneof(fc.dictionary(fc.constantFrom(...names), value), fc.jsonValue()),
        async ({ method, path }, body) => {
          const address = path.replace("{id}", String(id));
          const answer = await ask(method === "POST" ? theirs : mine, method, address, JSON.stringify(body) ?? "");
          expect(answer.status).toBeLessThan(500);
          if (answer.status >= 400) expect(answer.headers.get("content-type")).toBe("application/problem+json");
        },
      ),
      { numRuns: 300, seed: 4 },
    );
    expect(served.errors).toEqual([]);
  });
});
