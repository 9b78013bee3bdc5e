/**
 * `npm run drill:kill [seed] [kills]`: four real workers and 10,000 deliveries; a worker is killed with -9 at 200 points, two
 * more stand still for two minutes, and Postgres is killed three times. Leases are the real ones, so that it takes minutes.
 */
import type { ChildProcess } from "node:child_process";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openDatabase } from "../../src/store/connect.ts";
import { openEmbedded } from "../../src/store/embedded.ts";
import { migrate } from "../../src/store/migrate.ts";
import { killDrill } from "./kill-drill.ts";

const DELIVERIES_A_KILL = 50;
const WORKERS = 4;
const KILL_WITHIN_MS = 600;
const STOP_AT = [20, 60];
/** Messages of the batch are on their way by then. */
const STOP_AFTER_MS = 60;
const STOP_MS = 120_000;
const AFTER_STOP_MS = 20_000;
const POSTGRES_KILLS = [50, 100, 150];
const RECOVERY_LIMIT_S = 90;

const [seed = 1, kills = 200] = process.argv.slice(2).map(Number);
const startedMs = performance.now();
const folder = await mkdtemp(join(tmpdir(), "cutwatch-drill-"));
await chmod(folder, 0o755);
const dataDir = join(folder, "data");
const server = await openEmbedded({ dataDir, port: 0, onEvent: (line) => console.log(line) });
const url = server.url("owner");
const { sql, close } = await openDatabase({ url, applicationName: "cutwatch drill", max: 4 });

/** The server's own number, from the file it writes of itself. */
async function postgresPid(): Promise<number> {
  return Number((await readFile(join(dataDir, "postgres", "data", "postmaster.pid"), "utf8")).split("\n")[0]);
}

/** The worker with most messages on their way. */
async function busiest(): Promise<number> {
  const [row] = await sql<{ worker: string }[]>`
    select worker
    from cutwatch.webhook_attempts
    where finished_at is null and started_at > now() - interval '1 second'
    group by worker
    order by count(*) desc
    limit 1
  `;
  return Number(row?.worker.split(" ")[1]);
}

/** Lets a worker stand still, and go on for a while after that: what it makes of its late answers belongs to the drill. */
async function standStill(worker: ChildProcess): Promise<void> {
  worker.kill("SIGSTOP");
  await pause(STOP_MS);
  worker.kill("SIGCONT");
  await pause(AFTER_STOP_MS);
  worker.kill("SIGKILL");
}

const standing: Promise<void>[] = [];
let postgresKills = 0;
try {
  await migrate({ sql, folder: resolve("drizzle") });
  const result = await killDrill({
    ...{ seed, deliveries: kills * DELIVERIES_A_KILL, kills, workers: WORKERS, killWithinMs: KILL_WITHIN_MS, sql },
    env: { CUTWATCH_DATA_DIR: dataDir, CUTWATCH_DB_PORT: new URL(url).port },
    ended: () => Promise.all(standing),
    atBatch: async (number, workers) => {
      if (number % 50 === 0) console.log(`${number} of ${kills} kills`);
      if (STOP_AT.includes(number)) {
        await pause(STOP_AFTER_MS);
        const pid = await busiest();
        const worker = workers.find((each) => each.pid === pid) ?? workers[0];
        if (worker === undefined) throw new Error("Cannot stop a worker: none is at work");
        workers.splice(workers.indexOf(worker), 1);
        standing.push(standStill(worker));
      }
      if (POSTGRES_KILLS.includes(number)) {
        process.kill(await postgresPid(), "SIGKILL");
        postgresKills += 1;
      }
    },
  });
  const quantile = (share: number) => result.recoveryS[Math.ceil(result.recoveryS.length * share) - 1] ?? 0;
  const held = (holds: boolean) => (holds ? "yes" : "NO");
  const late = quantile(0.99);
  const table: [string, string, string][] = [
    ["deliveries", String(result.deliveries), ""],
    ["workers killed with -9", String(result.kills), ""],
    [`workers stopped for ${STOP_MS / 1000} s`, String(standing.length), ""],
    ["Postgres killed with -9", String(postgresKills), ""],
    ["workers that ended by themselves", String(result.endedAlone), `must be 0: ${held(result.endedAlone === 0)}`],
    ["lost", String(result.lost), `must be 0: ${held(result.lost === 0)}`],
    ["sent more than once", String(result.sentAgain), ""],
    ["of these with another body", String(result.changed), `must be 0: ${held(result.changed === 0)}`],
    ["POSTs without a recorded attempt", String(result.unrecorded), `must be 0: ${held(result.unrecorded === 0)}`],
    ["attempts cut off and visible", String(result.cutOff), ""],
    ["answers that came too late to count", String(result.late), ""],
    ["recovery, median, s", quantile(0.5).toFixed(1), ""],
    ["recovery, 99th percentile, s", late.toFixed(1), `at most ${RECOVERY_LIMIT_S}: ${held(late <= RECOVERY_LIMIT_S)}`],
    ["recovery, longest, s", quantile(1).toFixed(1), ""],
    ["whole drill, s", ((performance.now() - startedMs) / 1000).toFixed(0), `seed ${seed}`],
  ];
  for (const [what, figure, limit] of table) console.log(`${what.padEnd(36)}${figure.padStart(8)}  ${limit}`);
  const broken = result.endedAlone + result.lost + result.changed + result.unrecorded > 0 || late > RECOVERY_LIMIT_S;
  process.exitCode = broken ? 1 : 0;
} finally {
  await close(0);
  await server.release();
  await rm(folder, { recursive: true, force: true });
}
