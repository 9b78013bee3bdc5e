/** Asks a server what its own document allows, nearly allows and does not foresee, and judges each answer. */
import type { Sql } from "postgres";
import { someKey, storedKey } from "./keys.ts";
import { Judge, type Received } from "./openapi-judge.ts";
import { type DescribedOperation, describedOperations, type OpenApi } from "./openapi-reader.ts";
import type { Caller, Given, Planned } from "./openapi-requests.ts";

/** A request as it is sent. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | null;
}

export type Send = (request: Sent) => Promise<Received>;

/** Authorization of each caller. */
export async function callers(sql: Sql): Promise<Readonly<Record<Caller, string | null>>> {
  const bearer = async (...of: [Parameters<typeof storedKey>[1], string]) =>
    (await storedKey(sql, ...of)).headers.Authorization;
  return {
    nobody: null,
    stranger: `Bearer ${someKey()}`,
    reader: await bearer("read", "desk"),
    owner: await bearer("webhooks", "desk"),
    other: await bearer("webhooks", "elsewhere"),
    operator: await bearer("admin", "operator"),
  };
}

const MOST_KEPT = 40;

/** What answers gave that later requests may ask for: cursors, numbers, ETags, places. */
class Kept {
  readonly #lists = new Map<string, string[]>();

  note(name: string, value: unknown): void {
    if (typeof value !== "string" && typeof value !== "number") return;
    const list = this.#lists.get(name) ?? [];
    if (!list.includes(String(value))) list.unshift(String(value));
    this.#lists.set(name, list.slice(0, MOST_KEPT));
  }

  /** What is gone is not asked for any more. */
  drop(name: string, value: string): void {
    this.#lists.set(
      name,
      (this.#lists.get(name) ?? []).filter((one) => one !== value),
    );
  }

  value(name: string, at: number): string {
    const list = this.#lists.get(name) ?? [];
    return list[at % Math.max(1, list.length)] ?? "1";
  }
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** `webhooks` of `/v1/webhooks/{id}/test`. */
function nounOf(path: string): string {
  return path.split("/")[2] ?? "";
}

function encoded(text: string, raw: boolean): string {
  // A lone surrogate has no encoding; a client sends the mark of what it could not write.
  const whole = Buffer.from(text, "utf8").toString("utf8");
  return raw ? whole.replaceAll(/[^\x21-\x7e]|#/gu, encodeURIComponent) : encodeURIComponent(whole);
}

/** One server under question. */
export class Fuzz {
  readonly operations: readonly DescribedOperation[];
  readonly judge: Judge;
  /** how often each operation gave each status, by what was meant */
  readonly told = new Map<string, Map<string, number>>();
  readonly #kept = new Kept();
  readonly #send: Send;
  readonly #callers: Readonly<Record<Caller, string | null>>;
  readonly #isAlone: boolean;

  constructor(given: {
    readonly document: OpenApi;
    readonly send: Send;
    readonly callers: Readonly<Record<Caller, string | null>>;
    /** nobody else asks meanwhile, so that what two answers say of one thing must be the same */
    readonly isAlone: boolean;
  }) {
    this.operations = describedOperations(given.document);
    this.judge = new Judge(given.document);
    this.#send = given.send;
    this.#callers = given.callers;
    this.#isAlone = given.isAlone;
  }

  /** The request in full. */
  written(planned: Planned): Sent {
    const { operation, parameters, headers, caller, method, body } = planned;
    const text = (name: string, value: Given) =>
      typeof value === "string" ? value : this.#kept.value(`${operation.operationId} ${name}`, value.kept);
    const idText = (value: Given) =>
      typeof value === "string" ? value : this.#kept.value(`id ${nounOf(operation.path)}`, value.kept);
    let path = operation.path;
    const query: string[] = [];
    const more: Record<string, string> = {};
    for (const { name, in: where, value, raw = false } of parameters) {
      if (where === "path")
        path = path.replace(`{${name}}`, () => encoded(name === "id" ? idText(value) : text(name, value), raw));
      else if (where === "header") more[name] = text(name, value);
      else query.push(`${encoded(name, raw)}=${encoded(text(name, value), raw)}`);
    }
    const authorization = this.#callers[caller];
    return {
      method,
      path: query.length === 0 ? path : `${path}?${query.join("&")}`,
      headers: { ...(authorization === null ? {} : { Authorization: authorization }), ...more, ...headers },
      body,
    };
  }

  /** Asks. @returns the request and what is wrong with its answer */
  async ask(planned: Planned): Promise<{ readonly sent: Sent; readonly faults: readonly string[] }> {
    const sent = this.written(planned);
    const received = await this.#send(sent);
    this.#note(planned, sent, received);
    const faults = this.judge.faults(planned, received);
    if (planned.method === "GET") faults.push(...(await this.#headFaults(planned, sent, received)));
    return { sent, faults };
  }

  /** HEAD says what GET says, without the body. What changes by itself meanwhile is asked once more. */
  async #headFaults({ operation }: Planned, sent: Sent, whole: Received): Promise<string[]> {
    const head = await this.#send({ ...sent, method: "HEAD" });
    const faults: string[] = [];
    if (head.body.length > 0) faults.push("HEAD with a body");
    if (operation.needsKey && !this.#isAlone) return faults;
    const same = ["content-type", "etag", "location", "allow"];
    const said = (one: Received) => JSON.stringify([one.status, ...same.map((name) => one.headers.get(name))]);
    if (said(head) === said(whole)) return faults;
    const again = await this.#send(sent);
    if (said(head) !== said(again)) faults.push(`HEAD says ${said(head)}, GET ${said(again)}`);
    return faults;
  }

  #note({ operation, intent, method, caller }: Planned, sent: Sent, { status, headers, body }: Received): void {
    const statuses = this.told.get(operation.operationId) ?? new Map<string, number>();
    const name = `${intent} ${method === operation.method ? status : method}`;
    statuses.set(name, (statuses.get(name) ?? 0) + 1);
    this.told.set(operation.operationId, statuses);
    const { operationId, path } = operation;
    const [, id] = /^\/v1\/\w+\/(\d+)/.exec(sent.path) ?? [];
    const isGone = status === 404 || (operation.method === "DELETE" && status === 204);
    if (caller === "owner" && id !== undefined && isGone) this.#kept.drop(`id ${nounOf(path)}`, id);
    // Of one tenant's things, so that it finds them again.
    if (status >= 300 || caller === "other" || caller === "operator") return;
    this.#kept.note(`${operationId} If-None-Match`, headers.get("etag"));
    if (headers.get("content-type") === "text/event-stream; charset=utf-8") {
      const place = /^id: (.*)$/m.exec(body.toString("utf8"))?.[1];
      for (const parameter of ["Last-Event-ID", "last_event_id"]) this.#kept.note(`${operationId} ${parameter}`, place);
      return;
    }
    if (headers.get("content-type") !== "application/json") return;
    const answer = membersOf(JSON.parse(body.toString("utf8")));
    for (const parameter of ["cursor", "after"]) this.#kept.note(`${operationId} ${parameter}`, answer.next_cursor);
    this.#kept.note(`id ${nounOf(path)}`, answer.id);
    this.#kept.note("id deliveries", answer.delivery_id);
    const rows = Array.isArray(answer.data) ? answer.data.slice(0, MOST_KEPT) : [];
    const noun = operationId === "list_deliveries" ? "deliveries" : nounOf(path);
    for (const row of rows) this.#kept.note(`id ${noun}`, membersOf(row).id);
  }

  /** How many answers of an operation were what a valid request wants. */
  answered(operationId: string): number {
    const statuses = [...(this.told.get(operationId) ?? [])];
    return statuses.filter(([name]) => /^valid 2/.test(name)).reduce((sum, [, count]) => sum + count, 0);
  }
}
