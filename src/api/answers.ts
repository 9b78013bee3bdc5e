/** From a request to its answer: memory first, then the question, the reading, the bytes. */
import type { Context } from "hono";
import type { Sql } from "postgres";
import { withDeadline } from "../store/deadline.ts";
import { AnswerCache, isUnchanged, type ReadyAnswer, readyAnswer, Saturated } from "./answer-cache.ts";
import { type Connection, isOwnMachine } from "./client.ts";
import { csvText, tableText } from "./csv.ts";
import { unavailable } from "./failure.ts";
import { KnownInstants } from "./known-instants.ts";
import { canonicalQuery, queryTexts } from "./question.ts";
import { ReadingFinder } from "./reading-finder.ts";
import { type Answer, pathNames, type Resource } from "./resource.ts";
import { SnapshotViews } from "./snapshot-views.ts";
import { passableSources } from "./withholding.ts";

/** What the answers of one server rest on. */
export interface AnswersContext {
  readonly sql: Sql;
  readonly now: () => Date;
  readonly baseUrl: string;
  readonly withhold: boolean;
  /** answers are for who asked: no cache between may keep them */
  readonly isPrivate: boolean;
  readonly changes: { onChange(listener: (what: string) => void): void; isLive(): boolean };
}

/** An answer that is not kept longer than this, whatever it says: what is announced may get lost. */
const LONGEST_MS = 60_000;
/** Where announcements do not arrive, and just after one: a replica may be behind the announcement. */
const SHORT_MS = 1_000;
const SETTLING_MS = 2_000;
/** No statement runs longer than 2 s; a question has a few. */
const DEADLINE_MS = 5_000;

/** An answer during which something was recorded is made again, for its parts may speak of two states; so often at most. */
const MOST_READS = 3;

// An answer as of a past knowledge never changes, but a process whose clock is behind may still write under an earlier stamp.
const SETTLED_MS = 15 * 60_000;
const SETTLED_CACHE = "max-age=300";

/** Maker of other answers than resources: the page and the documents. */
export interface Document {
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text: string;
  readonly until: Date | null;
}

type Respond = (c: Context) => Response | Promise<Response>;

/** Answers for one server, and their memory. */
export class Answers {
  readonly #context: AnswersContext;
  readonly #cache = new AnswerCache();
  readonly #snapshots = new SnapshotViews();
  readonly #readings: ReadingFinder;
  readonly #instants: KnownInstants;
  #changedMs = Number.NEGATIVE_INFINITY;
  #changes = 0;
  #fromMemory = 0;
  #made = 0;

  constructor(context: AnswersContext) {
    this.#context = context;
    this.#readings = new ReadingFinder(context.sql, this.#snapshots);
    this.#instants = new KnownInstants(context.sql);
    context.changes.onChange(() => {
      this.#changes++;
      this.#changedMs = context.now().getTime();
      this.#cache.clear();
      this.#readings.clear();
      this.#instants.clear();
    });
  }

  /** How many answers went out of memory, and how many had to be made or waited for. */
  counts(): { readonly fromMemory: number; readonly made: number } {
    return { fromMemory: this.#fromMemory, made: this.#made };
  }

  /** Answers a resource's path. Not `async`: what is in memory goes out without waiting for a turn. */
  resource(resource: Resource): Respond {
    const names = pathNames(resource.path);
    const known = Object.keys(resource.parameters.shape).filter((name) => !names.includes(name));
    return this.#respond((c) => {
      const given = queryTexts(searchOf(c.req.url), known);
      const inPath = Object.fromEntries(names.map((name) => [name, c.req.param(name) ?? ""]));
      const question = `${resource.path}?${canonicalQuery({ ...given, ...inPath })}`;
      return { question, make: (outsider) => this.#read(resource, { given, inPath, address: addressOf(c) }, outsider) };
    });
  }

  /** Answers a path with a document; `known` are the parameters it takes. */
  document(known: readonly string[], make: (texts: Record<string, string>, c: Context) => Promise<Document>): Respond {
    return this.#respond((c) => {
      const texts = queryTexts(searchOf(c.req.url), known);
      const question = `${c.req.path}?${canonicalQuery(texts)}`;
      return {
        question,
        make: async () => {
          const startedMs = this.#context.now().getTime();
          const { text, contentType, headers = {}, until } = await make(texts, c);
          const answer = { contentType, headers, cacheControl: this.#cacheControl("no-cache") };
          return readyAnswer(text, { ...answer, freshUntilMs: this.#freshUntil(until, startedMs) });
        },
      };
    });
  }

  #respond(ask: (c: Context) => { question: string; make: (outsider: boolean) => Promise<ReadyAnswer> }): Respond {
    const { now, withhold } = this.#context;
    return (c) => {
      const outsider = withhold && !isOwnMachine(c.env as Connection | undefined, c.req.raw.headers);
      const whom = outsider ? "other " : "";
      const address = whom + addressOf(c);
      const nowMs = now().getTime();
      const known = this.#cache.at(address, nowMs);
      if (known !== null) {
        this.#fromMemory++;
        return send(c, known);
      }
      this.#made++;
      const { question, make } = ask(c);
      const made = this.#cache.answer(address, whom + question, nowMs, () => make(outsider));
      return made.then(
        (answer) => send(c, answer),
        (error: unknown) => {
          throw error instanceof Saturated ? unavailable(`${error.message}; try again in a moment`) : error;
        },
      );
    };
  }

  async #read(
    resource: Resource,
    { given, inPath, address }: { given: Record<string, string>; inPath: Record<string, string>; address: string },
    outsider: boolean,
  ): Promise<ReadyAnswer> {
    const reading = this.#readWhole(resource, { ...given, ...inPath }, outsider);
    const { answer, started } = await withDeadline(reading, DEADLINE_MS, `answer ${resource.path}`);
    const isCsv = given.format === "csv";
    const next = nextCursor(answer);
    return readyAnswer(textOf(resource, answer, isCsv), {
      contentType: isCsv ? "text/csv; charset=utf-8; header=present" : "application/json",
      cacheControl: this.#cacheControl(isSettled(given, started) ? SETTLED_CACHE : "no-cache"),
      freshUntilMs: this.#freshUntil(answer.until, started.getTime()),
      headers: next === null ? {} : { Link: `<${nextPage(address, given, next)}>; rel="next"` },
    });
  }

  /** Reads from one state of the database, as far as changes are announced. */
  async #readWhole(
    resource: Resource,
    texts: Readonly<Record<string, string>>,
    outsider: boolean,
  ): Promise<{ answer: Answer; started: Date }> {
    const { sql, now, baseUrl } = this.#context;
    for (let reads = 1; ; reads++) {
      const before = this.#changes;
      const started = now();
      const answer = await resource.read(texts, {
        sql,
        now: started,
        baseUrl,
        keepMs: this.#freshUntil(null, started.getTime()),
        instants: this.#instants,
        readings: this.#readings,
        snapshots: this.#snapshots,
        passable: async () => (outsider ? passableSources(sql) : null),
      });
      if (before === this.#changes || reads === MOST_READS) return { answer, started };
    }
  }

  #freshUntil(until: Date | null, startedMs: number): number {
    const settling = startedMs - this.#changedMs < SETTLING_MS;
    const longest = startedMs + (this.#context.changes.isLive() && !settling ? LONGEST_MS : SHORT_MS);
    return until === null ? longest : Math.min(longest, until.getTime());
  }

  #cacheControl(directive: string): string {
    return `${this.#context.isPrivate ? "private" : "public"}, ${directive}`;
  }
}

function send(c: Context, answer: ReadyAnswer): Response {
  return isUnchanged(c.req.raw.headers.get("if-none-match"), answer.etag)
    ? new Response(null, { status: 304, headers: answer.unchangedHeaders })
    : new Response(answer.body as Uint8Array<ArrayBuffer>, { status: 200, headers: answer.headers });
}

/** Path and query as they were sent. */
function addressOf(c: Context): string {
  const { url } = c.req;
  return url.slice(url.indexOf("/", url.indexOf("//") + 2));
}

function searchOf(url: string): string {
  const mark = url.indexOf("?");
  if (mark < 0) return "";
  const hash = url.indexOf("#", mark);
  return hash < 0 ? url.slice(mark + 1) : url.slice(mark + 1, hash);
}

function isSettled(given: Readonly<Record<string, string>>, now: Date): boolean {
  const known = given.known_at;
  if (known === undefined) return false;
  const instant = Date.parse(known.length === 10 ? `${known}T23:59:59.999Z` : known);
  return instant < now.getTime() - SETTLED_MS;
}

function textOf(resource: Resource, { body }: Answer, isCsv: boolean): string {
  const { item, table } = resource;
  if (isCsv && table !== undefined) {
    const columns = table.columns.map((name) => ({ name, path: [name], isList: false }));
    return tableText(columns, table.rows(typeof body === "string" ? JSON.parse(body) : body));
  }
  if (typeof body === "string") return body;
  if (!isCsv || item === null) return JSON.stringify(body);
  return csvText(item, "data" in body && Array.isArray(body.data) ? body.data : []);
}

function nextCursor({ body }: Answer): string | null {
  if (typeof body === "string" || !("next_cursor" in body)) return null;
  return typeof body.next_cursor === "string" ? body.next_cursor : null;
}

function nextPage(address: string, given: Readonly<Record<string, string>>, cursor: string): string {
  const [path = ""] = address.split("?");
  return `${path}?${canonicalQuery({ ...given, cursor })}`;
}
