import { describe, expect, it } from "vitest";
import { ConfigError, publicUrl, readConfig } from "../src/config.ts";

describe("readConfig()", () => {
  it("needs nothing: an empty environment is a machine of one's own", () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      databaseUrl: null,
      dbPort: 54329,
      host: "127.0.0.1",
      port: 8080,
      sample: true,
      jobs: true,
      futures: ["yahoo"],
      withhold: false,
      sourceUrls: {},
    });
    expect(config.dataDir.endsWith("/.cutwatch")).toBe(true);
  });

  it("takes an empty value for an unset one", () => {
    const empty = { DATABASE_URL: "", PORT: "", CUTWATCH_SAMPLE: "", CUTWATCH_FUTURES: "", CUTWATCH_NYFED_URL: "" };
    expect(readConfig(empty)).toEqual(readConfig({}));
  });

  it("reads the order of the futures sources, and none", () => {
    const keys = { CME_FEDWATCH_ID: "id", CME_FEDWATCH_SECRET: "secret" };
    expect(readConfig({ CUTWATCH_FUTURES: "cme-fedwatch, yahoo", ...keys }).futures).toEqual(["cme-fedwatch", "yahoo"]);
    expect(readConfig({ CUTWATCH_FUTURES: "none" }).futures).toEqual([]);
  });

  it("finds the address of any source by its name", () => {
    const env = { CUTWATCH_FED_PRESS_URL: "http://127.0.0.1:9/", CUTWATCH_BASE_URL: "https://odds.example" };
    expect(readConfig(env).sourceUrls).toEqual({ "fed-press": "http://127.0.0.1:9" });
  });

  it.each([
    ["PORT", "80a", "a whole number from 0 to 65535"],
    ["PORT", "70000", "a whole number from 0 to 65535"],
    ["PORT", "1e3", "a whole number from 0 to 65535"],
    ["CUTWATCH_DB_PORT", "0", "a whole number from 1 to 65535"],
    ["CUTWATCH_SAMPLE", "maybe", "on or off"],
    ["CUTWATCH_FUTURES", "bloomberg", "none, or each of cme-fedwatch, databento, yahoo"],
    ["CUTWATCH_FUTURES", "yahoo,yahoo", "at most once"],
    ["DATABASE_URL", "mysql://x", "postgres:// or postgresql://"],
    ["DATABASE_URL", "no url", "postgres:// or postgresql://"],
    ["CUTWATCH_NYFED_URL", "ftp://x", "https:// or http://"],
    ["CUTWATCH_BASE_URL", "https://odds.example/#top", "an address without user name, password, query and fragment"],
    ["LOG_LEVEL", "loud", "fatal, error, warn"],
  ])("refuses %s=%s in one line that names it, what it was and what it may be", (variable, value, accepted) => {
    const attempt = () => readConfig({ [variable]: value });
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(new RegExp(`^Cannot use ${variable}: was "${value}", may be .*${accepted.slice(0, 20)}`));
    try {
      attempt();
    } catch (error) {
      expect(String(error)).not.toContain("\n");
      expect(String(error)).toContain(accepted);
    }
  });

  it("asks for the key of a source that needs one", () => {
    expect(() => readConfig({ CUTWATCH_FUTURES: "databento" })).toThrow(/DATABENTO_KEY/);
    expect(() => readConfig({ CUTWATCH_FUTURES: "cme-fedwatch", CME_FEDWATCH_ID: "x" })).toThrow(/CME_FEDWATCH_SECRET/);
  });

  it("takes no base address that paths cannot be put behind", () => {
    const without = /without user name, password, query and fragment/;
    for (const tail of ["?a=b", "/?", "#"]) {
      expect(() => readConfig({ CUTWATCH_BASE_URL: `https://odds.example${tail}` })).toThrow(without);
    }
  });

  it("shows no password", () => {
    expect(() => readConfig({ DATABASE_URL: "http://user:hunter2@db/x" })).toThrow(/^(?!.*hunter2)/);
    expect(() => readConfig({ CUTWATCH_BASE_URL: "https://user:hunter2@odds.example" })).toThrow(/^(?!.*hunter2)/);
  });
});

describe("publicUrl()", () => {
  it.each([
    [{}, "http://127.0.0.1:8080"],
    [{ HOST: "0.0.0.0", PORT: "9000" }, "http://127.0.0.1:9000"],
    [{ HOST: "::1" }, "http://[::1]:8080"],
    [{ PORT: "0", CUTWATCH_BASE_URL: "https://odds.example/" }, "https://odds.example"],
    // A free port is taken by the server alone: no link may say 0.
    [{ PORT: "0" }, null],
  ])("of %j is %s", (env, url) => {
    expect(publicUrl(readConfig(env))).toBe(url);
  });
});
