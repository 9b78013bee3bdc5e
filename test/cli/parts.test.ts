import { describe, expect, it } from "vitest";
import { calendarChecks, meetingChecks } from "../../src/cli/doctor-checks.ts";
import { catalogOf } from "../../src/cli/prepare.ts";
import { progressOn } from "../../src/cli/progress.ts";
import { psqlEnvironment } from "../../src/cli/psql.ts";
import { readConfig } from "../../src/config.ts";
import { BUILT_IN_END, BUILT_IN_MEETINGS } from "../../src/sources/built-in/fomc-meetings.ts";
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
