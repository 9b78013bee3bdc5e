/** The built-in sample with what a first hour adds: sources asked, a row refused, a meeting scored. */
import type { Sql } from "postgres";
import { scoreDistribution } from "../../src/pricing/scores.ts";
import { recordQuarantine } from "../../src/store/quarantine.ts";
import { recordScores } from "../../src/store/scores.ts";
import { recordCatalog, recordCheck } from "../../src/store/source-health.ts";
import { ASKED, LOADED, seedRepricings } from "./sample-repricings.ts";
import { readJson, serveTest } from "./served.ts";

const DECIDED = { lowerBp: 375, upperBp: 400 };
const MEETING = "2025-10-29";
/** Seven days before it. */
const SCORED = "2025-10-22";

async function score(sql: Sql): Promise<void> {
  const { app } = serveTest(sql, { now: ASKED });
  const { meetings } = await readJson<{
    meetings: { outcomes: { lower_bp: number; upper_bp: number; probability: number }[] }[];
  }>(app, `/v1/probabilities?as_of=${SCORED}&meeting=${MEETING}&basis=settlement`);
  const outcomes = (meetings[0]?.outcomes ?? []).map(({ lower_bp: lowerBp, upper_bp: upperBp, probability }) => ({
    lowerBp,
    upperBp,
    probability,
  }));
  const [snapshot] = await sql<{ id: number }[]>`
    select id::float8 as id
    from cutwatch.snapshots
    where trade_date = ${SCORED} and basis = 'settlement' and grid = 'settlement'
    order by id desc
    limit 1
  `;
  if (snapshot === undefined) throw new Error(`Cannot score ${SCORED}: no reading of it is stored`);
  const known = { meetingDate: MEETING, horizonDays: 7, basis: "settlement", tradeDate: SCORED } as const;
  const draft = { ...known, snapshotId: snapshot.id, decided: DECIDED, outcomes: outcomes.length };
  await sql.begin((tx) => recordScores(tx, [{ ...draft, ...scoreDistribution(outcomes, DECIDED) }], LOADED));
}

async function askSources(sql: Sql): Promise<void> {
  const rest = { enabled: true, redistributable: true };
  await recordCatalog(sql, [
    { source: "fed-press", what: "Decisions, from the FOMC's statements", terms: "Public domain", ...rest },
    {
      ...{ source: "yahoo", what: "Fed-funds futures by month, delayed 10 minutes", terms: "For personal use" },
      ...{ ...rest, redistributable: false },
    },
  ]);
  const checkedAt = new Date("2026-11-22T11:45:00Z");
  const newestAsOf = new Date("2026-11-20T19:00:00Z");
  const expectedNextAt = new Date("2026-11-23T14:45:00Z");
  await recordCheck(sql, { source: "fed-press", checkedAt, error: null, newestAsOf, expectedNextAt });
  await recordCheck(sql, { source: "yahoo", checkedAt: LOADED, error: null, newestAsOf, expectedNextAt });
  const error = "Cannot fetch quotes: HTTP 503";
  await recordCheck(sql, { source: "yahoo", checkedAt, error, newestAsOf: null, expectedNextAt });
}

/** Stores all of it. */
export async function seedDocumented(sql: Sql): Promise<void> {
  await seedRepricings(sql);
  await score(sql);
  await askSources(sql);
  const refused = {
    line: 12,
    reasonCode: "price_out_of_bounds",
    reason: "Cannot use the price 9612.5: must be from 85 to 105",
    rowText: "2025-11-14,2025-11,9612.5",
  };
  await sql.begin((tx) =>
    recordQuarantine(tx, [refused], { source: "settlements-csv", payloadId: null, recordedAt: LOADED }),
  );
}
