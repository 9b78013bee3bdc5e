/**
 * `npm run drill:kill [seed]`: four real workers and 10,000 deliveries; a worker is killed with -9 at 200 points, one more
 * stands still for two minutes, and Postgres is killed three times. Leases are the real ones, so that it takes minutes.
 */
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openDatabase } from "../../src/store/connect.ts";
import { openEmbedded } from "../../src/store/embedded.ts";
import { migrate } from "../../src/store/migrate.ts";
import { killDrill } from "./kill-drill.ts";

const DELIVERIES = 10_000;
const KILLS = 200;
const WORKERS = 4;
const KILL_WITHIN_MS = 600;
const STOP_AT = 20;
const STOP_MS = 120_000;
const POSTGRES_KILLS = [50, 100, 150];
const RECOVERY_LIMIT_S = 90;

const seed = Number(process.argv[2] ?? 1);
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

let stoppedFor = 0;
let postgresKills = 0;
let stopping: Promise<void> = Promise.resolve();
try {
  await migrate({ sql, folder: resolve("drizzle") });
  const result = await killDrill({
    ...{ seed, deliveries: DELIVERIES, kills: KILLS, workers: WORKERS, killWithinMs: KILL_WITHIN_MS, sql },
    env: { CUTWATCH_DATA_DIR: dataDir, CUTWATCH_DB_PORT: new URL(url).port },
    atKill: async (number, workers) => {
      if (number % 50 === 0) console.log(`${number} of ${KILLS} kills`);
      if (number === STOP_AT) {
        const sleeper = workers.pop();
        sleeper?.kill("SIGSTOP");
        stopping = new Promise((done) =>
          setTimeout(() => {
            sleeper?.kill("SIGCONT");
            stoppedFor = STOP_MS / 1000;
            // What it makes of its late answers belongs to the drill; then it goes like the others.
            setTimeout(() => {
              sleeper?.kill("SIGKILL");
              done();
            }, 20_000);
          }, STOP_MS),
        );
      }
      if (POSTGRES_KILLS.includes(number)) {
        process.kill(await postgresPid(), "SIGKILL");
        postgresKills += 1;
      }
    },
  });
  await stopping;
  const quantile = (share: number) => result.recoveryS[Math.ceil(result.recoveryS.length * share) - 1] ?? 0;
  const held = (holds: boolean) => (holds ? "yes" : "NO");
  const late = quantile(0.99);
  const table: [string, string, string][] = [
    ["deliveries", String(result.deliveries), ""],
    ["workers killed with -9", String(result.kills), ""],
    ["a worker stopped for, s", String(stoppedFor), ""],
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
