import { describe, expect, it } from "vitest";
import { calendarChecks, meetingChecks } from "../../src/cli/doctor-checks.ts";
import { oddsText, type ShiftAnswer } from "../../src/cli/now-table.ts";
import { catalogOf } from "../../src/cli/prepare.ts";
import { progressOn } from "../../src/cli/progress.ts";
import { psqlEnvironment } from "../../src/cli/psql.ts";
import { readConfig } from "../../src/config.ts";
import { BUILT_IN_END, BUILT_IN_MEETINGS } from "../../src/sources/fomc-meetings.ts";
import { testShell } from "./test-shell.ts";

describe("psqlEnvironment()", () => {
  it("takes a URL apart, escapes undone", () => {
    expect(psqlEnvironment("postgres://me:p%40ss%3Aword@db.example:6543/odds?sslmode=require")).toEqual({
      PGHOST: "db.example",
      PGPORT: "6543",
      PGDATABASE: "odds",
      PGUSER: "me",
      PGPASSWORD: "p@ss:word",
      PGSSLMODE: "require",
    });
  });

  it("keeps several hosts, an IPv6 address and the usual port", () => {
    expect(psqlEnvironment("postgres://a:5433,b/db")).toMatchObject({ PGHOST: "a,b", PGPORT: "5433,5432" });
    expect(psqlEnvironment("postgres://[::1]:5433/db")).toMatchObject({ PGHOST: "::1", PGPORT: "5433" });
  });

  it("passes the reader's role on", () => {
    const url = "postgres://me@db/odds?options=-c%20role%3Dcutwatch_reader";
    expect(psqlEnvironment(url).PGOPTIONS).toBe("-c role=cutwatch_reader");
  });
});

describe("catalogOf()", () => {
  const enabled = (env: Record<string, string>): string[] =>
    catalogOf(readConfig(env), []).flatMap((entry) => (entry.enabled ? [entry.source] : []));

  it("leaves out what needs a key until it has one", () => {
    const free = ["nyfed", "fed-calendar", "fed-press", "yahoo", "coinbase", "kraken"];
    expect(enabled({})).toEqual(free);
    const given = { CUTWATCH_FUTURES: "databento", DATABENTO_KEY: "db-1", FRED_API_KEY: "k" };
    expect(new Set(enabled(given))).toEqual(new Set([...free, "databento", "fred"]));
  });
});

describe("calendarChecks()", () => {
  const stateOn = (date: string) => {
    const checks = calendarChecks(new Date(`${date}T12:00:00Z`));
    return checks.find(({ name }) => name === "meeting calendar")?.state;
  };

  it("warns a year before the built-in meetings end, and fails after", () => {
    expect(BUILT_IN_END).toBe("2028-01-31");
    expect(stateOn("2027-01-29")).toBe("ok");
    expect(stateOn("2027-01-31")).toBe("warn");
    expect(stateOn("2028-01-31")).toBe("warn");
    expect(stateOn("2028-02-01")).toBe("fail");
  });
});

describe("meetingChecks()", () => {
  it("names past meetings whose outcome is not known", () => {
    const [check] = meetingChecks(BUILT_IN_MEETINGS, new Date("2026-10-31T12:00:00Z"));
    expect(check).toMatchObject({ state: "warn", detail: expect.stringContaining("2026-10-28") });
    const [before] = meetingChecks(BUILT_IN_MEETINGS, new Date("2026-10-28T12:00:00Z"));
    expect(before).toMatchObject({ state: "ok", detail: expect.stringContaining("2026-10-28") });
  });
});

describe("progressOn()", () => {
  it("tells each tenth once where there is no terminal", async () => {
    const shell = testShell({});
    const progress = await progressOn(shell, "Computing, dates", false);
    for (let done = 1; done <= 1000; done++) progress.update(done, 1000);
    const lines = shell.printed.err.trimEnd().split("\n");
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toBe("Computing, dates: 1000 of 1000");
  });

  it("says nothing when told to be quiet", async () => {
    const shell = testShell({});
    (await progressOn(shell, "Computing, dates", true)).update(1, 1);
    expect(shell.printed).toEqual({ out: "", err: "" });
  });
});

describe("oddsText()", () => {
  const odds = {
    as_of: "2026-09-18T19:32:00.000Z",
    trade_date: "2026-09-18",
    grid: "intraday",
    basis: "last_trade",
    source: "yahoo",
    sample: false,
    stale: true,
    target: { lower_bp: 375, upper_bp: 400 },
    effr_bp: null,
    priced_by_year_end_bp: -0.04,
    meetings: [
      {
        meeting: "2026-10-28",
        announced: false,
        expected_rate_bp: 387.5,
        outcomes: [{ lower_bp: 375, upper_bp: 400, probability: 1 }],
        ease: 0,
        hold: 1,
        hike: 0,
        unsolved: null,
      },
    ],
  };
  const plain = { newest: true, coloured: false, blocks: false };
  const shift = (window: string, shiftPp: number | null): ShiftAnswer => ({
    meeting: "2026-10-28",
    window,
    crosses_decision: false,
    expected_rate_shift_bp: null,
    // biome-ignore lint/suspicious/noThenProperty: a member of the API's answer; nothing awaits it
    outcomes: [{ lower_bp: 375, upper_bp: 400, then: 1, shift_pp: shiftPp }],
  });

  it("shows what is missing as a dash, never as 0, and no change without a sign", () => {
    const text = oddsText(odds, [shift("1d", -0.04), shift("1w", null)], plain);
    expect(text).toMatch(/100\.0 % #{24} +0\.0 +- +- +pp/);
    expect(text).toContain("EFFR not known, priced by year's end 0.0 bp");
  });

  it("says that odds are stale and of which instant and basis", () => {
    const text = oddsText(odds, [], plain);
    expect(text).toContain("Odds of 2026-09-18T19:32Z, last trade, from yahoo");
    expect(text).toContain("Stale: newer odds were due");
  });

  it("colours only where asked to", () => {
    expect(oddsText(odds, [], plain)).not.toContain("\u001b");
    expect(oddsText(odds, [], { ...plain, coloured: true })).toContain("\u001b[1m2026-10-28");
  });
});
