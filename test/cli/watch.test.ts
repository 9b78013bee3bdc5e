import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Listening, listen } from "../../src/api/server.ts";
import type { Shell } from "../../src/cli/shell.ts";
import { runCommand } from "../../src/cli.ts";
import { type DAYS, draftOf, seedEpisode } from "../api/episode.ts";
import { type Served, serveTest } from "../api/served.ts";
import { storeAlert, storeFresh } from "../api/stream-episode.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { run, testShell } from "./test-shell.ts";

const NOW = "2025-11-18T12:00:00Z";

let database: TestDatabase;
let served: Served;
let server: Listening;
let watching: Watching;

beforeAll(async () => {
  database = await testDatabase();
  await seedEpisode(database.sql);
});
afterAll(() => database.drop());
beforeEach(async () => {
  served = serveTest(database.sql, { now: NOW });
  server = await listen({ app: served.app, host: "127.0.0.1", port: 0 });
  watching = new Watching();
});
afterEach(async () => {
  watching.stop();
  await server.close(0);
});

/** A watch in a shell of its own: what it has printed, and when it has. */
class Watching {
  out = "";
  err = "";
  rows: number | undefined;
  #stop: () => void = () => undefined;
  #waiting: (() => void)[] = [];

  /** @returns the exit code, when it is told to stop */
  start(args: readonly string[], given: { isTty?: boolean; env?: Record<string, string>; fetch?: typeof fetch } = {}) {
    const { isTty = false, env = {}, fetch = globalThis.fetch } = given;
    const printer = (name: "out" | "err") => ({
      write: (text: string) => {
        this[name] += text;
        for (const wake of this.#waiting.splice(0)) wake();
      },
      isTty,
      columns: 80,
      rows: this.rows,
    });
    const shell: Shell = {
      ...testShell({ DATABASE_URL: database.url, CUTWATCH_SAMPLE: "off", ...env }),
      out: printer("out"),
      err: printer("err"),
      now: () => new Date(Date.parse(NOW) + performance.now()),
      fetch,
      onStop: (listener) => {
        this.#stop = listener;
      },
    };
    return runCommand(["watch", ...args], shell);
  }

  /** Waits until what was printed matches. */
  async until(words: RegExp, where: "out" | "err" = "out"): Promise<RegExpExecArray> {
    for (;;) {
      const found = words.exec(this[where]);
      if (found !== null) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  stop(): void {
    this.#stop();
  }
}

/** A reading of 17 Nov 2025 with the odds of a trade date, as a job records and announces it. */
async function recordReading(oddsOf: (typeof DAYS)[number]): Promise<void> {
  await storeFresh(database.sql, 1, { readings: draftOf(oddsOf).readings });
  served.announce("snapshots");
}

const unreachable: typeof globalThis.fetch = async () => {
  throw new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED 127.0.0.1:8080") });
};

describe("cutwatch watch in a pipe", () => {
  it("prints where each meeting stands, then a line for each that moves, and ends at Ctrl-C with 0", async () => {
    await recordReading("2025-11-17");
    const ended = watching.start(["--url", server.url]);
    const [first] = await watching.until(/^.*2025-12-10.*$/m);
    expect(first).toBe(
      "2025-11-17 2025-12-10  expected 3.769 %  3.75-4.00 % at 57.6 %  ease 42.4  hold 57.6  hike 0.0 %",
    );
    await watching.until(/2026-01-28/);
    // CME FedWatch: 44.4 % for 3.50-3.75 % at the settlement of 14 Nov 2025, 42.4 % at that of the 17th.
    await recordReading("2025-11-14");
    const [moved] = await watching.until(/^.*2025-12-10.*\(-.*$/m);
    expect(moved).toBe(
      "2025-11-17 2025-12-10  corrected: expected 3.764 % (-0.5 bp)  3.75-4.00 % at 55.6 % (-2.0 pp)  ease 44.4  hold 55.6  hike 0.0 %",
    );
    watching.stop();
    expect(await ended).toBe(0);
    expect(watching.err).toBe("");
    expect(watching.out).not.toContain("\u001b");
  });

  it("prints the API's own answers with --json, alerts as they come", async () => {
    await recordReading("2025-11-17");
    const ended = watching.start(["--url", server.url, "--meeting", "2025-12-10", "--json"]);
    await watching.until(/\n/);
    const id = await storeAlert(database.sql, "watched");
    served.announce("alerts");
    await watching.until(/"alert_key":"watched".*\n/);
    watching.stop();
    expect(await ended).toBe(0);
    const lines = watching.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const path = "/v1/probabilities?meeting=2025-12-10";
    expect(lines[0]).toEqual({ event: "odds", data: await (await served.app.request(path)).json() });
    expect(lines.at(-1)).toMatchObject({ event: "alert", data: { type: "repricing.sharp", data: { sequence: id } } });
  });

  it("reads the database where no server runs", async () => {
    await recordReading("2025-11-17");
    const ended = watching.start(["--meeting", "2025-12-10"], { fetch: unreachable });
    await watching.until(/2025-12-10 {2}expected/);
    await recordReading("2025-11-14");
    await watching.until(/2025-12-10 {2}corrected: expected .* \(-0\.5 bp\)/);
    watching.stop();
    expect(await ended).toBe(0);
  });

  it("asks nobody at port 0", async () => {
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = async (url) => {
      asked.push(String(url));
      throw new TypeError("fetch failed");
    };
    const ended = watching.start(["--meeting", "2025-12-10"], { env: { PORT: "0" }, fetch });
    await watching.until(/2025-12-10/);
    await recordReading("2025-11-17");
    await watching.until(/2025-12-10 {2}corrected: expected/);
    watching.stop();
    expect(await ended).toBe(0);
    expect(asked).toEqual([]);
  });

  it("says once that the server went away, and waits for it", async () => {
    const ended = watching.start(["--url", server.url]);
    await watching.until(/2026-01-28/);
    await server.close(0);
    const [trouble] = await watching.until(/^cutwatch: .*; again in \d+ s$/m, "err");
    expect(trouble).toMatch(/^cutwatch: Cannot (go on|reach http:.*): /);
    watching.stop();
    expect(await ended).toBe(0);
  });
});

describe("cutwatch watch on a terminal", () => {
  const LEAVE = "\u001b[?1049l";
  const frames = (text: string) => text.split("\u001b[H").slice(1);

  it.each([12, 24, 60])(
    "draws the table in place, no longer than a window of %i lines, and leaves it behind",
    async (rows) => {
      await recordReading("2025-11-17");
      watching.rows = rows;
      const ended = watching.start(["--url", server.url], { isTty: true });
      await watching.until(/live from http/);
      await watching.until(/2025-12-10/);
      await recordReading("2025-11-14");
      await watching.until(/ease 42\.4[\s\S]*ease 44\.4/);
      watching.stop();
      expect(await ended).toBe(0);
      const [screen = "", after = ""] = watching.out.split(LEAVE);
      expect(screen.startsWith("\u001b[?1049h\u001b[?25l")).toBe(true);
      expect(screen.endsWith("\u001b[?7h\u001b[?25h")).toBe(true);
      for (const frame of frames(screen)) expect(frame.split("\r\n").length).toBeLessThanOrEqual(rows);
      expect(after).toMatch(/^Odds of 2025-11-17, settlement/);
      expect(after).toContain("2026-01-28");
    },
  );
});

describe("cutwatch watch, of what it cannot do,", () => {
  it.each([
    [
      ["--interval", "1"],
      /--interval.* It must be a whole number of seconds from 5 to 3600|: it must be a whole number/,
      2,
    ],
    [["--url", "odds.example"], /^cutwatch: Cannot use --url: was "odds\.example", may be a URL/, 2],
    [["--key", "cw_ x"], /^cutwatch: Cannot use key: it has characters that no API key has/, 2],
    [["--url", "http://127.0.0.1:8080"], /^cutwatch: Cannot reach http:\/\/127\.0\.0\.1:8080: connect ECONNREFUSED/, 1],
  ])("says so: %j", async (args, line, exitCode) => {
    const shell = testShell({ DATABASE_URL: database.url }, { fetch: unreachable });
    const { code, out, err } = await run(shell, "watch", ...args);
    expect({ code, out }).toEqual({ code: exitCode, out: "" });
    expect(err).toMatch(line);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });

  it("refuses a meeting that there is not, in the API's words", async () => {
    const shell = testShell({ DATABASE_URL: database.url });
    const asked = { ...shell, fetch: globalThis.fetch };
    const { code, err } = await run(asked, "watch", "--url", server.url, "--meeting", "2025-12-11");
    expect(code).toBe(2);
    expect(err).toMatch(/the nearest meetings are 2025-12-10/);
  });
});
