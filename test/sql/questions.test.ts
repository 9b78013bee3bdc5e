import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { flagRepricings } from "../../jobs/flag-repricings.ts";
import { loadBuiltInMeetings, loadSample } from "../../jobs/load-built-in.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

const FOLDER = fileURLToPath(new URL("../../sql/", import.meta.url));
const NOW = new Date("2026-11-22T12:00:00Z");
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith(".sql"));

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await loadBuiltInMeetings(db.sql, NOW);
  await loadSample(db.sql, NOW);
  await snapshotOdds({ sql: db.sql, now: () => NOW });
  await flagRepricings({ sql: db.sql, now: () => NOW, live: false });
});
afterAll(() => db.drop());

/** Runs a question with the reader's rights and nothing more. */
async function ask(name: string): Promise<Record<string, unknown>[]> {
  const question = readFileSync(`${FOLDER}${name}`, "utf8");
  return db.sql.begin(async (tx) => {
    await tx`set local role cutwatch_reader`;
    await tx`set transaction read only`;
    return tx.unsafe(question);
  });
}

describe("sql/", () => {
  it.each(FILES)("%s runs with the reader's role", async (name) => {
    expect(Array.isArray(await ask(name))).toBe(true);
  });

  it.each(FILES)("%s is listed in sql/README.md with the question it begins with", (name) => {
    const question = readFileSync(`${FOLDER}${name}`, "utf8")
      .split("\n")[0]
      ?.match(/^-- ([^?]*\?)/)?.[1];
    const listed = readFileSync(`${FOLDER}README.md`, "utf8");
    expect(listed).toContain(`| [${name}](${name}) | ${question}`);
  });

  it("shows the headline: 93.67 % on 17 Oct and 42.36 % on 17 Nov 2025", async () => {
    const rows = await ask("odds_of_a_meeting.sql");
    const shown = (date: string) =>
      rows.find((row) => row.trade_date === date && row.lower_bp === 350)?.probability_pct;
    expect([shown("2025-10-17"), shown("2025-11-17")]).toEqual(["93.67", "42.36"]);
  });

  it("finds computed odds within the printed digits of FedWatch's", async () => {
    const [row] = await ask("computed_against_published.sql");
    expect(row).toMatchObject({ basis: "settlement", largest_error_pp: expect.stringMatching(/^0\.000[012]$/) });
  });

  it("finds the odds the decided range had before the decisions of the sample", async () => {
    const rows = await ask("odds_against_outcome.sql");
    expect(rows.some((row) => row.decided_lower_bp === 375 && row.days_before === 1)).toBe(true);
  });

  it("ranks 21 Nov 2025 among the largest days", async () => {
    const days = (await ask("largest_daily_shifts.sql")).slice(0, 6).map((row) => row.trade_date);
    expect(days).toContain("2025-11-21");
  });

  it("ranks the repricing of 16 Oct to 19 Nov 2025 as the sharpest of the December meeting", async () => {
    const rows = await ask("sharpest_repricings.sql");
    const first = rows.find((row) => row.meeting === "2025-12-10" && row.basis === "settlement");
    expect(first).toMatchObject({
      started_on: "2025-10-16",
      extreme_on: "2025-11-19",
      severity: "severe",
      from_bp: "359.5",
      to_bp: "380.0",
      amplitude_bp: "20.5",
    });
  });

  it("says what Bitcoin did in it: -15.5 % to 19 Nov, while the Nasdaq 100 lost 0.1 %", async () => {
    const rows = await ask("bitcoin_in_each_repricing.sql");
    const row = rows.find((one) => one.started_on === "2025-10-16" && one.meeting === "2025-12-10");
    expect(row).toMatchObject({ evaluated_on: "2025-11-19", btc_return_pct: "-15.5", ndx_return_pct: "-0.1" });
  });

  it("tells November's alerts once a move, in order", async () => {
    const rows = await ask("alerts_of_a_month.sql");
    expect(rows.map((row) => [row.as_of, row.meeting, row.kind].join(" "))).toEqual(
      [
        ["2025-11-13", "2025-12-10", "severe"],
        ["2025-11-14", "2026-01-28", "extension"],
        ["2025-11-19", "2025-12-10", "extension"],
        ["2025-11-21", "2025-12-10", "sharp"],
        ["2025-11-21", "2026-01-28", "notice"],
      ].map(([date, ...rest]) => [new Date(`${date}T20:00:00Z`), ...rest].join(" ")),
    );
  });
});

describe("the reader's role", () => {
  it.each([
    "select count(*) from cutwatch.futures_quotes",
    "insert into cutwatch.quarantine (recorded_at, source, reason_code, reason, row_text) values (now(), 'x', 'x', 'x', 'x')",
    "create table review.mine (id integer)",
    "drop view review.odds",
  ])("may not: %s", async (statement) => {
    const attempt = db.sql.begin(async (tx) => {
      await tx`set local role cutwatch_reader`;
      return tx.unsafe(statement);
    });
    await expect(attempt).rejects.toThrow(/permission denied|must be owner/);
  });
});
