/** `npm start` to the first answer: in an empty folder, and again beside its data; then the memory of the process. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../src/store/free-port.ts";
import { median, report } from "./measure.ts";

const COLD_LIMIT_S = 4;
const WARM_LIMIT_S = 1.5;
const MEMORY_LIMIT_MB = 160;
const ROUNDS = 3;
const READS = 3000;
const GIVE_UP_MS = 60_000;

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  readonly seconds: number;
}

async function start(dataDir: string): Promise<Started> {
  const [port, dbPort] = [await freePort(), await freePort()];
  const env = {
    ...process.env,
    CUTWATCH_DATA_DIR: dataDir,
    CUTWATCH_DB_PORT: String(dbPort),
    PORT: String(port),
    CUTWATCH_JOBS: "off",
    LOG_LEVEL: "error",
  };
  const url = `http://127.0.0.1:${port}`;
  const begun = performance.now();
  const child = spawn("npm", ["start", "--silent"], { env, stdio: "ignore", detached: true });
  while (performance.now() - begun < GIVE_UP_MS) {
    const answer = await fetch(`${url}/v1/probabilities?as_of=2025-11-17`).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.status === 200) return { child, url, seconds: (performance.now() - begun) / 1000 };
    await pause(5);
  }
  throw new Error(`Cannot measure the start: no answer within ${GIVE_UP_MS} ms`);
}

/** Process ids of a process and all below it. */
async function family(pid: number): Promise<number[]> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "")).trim();
  const below = children === "" ? [] : await Promise.all(children.split(" ").map((id) => family(Number(id))));
  return [pid, ...below.flat()];
}

/** Resident memory of the largest Node process of a family, in MB; Linux only. */
async function memoryMb(pid: number): Promise<number | null> {
  const figures: number[] = [];
  for (const id of await family(pid)) {
    const name = await readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "");
    const status = await readFile(`/proc/${id}/status`, "utf8").catch(() => "");
    const kilobytes = /VmRSS:\s+(\d+) kB/.exec(status)?.[1];
    if (name.includes("cutwatch") && kilobytes !== undefined) figures.push(Number(kilobytes) / 1024);
  }
  return figures.length === 0 ? null : Math.max(...figures);
}

async function stop({ child }: Started): Promise<void> {
  if (child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  process.kill(-child.pid, "SIGTERM");
  await ended;
}

const cold: number[] = [];
const warm: number[] = [];
const memory: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const folder = await mkdtemp(join(tmpdir(), "cutwatch-bench-"));
  await chmod(folder, 0o755);
  const dataDir = join(folder, "data");
  const first = await start(dataDir);
  cold.push(first.seconds);
  await stop(first);
  const second = await start(dataDir);
  warm.push(second.seconds);
  for (let read = 0; read < READS; read++) {
    const answer = await fetch(
      `${second.url}/v1/probabilities?as_of=2025-${read % 2 === 0 ? "10" : "11"}-${10 + (read % 15)}`,
    );
    await answer.arrayBuffer();
  }
  const used = second.child.pid === undefined ? null : await memoryMb(second.child.pid);
  if (used !== null) memory.push(used);
  await stop(second);
  await rm(folder, { recursive: true, force: true });
}
console.log(`medians of ${ROUNDS} rounds`);
report("npm start in an empty folder to the first answer", median(cold), "s", { what: "limit", figure: COLD_LIMIT_S });
report("npm start beside its data to the first answer", median(warm), "s", { what: "limit", figure: WARM_LIMIT_S });
if (memory.length > 0) {
  report(`memory after ${READS} reads`, median(memory), "MB", { what: "limit", figure: MEMORY_LIMIT_MB });
}
