/** The requests that the document shows, one an operation, and how each is asked. */
import type { Hono } from "hono";
import type { Sql } from "postgres";
import type { Exchange } from "../../src/api/examples.ts";
import { OPERATIONS } from "../../src/api/operations.ts";
import { claimDeliveries } from "../../src/store/delivery-claims.ts";
import { endAttempts } from "../../src/store/delivery-ends.ts";

const SHOWN_KEY = "Bearer cw_…";
const QUIET_FROM = 4;
const SHOWN_ITEMS = 2;

interface ExampleRequest {
  readonly title: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** lists of four and more are cut to two: the whole would fill pages */
  readonly cut?: boolean;
}

/** Questions, by operation. `{severe}` stands for the number of the episode's severe repricing. */
export const QUESTIONS: Readonly<Record<string, ExampleRequest>> = {
  probabilities: {
    title: "The December 2025 meeting, as it was priced on 17 November",
    path: "/v1/probabilities?as_of=2025-11-17&meeting=2025-12-10",
  },
  shifts: {
    title: "What changed within the month up to 17 November 2025",
    path: "/v1/shifts?meeting=2025-12-10&as_of=2025-11-17&window=1m",
  },
  meetings: { title: "The meetings of a quarter", path: "/v1/meetings?from=2025-10-01&to=2025-12-31" },
  meetings_meeting_history: {
    title: "Odds of 3.50-3.75 % over three days",
    path: "/v1/meetings/2025-12-10/history?range=350-375&from=2025-11-13&to=2025-11-17",
  },
  decisions: { title: "A decision and what it surprised by", path: "/v1/decisions?from=2025-10-29&to=2025-10-29" },
  repricings: {
    title: "Severe repricings of a meeting",
    path: "/v1/repricings?meeting=2025-12-10&min_severity=severe",
  },
  repricings_id: { title: "One repricing, with what assets did", path: "/v1/repricings/{severe}", cut: true },
  alerts: { title: "Severe alerts", path: "/v1/alerts?types=repricing.severe&limit=1", cut: true },
  markets: { title: "A month of markets", path: "/v1/markets?from=2025-10-17&to=2025-11-17", cut: true },
  scores: { title: "Scores a week before", path: "/v1/scores?horizon=7" },
  assets: { title: "The panel", path: "/v1/assets", cut: true },
  assets_symbol_closes: { title: "Two closes", path: "/v1/assets/BTC/closes?from=2025-11-16&to=2025-11-17" },
  sources: { title: "Each source", path: "/v1/sources" },
  quarantine: { title: "The newest refused row", path: "/v1/quarantine?limit=1" },
  stream: {
    title: "On from a place, readings only: the next event",
    path: "/v1/stream?events=snapshot&last_event_id=0.0",
  },
  badge_svg: { title: "Odds of a cut on 17 November 2025", path: "/v1/badge.svg?meeting=2025-12-10&as_of=2025-11-17" },
  chart_svg: {
    title: "A month of odds, small",
    path: "/v1/chart.svg?meeting=2025-12-10&range=350-375&from=2025-10-17&to=2025-11-17&width=320&height=200",
  },
  metrics: { title: "The figures", path: "/metrics" },
  healthz: { title: "It lives", path: "/healthz" },
  readyz: { title: "It can answer", path: "/readyz" },
  problem: { title: "A date that does not exist", path: "/v1/probabilities?as_of=2025-02-30" },
};

/** Commands whose bodies do not say what they are for. */
const COMMANDS: Readonly<Record<string, string>> = {
  list_webhooks: "All of them",
  read_webhook: "One that works",
  delete_webhook: "One that is not wanted any more",
  test_webhook: "A test",
  rotate_webhook_secret: "Another secret",
  replay_webhook: "What was missed since 13 November 2025",
  list_deliveries: "A test that arrived at the second attempt",
  read_delivery: "A test that arrived at the second attempt",
  redeliver: "Once more",
};

const REPLAYED = "?since=2025-11-13&only=missing";

function shown(value: unknown): unknown {
  if (Array.isArray(value)) return (value.length < QUIET_FROM ? value : value.slice(0, SHOWN_ITEMS)).map(shown);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shown(member)]));
}

/** What is another thing each time: secrets, numbers out of a hat, what the process has used. */
const CHANCE: readonly (readonly [RegExp, string])[] = [
  [/whsec_[\w+/=]+/g, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
  [/(msg_\d+_t)[0-9a-f-]{36}/g, "$16c1d6a1e-3f0b-4a57-9d0a-5b8f2f1f9c11"],
  [/^(process_start_time_seconds) .*$/gm, "$1 1795348779"],
  [/^(process_resident_memory_bytes) .*$/gm, "$1 155389952"],
  [/^(process_cpu_seconds_total) .*$/gm, "$1 2.333579"],
];

async function textOf(response: Response, isStream: boolean): Promise<string> {
  if (!isStream || response.body === null) return response.text();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  // The first frame only sets the place; the second is an event.
  while (text.split("\n\n").filter((frame) => frame.includes("data:")).length === 0 || !text.endsWith("\n\n")) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
  }
  await reader.cancel();
  return `${text.split("\n\n").find((frame) => frame.includes("data:"))}\n\n`;
}

/** Asks, and notes what was answered as the document has it. */
export async function recordedExchange(
  app: Hono,
  asked: {
    readonly title: string;
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
    readonly cut: boolean;
  },
): Promise<Exchange> {
  const { title, method, path, headers, body } = asked;
  const type: Record<string, string> = body === null ? {} : { "Content-Type": "application/json" };
  const response = await app.request(path, {
    method,
    headers: { ...type, ...headers },
    ...(body === null ? {} : { body: JSON.stringify(body) }),
  });
  const contentType = response.headers.get("content-type");
  const raw = await textOf(response, contentType?.startsWith("text/event-stream") === true);
  const text = CHANCE.reduce((before, [pattern, fixed]) => before.replace(pattern, fixed), raw);
  const isJson = contentType?.endsWith("json") === true;
  const answered: unknown = text === "" ? null : isJson ? JSON.parse(text) : text;
  const shownHeaders = headers.Authorization === undefined ? headers : { ...headers, Authorization: SHOWN_KEY };
  return {
    title,
    request: { method, path, headers: { ...type, ...shownHeaders }, body },
    answer: { status: response.status, content_type: contentType, body: asked.cut ? shown(answered) : answered },
  };
}

/** Number of the severe repricing of the sample. */
async function severeId(app: Hono): Promise<number> {
  const response = await app.request("/v1/repricings?meeting=2025-12-10&min_severity=severe");
  const { data } = (await response.json()) as { data: { id: number }[] };
  const [found] = data;
  if (found === undefined) throw new Error("Cannot ask for the severe repricing: the sample has none");
  return found.id;
}

/** Every question with its answer, by operation. */
export async function* askedQuestions(app: Hono): AsyncGenerator<readonly [string, Exchange]> {
  const severe = String(await severeId(app));
  for (const [operationId, { title, path, headers = {}, cut = false }] of Object.entries(QUESTIONS)) {
    const asked = { title, method: "GET", path: path.replace("{severe}", severe), headers, body: null, cut };
    yield [operationId, await recordedExchange(app, asked)];
  }
}

/** One webhook whose test message was delivered at the second attempt. */
async function setWebhook(app: Hono, sql: Sql, headers: Readonly<Record<string, string>>, now: Date): Promise<void> {
  await sql`truncate cutwatch.webhooks, cutwatch.webhook_deliveries, cutwatch.webhook_attempts cascade`;
  await sql`alter sequence cutwatch.row_ids restart`;
  await sql`alter sequence cutwatch.delivery_ids restart`;
  const body = JSON.stringify({ url: "https://bot.example.com/cutwatch", meetings: ["next"], description: "desk" });
  await app.request("/v1/webhooks", {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body,
  });
  await app.request("/v1/webhooks/1/test", { method: "POST", headers });
  const query = { worker: "example", failing: false, limit: 1, each: 1, free: new Map(), after: 0 };
  const attempts = [
    { afterMs: 0, state: "pending", status: 503, error: "HTTP 503", answer: "starting", durationMs: 38.2 },
    { afterMs: 5_000, state: "delivered", status: 204, error: null, answer: "", durationMs: 21.7 },
  ] as const;
  for (const { afterMs, durationMs, ...end } of attempts) {
    const at = new Date(now.getTime() + afterMs);
    const { claimed } = await claimDeliveries(sql, { ...query, now: at });
    const ended = { released: false, endedAt: new Date(at.getTime() + durationMs), durationMs, ...end };
    const dueAt = end.state === "pending" ? new Date(at.getTime() + 5_000) : null;
    await endAttempts(
      sql,
      claimed.map((held) => ({ ...held, ...ended, dueAt })),
    );
  }
}

/** Every command with its answer, by operation: each on a webhook that was just made. */
export async function* askedCommands(
  app: Hono,
  sql: Sql,
  given: { readonly headers: Readonly<Record<string, string>>; readonly now: Date },
): AsyncGenerator<readonly [string, Exchange]> {
  const { headers, now } = given;
  for (const { operationId, method, path, body, examples = {} } of OPERATIONS) {
    await setWebhook(app, sql, headers, now);
    const [[title, example] = [null, null]] = Object.entries(examples);
    const query = operationId === "replay_webhook" ? REPLAYED : "";
    const asked = {
      title: title ?? COMMANDS[operationId] ?? operationId,
      method,
      path: path.replace("{id}", "1") + query,
      headers,
      body: body === null ? null : example,
      cut: operationId === "try_webhook",
    };
    yield [operationId, await recordedExchange(app, asked)];
  }
}
