/**
 * Figures that may not be passed on, over every way out: a source's own distributions are all there is, and neither answers,
 * drawings and pages, nor the stream, nor any message tells one to others.
 */
import type { Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestDaily } from "../../jobs/digest-daily.ts";
import { matchRules } from "../../jobs/match-rules.ts";
import { meetingDecided } from "../../jobs/meeting-decided.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import { tellNotice } from "../../jobs/tell-notice.ts";
import { DRAWINGS } from "../../src/api/drawings.ts";
import { RESOURCES } from "../../src/api/openapi.ts";
import { percentWords, rateWords, wholePercentWords } from "../../src/api/wording.ts";
import type { PublishedDistribution } from "../../src/pricing/observations.ts";
import { episodeCloses, episodePublished } from "../../src/sources/built-in/episode.ts";
import { BUILT_IN_MEETINGS } from "../../src/sources/built-in/fomc-meetings.ts";
import { queueDeliveries } from "../../src/store/delivery-queue.ts";
import { noticesOf, recordNotices } from "../../src/store/meetings.ts";
import { recordPublished } from "../../src/store/published.ts";
import { redeliver, replayWebhook } from "../../src/store/replay.ts";
import { recordCatalog } from "../../src/store/source-health.ts";
import { ensureMonths } from "../../src/store/write.ts";
import { noticeBody } from "../../src/webhooks/notice-bodies.ts";
import { ruleDraft } from "../../src/webhooks/rule-body.ts";
import type { MeasuredReading } from "../../src/webhooks/rule-series.ts";
import type { RuleMatch } from "../../src/webhooks/rules.ts";
import { EVENT_TYPES } from "../../src/webhooks/subscription.ts";
import { WITHHELD_READINGS } from "../../src/webhooks/withheld-words.ts";
import { flag, prepareEpisode, soonAfter } from "../jobs/live-episode.ts";
import { answer, startSending, until } from "../jobs/sending.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { addWebhooks } from "../store/webhook-rows.ts";
import { BODIES } from "../webhooks/bodies.ts";
import { ruleOn } from "../webhooks/told.ts";
import { storedKey } from "./keys.ts";
import { serveTest } from "./served.ts";
import { listen, streamTest } from "./stream-episode.ts";

const MEETING = "2025-12-10";
/** The settlement of 12 Nov 2025 is the last that came late, that of the 13th the first that is news. */
const [LATE, NEWS] = ["2025-11-12", "2025-11-13"];
const NOW = soonAfter(NEWS);
const HERE = { incoming: { socket: { remoteAddress: "127.0.0.1" } } };
const PUBLISHED = { basis: "published", method: "published", source: "cme-fedwatch" } as const;

let db: TestDatabase;
/** the leg that the published odds raised */
let repricing = 0;
/** Figures of the source as they would be written, each of which is nobody else's. */
let figures: readonly string[] = [];

/** FedWatch's own with a digit or two that nothing else has. */
function distributions(from: string, to: string): PublishedDistribution[] {
  return episodePublished()
    .filter(({ tradeDate }) => tradeDate >= from && tradeDate <= to)
    .map((one) => {
      const [first, second, ...rest] = one.outcomes;
      const moved = 0.0303127;
      if (first === undefined || second === undefined || second.probability < 2 * moved) return one;
      const outcomes = [
        { ...first, probability: first.probability + moved },
        { ...second, probability: second.probability - moved },
        ...rest,
      ];
      return { ...one, outcomes };
    });
}

async function publish(sql: Sql, from: string, to: string, at: Date): Promise<void> {
  const provenance = { source: PUBLISHED.source, payloadId: null, isSample: false, recordedAt: at };
  await ensureMonths(sql, ["published_probabilities"], "2025-09-01", "2025-12-31");
  await sql.begin((tx) => recordPublished(tx, distributions(from, to), provenance));
  await snapshotOdds({ sql, now: () => at });
}

beforeAll(async () => {
  db = await testDatabase();
  const { sql } = db;
  const entry = { what: "w", terms: "t", enabled: true };
  await recordCatalog(sql, [
    ...["cme-fedwatch", "yahoo"].map((source) => ({ ...entry, source, redistributable: false })),
    ...["nyfed", "built-in", "fed-press", "databento"].map((source) => ({ ...entry, source, redistributable: true })),
  ]);
  await prepareEpisode(sql, MEETING);
  await publish(sql, "2025-09-18", LATE, soonAfter(LATE));
  await flag(sql, soonAfter(LATE));
  await publish(sql, NEWS, NEWS, NOW);
  await flag(sql, NOW);
  const [leg] = await sql<{ id: number }[]>`
    select repricing_id::float8 as id from cutwatch.alerts where basis = 'published' and not historical order by id limit 1
  `;
  repricing = leg?.id ?? 0;
  const rows = await sql<{ rate: number; probability: number }[]>`
    select r.expected_rate_bp as rate, p.probability
    from cutwatch.snapshots s
    join cutwatch.meeting_readings r on r.snapshot_id = s.id and r.trade_date = s.trade_date
    join cutwatch.meeting_probabilities p
      on p.snapshot_id = s.id and p.trade_date = s.trade_date and p.meeting_date = r.meeting_date
    where s.basis = 'published' and p.probability between 0.01 and 0.99
  `;
  const closes = episodeCloses().flatMap(({ close }) => (close.length >= 7 ? [close] : []));
  const newest = distributions(NEWS, NEWS).flatMap(({ outcomes }) => outcomes.map(({ probability }) => probability));
  figures = [
    ...rows.flatMap(({ rate, probability }) => [String(rate), String(probability)].filter((text) => text.length >= 7)),
    ...newest.flatMap((probability) => [percentWords(probability), wholePercentWords(probability)]),
    ...rows.filter(({ probability }) => newest.includes(probability)).map(({ rate }) => rateWords(rate)),
    ...closes,
  ];
});
afterAll(() => db.drop());

/** Those of the source's figures that are in a text. */
function toldIn(text: string): string[] {
  const plain = text.replaceAll("\u00a0", " ").replaceAll("\\u00a0", " ");
  const isIn = (figure: string) => {
    for (let at = plain.indexOf(figure); at >= 0; at = plain.indexOf(figure, at + 1)) {
      const around = `${plain[at - 1] ?? " "}${plain[at + figure.length] ?? " "}`;
      if (!/[\d.]./.test(around) && !/.\d/.test(around)) return true;
    }
    return false;
  };
  return [...new Set(figures)].filter(isIn);
}

/** What is asked of each path. `tells`: that it tells figures to whom they may be told. */
const ASKED: Readonly<Record<string, { readonly queries: readonly string[]; readonly tells: boolean }>> = {
  "/v1/probabilities": { queries: ["", "?basis=published", "?as_of=2025-11-10&format=csv"], tells: true },
  "/v1/shifts": { queries: [`?meeting=${MEETING}`, `?meeting=${MEETING}&window=1w&format=csv`], tells: true },
  "/v1/meetings": { queries: [""], tells: false },
  "/v1/meetings/{meeting}/history": {
    queries: ["?measure=expected_rate", "?range=350-375&basis=published", "?range=350-375&format=csv"],
    tells: true,
  },
  "/v1/decisions": { queries: ["", "?format=csv"], tells: false },
  "/v1/repricings": { queries: ["?basis=published", "?basis=published&format=csv"], tells: true },
  "/v1/repricings/{id}": { queries: [""], tells: true },
  "/v1/alerts": { queries: ["", "?basis=published", "?format=csv"], tells: true },
  "/v1/markets": { queries: ["?from=2025-10-16&to=2025-11-13"], tells: true },
  "/v1/scores": { queries: [""], tells: false },
  "/v1/assets": { queries: ["", "?format=csv"], tells: true },
  "/v1/assets/{symbol}/closes": { queries: ["", "?format=csv"], tells: true },
  "/v1/sources": { queries: [""], tells: false },
  "/v1/quarantine": { queries: [""], tells: false },
  "/v1/badge.svg": { queries: ["", "?measure=expected_rate", "?range=350-375"], tells: true },
  "/v1/chart.svg": { queries: ["?range=350-375", "?measure=expected_rate", "?range=350-375&asset=BTC"], tells: true },
  "/": { queries: [""], tells: true },
  "/meetings/{meeting}": { queries: [""], tells: true },
  "/repricings/{id}": { queries: [""], tells: true },
  "/story": { queries: ["", `?meeting=${MEETING}&range=350-375`], tells: true },
  "/sources": { queries: [""], tells: false },
  "/webhooks": { queries: [""], tells: false },
  "/metrics": { queries: [""], tells: false },
};

describe("what a source's licence forbids to pass on", () => {
  it("is asked for on every path there is", () => {
    const known = [...RESOURCES, ...DRAWINGS].map(({ path }) => path as string);
    expect(Object.keys(ASKED)).toEqual(expect.arrayContaining(known));
    expect(repricing).toBeGreaterThan(0);
    expect(figures.length).toBeGreaterThan(50);
  });

  it.each(Object.entries(ASKED))("is not told to others by %s", async (path, { queries, tells }) => {
    const { app } = serveTest(db.sql, { withhold: true, now: NOW.toISOString() });
    const at = path.replace("{meeting}", MEETING).replace("{id}", String(repricing)).replace("{symbol}", "BTC");
    const heard: string[] = [];
    for (const query of queries) {
      const textFor = async (env?: object) => (await app.request(`${at}${query}`, undefined, env)).text();
      const [own, others] = [await textFor(HERE), await textFor()];
      heard.push(...toldIn(own));
      expect([query, toldIn(others)]).toEqual([query, []]);
    }
    // The figures are those that it would tell: the test can see them.
    if (tells) expect(heard).not.toEqual([]);
  });

  it("is not told to others by the stream, though they follow it from the start", async () => {
    const heard: string[][] = [];
    for (const env of [HERE, undefined]) {
      const streamed = streamTest(db.sql, { withhold: true });
      streamed.now = NOW;
      const client = await listen(streamed, "?last_event_id=0.0", env);
      // The first alert is behind all snapshots; whom none is told still hears of every snapshot.
      const [last] = await db.sql<{ id: number }[]>`select max(id)::float8 as id from cutwatch.snapshots`;
      await client.until(`id: ${last?.id}.`);
      if (env !== undefined) await client.until("event: alert");
      heard.push(toldIn(client.text));
      expect(client.text.includes("event: alert")).toBe(env !== undefined);
      await client.leave();
      streamed.stop.abort();
    }
    expect(heard[0]).not.toEqual([]);
    expect(heard[1]).toEqual([]);
  });

  it("is not in what a dry run answers, which counts what would have been kept back", async () => {
    const { headers } = await storedKey(db.sql, "webhooks", "desk");
    const rule = { meeting: MEETING, measure: "range", range: "350-375", crosses_pct: 60 };
    const body = JSON.stringify({ min_severity: "notice", rules: [rule] });
    const ask = async (withhold: boolean) => {
      const { app } = serveTest(db.sql, { withhold, now: NOW.toISOString() });
      const response = await app.request("/v1/webhooks/dry-run", {
        method: "POST",
        headers: { ...headers, "Content-Type": "application/json" },
        body,
      });
      const text = await response.text();
      const { messages, withheld, not_judged } = JSON.parse(text);
      return { text, messages, withheld, not_judged };
    };
    const all = await ask(false);
    expect(all.messages.map(({ type }: { type: string }) => type)).toContain("rule.matched");
    expect(all.withheld).toBe(0);
    const withheld = await ask(true);
    expect(withheld.messages).toEqual([]);
    expect(withheld.withheld).toBeGreaterThan(0);
    expect(withheld.not_judged).toMatchObject([{ rule: 0, reason: expect.stringContaining("CUTWATCH_WITHHOLD") }]);
    expect(toldIn(withheld.text)).toEqual([]);
  });
});

describe("messages with figures that may not be passed on", () => {
  const rate = 376.1234567;
  const reading: MeasuredReading = {
    ...{ meeting: MEETING, tradeDate: NEWS, asOf: NOW, recordedAt: NOW, isSample: false },
    grid: "settlement",
    ...{ target: { lowerBp: 375, upperBp: 400 }, value: 0.5003127, expectedRateBp: rate },
    ...{ undecidedMeeting: null, unsolved: null },
    ...PUBLISHED,
  };
  const match: RuleMatch = {
    ...({ direction: "down", basis: "published" } as const),
    ...{
      before: { asOf: soonAfter(LATE).toISOString(), value: 62.1 },
      after: { asOf: NOW.toISOString(), value: 50.03127 },
    },
  };
  const found = { rule: ruleOn({ crossesPct: 60 }), meeting: MEETING, match, reading, crossesDecision: false };
  let webhookId = 0;

  /** Whatever is told of: an alert, a digest of published odds and one that tells of a published leg, a decision, a match. */
  async function queueAll(): Promise<void> {
    const { sql } = db;
    [webhookId = 0] = await addWebhooks(sql, 1);
    await sql`
      update cutwatch.webhooks
      set rules = ${JSON.stringify([found.rule])}::text::jsonb, events = ${[...EVENT_TYPES]}::text[]
      where id = ${webhookId}::bigint
    `;
    expect(await digestDaily({ sql, now: () => NOW, baseUrl: null, withhold: true })).toBe(true);
    const told = { asOf: NOW, source: "fed-press+cme-fedwatch", meeting: null };
    const decided = { ...BODIES.decided.data, odds_before: { ...ODDS_BEFORE, ...PUBLISHED } };
    await tellNotice(sql, { ...told, key: "decided", body: noticeBody("meeting.decided", decided, NOW) }, () => NOW);
    const [open] = BODIES.digest.data.open_repricings;
    if (open === undefined) throw new Error("Cannot test: the digest tells of no repricing");
    const mixed = { ...BODIES.digest.data, open_repricings: [{ ...open, id: repricing }] };
    const body = noticeBody("digest.daily", mixed, NOW);
    await tellNotice(sql, { ...told, key: "mixed", source: "databento", body }, () => NOW);
    await sql.begin((tx) =>
      queueDeliveries(tx, [ruleDraft(found, { webhookId, baseUrl: null, recordedAt: NOW })], NOW),
    );
    await replayWebhook(sql, { webhookId, since: new Date("2025-09-01T00:00:00Z"), missingOnly: false, now: NOW });
  }
  const ODDS_BEFORE = { trade_date: LATE, probability: 0.6210001, expected_rate_bp: rate };

  const rows = () =>
    db.sql<{ id: number; type: string; state: string; error: string | null }[]>`
      select id::float8 as id, type, state, last_error as error
      from cutwatch.webhook_deliveries
      where webhook_id = ${webhookId}::bigint and type <> 'webhook.test'
      order by id
    `;

  it("are all sent where nothing is withheld, and none where it is: the log says why", async () => {
    await queueAll();
    // A while later: writes of one instant are stamped one after the other, and are due then.
    const given = { now: () => new Date(NOW.getTime() + 60_000) };
    const sending = startSending(db.sql, () => answer(204), { ...given, withhold: true });
    await until(async () => (await rows()).every(({ state }) => state !== "pending"));
    await sending.stop(0);
    expect(sending.posts).toEqual([]);
    const kept = await rows();
    const types = new Set(kept.map(({ type }) => type));
    expect([...types].filter((type) => !type.startsWith("repricing.")).toSorted()).toEqual([
      "digest.daily",
      "meeting.decided",
      "rule.matched",
    ]);
    expect(kept.filter(({ type }) => type.startsWith("repricing."))).not.toEqual([]);
    expect(kept.filter(({ type }) => type === "digest.daily")).toHaveLength(2);
    for (const { state, error } of kept) {
      expect([state, error]).toEqual(["expired", expect.stringMatching(/^Withheld by CUTWATCH_WITHHOLD: .*not sent$/)]);
    }

    // A person who may now tell them asks for them again.
    for (const { id } of kept) await redeliver(db.sql, id, NOW);
    const again = startSending(db.sql, () => answer(204), given);
    await until(async () => (await rows()).every(({ state }) => state === "delivered"));
    await again.stop(0);
    expect(again.posts).toHaveLength(kept.length);
  });

  it("are not made in the first place where something can be told without them", async () => {
    const other = await testDatabase();
    const { sql } = other;
    try {
      const [id = 0] = await addWebhooks(sql, 1);
      await sql`
        update cutwatch.webhooks
        set rules = ${JSON.stringify([ruleOn({ crossesPct: 60 })])}::text::jsonb, events = ${[...EVENT_TYPES]}::text[]
        where id = ${id}::bigint
      `;
      await recordCatalog(sql, [
        { source: "cme-fedwatch", what: "w", terms: "t", enabled: true, redistributable: false },
      ]);
      await prepareEpisode(sql, MEETING);
      for (const date of [LATE, NEWS]) {
        await publish(sql, date, date, soonAfter(date));
        const job = { sql, now: () => soonAfter(date), baseUrl: null };
        // 62.1 % and 50.0 %: the match that a rule would find, but that it is not shown.
        const matched = await matchRules({ ...job, withhold: true });
        expect(matched).toMatchObject({ matched: 0, unjudged: { [WITHHELD_READINGS]: 1 } });
      }
      const decided = BUILT_IN_MEETINGS.filter(({ meetingDate }) => meetingDate === MEETING);
      const at = new Date("2025-12-10T19:05:00Z");
      const provenance = { source: "fed-press", payloadId: null, isSample: false, recordedAt: at };
      await sql.begin((tx) =>
        recordNotices(tx, decided.flatMap(noticesOf), provenance, { onlyMissing: false, reach: (date) => date }),
      );
      expect(await meetingDecided({ sql, now: () => at, baseUrl: null, withhold: true })).toBe(1);
      const [told] = await sql<{ body: { data: { odds_before: unknown } }; source: string }[]>`
        select body, source from cutwatch.notices where type = 'meeting.decided'
      `;
      expect([told?.body.data.odds_before, told?.source]).toEqual([null, "fed-press"]);
    } finally {
      await other.drop();
    }
  });
});
