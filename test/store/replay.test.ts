/** Replays and dry runs over the built-in sample: the known answer, and what the queue makes of it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dryRun } from "../../src/store/dry-run.ts";
import { queueTest, redeliver, replayWebhook } from "../../src/store/replay.ts";
import type { MessageBody } from "../../src/webhooks/message-body.ts";
import { messageText } from "../../src/webhooks/message-text.ts";
import { ruleJson } from "../../src/webhooks/rule-json.ts";
import type { Rule, Subscription } from "../../src/webhooks/subscription.ts";
import { sampleDatabase } from "../api/sample-repricings.ts";
import type { TestDatabase } from "../setup/database.ts";
import { BODIES } from "../webhooks/bodies.ts";
import { ruleOn, subscriptionTo } from "../webhooks/told.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const LATER = new Date("2026-11-22T13:00:00Z");
const SINCE = new Date("2025-09-01T00:00:00Z");
const MEETING = "2025-12-10";

/** The issue's own: what is sharp or worse of 10 Dec 2025 in the sample, by day in New York. */
const KNOWN = [
  "2025-10-16 dovish sharp",
  "2025-10-29 hawkish sharp",
  "2025-11-13 hawkish severe",
  "2025-11-19 hawkish extension",
  "2025-11-21 dovish sharp",
];
const SHARP: Subscription = subscriptionTo({ minSeverity: "sharp", meetings: [MEETING] });

let db: TestDatabase;
beforeAll(async () => {
  db = await sampleDatabase();
});
afterAll(() => db.drop());

async function webhookFor(subscription: Subscription): Promise<number> {
  const [row] = await db.sql<{ id: number }[]>`
    insert into cutwatch.webhooks
      (tenant, url, min_severity, meetings, rules, events, format, max_age_s, description, enabled, secret, created_at,
        updated_at)
    values ('t', 'https://example.com/hook', ${subscription.minSeverity}, ${subscription.meetings}::text[],
      ${JSON.stringify(subscription.rules)}::text::jsonb, ${subscription.events}::text[], ${subscription.format},
      ${subscription.maxAgeS}, '', true, '\\x00', ${NOW.toISOString()}::timestamptz, ${NOW.toISOString()}::timestamptz)
    returning id::float8 as id
  `;
  return row?.id ?? 0;
}

interface Queued {
  id: number;
  message_id: string;
  words: string;
  state: string;
  asked_for: boolean;
  tries: number;
  attempts: number;
  fence: number;
  due_at: Date;
}

async function queueOf(webhookId: number): Promise<Queued[]> {
  return db.sql<Queued[]>`
    select d.id::float8 as id, d.message_id, d.state, d.asked_for, d.tries, d.attempts, d.fence::float8 as fence, d.due_at,
      concat_ws(' ', a.trade_date, a.body -> 'data' ->> 'direction', a.kind) as words
    from cutwatch.webhook_deliveries d
    left join cutwatch.alerts a on a.id = d.alert_id
    where d.webhook_id = ${webhookId}
    order by d.as_of, d.id
  `;
}

async function finish(ids: readonly number[], state: string): Promise<void> {
  await db.sql`
    update cutwatch.webhook_deliveries
    set state = ${state}, finished_at = ${NOW.toISOString()}::timestamptz, tries = 4, attempts = 4, fence = 4
    where id = any(${ids}::bigint[])
  `;
}

describe("replayWebhook()", () => {
  it("queues the known alerts of the sample, each once, asked for by a person", async () => {
    const webhookId = await webhookFor(SHARP);
    const replay = { webhookId, since: SINCE, missingOnly: false, now: NOW };
    expect(await replayWebhook(db.sql, replay)).toEqual({ queued: 5 });
    const queued = await queueOf(webhookId);
    expect(queued.map(({ words }) => words)).toEqual(KNOWN);
    expect(queued.every((row) => row.state === "pending" && row.asked_for && row.tries === 0)).toBe(true);
    expect(queued.every((row) => row.due_at.getTime() === NOW.getTime())).toBe(true);
  });

  it("queues none twice while they wait, and lets none wait longer", async () => {
    const webhookId = await webhookFor(SHARP);
    const replay = { webhookId, since: SINCE, missingOnly: false, now: NOW };
    await replayWebhook(db.sql, replay);
    const before = await queueOf(webhookId);
    await db.sql`
      update cutwatch.webhook_deliveries set due_at = due_at + interval '10 hours', tries = 7
      where webhook_id = ${webhookId}
    `;
    expect(await replayWebhook(db.sql, { ...replay, now: LATER })).toEqual({ queued: 0 });
    const after = await queueOf(webhookId);
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(after.every((row) => row.due_at.getTime() === LATER.getTime() && row.tries === 0)).toBe(true);
  });

  it("queues each once when two ask at the same time", async () => {
    const webhookId = await webhookFor(SHARP);
    const replay = { webhookId, since: SINCE, missingOnly: false, now: NOW };
    const both = await Promise.all([replayWebhook(db.sql, replay), replayWebhook(db.sql, replay)]);
    expect(both[0].queued + both[1].queued).toBe(5);
    expect(await queueOf(webhookId)).toHaveLength(5);
  });

  it("sends again what was received, under its old name, unless only what is missing is asked for", async () => {
    const webhookId = await webhookFor(SHARP);
    const replay = { webhookId, since: SINCE, missingOnly: true, now: NOW };
    await replayWebhook(db.sql, replay);
    const first = await queueOf(webhookId);
    const [a, b, c, d, e] = first.map(({ id }) => id);
    await finish([a ?? 0, b ?? 0], "delivered");
    await finish([c ?? 0], "failed");
    await finish([d ?? 0], "expired");
    await finish([e ?? 0], "parked");
    expect(await replayWebhook(db.sql, { ...replay, now: LATER })).toEqual({ queued: 3 });
    const missing = await queueOf(webhookId);
    expect(missing.map(({ state }) => state)).toEqual(["delivered", "delivered", "pending", "pending", "pending"]);
    expect(missing.map(({ message_id }) => message_id)).toEqual(first.map(({ message_id }) => message_id));
    // The whole schedule of tries anew; attempts go on counting, and an acknowledgement of before is refused.
    expect(missing[2]).toMatchObject({ tries: 0, attempts: 4, fence: 5, due_at: LATER });
    expect(await replayWebhook(db.sql, { ...replay, missingOnly: false, now: LATER })).toEqual({ queued: 2 });
    expect((await queueOf(webhookId)).every(({ state }) => state === "pending")).toBe(true);
  });

  it("goes by what was true since, leaves a held lease alone, and knows no webhook that is gone", async () => {
    const webhookId = await webhookFor(SHARP);
    const since = new Date("2025-11-19T00:00:00Z");
    expect(await replayWebhook(db.sql, { webhookId, since, missingOnly: false, now: NOW })).toEqual({ queued: 2 });
    await db.sql`
      update cutwatch.webhook_deliveries set lease_until = now() + interval '1 hour', tries = 1
      where webhook_id = ${webhookId}
    `;
    await replayWebhook(db.sql, { webhookId, since, missingOnly: false, now: LATER });
    // Tries that are 0 again say to whoever holds it that it was asked for meanwhile.
    const held = await db.sql`
      select tries, fence::integer as fence, lease_until > now() as held from cutwatch.webhook_deliveries where webhook_id = ${webhookId}
    `;
    expect(held).toEqual([1, 2].map(() => ({ tries: 0, fence: 0, held: true })));
    await db.sql`update cutwatch.webhooks set deleted_at = now() where id = ${webhookId}`;
    expect(await replayWebhook(db.sql, { webhookId, since, missingOnly: false, now: NOW })).toEqual({ queued: 0 });
  });
});

// FedWatch published for 350-375 after 10 Dec 2025: at most 50.1 on 13 Nov, 44.4 on 14 Nov, 39.1 on 20 Nov, 71.0 on 21 Nov.
describe("replayWebhook() of rules", () => {
  const rule = ruleOn({ meeting: "next", crossesPct: 50 });
  const OF_RULES = subscriptionTo({ events: ["rule.matched"], rules: [rule] });
  const since = new Date("2025-09-01T00:00:00Z");

  const matches = (webhookId: number) =>
    db.sql<{ message_id: string; as_of: Date; state: string; asked_for: boolean; data: Record<string, unknown> }[]>`
      select message_id, as_of, state, asked_for, body -> 'data' as data
      from cutwatch.webhook_deliveries where webhook_id = ${webhookId} and type = 'rule.matched' order by as_of, id
    `;
  const inWords = async (webhookId: number) =>
    (await matches(webhookId)).map(({ as_of, data }) => `${as_of.toISOString().slice(0, 10)} ${data.direction}`);

  it("queues what a dry run shows, marked as history, and the same messages again", async () => {
    const shown = (await dryRun(db.sql, OF_RULES, { from: since, now: NOW, passable: null })).messages;
    expect(shown.map(({ as_of }) => as_of.slice(0, 10))).toEqual(["2025-11-14", "2025-11-21"]);
    const webhookId = await webhookFor(OF_RULES);
    const replay = { webhookId, since, missingOnly: false, now: NOW, passable: null, baseUrl: "https://odds.example" };
    expect(await replayWebhook(db.sql, replay)).toEqual({ queued: 2 });
    const first = await matches(webhookId);
    expect(await inWords(webhookId)).toEqual(["2025-11-14 down", "2025-11-21 up"]);
    for (const { state, asked_for, data } of first) {
      expect({ state, asked_for }).toEqual({ state: "pending", asked_for: true });
      expect(data).toMatchObject({ historical: true, sample: true, webhook_id: webhookId });
      expect(String(data.url)).toMatch(/^https:\/\/odds\.example\/v1\/probabilities\?/);
    }
    expect(await replayWebhook(db.sql, { ...replay, now: LATER })).toEqual({ queued: 0 });
    await db.sql`
      update cutwatch.webhook_deliveries set state = 'delivered', finished_at = due_at where webhook_id = ${webhookId}
    `;
    expect(await replayWebhook(db.sql, { ...replay, missingOnly: true })).toEqual({ queued: 0 });
    expect(await replayWebhook(db.sql, replay)).toEqual({ queued: 2 });
    expect((await matches(webhookId)).map(({ message_id }) => message_id)).toEqual(first.map((row) => row.message_id));
    const later = { ...replay, since: new Date("2025-11-20T00:00:00Z") };
    expect(await replayWebhook(db.sql, later)).toEqual({ queued: 0 });
  });

  it("queues each once when two ask at the same time", async () => {
    const webhookId = await webhookFor(OF_RULES);
    const replay = { webhookId, since, missingOnly: false, now: NOW };
    const both = await Promise.all([replayWebhook(db.sql, replay), replayWebhook(db.sql, replay)]);
    expect(both[0].queued + both[1].queued).toBe(2);
  });

  it("does not tell again from the settlement what was told of a trade that day", async () => {
    const webhookId = await webhookFor(OF_RULES);
    const told = { rule: ruleJson(rule), meeting: "2025-12-10", direction: "down", basis: "last_trade" };
    await db.sql`
      insert into cutwatch.webhook_deliveries
        (webhook_id, message_id, type, body, as_of, recorded_at, created_at, state, asked_for, tries, attempts, due_at, fence,
          finished_at)
      select ${webhookId}, 'msg_told', 'rule.matched', ${JSON.stringify({ data: told })}::text::jsonb, t, t, t, 'delivered',
        false, 1, 1, t, 1, t
      from (select '2025-11-14T15:30:00Z'::timestamptz as t) n
    `;
    const replay = { webhookId, since, missingOnly: true, now: NOW };
    expect(await replayWebhook(db.sql, replay)).toEqual({ queued: 1 });
    expect((await matches(webhookId)).map(({ message_id, state }) => `${message_id.slice(0, 8)} ${state}`)).toEqual([
      "msg_told delivered",
      expect.stringMatching(/ pending$/),
    ]);
    expect(await replayWebhook(db.sql, { ...replay, missingOnly: false })).toEqual({ queued: 1 });
  });

  it("leaves out what another rule matched, and all where matches are not asked for any more", async () => {
    const webhookId = await webhookFor(OF_RULES);
    const replay = { webhookId, since, missingOnly: false, now: NOW };
    await replayWebhook(db.sql, replay);
    await db.sql`
      update cutwatch.webhook_deliveries set state = 'delivered', finished_at = due_at where webhook_id = ${webhookId}
    `;
    const change = (rules: readonly Rule[], events: readonly string[]) =>
      db.sql`
        update cutwatch.webhooks
        set rules = ${JSON.stringify(rules)}::text::jsonb, events = ${[...events]}::text[]
        where id = ${webhookId}
      `;
    await change([ruleOn({ meeting: "next", shiftPp: 5, window: "1h" })], ["rule.matched"]);
    expect(await replayWebhook(db.sql, replay)).toEqual({ queued: 0 });
    await change([], ["rule.matched"]);
    expect(await replayWebhook(db.sql, replay)).toEqual({ queued: 0 });
    await change([rule], ["digest.daily"]);
    expect(await replayWebhook(db.sql, replay)).toEqual({ queued: 0 });
    await change([rule], ["rule.matched"]);
    expect(await replayWebhook(db.sql, replay)).toEqual({ queued: 2 });
  });
});

describe("messageText()", () => {
  it("says of the sample what the examples of messages say", async () => {
    const [row] = await db.sql<{ body: MessageBody }[]>`
      select body from cutwatch.alerts
      where is_primary and trade_date = '2025-11-13' and body -> 'data' ->> 'meeting' = ${MEETING}
    `;
    const { headline, lines } = messageText(BODIES.raised);
    expect(row === undefined ? null : messageText(row.body)).toMatchObject({ headline, lines });
  });
});

describe("redeliver(), queueTest()", () => {
  it("puts one message back into the queue", async () => {
    const webhookId = await webhookFor(SHARP);
    await replayWebhook(db.sql, { webhookId, since: SINCE, missingOnly: false, now: NOW });
    const [first] = await queueOf(webhookId);
    await finish([first?.id ?? 0], "delivered");
    expect(await redeliver(db.sql, first?.id ?? 0, LATER)).toBe(true);
    expect((await queueOf(webhookId))[0]).toMatchObject({ id: first?.id, state: "pending", tries: 0, due_at: LATER });
    expect(await redeliver(db.sql, 999_999_999, NOW)).toBe(false);
  });

  it("queues a test under a name of its own, each time another", async () => {
    const webhookId = await webhookFor(SHARP);
    const one = await queueTest(db.sql, webhookId, NOW);
    const other = await queueTest(db.sql, webhookId, NOW);
    expect(one?.messageId).toMatch(new RegExp(`^msg_${webhookId}_t[0-9a-f-]{36}$`));
    expect(other?.messageId).not.toBe(one?.messageId);
    const queued = await queueOf(webhookId);
    expect(queued.map(({ id }) => id)).toEqual([one?.deliveryId, other?.deliveryId]);
    expect(await queueTest(db.sql, 999_999_999, NOW)).toBeNull();
  });
});

describe("dryRun()", () => {
  it("says what a replay would have queued, and how often a year that is", async () => {
    const answer = await dryRun(db.sql, SHARP, { now: NOW, passable: null });
    expect(answer.messages.map(({ type, as_of, severity }) => [type, as_of.slice(0, 10), severity])).toEqual([
      ["repricing.sharp", "2025-10-16", "sharp"],
      ["repricing.sharp", "2025-10-29", "sharp"],
      ["repricing.severe", "2025-11-13", "severe"],
      ["repricing.extended", "2025-11-19", "severe"],
      ["repricing.sharp", "2025-11-21", "sharp"],
    ]);
    expect(answer.by_type).toEqual({ "repricing.sharp": 3, "repricing.severe": 1, "repricing.extended": 1 });
    expect(answer.by_severity).toEqual({ notice: 0, sharp: 3, severe: 2, extreme: 0 });
    // From the settlement of 18 Sep to that of 25 Nov 2025: 68 days and the hour that daylight saving gave back.
    expect([answer.from, answer.to]).toEqual(["2025-09-18T19:00:00.000Z", "2025-11-25T20:00:00.000Z"]);
    expect(answer.days_covered).toBeCloseTo(68 + 1 / 24, 9);
    expect(answer.per_year).toBeCloseTo((5 * 365.25) / (68 + 1 / 24), 9);
    expect(answer.not_judged).toEqual([]);
    // FedWatch published 49.9 % for 375-400 on 13 Nov 2025 and nothing above 350-375 on 16 Oct.
    expect(answer.messages[2]?.summary).toBe(
      "SEVERE hawkish repricing, 10 Dec 2025 meeting: expected rate 359.5 -> 375.0 bp (+15.5) since 16 Oct; " +
        "odds of 3.50-3.75 % or lower 100 % -> 50 %",
    );
  });

  it("keeps to the period asked for, and counts it alone", async () => {
    const from = new Date("2025-11-01T00:00:00Z");
    const to = new Date("2025-11-20T00:00:00Z");
    const answer = await dryRun(db.sql, SHARP, { from, to, now: NOW, passable: null });
    expect(answer.messages.map(({ as_of }) => as_of.slice(0, 10))).toEqual(["2025-11-13", "2025-11-19"]);
    // Between the settlements of 3 and 19 Nov: what no reading covers is no quiet time.
    expect(answer.days_covered).toBeCloseTo(16, 9);
    const four = await dryRun(db.sql, SHARP, { from: new Date("2025-10-20T00:00:00Z"), to, now: NOW, passable: null });
    expect(four.per_year).toBeCloseTo((3 * 365.25) / four.days_covered, 9);
    const none = await dryRun(db.sql, SHARP, { from: new Date("2026-06-01T00:00:00Z"), now: NOW, passable: null });
    expect(none).toMatchObject({ messages: [], days_covered: 0, per_year: null });
  });

  // 2 messages in 16 days would be 45.7 a year.
  it("does not make a year of less than 28 days", async () => {
    const from = new Date("2025-10-29T00:00:00Z");
    const short = await dryRun(db.sql, SHARP, { from, to: new Date("2025-11-25T23:59:59Z"), now: NOW, passable: null });
    expect(short.messages.length).toBeGreaterThan(0);
    expect(short).toMatchObject({ per_year: null });
    expect(short.days_covered).toBeCloseTo(27 + 1 / 24, 9);
    const longer = await dryRun(db.sql, SHARP, { from: new Date("2025-10-28T00:00:00Z"), now: NOW, passable: null });
    expect(longer.days_covered).toBeCloseTo(28 + 1 / 24, 9);
    expect(longer.per_year).not.toBeNull();
  });

  it("names the rules that daily readings cannot show, instead of saying that they were quiet", async () => {
    const rules = [
      ruleOn({ shiftPp: 5, window: "1h" }),
      ruleOn({ crossesPct: 50 }),
      ruleOn({ meeting: "2019-07-31", crossesPct: 50 }),
    ];
    const wanted = subscriptionTo({ events: ["rule.matched"], rules });
    const answer = await dryRun(db.sql, wanted, { now: NOW, passable: null });
    expect(answer.not_judged).toEqual([
      { rule: 0, reason: expect.stringContaining("an hour's window cannot be seen in daily readings") },
      { rule: 2, reason: expect.stringContaining("no reading of what it means") },
    ]);
    const month = subscriptionTo({ events: ["rule.matched"], rules: [ruleOn({ shiftPp: 5, window: "1m" })] });
    const october = {
      from: new Date("2025-09-18T00:00:00Z"),
      to: new Date("2025-10-10T00:00:00Z"),
      now: NOW,
      passable: null,
    };
    expect((await dryRun(db.sql, month, october)).not_judged).toEqual([
      { rule: 0, reason: "no reading is stored where its window of a month begins" },
    ]);
    const nothing = { from: new Date("2026-06-01T00:00:00Z"), now: NOW, passable: null };
    expect((await dryRun(db.sql, wanted, nothing)).not_judged.map(({ rule }) => rule)).toEqual([0, 1, 2]);
  });

  // FedWatch published for 350-375 after 10 Dec 2025: 93.7 % on 17 Oct, 66.6 on 29 Oct, 50.1 on 13 Nov, 44.4 on 14 Nov,
  // 50.1 again on 18 Nov (within 2 points of the level, so no way back), 39.1 on 20 Nov, 71.0 on 21 Nov 2025.
  it("follows a level along the daily readings", async () => {
    const rules = [ruleOn({ measure: "range", crossesPct: 50 })];
    const answer = await dryRun(db.sql, subscriptionTo({ minSeverity: "extreme", rules }), {
      now: NOW,
      passable: null,
    });
    expect(answer.messages.map(({ type, as_of, summary }) => [type, as_of.slice(0, 10), summary])).toEqual([
      [
        "rule.matched",
        "2025-11-14",
        "Your rule: 10 Dec 2025 meeting, odds of 3.50-3.75 % fell to or through 50 %: 50.1 -> 44.4 %",
      ],
      [
        "rule.matched",
        "2025-11-21",
        "Your rule: 10 Dec 2025 meeting, odds of 3.50-3.75 % rose to or through 50 %: 39.1 -> 71.0 %",
      ],
    ]);
    expect(answer.messages.every(({ alert_id, severity }) => alert_id === null && severity === null)).toBe(true);
  });

  // The same figures against those of 7 calendar days before: 25 Sep -21.6 (the first that can be measured), 2 Oct +29.5,
  // 29 Oct -29.0, 31 Oct -28.7, 14 Nov -22.6, 19 Nov -32.9 (no smaller than 16 since the 14th), 21 Nov +26.6.
  it("follows a shift within a week, and meetings that next comes to mean", async () => {
    const rules = [ruleOn({ measure: "range", shiftPp: 20, window: "1w" })];
    const days = async (wanted: Subscription) =>
      (await dryRun(db.sql, wanted, { now: NOW, passable: null })).messages.map(({ as_of }) => as_of.slice(0, 10));
    const events = ["rule.matched"] as const;
    expect(await days(subscriptionTo({ events, rules }))).toEqual([
      "2025-10-02",
      "2025-10-29",
      "2025-11-14",
      "2025-11-21",
    ]);
    // Another meeting was next until the statement of 29 Oct, an hour before the settlement.
    const next = [ruleOn({ meeting: "next", measure: "range", shiftPp: 20, window: "1w" })];
    expect(await days(subscriptionTo({ events, rules: next }))).toEqual(["2025-10-29", "2025-11-14", "2025-11-21"]);
  });

  // The expected rate after 10 Dec: 364.7 bp on 28 Oct, 371.6 on 29 Oct.
  it("sees the day of a decision by the meeting that is next from then on", async () => {
    const rate = { meeting: "next", measure: "expected_rate", range: null } as const;
    const rules = [ruleOn({ ...rate, shiftBp: 5, window: "1d" }), ruleOn({ ...rate, crossesBp: 370 })];
    const october = {
      from: new Date("2025-10-01T00:00:00Z"),
      to: new Date("2025-10-30T00:00:00Z"),
      now: NOW,
      passable: null,
    };
    const answer = await dryRun(db.sql, subscriptionTo({ events: ["rule.matched"], rules }), october);
    const ofDecember = answer.messages.filter(({ meeting }) => meeting === "2025-12-10");
    expect(ofDecember.map(({ as_of, summary }) => [as_of, summary.split(", ")[1]])).toEqual([
      ["2025-10-29T19:00:00.000Z", "expected rate moved +6.9 bp within a day: 364.7 -> 371.6 bp"],
      ["2025-10-29T19:00:00.000Z", "expected rate rose to or through 370 bp: 364.7 -> 371.6 bp"],
    ]);
  });

  it("leaves rules out where their matches are not asked for", async () => {
    const rules = [ruleOn({ measure: "range", crossesPct: 50 })];
    const answer = await dryRun(db.sql, subscriptionTo({ events: ["repricing.extreme"], rules }), {
      now: NOW,
      passable: null,
    });
    expect(answer.messages).toEqual([]);
  });
});
