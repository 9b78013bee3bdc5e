/**
 * Webhooks beside their limits, in one run on this machine: `npm run bench:deliver`.
 *
 * Receiver and workers are processes of their own, as in use. What is measured: from the commit that queues an alert to the
 * POST as the receiver sees it, with endpoints that hang among the others; 10,000 deliveries by two workers beside a bare
 * loop that sends the same bodies, signed beforehand, with the same client; and what a whole idle process asks of the
 * database.
 */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import type { Sql } from "postgres";
import { startDeliveries } from "../jobs/deliver.ts";
import { UPSTREAMS } from "../src/sources/catalog.ts";
import { watchChanges } from "../src/store/changes.ts";
import { openDatabase } from "../src/store/connect.ts";
import { webhookAgents } from "../src/webhooks/agents.ts";
import { allowList } from "../src/webhooks/allow-list.ts";
import { postOnce } from "../src/webhooks/deliver.ts";
import { exchange } from "../src/webhooks/exchange.ts";
import { hostResolver } from "../src/webhooks/host-resolver.ts";
import { type WebhookRequest, webhookRequest } from "../src/webhooks/request.ts";
import { keyFingerprint, newSecret, sealSecret } from "../src/webhooks/secret.ts";
import { median, report, withDatabase } from "./measure.ts";

const KEY = Buffer.alloc(32, 1);
const SECRET = newSecret();
const ENDPOINTS = 200;
const HANGING = 20;
const ALERTS = 40;
const MANY_HANGING = 1_000;
const HANGING_ALERTS = 5;
const FAN_OUT = 10_000;
const WORKERS = 2;
const BARE_IN_FLIGHT = 64;
const ROUNDS = 7;
const WARM_ROUNDS = 3;
const IDLE_S = 20;
const SETTLE_S = 15;
const BODY = { type: "digest.daily", timestamp: "2026-01-05T12:00:00.000Z", data: { text: "x".repeat(3_000) } };
const LIMITS = { p50Ms: 300, p99Ms: 2_000, besideHangingMs: 5_000, ratio: 0.5, queriesPerS: 2 } as const;

/** Now, in ms, on a clock that all processes of this machine share. */
const sharedMs = () => performance.timeOrigin + performance.now();

function quantile(figures: readonly number[], share: number): number {
  return figures.toSorted((a, b) => a - b)[Math.ceil(figures.length * share) - 1] ?? Number.NaN;
}

/** Answers 204, never where the path says so, and remembers when each message came first. */
function receive(): void {
  let seen: Record<string, number> = {};
  let awaited = 0;
  const server = createServer((request, response) => {
    const id = String(request.headers["webhook-id"]);
    seen[id] ??= sharedMs();
    awaited -= 1;
    if (awaited === 0) process.send?.("all here");
    request.resume();
    if (request.url !== "/hang") request.once("end", () => response.writeHead(204).end());
  });
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    process.send?.(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
  });
  process.on("message", (asked) => {
    if (typeof asked === "number") awaited = asked;
    else process.send?.(seen);
    seen = {};
  });
}

async function work(databaseUrl: string): Promise<void> {
  const { sql } = await openDatabase({ url: databaseUrl, applicationName: "cutwatch worker", max: 6 });
  const tools = {
    allow: allowList(["127.0.0.0/8"]),
    resolver: hostResolver(),
    agents: webhookAgents(),
    version: "bench",
  };
  const deliveries = startDeliveries(
    {
      sql,
      log: pino({ level: "error" }, process.stderr),
      now: () => new Date(),
      monotonicMs: () => performance.now(),
      random: Math.random,
      secretKey: KEY,
      withhold: false,
      baseUrl: null,
      post: (outgoing) => postOnce(outgoing, tools),
      pollMs: 5_000,
    },
    `bench ${process.pid}`,
  );
  await watchChanges(sql, () => deliveries.wake());
  process.send?.("ready");
}

/** Sends its share of messages, signed before the time counts, each time it is told to. */
async function sendBare(url: string): Promise<void> {
  const agents = webhookAgents();
  const body = JSON.stringify(BODY);
  const to = { url: new URL(url), address: "127.0.0.1", userAgent: "cutwatch/bench (+webhooks)" };
  const limits = { connectMs: 5_000, totalMs: 15_000 };
  const sender = async (requests: WebhookRequest[]): Promise<void> => {
    for (let request = requests.pop(); request !== undefined; request = requests.pop()) {
      const { headers, body } = request;
      const { answered } = await exchange({ ...to, headers, body, agents, ...limits });
      if (!answered) throw new Error("Cannot measure the bare loop: a message was not answered");
    }
  };
  for (let round = 0; ; round++) {
    const requests = Array.from({ length: FAN_OUT / WORKERS }, (_, n) =>
      webhookRequest({ messageId: `bare_${process.pid}_${round}_${n}`, body, secrets: [SECRET], now: new Date() }),
    );
    process.send?.("ready");
    await new Promise((resolve) => process.once("message", resolve));
    await Promise.all(Array.from({ length: BARE_IN_FLIGHT }, () => sender(requests)));
    process.send?.("done");
  }
}

/** A process of this file in another role, and what it said first. */
interface Started {
  readonly child: ChildProcess;
  readonly said: string;
}

/** A process of this file in another role; resolves with what it says first. */
async function start(role: string, argument = ""): Promise<Started> {
  const child = fork(fileURLToPath(import.meta.url), [role, argument]);
  const [said] = (await once(child, "message")) as [string];
  return { child, said };
}

async function stopped(children: readonly ChildProcess[]): Promise<void> {
  await Promise.all(
    children.map(async (child) => {
      // One that has nothing left to do has ended by itself.
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    }),
  );
}

async function addWebhooks(sql: Sql, count: number, url: string): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    insert into cutwatch.webhooks
      (tenant, url, min_severity, rules, format, description, enabled, secret, created_at, updated_at)
    select 'local', ${url}, 'notice', '[]', 'standard', 'bench', true, ${Buffer.from(sealSecret(KEY, SECRET))}::bytea, now(), now()
    from generate_series(1, ${count}::integer)
    returning id
  `;
  return rows.map(({ id }) => id);
}

/** Records a notice and queues it for webhooks in one transaction. @returns when that was committed */
async function queue(sql: Sql, name: string, webhookIds: readonly number[], each: number): Promise<number> {
  await sql.begin(async (tx) => {
    await tx`
      with told as (
        insert into cutwatch.notices (key, type, as_of, recorded_at, historical, source, body)
        select ${`${name}_`} || n, 'digest.daily', now(), now(), false, 'bench', ${JSON.stringify(BODY)}::text::jsonb
        from generate_series(1, ${each}::integer) n
        returning id, key
      )
      insert into cutwatch.webhook_deliveries
        (webhook_id, message_id, type, notice_id, as_of, recorded_at, created_at, state, asked_for, tries, attempts, due_at, fence)
      select w, 'msg_' || w || '_' || told.key, 'digest.daily', told.id, now(), now(), now(), 'pending', false, 0, 0, now(), 0
      from told
      cross join unnest(${webhookIds}::bigint[]) w
    `;
    await tx`select pg_notify('cutwatch_data', 'deliveries')`;
  });
  return sharedMs();
}

/** Resolves when nothing waits for these webhooks any more; asks seldom, for that is work for the database too. */
async function emptied(sql: Sql, webhookIds: readonly number[]): Promise<void> {
  for (;;) {
    const [row] = await sql`
      select from cutwatch.webhook_deliveries where state = 'pending' and webhook_id = any(${webhookIds}::bigint[]) limit 1
    `;
    if (row === undefined) return;
    await pause(20);
  }
}

async function arrivals(receiver: ChildProcess): Promise<Record<string, number>> {
  receiver.send("arrivals");
  const [seen] = (await once(receiver, "message")) as [Record<string, number>];
  return seen;
}

async function measureLatency(sql: Sql, url: string, { child: receiver, said: receiverUrl }: Started): Promise<void> {
  const healthy = await addWebhooks(sql, ENDPOINTS - HANGING, `${receiverUrl}/ok`);
  const hanging = await addWebhooks(sql, HANGING, `${receiverUrl}/hang`);
  const workers = await Promise.all(Array.from({ length: WORKERS }, () => start("worker", url)));
  const committed = new Map<string, number>();
  for (let alert = 0; alert < ALERTS; alert++) {
    const name = `alert${alert}`;
    committed.set(`${name}_1`, await queue(sql, name, [...healthy, ...hanging], 1));
    await pause(500);
  }
  await emptied(sql, healthy);
  const seen = await arrivals(receiver);
  const late = healthy.flatMap((webhook) =>
    [...committed].map(([key, atMs]) => (seen[`msg_${webhook}_${key}`] ?? Number.POSITIVE_INFINITY) - atMs),
  );
  await stopped(workers.map(({ child }) => child));
  console.log(
    `${ALERTS} alerts to ${ENDPOINTS} endpoints, ${HANGING} of which hang; ${late.length} messages to the others`,
  );
  report("queued to POST seen, median", median(late), "ms", { what: "limit", figure: LIMITS.p50Ms });
  report("the same, 99th percentile", quantile(late, 0.99), "ms", { what: "limit", figure: LIMITS.p99Ms });
}

/** Endpoints that hang, all of them new to the process, beside some that answer. */
async function measureHanging(sql: Sql, url: string, { child: receiver, said: receiverUrl }: Started): Promise<void> {
  const hanging = await addWebhooks(sql, MANY_HANGING, `${receiverUrl}/hang`);
  const healthy = await addWebhooks(sql, ENDPOINTS, `${receiverUrl}/ok`);
  const worker = await start("worker", url);
  const committed = new Map<string, number>();
  for (let alert = 0; alert < HANGING_ALERTS; alert++) {
    committed.set(`hanging${alert}_1`, await queue(sql, `hanging${alert}`, [...hanging, ...healthy], 1));
    await pause(2_000);
  }
  await emptied(sql, healthy);
  const seen = await arrivals(receiver);
  const late = healthy.flatMap((webhook) =>
    [...committed].map(([key, atMs]) => (seen[`msg_${webhook}_${key}`] ?? Number.POSITIVE_INFINITY) - atMs),
  );
  await stopped([worker.child]);
  console.log(`${HANGING_ALERTS} alerts to ${ENDPOINTS} endpoints and ${MANY_HANGING} that hang, one worker`);
  const limit = { what: "limit", figure: LIMITS.besideHangingMs };
  report("queued to POST seen, 99th percentile", quantile(late, 0.99), "ms", limit);
}

/** How long the bare loop takes, in s, by processes that were just started, and again by the same. */
async function bareSeconds(receiverUrl: string, times: number): Promise<number[]> {
  const senders = await Promise.all(Array.from({ length: WORKERS }, () => start("bare", `${receiverUrl}/ok`)));
  const all = (what: string) =>
    Promise.all(
      senders.map(async ({ child }) => {
        for (;;) if ((await once(child, "message"))[0] === what) return;
      }),
    );
  const seconds: number[] = [];
  for (let time = 0; time < times; time++) {
    const done = all("done");
    const ready = all("ready");
    const startedMs = sharedMs();
    for (const { child } of senders) child.send("go");
    await done;
    seconds.push((sharedMs() - startedMs) / 1000);
    await ready;
  }
  await stopped(senders.map(({ child }) => child));
  return seconds;
}

/** The same for the workers: from the commit of the messages until the end of each is stored. */
async function ourSeconds(
  sql: Sql,
  url: string,
  receiver: Started,
  { name, times }: { readonly name: string; readonly times: number },
): Promise<number[]> {
  const { child, said: receiverUrl } = receiver;
  const webhooks = await addWebhooks(sql, ENDPOINTS, `${receiverUrl}/ok`);
  const workers = await Promise.all(Array.from({ length: WORKERS }, () => start("worker", url)));
  const seconds: number[] = [];
  for (let time = 0; time < times; time++) {
    await pause(500);
    // The database is asked only once all have arrived: until then its time belongs to those that are measured.
    child.send(FAN_OUT);
    const allHere = once(child, "message");
    const startedMs = await queue(sql, `${name}_${time}`, webhooks, FAN_OUT / ENDPOINTS);
    await allHere;
    await emptied(sql, webhooks);
    seconds.push((sharedMs() - startedMs) / 1000);
  }
  await stopped(workers.map(({ child }) => child));
  return seconds;
}

interface FanOut {
  readonly what: string;
  readonly rounds: number;
  /** how often the same processes send; the last time counts */
  readonly times: number;
}

/** @returns the median ratio to the bare loop, each round beside its neighbour: the machine's speed changes by a quarter within a run */
async function fanOut(sql: Sql, url: string, receiver: Started, { what, rounds, times }: FanOut): Promise<number> {
  const bare: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < rounds; round++) {
    bare.push((await bareSeconds(receiver.said, times)).at(-1) ?? Number.NaN);
    ours.push((await ourSeconds(sql, url, receiver, { name: `fan${round}`, times })).at(-1) ?? Number.NaN);
  }
  report(`${FAN_OUT} deliveries by ${WORKERS} workers, ${what}`, FAN_OUT / median(ours), "a second", {
    what: "bare loop",
    figure: FAN_OUT / median(bare),
  });
  const ratios = bare.map((seconds, round) => seconds / (ours[round] ?? Number.NaN));
  console.log(
    `round by round: ${ratios.map((ratio) => ratio.toFixed(2)).join(" ")}; median ${median(ratios).toFixed(2)}`,
  );
  return median(ratios);
}

async function measureFanOut(sql: Sql, url: string, receiver: Started): Promise<void> {
  const ratio = await fanOut(sql, url, receiver, { what: "all just started", rounds: ROUNDS, times: 1 });
  console.log(`at least ${LIMITS.ratio}: ${ratio >= LIMITS.ratio ? "yes" : "NO"}`);
}

/** A bare loop has little to compile and no database: once warm it gains more. */
async function measureWarmFanOut(sql: Sql, url: string, receiver: Started): Promise<void> {
  await fanOut(sql, url, receiver, { what: "the second time", rounds: WARM_ROUNDS, times: 2 });
}

async function transactions(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select (xact_commit + xact_rollback)::float8 as count from pg_stat_database where datname = current_database()
  `;
  return row?.count ?? 0;
}

/** A whole `cutwatch worker`, jobs included, with nothing to do and no source to ask. */
async function measureIdle(sql: Sql, url: string, { said: receiverUrl }: Started): Promise<void> {
  const env = {
    ...{
      PATH: process.env.PATH,
      DATABASE_URL: url,
      CUTWATCH_FUTURES: "none",
      CUTWATCH_SAMPLE: "off",
      LOG_LEVEL: "error",
    },
    CUTWATCH_SECRET_KEY: KEY.toString("base64"),
    ...Object.fromEntries(UPSTREAMS.map(({ baseUrlEnv }) => [baseUrlEnv, receiverUrl])),
  };
  const program = resolve("bin/cutwatch.js");
  const child = spawn(process.execPath, [program, "worker"], { env, stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  // Jobs at start; and the figures of a session reach the view a second after it fell silent.
  await pause(SETTLE_S * 1000);
  const before = await transactions(sql);
  await pause(IDLE_S * 1000);
  // Our own two questions are not the worker's.
  const perSecond = ((await transactions(sql)) - before - 1) / IDLE_S;
  child.kill("SIGTERM");
  await once(child, "exit");
  report("transactions of an idle worker", perSecond, "a second", { what: "limit", figure: LIMITS.queriesPerS });
}

/** Each measurement has a database of its own: what waits for the endpoints of another would be walked over. */
async function withReceiver(work: (sql: Sql, url: string, receiver: Started) => Promise<void>) {
  await withDatabase(async (sql, url) => {
    const fingerprint = keyFingerprint(KEY);
    await sql`insert into cutwatch.secret_keys (fingerprint, recorded_at) values (${fingerprint}, now())`;
    const receiver = await start("receiver");
    try {
      await work(sql, url, receiver);
    } finally {
      await stopped([receiver.child]);
    }
  });
}

async function measure(): Promise<void> {
  for (const measurement of [measureLatency, measureHanging, measureFanOut, measureWarmFanOut, measureIdle]) {
    await withReceiver(measurement);
  }
}

const [role = "", argument = ""] = process.argv.slice(2);
if (role === "receiver") receive();
else if (role === "worker") await work(argument);
else if (role === "bare") await sendBare(argument);
else await measure();
