/** Questions and commands about webhooks: who may ask, what they carry, how they are answered. Nothing of them is kept. */
import { createHash } from "node:crypto";
import type { Context } from "hono";
import type { Sql } from "postgres";
import type { z } from "zod";
import { withDeadline } from "../store/deadline.ts";
import type { AllowList } from "../webhooks/allow-list.ts";
import { isUnchanged } from "./answer-cache.ts";
import { type Authenticator, type Identity, requireScope } from "./auth.ts";
import { readFields } from "./fields.ts";
import { readParameters } from "./parameters.ts";
import { Problem, SECURITY_HEADERS } from "./problem.ts";
import { queryTexts } from "./question.ts";
import { pathNames } from "./resource.ts";

/** What an operation is run with. */
export interface Commanded {
  /** the database that is written to, also for reads: an answer must show what was just changed */
  readonly sql: Sql;
  readonly now: Date;
  readonly identity: Identity;
  /** seals webhook secrets; null: this server has none, so none can be made */
  readonly secretKey: Uint8Array | null;
  readonly allow: AllowList;
  /** what may not be passed on is in no message */
  readonly withhold: boolean;
  /** where cutwatch is served, for addresses in messages, without a trailing slash */
  readonly baseUrl: string;
}

/** What an operation answers; `location` is where the thing it made can be read. */
export interface Told {
  readonly body: object | null;
  readonly location?: string;
}

interface Described {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: `/v1/${string}`;
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly status: 200 | 201 | 202 | 204;
  readonly answer: z.ZodType | null;
  /** bodies to show, by what they do */
  readonly examples?: Readonly<Record<string, object>>;
  /** refusals beside those that every operation has */
  readonly refusals: readonly (404 | 409)[];
}

/** An operation whose parameters and body are checked inside. */
export interface Operation extends Described {
  readonly parameters: z.ZodObject;
  readonly body: z.ZodObject | null;
  readonly run: (
    given: { readonly texts: Readonly<Record<string, string>>; readonly body: unknown },
    commanded: Commanded,
  ) => Promise<Told>;
}

/** Joins an operation's parameters and the form of its body to what it does. */
export function defineOperation<S extends z.ZodObject, B extends z.ZodObject | null>(
  definition: Described & {
    readonly parameters: S;
    readonly body: B;
    readonly run: (
      question: z.output<S>,
      body: B extends z.ZodObject ? z.output<B> : null,
      commanded: Commanded,
    ) => Promise<Told>;
  },
): Operation {
  const { parameters, body: schema, run } = definition;
  return {
    ...definition,
    run: async ({ texts, body }, commanded) => {
      const question = readParameters(parameters, texts);
      const read = schema === null ? null : readFields(schema, body);
      return run(question, read as B extends z.ZodObject ? z.output<B> : null, commanded);
    },
  };
}

const LARGEST_BODY = 65_536;
const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;
/** No statement runs longer than 2 s; an operation has a few. */
const DEADLINE_MS = 8_000;

/** The rest of the body is not read: what follows it on this connection could not be told from it. */
function tooLarge(): Problem {
  return new Problem(413, `Cannot read the body: it may have ${LARGEST_BODY} bytes`, {
    headers: { Connection: "close" },
  });
}

async function bodyText(request: Request): Promise<string> {
  if (request.body === null) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > LARGEST_BODY) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new Problem(400, "Cannot read the body: it is not UTF-8");
  }
}

// A rule of a webhook is four deep. Parsing goes to any depth; what looks at the parsed afterwards does not.
const DEEPEST = 20;

function isDeeper(value: unknown, than: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return than === 0 || Object.values(value).some((inner) => isDeeper(inner, than - 1));
}

/** @throws Problem 415 for another type than JSON, 413 for more than 64 KiB, 400 for what is not JSON or nested deeply */
async function readJsonBody(request: Request): Promise<unknown> {
  const type = request.headers.get("content-type");
  if (type === null || !JSON_TYPE.test(type)) {
    const was = type === null ? "no Content-Type was sent" : `its type was "${type.slice(0, 80)}"`;
    throw new Problem(415, `Cannot read the body: ${was}, may be application/json`);
  }
  const text = await bodyText(request);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Problem(400, "Cannot read the body: it is not JSON");
  }
  if (isDeeper(body, DEEPEST)) throw new Problem(400, `Cannot read the body: it is nested more than ${DEEPEST} deep`);
  return body;
}

/** A body where none is taken would be a misunderstanding: what it asks for would not happen. */
async function requireNoBody(request: Request): Promise<void> {
  const text = (await bodyText(request)).trim();
  if (text !== "" && text !== "{}") throw new Problem(400, "Cannot use the body: none is taken here");
}

/** A path as the router has it; numbers only, so that no name is taken for one. */
export function routeOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1{[0-9]+}");
}

/** What the operations of one server rest on. */
export interface OperationsContext extends Omit<Commanded, "now" | "identity"> {
  readonly now: () => Date;
  readonly authenticator: Authenticator;
}

/** What a caller inside this process may give beside the request: it has no key. */
export interface Trusted {
  readonly identity?: Identity;
}

/**
 * Answers an operation's path. The key comes first, so that nobody without one learns anything; a foreign thing is then
 * answered as one that does not exist.
 */
export function answerOperation(operation: Operation, context: OperationsContext) {
  const names = pathNames(operation.path);
  const known = Object.keys(operation.parameters.shape).filter((name) => !names.includes(name));
  return async (c: Context): Promise<Response> => {
    const { now, authenticator, ...rest } = context;
    const given = (c.env as Trusted | undefined)?.identity;
    const identity = given ?? (await authenticator.identify(c.req.raw.headers, "bearer"));
    requireScope(identity, "webhooks");
    const texts = queryTexts(new URL(c.req.url).search.slice(1), known);
    const inPath = Object.fromEntries(names.map((name) => [name, c.req.param(name) ?? ""]));
    if (operation.body === null && operation.method !== "GET") await requireNoBody(c.req.raw);
    const body = operation.body === null ? null : await readJsonBody(c.req.raw);
    const commanded = { ...rest, now: now(), identity };
    const running = operation.run({ texts: { ...texts, ...inPath }, body }, commanded);
    const told = await withDeadline(running, DEADLINE_MS, `answer ${operation.path}`);
    return told.body === null ? empty(operation.status) : json(c, operation.status, told);
  };
}

function empty(status: number): Response {
  return new Response(null, { status, headers: { ...SECURITY_HEADERS, "Cache-Control": "no-store" } });
}

function json(c: Context, status: number, { body, location }: Told): Response {
  const text = JSON.stringify(body);
  const headers: Record<string, string> = { ...SECURITY_HEADERS, "Cache-Control": "no-store" };
  if (location !== undefined) headers.Location = location;
  if (c.req.method === "GET" || c.req.method === "HEAD") {
    headers.ETag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 27)}"`;
    if (isUnchanged(c.req.raw.headers.get("if-none-match"), headers.ETag)) {
      return new Response(null, { status: 304, headers });
    }
  }
  return new Response(text, {
    status,
    headers: { ...headers, "Content-Type": "application/json", "Content-Length": String(Buffer.byteLength(text)) },
  });
}
