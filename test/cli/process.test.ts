import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UPSTREAMS } from "../../src/sources/catalog.ts";
import { freePort } from "../../src/store/free-port.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

const PROGRAM = fileURLToPath(new URL("../../bin/cutwatch.js", import.meta.url));

let database: TestDatabase;
let env: NodeJS.ProcessEnv;
let upstreams: Server;

beforeAll(async () => {
  database = await testDatabase();
  // In the place of every upstream: it has nothing, which is no reason to ask again.
  upstreams = createServer((_, response) => response.writeHead(404).end("nothing here"));
  upstreams.listen(0, "127.0.0.1");
  await once(upstreams, "listening");
  const address = upstreams.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  const port = String(await freePort());
  env = { PATH: process.env.PATH, DATABASE_URL: database.url, PORT: port, CUTWATCH_FUTURES: "none" };
  for (const { baseUrlEnv } of UPSTREAMS) env[baseUrlEnv] = url;
  // Compiled once, so that no test below waits for it.
  spawnSync(process.execPath, [PROGRAM, "--version"]);
});
afterAll(async () => {
  upstreams.close();
  await database.drop();
});

function start(...argv: string[]): ChildProcessWithoutNullStreams & { printed: () => string } {
  const child = spawn(process.execPath, [PROGRAM, ...argv], { env });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  return Object.assign(child, { printed: () => text });
}

/** Resolves when the process has printed words that match. */
async function until(child: ReturnType<typeof start>, words: RegExp): Promise<void> {
  while (!words.test(child.printed())) await once(child.stdout, "data");
}

describe("the cutwatch process", () => {
  it("ends with the command's exit code and one line", () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, "nonsense"], { env, encoding: "utf8" });
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^cutwatch: Cannot run this: unknown command 'nonsense'.*\n$/);
  });

  it("is quiet when its reader goes away", () => {
    const query = `${process.execPath} ${PROGRAM} sql "select n from generate_series(1, 200000) as n" | head -n 1`;
    const { stdout, stderr } = spawnSync("sh", ["-c", query], { env, encoding: "utf8" });
    expect(stdout.trim()).toBe("n");
    expect(stderr).toBe("");
  });

  it("serves, lets other commands work beside it, and leaves in order at SIGTERM", async () => {
    const server = start("serve", "--no-jobs");
    await until(server, /jobs: .*\n/);
    expect(server.printed()).toMatch(
      /^cutwatch \d+\.\d+\.\d+ answers at http:\/\/127\.0\.0\.1:\d+\ndatabase: Postgres /,
    );
    expect(server.printed()).toContain("the built-in sample of December 2025 was loaded");
    const answer = await fetch(`http://127.0.0.1:${env.PORT}/v1/probabilities?as_of=2025-11-17&meeting=2025-12-10`);
    const { meetings } = (await answer.json()) as {
      meetings: { outcomes: { lower_bp: number; probability: number }[] }[];
    };
    // CME FedWatch for the settlement of 17 Nov 2025: 42.3571 %.
    expect(meetings[0]?.outcomes.find(({ lower_bp }) => lower_bp === 350)?.probability).toBeCloseTo(0.423571, 5);
    const busy = spawnSync(process.execPath, [PROGRAM, "serve", "--no-jobs"], { env, encoding: "utf8" });
    expect(busy.stderr).toMatch(/^cutwatch: Cannot listen on 127\.0\.0\.1:\d+: the port is in use; set PORT\n$/);
    expect(busy.status).toBe(1);
    server.kill("SIGTERM");
    expect(await once(server, "exit")).toEqual([0, null]);
  });

  it("runs as a worker until SIGINT", async () => {
    const worker = start("worker");
    await until(worker, /database: .*\n/);
    worker.kill("SIGINT");
    expect(await once(worker, "exit")).toEqual([0, null]);
  });
});
