/**
 * Kills processes that send webhooks, at points that a seed decides, and counts what came of it: nothing may be lost, and
 * what is sent again must be the same message.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Sql } from "postgres";
import { UPSTREAMS } from "../../src/sources/catalog.ts";
import { keyFingerprint } from "../../src/webhooks/secret.ts";
import { addDeliveries, addWebhooks, SEALING_KEY } from "../store/webhook-rows.ts";

const PROGRAM = fileURLToPath(new URL("../../bin/cutwatch.js", import.meta.url));
const ENDPOINTS = 10;
/** Every other endpoint answers late, so that a kill finds messages on their way. */
const LATE_MS = 150;
const START_TRIES = 20;

/** How the drill goes. */
export interface Drill {
  readonly seed: number;
  readonly deliveries: number;
  readonly kills: number;
  readonly workers: number;
  /** from a batch to the kill, at most */
  readonly killWithinMs: number;
  /** where the workers find the database */
  readonly env: Readonly<Record<string, string>>;
  /** a fresh client: the drill may end the server under it */
  readonly sql: Sql;
  /** told of each process that was killed */
  readonly onKilled?: (pid: number) => Promise<void>;
  /** just after a batch was queued: what else is to be done there, such as killing the database; may take workers out */
  readonly atBatch?: (number: number, workers: ChildProcess[]) => Promise<void>;
  /** awaited before counting */
  readonly ended?: () => Promise<unknown>;
}

/** What came of it. */
export interface DrillResult {
  readonly deliveries: number;
  readonly kills: number;
  /** workers that ended although nobody killed them */
  readonly endedAlone: number;
  /** messages that no endpoint saw, or that do not count as delivered */
  readonly lost: number;
  readonly sentAgain: number;
  /** messages of which two POSTs differed in their body */
  readonly changed: number;
  /** messages that were sent more often than attempts were recorded */
  readonly unrecorded: number;
  /** attempts whose process did not live to end them */
  readonly cutOff: number;
  /** attempts that ended after another process had taken the delivery over: they decided nothing */
  readonly late: number;
  /** of those cut off: from the kill to the delivery, in s, ascending */
  readonly recoveryS: readonly number[];
}

/** Numbers from 0 up to 1 (not included) that the seed decides (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Receiver {
  readonly server: Server;
  readonly url: string;
  /** hashes of the bodies that came, by message */
  readonly seen: Map<string, string[]>;
}

async function startReceiver(): Promise<Receiver> {
  const seen = new Map<string, string[]>();
  const server = createServer((request, response) => {
    const id = request.headers["webhook-id"];
    // In the place of every source: it has nothing, which is no reason to ask again.
    if (typeof id !== "string") return void response.writeHead(404).end();
    const hash = createHash("sha256");
    request.on("data", (chunk: Buffer) => hash.update(chunk));
    request.once("end", () => {
      seen.set(id, [...(seen.get(id) ?? []), hash.digest("hex")]);
      setTimeout(() => response.writeHead(204).end(), request.url === "/late" ? LATE_MS : 0);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return { server, seen, url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}` };
}

/** Starts `cutwatch worker` and waits until it sends; null: it ended first, as without a database it must. */
async function startWorker(env: Readonly<Record<string, string>>, sourcesUrl: string): Promise<ChildProcess | null> {
  const sources = Object.fromEntries(UPSTREAMS.map(({ baseUrlEnv }) => [baseUrlEnv, sourcesUrl]));
  const child = spawn(process.execPath, [PROGRAM, "worker"], {
    env: {
      ...{ PATH: process.env.PATH, CUTWATCH_FUTURES: "none", CUTWATCH_SAMPLE: "off", LOG_LEVEL: "silent" },
      ...{ CUTWATCH_WEBHOOK_ALLOW: "127.0.0.0/8", CUTWATCH_SECRET_KEY: SEALING_KEY.toString("base64") },
      ...sources,
      ...env,
    },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [first] = (await Promise.race([once(child.stdout, "data"), once(child, "exit")])) as [Buffer | number];
  return Buffer.isBuffer(first) ? child : null;
}

/** Runs a question again until the database, which may be on its way back, answers it. */
export async function persistently<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    const answered = await Promise.race([
      ask().then(
        (value) => ({ value }),
        () => null,
      ),
      // A client may wait for ever for a server that went away.
      pause(3_000, null),
    ]);
    if (answered !== null) return answered.value;
    await pause(200);
  }
}

/** Kills as the drill says, waits until everything that can be is delivered, and counts. */
export async function killDrill(drill: Drill): Promise<DrillResult> {
  const { sql, kills, onKilled, atBatch } = drill;
  const random = seeded(drill.seed);
  const receiver = await startReceiver();
  const killedAt = new Map<number, Date>();
  const workers: ChildProcess[] = [];
  const starting = new Set<Promise<void>>();
  let endedAlone = 0;
  const start = (): void => {
    const started = (async () => {
      for (let tries = 0; tries < START_TRIES; tries++) {
        const child = await startWorker(drill.env, receiver.url);
        if (child === null) continue;
        workers.push(child);
        child.once("exit", (_, signal) => {
          if (signal !== "SIGKILL") endedAlone += 1;
        });
        return;
      }
      throw new Error(`Cannot start a worker: it ended ${START_TRIES} times`);
    })();
    starting.add(started);
    void started.finally(() => starting.delete(started));
  };
  try {
    await sql`insert into cutwatch.secret_keys values (${keyFingerprint(SEALING_KEY)}, now()) on conflict do nothing`;
    const webhooks: number[] = [];
    for (let i = 0; i < ENDPOINTS; i++) {
      webhooks.push(...(await addWebhooks(sql, 1, { url: `${receiver.url}/${i % 2 === 0 ? "at-once" : "late"}` })));
    }
    for (let i = 0; i < drill.workers; i++) start();
    await Promise.all(starting);

    const each = Math.ceil(drill.deliveries / kills / ENDPOINTS);
    let queued = 0;
    for (let kill = 0; kill < kills; kill++) {
      const name = `k${kill}_`;
      const dueAt = new Date();
      // A batch that was committed while its answer was lost must not be queued twice.
      await persistently(async () => {
        const [found] =
          await sql`select from cutwatch.webhook_deliveries where message_id = ${`msg_${webhooks[0]}_${name}1`}`;
        if (found === undefined) await addDeliveries(sql, webhooks, each, { name, dueAt, recordedAt: dueAt });
        await sql`select pg_notify('cutwatch_data', 'deliveries')`;
      });
      queued += each * ENDPOINTS;
      await atBatch?.(kill, workers);
      await pause(random() * drill.killWithinMs);
      const victim = workers.splice(Math.floor(random() * workers.length), 1)[0];
      if (victim?.pid !== undefined) {
        victim.kill("SIGKILL");
        killedAt.set(victim.pid, new Date());
        await onKilled?.(victim.pid);
      }
      while (workers.length + starting.size < drill.workers) start();
      // All but one are at work when the next one is killed.
      while (workers.length < drill.workers - 1) await Promise.race(starting);
    }
    await Promise.all(starting);
    await persistently(async () => {
      const [row] = await sql`select from cutwatch.webhook_deliveries where state = 'pending' limit 1`;
      if (row !== undefined) throw new Error("some still wait");
    });
    await drill.ended?.();
    const counted = await persistently(() => count(sql, receiver.seen, killedAt, queued));
    return { ...counted, endedAlone };
  } finally {
    await Promise.allSettled(starting);
    for (const worker of workers) worker.kill("SIGKILL");
    receiver.server.closeAllConnections();
    receiver.server.close();
  }
}

async function count(
  sql: Sql,
  seen: ReadonlyMap<string, readonly string[]>,
  killedAt: ReadonlyMap<number, Date>,
  deliveries: number,
): Promise<Omit<DrillResult, "endedAlone">> {
  const rows = await sql<{ message_id: string; state: string; attempts: number }[]>`
    select d.message_id, d.state, (
      select count(*)::integer from cutwatch.webhook_attempts a where a.delivery_id = d.id
    ) as attempts
    from cutwatch.webhook_deliveries d
    where d.message_id ~ '_k\\d+_'
  `;
  const cutOff = await sql<{ worker: string; finished_at: Date }[]>`
    select a.worker, d.finished_at
    from cutwatch.webhook_attempts a
    join cutwatch.webhook_deliveries d on d.id = a.delivery_id
    where a.finished_at is null and d.finished_at is not null
  `;
  const [late] = await sql<{ count: number }[]>`
    select count(*)::integer as count
    from cutwatch.webhook_attempts a
    join cutwatch.webhook_attempts b
      on b.delivery_id = a.delivery_id and b.number = a.number + 1 and b.started_at < a.finished_at
  `;
  const posts = (id: string) => seen.get(id) ?? [];
  const arrived = rows.filter(({ message_id, state }) => state === "delivered" && posts(message_id).length > 0);
  const recoveryS = cutOff.flatMap(({ worker, finished_at }) => {
    // `host pid start`: the process that began the attempt.
    const at = killedAt.get(Number(worker.split(" ")[1]));
    return at === undefined ? [] : [(finished_at.getTime() - at.getTime()) / 1000];
  });
  return {
    deliveries,
    kills: killedAt.size,
    lost: deliveries - arrived.length,
    sentAgain: rows.filter(({ message_id }) => posts(message_id).length > 1).length,
    changed: rows.filter(({ message_id }) => new Set(posts(message_id)).size > 1).length,
    unrecorded: rows.filter(({ message_id, attempts }) => posts(message_id).length > attempts).length,
    cutOff: cutOff.length,
    late: late?.count ?? 0,
    recoveryS: recoveryS.toSorted((a, b) => a - b),
  };
}
