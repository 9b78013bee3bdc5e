/** The detector on the database: the known answer, online and at once, corrected, poisoned and live. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { completeBlocks } from "../../jobs/asset-blocks.ts";
import { type FlagResult, flagRepricings } from "../../jobs/flag-repricings.ts";
import { importFile } from "../../jobs/import-file.ts";
import { loadBuiltInMeetings, loadSample } from "../../jobs/load-built-in.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import { settlementInstant } from "../../src/calendar/trade-dates.ts";
import type { FuturesQuote } from "../../src/pricing/observations.ts";
import { episodeCloses, episodeFixings, episodeQuotes } from "../../src/sources/built-in/episode.ts";
import { EPISODE_SETTLEMENTS_CSV } from "../../src/sources/built-in/episode-tables.ts";
import { recordCloses } from "../../src/store/closes.ts";
import { recordFixings } from "../../src/store/fixings.ts";
import { recordQuotes } from "../../src/store/quotes.ts";
import { ensureMonths } from "../../src/store/write.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const MEETING = "2025-12-10";
const DATES = [...new Set(episodeQuotes().map((quote) => quote.tradeDate))];

/** the README: the target 10 Dec 2025 on the sample. */
const KNOWN = [
  "2025-09-25 hawkish notice",
  "2025-09-30 dovish notice",
  "2025-10-16 dovish sharp",
  "2025-10-23 hawkish notice",
  "2025-10-29 hawkish sharp",
  "2025-11-13 hawkish severe",
  "2025-11-19 hawkish extension",
  "2025-11-21 dovish sharp",
];

const open: TestDatabase[] = [];
afterAll(async () => {
  for (const db of open) await db.drop();
});

async function freshDatabase(): Promise<TestDatabase> {
  const db = await testDatabase();
  open.push(db);
  await loadBuiltInMeetings(db.sql, () => NOW);
  return db;
}

/** The built-in sample with its odds, nothing flagged yet. */
async function sampleDatabase(): Promise<TestDatabase> {
  const db = await freshDatabase();
  await loadSample(db.sql, () => NOW);
  await snapshotOdds({ sql: db.sql, now: () => NOW });
  return db;
}

/** A database with the episode's fixings and closes as if sources had given them, and no price yet. */
async function realDatabase(): Promise<TestDatabase> {
  const db = await freshDatabase();
  const provenance = { source: "nyfed", payloadId: null, isSample: false, recordedAt: NOW };
  await db.sql.begin(async (tx) => {
    await recordFixings(tx, episodeFixings(), provenance);
    await recordCloses(tx, episodeCloses(), { ...provenance, source: "yahoo" });
  });
  await ensureMonths(db.sql, ["futures_quotes"], "2025-09-01", "2025-12-31");
  await snapshotOdds({ sql: db.sql, now: () => NOW });
  return db;
}

async function price(db: TestDatabase, quotes: readonly FuturesQuote[], source: string, at: Date): Promise<void> {
  await db.sql.begin((tx) => recordQuotes(tx, quotes, { source, payloadId: null, isSample: false, recordedAt: at }));
  await snapshotOdds({ sql: db.sql, now: () => at });
}

const flag = (db: TestDatabase, at = NOW, live = false): Promise<FlagResult> =>
  flagRepricings({ sql: db.sql, now: () => at, live });

interface AlertRow {
  id: number;
  meeting: string;
  path: number | null;
  direction: string;
  kind: string;
  trade_date: string;
  basis: string;
  historical: boolean;
  is_sample: boolean;
  is_primary: boolean;
  repricing_id: number;
  reverses_id: number | null;
}

async function alerts({ sql }: TestDatabase): Promise<AlertRow[]> {
  return sql<AlertRow[]>`
    select id::float8 as id, meeting::text, path, direction, kind, trade_date::text, basis, historical, is_sample,
      is_primary, repricing_id::float8 as repricing_id, reverses_id::float8 as reverses_id
    from review.alerts
    order by id
  `;
}

const ofMeeting = (rows: readonly AlertRow[], basis = "settlement") =>
  rows.filter((row) => row.meeting === MEETING && row.path === null && row.basis === basis);
const inWords = ({ trade_date, direction, kind }: AlertRow) => `${trade_date} ${direction} ${kind}`;

/** All that was found, in terms that do not depend on how rows are numbered. */
async function found({ sql }: TestDatabase) {
  return {
    alerts: await sql`
      select key, kind, severity, cluster, trade_date, as_of, historical, is_primary, expected_rate_bp, amplitude_bp,
        one_day_bp, sigma_bp, (body #- '{data,id}' #- '{data,url}' #- '{data,reverses}' #- '{data,sequence}' #- '{data,recorded_at}' #- '{timestamp}')::text
          as body
      from cutwatch.alerts order by basis, trade_date, key
    `,
    legs: await sql`
      select meeting, path, direction, status, state, severity, started_on, confirmed_on, extreme_on, ended_on, end_reason,
        start_rate_bp, extreme_rate_bp, at_most_upper_bp, at_most_shift_pp, cluster_id
      from review.repricings order by basis, started_on, meeting, path, direction
    `,
    assets: await sql`
      select r.meeting, r.started_on, a.symbol, a.return, a.return_21d, a.drawdown, a.provisional, a.evaluated_on
      from review.repricing_assets a join review.repricings r on r.id = a.repricing_id
      order by r.basis, r.started_on, r.meeting, r.path, r.direction, a.symbol
    `,
  };
}

async function rowCounts({ sql }: TestDatabase) {
  const [counts] = await sql`
    select (select count(*)::integer from cutwatch.alerts) as alerts,
      (select count(*)::integer from cutwatch.repricings) as legs,
      (select count(*)::integer from cutwatch.repricing_states) as states,
      (select count(*)::integer from cutwatch.repricing_blocks) as blocks,
      (select count(*)::integer from cutwatch.detector_days) as days
  `;
  return counts;
}

describe("flagRepricings() on the built-in sample", () => {
  let db: TestDatabase;
  let results: readonly FlagResult[];
  beforeAll(async () => {
    db = await sampleDatabase();
    results = await Promise.all([flag(db, NOW, true), flag(db, NOW, true), flag(db, NOW, true)]);
    await completeBlocks(db.sql, () => NOW);
  });

  it("stores the known alerts of 10 Dec 2025, on settlements and on published odds alike, all of them history", async () => {
    const rows = await alerts(db);
    expect(ofMeeting(rows).map(inWords)).toEqual(KNOWN);
    expect(ofMeeting(rows, "published").map(inWords)).toEqual(KNOWN);
    expect(rows.every((row) => row.historical && row.is_sample)).toBe(true);
  });

  it("numbers alerts by basis, the best first, and then by date; one voice a day", async () => {
    const rows = await alerts(db);
    const expected = rows.toSorted(
      (a, b) =>
        (a.basis === b.basis ? 0 : a.basis === "settlement" ? -1 : 1) ||
        a.trade_date.localeCompare(b.trade_date) ||
        a.id - b.id,
    );
    expect(rows).toEqual(expected);
    expect(rows.map((row) => row.is_primary)).toEqual(rows.map((row) => row.basis === "settlement"));
  });

  it("names the leg that 21 November reverses: the one from 359.5 to 380.0 bp", async () => {
    const last = ofMeeting(await alerts(db)).at(-1);
    const [reversed] = await db.sql`
      select started_on, extreme_on, round(start_rate_bp::numeric, 1) as start, round(extreme_rate_bp::numeric, 1) as extreme,
        end_reason, at_most_upper_bp, round(at_most_shift_pp::numeric) as shift
      from review.repricings where id = ${last?.reverses_id ?? null}
    `;
    // At most 350-375 fell from certain to the 30.07 % that FedWatch showed on 19 Nov 2025.
    expect(reversed).toMatchObject({
      started_on: "2025-10-16",
      extreme_on: "2025-11-19",
      start: "359.5",
      extreme: "380.0",
      end_reason: "reversed",
      at_most_upper_bp: 375,
      shift: "-70",
    });
  });

  it("stores what assets did beside the leg, as far as their closes exist", async () => {
    const rows = await db.sql`
      select a.symbol, a.provisional, a.evaluated_on
      from review.repricing_assets a
      join review.repricings r on r.id = a.repricing_id
      where r.meeting = ${MEETING} and r.path is null and r.basis = 'settlement' and r.started_on = '2025-10-16'
        and a.return is not null
      order by a.symbol
    `;
    expect(rows.map((row) => row.symbol)).toEqual(["BTC", "ETH", "GOLD", "HSI", "NDX", "NVDA", "SPX", "SSE"]);
    expect(rows.every((row) => row.evaluated_on === "2025-11-19" && row.provisional === false)).toBe(true);
  });

  it("stores what assets did up to the extreme of each leg that is over, which is what is shown", async () => {
    const rows = await db.sql<{ closed: boolean; extreme_on: string; evaluated_on: string }[]>`
      select distinct r.id, r.status = 'closed' as closed, r.extreme_on, a.evaluated_on
      from review.repricings r
      left join review.repricing_assets a on a.repricing_id = r.id
    `;
    const over = rows.filter(({ closed }) => closed);
    expect(over.length).toBeGreaterThan(5);
    for (const { extreme_on, evaluated_on } of over) expect(evaluated_on).toBe(extreme_on);
  });

  it("changes nothing when it runs again, not even when told to look at every day again", async () => {
    const before = [await found(db), await rowCounts(db)];
    expect(await flag(db)).toEqual({ days: 0, legs: 0, alerts: 0, withdrawn: 0 });
    const again = await flagRepricings({ sql: db.sql, now: () => NOW, live: false, from: "2000-01-01" });
    expect(again).toEqual({ days: 2 * DATES.length, legs: 0, alerts: 0, withdrawn: 0 });
    expect(await completeBlocks(db.sql, () => NOW, "2000-01-01")).toBe(0);
    expect([await found(db), await rowCounts(db)]).toEqual(before);
  });

  it("gives each alert to one of several processes that look at once", async () => {
    const raised = results.reduce((sum, result) => sum + result.alerts, 0);
    expect(raised).toBe((await alerts(db)).length);
    expect(results.reduce((sum, result) => sum + result.days, 0)).toBe(2 * DATES.length);
  });
});

describe("flagRepricings() day by day", () => {
  it("finds what it finds in the whole history at once", async () => {
    const atOnce = await realDatabase();
    await price(atOnce, episodeQuotes(), "settlements-csv", NOW);
    await flag(atOnce);
    const online = await realDatabase();
    // Half a second a day: the last two weeks, three alerts among them, one by one.
    const history = episodeQuotes().filter((quote) => quote.tradeDate <= "2025-11-10");
    await price(online, history, "settlements-csv", NOW);
    await flag(online);
    for (const date of DATES.filter((each) => each > "2025-11-10")) {
      const quotes = episodeQuotes().filter((quote) => quote.tradeDate === date);
      await price(online, quotes, "settlements-csv", NOW);
      expect((await flag(online)).days).toBe(1);
    }
    expect(ofMeeting(await alerts(online)).map(inWords)).toEqual(KNOWN);
    expect(await found(online)).toEqual(await found(atOnce));
  });
});

describe("flagRepricings() after a correction", () => {
  const LATER = new Date(NOW.getTime() + 3_600_000);
  const EVEN_LATER = new Date(NOW.getTime() + 7_200_000);
  /** The settlement of 19 November as if nothing had happened since the 18th. */
  const uneventful = episodeQuotes()
    .filter((quote) => quote.tradeDate === "2025-11-18")
    .map((quote) => ({ ...quote, tradeDate: "2025-11-19", asOf: settlementInstant("2025-11-19") }));

  /** What was withdrawn, by what it was told as. */
  async function takenBack({ sql }: TestDatabase): Promise<string[]> {
    const rows = await sql<{ words: string }[]>`
      select r.meeting_date || ' ' || r.direction || ' ' || told.kind || ' ' || told.trade_date
        || ', state ' || (a.body -> 'data' ->> 'state') as words
      from cutwatch.alerts a
      join cutwatch.alerts told on told.id = a.resolves_id
      join cutwatch.repricings r on r.id = a.repricing_id
      where a.kind = 'withdrawn' and a.body ->> 'type' = 'repricing.withdrawn'
        and (a.body -> 'data' ->> 'resolves')::bigint = told.id
      order by a.id
    `;
    return rows.map(({ words }) => words);
  }

  it("looks again from the corrected day, keeps what was raised and withdraws what is gone", async () => {
    const db = await realDatabase();
    await price(db, episodeQuotes(), "settlements-csv", NOW);
    await flag(db);
    const raised = await alerts(db);

    await price(db, uneventful, "settlements-csv", LATER);
    const result = await flag(db, LATER);
    expect(result.days).toBe(DATES.filter((date) => date >= "2025-11-19").length);
    expect(result.withdrawn).toBeGreaterThan(0);
    const after = await alerts(db);
    expect(after.slice(0, raised.length)).toEqual(raised);
    // The leg that is gone takes back the last thing that was told of it, the leg that stays the extension it no longer has.
    expect(await takenBack(db)).toEqual([
      "2025-12-10 dovish sharp 2025-11-21, state withdrawn",
      "2025-12-10 hawkish extension 2025-11-19, state confirmed",
    ]);
    const legs = await db.sql`
      select started_on, state, end_reason, extreme_on from review.repricings
      where meeting = ${MEETING} and path is null and started_on >= '2025-10-16' order by started_on, id
    `;
    // The hawkish leg lost its extreme of the 19th, and with it the start of the dovish one that followed.
    expect(legs.find((leg) => leg.started_on === "2025-10-16")?.extreme_on).not.toBe("2025-11-19");
    expect(legs.find((leg) => leg.started_on === "2025-11-19")).toMatchObject({
      state: "withdrawn",
      end_reason: "corrected",
    });
    expect(await flag(db, LATER)).toMatchObject({ alerts: 0, withdrawn: 0 });
    const lookedAgain = await flagRepricings({ sql: db.sql, now: () => LATER, live: false, from: "2025-11-01" });
    expect(lookedAgain).toMatchObject({ alerts: 0, withdrawn: 0 });
  });

  it("tells again, once, what a second correction brings back, and serves the assets of what stands", async () => {
    const db = await realDatabase();
    await price(db, episodeQuotes(), "settlements-csv", NOW);
    await flag(db);
    const original = await found(db);
    const raised = await alerts(db);
    const evaluated = async () => {
      const rows = await db.sql`
        select distinct r.started_on::text || ' to ' || a.evaluated_on::text as span
        from review.repricing_assets a join review.repricings r on r.id = a.repricing_id
        where r.meeting = ${MEETING} and r.path is null and r.state = 'confirmed' order by 1
      `;
      return rows.map(({ span }) => span);
    };
    const before = await evaluated();
    expect(before.at(-2)).toBe("2025-10-16 to 2025-11-19");

    await price(db, uneventful, "settlements-csv", LATER);
    await flag(db, LATER);
    // The extension of the 19th is void: the assets are those of the alert before it.
    expect((await evaluated()).at(-2)).toBe("2025-10-16 to 2025-11-13");

    const right = episodeQuotes().filter((quote) => quote.tradeDate === "2025-11-19");
    await price(db, right, "settlements-csv", EVEN_LATER);
    await flag(db, EVEN_LATER);
    expect(await evaluated()).toEqual(before);
    // What the first correction raised in their place is taken back.
    expect((await takenBack(db)).at(-1)).toBe("2025-12-10 dovish sharp 2025-11-21, state withdrawn");
    const confirmed = (await found(db)).legs.filter((leg) => leg.state === "confirmed");
    expect(confirmed).toEqual(original.legs);
    const all = await alerts(db);
    expect(all.slice(0, raised.length)).toEqual(raised);
    const again = await db.sql<{ key: string; id: number; supersedes: number; cluster: string }[]>`
      select a.key, a.id, (a.body -> 'data' ->> 'supersedes')::bigint as supersedes, a.cluster from cutwatch.alerts a
      where a.recorded_at >= ${EVEN_LATER.toISOString()}::timestamptz and a.kind <> 'withdrawn' order by a.id
    `;
    expect(again.map(({ key }) => key)).toEqual([
      "2025-12-10/2025-10-16/hawkish/severe/1/again/1",
      "2025-12-10/2025-11-19/dovish/sharp/0/again/1",
    ]);
    for (const { supersedes, key, cluster } of again) {
      const [withdrawal] = await db.sql`select kind from cutwatch.alerts where id = ${supersedes}`;
      expect(withdrawal).toEqual({ kind: "withdrawn" });
      // Told under the name it had, whatever the correction made the first of its cluster.
      const [first] = await db.sql`select cluster from cutwatch.alerts where key = ${key.replace("/again/1", "")}`;
      expect(first).toEqual({ cluster });
    }
    expect(await flag(db, EVEN_LATER)).toMatchObject({ alerts: 0 });
    const lookedAgain = await flagRepricings({ sql: db.sql, now: () => EVEN_LATER, live: false, from: "2000-01-01" });
    expect(lookedAgain).toMatchObject({ alerts: 0, withdrawn: 0 });
    expect(await alerts(db)).toEqual(all);
  });
});

describe("flagRepricings() after a correction that moves an alert to a later day", () => {
  const LATER = new Date(NOW.getTime() + 3_600_000);

  it("takes the alert back and tells it of that day, in the feed and to a receiver that keeps the newest", async () => {
    const db = await realDatabase();
    const until = (date: string) => episodeQuotes().filter((quote) => quote.tradeDate <= date);
    await price(db, until("2025-11-14"), "settlements-csv", NOW);
    await flag(db);
    const raised = await alerts(db);
    expect(ofMeeting(raised).map(inWords).at(-1)).toBe("2025-11-13 hawkish severe");

    // The 13th as it was on the 12th: only the 14th reaches what makes the leg severe.
    const calmer = until("2025-11-12")
      .filter(({ tradeDate }) => tradeDate === "2025-11-12")
      .map((quote) => ({ ...quote, tradeDate: "2025-11-13", asOf: settlementInstant("2025-11-13") }));
    await price(db, calmer, "settlements-csv", LATER);
    await flag(db, LATER);
    const after = await alerts(db);
    expect(after.slice(0, raised.length)).toEqual(raised);
    expect(ofMeeting(after.slice(raised.length)).map(inWords)).toEqual([
      "2025-11-13 hawkish withdrawn",
      "2025-11-14 hawkish severe",
    ]);
    const [last] = await db.sql`
      select key, body -> 'data' ->> 'severity' as severity from cutwatch.alerts
      where key like ${`${MEETING}/2025-10-16/hawkish/%`} order by id desc limit 1
    `;
    expect(last).toEqual({ key: `${MEETING}/2025-10-16/hawkish/severe/0/again/1`, severity: "severe" });
    expect(await flag(db, LATER)).toMatchObject({ alerts: 0 });
    const lookedAgain = await flagRepricings({ sql: db.sql, now: () => LATER, live: false, from: "2000-01-01" });
    expect(lookedAgain).toMatchObject({ alerts: 0, withdrawn: 0 });
  });
});

describe("flagRepricings() on a file with poison in it", () => {
  const [header = "", ...lines] = EPISODE_SETTLEMENTS_CSV.trimEnd().split("\n");
  const months = header.split(",").slice(1);
  const rows = lines.flatMap((line) => {
    const [date, ...prices] = line.split(",");
    return prices.flatMap((text, i) => (text === "" ? [] : [`${date},${months[i]},${text}`]));
  });
  const importRows = async (text: readonly string[]) => {
    const db = await realDatabase();
    const bytes = new TextEncoder().encode(["trade_date,contract,settle", ...text].join("\n"));
    const file = { fileName: "s.csv", bytes, kind: "settlements", options: {}, dryRun: false, again: false } as const;
    const summary = await importFile(db.sql, file, () => NOW);
    await snapshotOdds({ sql: db.sql, now: () => NOW });
    await flag(db, NOW, true);
    return { summary, db };
  };

  it("raises what the sound rows raise and nothing for the quarantined ones, and an import is history even where jobs run", async () => {
    const clean = await importRows(rows);
    const poison = ["2025-11-05,2026-03,83.4250", "2025-11-05,2027-01,9.966", "2025-11-06,2026-03,-96"];
    const poisoned = await importRows([...rows, ...poison]);
    expect(poisoned.summary.quarantined).toHaveLength(poison.length);
    const raised = await alerts(poisoned.db);
    expect(ofMeeting(raised).map(inWords)).toEqual(KNOWN);
    expect(raised.every((row) => row.historical)).toBe(true);
    expect((await found(poisoned.db)).alerts).toEqual((await found(clean.db)).alerts);
  });
});

describe("flagRepricings() on a live source", () => {
  const quotes = episodeQuotes().map((quote): FuturesQuote => ({ ...quote, basis: "last_trade" }));
  const upTo = (date: string) => quotes.filter((quote) => quote.tradeDate <= date);
  const SAME_DAY = new Date(settlementInstant("2025-11-21").getTime() + 60_000);

  it.each([
    { live: true, at: SAME_DAY, historical: false },
    { live: false, at: SAME_DAY, historical: true },
    { live: true, at: new Date(settlementInstant("2025-11-21").getTime() + 24 * 3_600_000 + 1), historical: true },
  ])("today's alert is history: $historical (live $live, at $at)", async ({ live, at, historical }) => {
    const db = await realDatabase();
    await price(db, upTo("2025-11-21"), "yahoo", at);
    await flag(db, at, live);
    const rows = ofMeeting(await alerts(db), "last_trade");
    expect(rows.map(inWords)).toEqual(KNOWN);
    expect(rows.map((row) => row.historical)).toEqual([...Array(7).fill(true), historical]);
  });

  it("waits for the closes of the day, then completes the block by a new row", async () => {
    const db = await realDatabase();
    await price(db, upTo("2025-11-21"), "yahoo", SAME_DAY);
    await flag(db, SAME_DAY, true);
    const [alert] = ofMeeting(await alerts(db), "last_trade").slice(-1);
    const blockOf = async () =>
      db.sql`
        select symbol, provisional, return from review.repricing_assets
        where repricing_id = ${alert?.repricing_id ?? null} order by symbol
      `;
    const before = await blockOf();
    // 14:01 in Chicago: Asia has closed, New York and crypto have not.
    const waiting = before.filter((row) => row.provisional).map((row) => row.symbol);
    expect(waiting).toEqual(["BTC", "ETH", "GOLD", "NDX", "NVDA", "SPX"]);
    const nextDay = new Date("2025-11-22T12:00:00Z");
    expect(await completeBlocks(db.sql, () => nextDay)).toBeGreaterThan(0);
    const after = await blockOf();
    expect(after.every((row) => row.provisional === false && row.return !== null)).toBe(true);
    expect(await completeBlocks(db.sql, () => nextDay)).toBe(0);
  });
});
