/** Rules while the outcome of a meeting is not known: what their webhook is told, and where else it can be seen. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decide } from "../../jobs/decide.ts";
import { matchRules, matchWords } from "../../jobs/match-rules.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import { episodeFixings } from "../../src/sources/built-in/episode.ts";
import { BUILT_IN_MEETINGS } from "../../src/sources/built-in/fomc-meetings.ts";
import { recordFixings } from "../../src/store/fixings.ts";
import { noticesOf, recordNotices } from "../../src/store/meetings.ts";
import { ensureMonths } from "../../src/store/write.ts";
import { run, testShell } from "../cli/test-shell.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { lastTrades, price, soonAfter } from "./live-episode.ts";

const EARLIER = new Date("2025-09-01T12:00:00Z");
const UNKNOWN = "2025-10-29";
const REASON = `the outcome of ${UNKNOWN} is not known`;
// The decision of 29 Oct is in effect from the 30th on: its settlement is the first reading that rests on it.
const [LAST, FIRST_BLIND, TODAY] = ["2025-10-29", "2025-10-30", "2025-11-03"];
const SINCE = "2025-10-30T19:00:00.000Z";
const NOW = soonAfter(TODAY);
const RULES = [
  { meeting: "2025-12-10", measure: "at_most", range: "350-375", crosses_pct: 50 },
  { meeting: "next", measure: "expected_rate", crosses_bp: 370 },
];

let db: TestDatabase;
let folder: string;
beforeAll(async () => {
  [db, folder] = await Promise.all([testDatabase(), mkdtemp(join(tmpdir(), "cutwatch-sight-"))]);
  const meetings = BUILT_IN_MEETINGS.map((one) => (one.meetingDate < UNKNOWN ? one : { ...one, decision: null }));
  const provenance = { source: "nyfed", payloadId: null, isSample: false, recordedAt: EARLIER };
  // A fixing after the decision would give its range away: then it is not unknown.
  const fixings = episodeFixings().filter(({ date }) => date < UNKNOWN);
  await db.sql.begin(async (tx) => {
    const all = { onlyMissing: true, reach: (date: string) => date };
    await recordNotices(tx, meetings.flatMap(noticesOf), { ...provenance, source: "built-in" }, all);
    await recordFixings(tx, fixings, provenance);
  });
  await ensureMonths(db.sql, ["futures_quotes"], "2025-09-01", "2025-12-31");
  for (const date of ["2025-10-28", LAST, FIRST_BLIND, "2025-10-31", TODAY]) {
    await price(db.sql, lastTrades(date, date), "yahoo", soonAfter(date));
  }
});
afterAll(async () => {
  await db.drop();
  await rm(folder, { recursive: true });
});

const match = (at: Date) =>
  matchRules({ sql: db.sql, now: () => at, baseUrl: "https://odds.example", withhold: false });
const cutwatch = (at: Date, ...argv: string[]) =>
  run(testShell({ DATABASE_URL: db.url, CUTWATCH_DATA_DIR: folder }, { now: () => at }), ...argv);

async function made(...rules: readonly object[]): Promise<number> {
  const options = rules.flatMap((rule) => ["--rule", JSON.stringify(rule)]);
  const { out, err } = await cutwatch(
    NOW,
    "webhooks",
    "create",
    "--url",
    "https://bot.example.com/x",
    ...options,
    "--json",
  );
  if (out === "") throw new Error(err);
  return JSON.parse(out).id;
}

async function shown(id: number, at = NOW) {
  return JSON.parse((await cutwatch(at, "webhooks", "show", String(id), "--json")).out);
}

interface Told {
  readonly type: string;
  readonly body: { readonly data: Readonly<Record<string, unknown>> };
}

const toldTo = (id: number) => db.sql<Told[]>`
  select type, body from cutwatch.webhook_deliveries where webhook_id = ${id}::bigint order by id
`;

async function ruleLine(at: Date) {
  const { checks } = JSON.parse((await cutwatch(at, "doctor", "--json")).out) as {
    checks: { name: string; state: string; detail: string }[];
  };
  return checks.find(({ name }) => name === "rules");
}

describe("rules while the outcome of a meeting is not known", () => {
  let id = 0;
  beforeAll(async () => {
    id = await made(...RULES);
  });

  it("are told to be suspended, once, with since when and why, and the run counts them", async () => {
    expect(await match(soonAfter(LAST))).toEqual({ rules: 2, matched: 0, broken: [] });
    expect(await toldTo(id)).toEqual([]);
    const both = await Promise.all([match(NOW), match(NOW)]);
    for (const result of both) expect(result).toEqual({ rules: 2, matched: 0, broken: [], unjudged: { [REASON]: 2 } });
    expect(matchWords(both[0])).toBe(`rules: 2 followed, 0 matched, 2 not judged: ${REASON}`);
    const told = await toldTo(id);
    expect(told.map(({ type }) => type)).toEqual(["rule.suspended"]);
    expect(told[0]?.body.data).toEqual({
      ...{ webhook_id: id, since: SINCE, undecided_meeting: UNKNOWN, reason: REASON },
      as_of: "2025-11-03T20:00:00.000Z",
      url: `https://odds.example/v1/decisions?from=${UNKNOWN}&to=${UNKNOWN}`,
      rules: RULES.map((rule, i) => ({ rule: i, meeting: "2025-12-10", as_written: rule })),
    });
  });

  it("are named by the webhook's own view, in the API and in the terminal", async () => {
    const blind = [0, 1].map((rule) => ({ rule, meeting: "2025-12-10", since: SINCE, reason: REASON }));
    expect((await shown(id)).rules_not_judged).toEqual(blind);
    const { data } = JSON.parse((await cutwatch(NOW, "webhooks", "list", "--json")).out);
    expect(data).toMatchObject([{ id, rules_not_judged: blind }]);
    const { out } = await cutwatch(NOW, "webhooks", "show", String(id));
    expect(out.replaceAll(/\s+/g, " ")).toContain(
      `not judged rule 2 (2025-12-10) since 2025-10-30 19:00 UTC: ${REASON}`,
    );
    expect((await cutwatch(NOW, "webhooks", "list")).out.replaceAll(/\s+/g, " ")).toContain("2 rules not judged");
  });

  it("are a line of doctor to look at", async () => {
    expect(await ruleLine(NOW)).toMatchObject({
      state: "warn",
      detail: `2 of 2 not judged: ${REASON} (since 2025-10-30T19:00Z): rule 1 of webhook ${id}, rule 2 of webhook ${id}`,
    });
  });

  it("have the days they were blind on in a dry run, and are not quiet there", async () => {
    const argv = ["webhooks", "dry-run", String(id), "--event", "rule.matched"];
    const run = JSON.parse((await cutwatch(NOW, ...argv, "--json")).out);
    const period = { meeting: "2025-12-10", from: SINCE, to: "2025-11-03T20:00:00.000Z", days: 3, reason: REASON };
    expect(run.unjudged).toEqual([0, 1].map((rule) => ({ rule, ...period })));
    expect(run.not_judged).toEqual([]);
    expect((await cutwatch(NOW, ...argv)).out).toContain("Rule 1 was not judged from 2025-10-30 to 2025-11-03:");
    const since = JSON.parse((await cutwatch(NOW, ...argv, "--from", FIRST_BLIND, "--json")).out);
    expect(since.not_judged).toEqual([0, 1].map((rule) => ({ rule, reason: REASON })));
  });

  it("are told to be judged again, once, when it is known, and only who was told that they were not", async () => {
    const later = new Date(NOW.getTime() + 3_600_000);
    const disabled = await made(...RULES);
    await cutwatch(NOW, "webhooks", "disable", String(disabled));
    await decide(db.sql, { meetingDate: UNKNOWN, lowerBp: 375, upperBp: 400, unscheduled: false }, () => later);
    // Known, but what is stored still rests on the assumption.
    await match(later);
    expect((await toldTo(id)).map(({ type }) => type)).toEqual(["rule.suspended"]);
    await snapshotOdds({ sql: db.sql, now: () => later });
    const after = new Date(later.getTime() + 60_000);
    const fresh = await made(...RULES);
    expect(await match(after)).not.toHaveProperty("unjudged");
    await match(after);
    const told = (await toldTo(id)).filter(({ type }) => type !== "rule.matched");
    expect(told.map(({ type }) => type)).toEqual(["rule.suspended", "rule.resumed"]);
    expect(told[1]?.body.data).toMatchObject({
      ...{ since: null, as_of: after.toISOString(), undecided_meeting: UNKNOWN },
      ...{ reason: `the outcome of ${UNKNOWN} is known`, rules: [{ rule: 0 }, { rule: 1, meeting: "2025-12-10" }] },
    });
    for (const other of [disabled, fresh]) expect(await toldTo(other)).toEqual([]);
    expect((await shown(id, after)).rules_not_judged).toEqual([]);
    expect(await ruleLine(after)).toMatchObject({ state: "ok" });
  });
});
