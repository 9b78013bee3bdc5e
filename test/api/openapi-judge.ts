/** What is wrong with an answer, by the document and by what no answer may ever hold. */
import type { DescribedOperation, OpenApi, Schema } from "./openapi-reader.ts";
import { schemaCheck } from "./openapi-reader.ts";
import type { Planned } from "./openapi-requests.ts";

/** An answer as it came. */
export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

const PROBLEM_TYPE = "application/problem+json";
const LONGEST_PROBLEM = 4_096;
// Ten thousand rows of the longest list would be less.
const LONGEST_ANSWER = 4_000_000;

/** What must not get out: places in the program, statements, names of tables, words of the database. None is in what is sent. */
const INSIDE: readonly (readonly [string, RegExp])[] = [
  ["a stack", /\n\s+at |\bat \S+ \(|\.[jt]s:\d+/],
  ["a path of this machine", /node_modules|file:\/\/|\/(?:src|dist|home|root|tmp|usr)\//],
  ["SQL", /\bselect\b.+\bfrom\b|\binsert into\b|\bdelete from\b|\bupdate \w+ set\b/i],
  ["words of Postgres", /\brelation "|\bsyntax error\b|\bviolates\b|\bPostgresError\b|invalid input syntax/i],
  [
    "words of the runtime",
    /\b(?:TypeError|RangeError|SyntaxError|ZodError)\b|is not a function|Cannot read propert|is not valid JSON/,
  ],
];

/** The ways in which a refusal without a good key may come: before anybody looked, or by its size. */
const BEFORE_THE_KEY = [405, 413, 414, 431];

/** Whether everything that comes from the caller is left out of a text: what it sent may look like anything. */
function withoutEcho(problem: Readonly<Record<string, unknown>>): string {
  const { was, instance, parameter, detail, ...rest } = problem;
  const echoes = [was, instance, parameter].filter((one) => typeof one === "string" && one !== "");
  return (
    JSON.stringify(rest) + echoes.reduce((text: string, one) => text.replaceAll(String(one), ""), String(detail ?? ""))
  );
}

function parsed(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null; // the fault is told by who asked for it
  }
}

/** Judges answers by a document, whose schemas are read once. */
export class Judge {
  readonly #problem: (value: unknown) => string[];
  readonly #forms = new Map<Schema, (value: unknown) => string[]>();
  readonly #document: OpenApi;

  constructor(document: OpenApi) {
    this.#document = document;
    this.#problem = schemaCheck(document, document.components.schemas.Problem);
  }

  /** Faults of any answer at all. */
  faultsOf({ status, headers, body }: Received): string[] {
    const text = body.toString("utf8");
    const faults: string[] = [];
    if (status >= 500 && !(status === 503 && headers.has("retry-after"))) faults.push(`status ${status}`);
    if (headers.get("x-content-type-options") !== "nosniff") faults.push("no nosniff");
    if (body.length > LONGEST_ANSWER) faults.push(`${body.length} bytes`);
    const said = headers.get("content-length");
    if (said !== null && body.length > 0 && Number(said) !== body.length)
      faults.push(`${body.length} bytes, said ${said}`);
    if (status < 400) return faults;
    if (headers.get("content-type") !== PROBLEM_TYPE)
      return [...faults, `${status} as ${headers.get("content-type")}: ${text.slice(0, 200)}`];
    const problem = parsed(text)?.value;
    if (typeof problem !== "object" || problem === null)
      return [...faults, `a problem that is not JSON: ${text.slice(0, 200)}`];
    faults.push(...this.#problem(problem).map((fault) => `problem: ${fault}`));
    if (!("status" in problem) || problem.status !== status) faults.push("a problem of another status");
    if (text.length > LONGEST_PROBLEM) faults.push(`a problem of ${text.length} characters`);
    const own = withoutEcho(problem as Readonly<Record<string, unknown>>);
    for (const [what, pattern] of INSIDE) if (pattern.test(own)) faults.push(`${what}: ${own}`);
    return faults;
  }

  /** Faults of an answer to a request of the document. */
  faults(planned: Planned, received: Received): string[] {
    const { operation, caller, method } = planned;
    const faults = this.faultsOf(received);
    const { status, headers, body } = received;
    if (operation.needsKey && method === operation.method && !BEFORE_THE_KEY.includes(status)) {
      const isNoPath = status === 404 && body.includes("no such path");
      const replaced = Object.keys(planned.headers).includes("Authorization");
      if ((caller === "nobody" || caller === "stranger") && status !== 401 && !isNoPath) {
        faults.push(`${status} without a key`);
      }
      if (caller === "reader" && !replaced && status !== 403 && !isNoPath)
        faults.push(`${status} with a key of scope read`);
    }
    if (status >= 300 || method !== operation.method) return faults;
    if (!operation.statuses.includes(status)) faults.push(`${status} is not described`);
    return [...faults, ...this.#formFaults(operation, status, headers, body.toString("utf8"))];
  }

  #formFaults(operation: DescribedOperation, status: number, headers: Headers, text: string): string[] {
    const forms = operation.answers.filter((answer) => answer.status === status);
    const contentType = headers.get("content-type");
    if (forms.length === 0) return text === "" ? [] : ["a body where none is described"];
    const form = forms.find((answer) => contentType?.split(";")[0] === answer.contentType);
    if (form === undefined) return [`${contentType} is not described`];
    if (form.contentType === "text/csv")
      return /^[a-z0-9_,]+\r\n/.test(text) ? [] : [`CSV without a head: ${text.slice(0, 80)}`];
    if (form.contentType !== "application/json") return text === "" ? ["an empty body"] : [];
    const answer = parsed(text);
    if (answer === null) return ["it is not JSON"];
    let check = this.#forms.get(form.schema);
    if (check === undefined) {
      check = schemaCheck(this.#document, form.schema);
      this.#forms.set(form.schema, check);
    }
    return check(answer.value);
  }
}
