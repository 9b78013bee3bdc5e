/** What is asked of each path besides what its document says: other verbs, bodies of megabytes. */
import type { Send } from "./openapi-fuzz.ts";
import type { Judge } from "./openapi-judge.ts";
import type { DescribedOperation } from "./openapi-reader.ts";

const VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "QUERY"];
/** In the order in which `Allow` names them. */
const NAMED = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const LARGE_BYTES = 3_000_000;

/** A path with a value for each of its parameters. */
export function concretePath({ path, parameters }: DescribedOperation): string {
  return parameters.reduce((text, { name, examples, example }) => {
    const value = examples?.example?.value ?? example ?? "1";
    return text.replace(`{${name}}`, encodeURIComponent(String(value)));
  }, path);
}

interface Asked {
  readonly send: Send;
  readonly judge: Judge;
  readonly operations: readonly DescribedOperation[];
}

/** Every other verb is 405 with exactly the verbs that the document has. */
export async function verbFaults({ send, judge, operations }: Asked, more: readonly string[] = []): Promise<string[]> {
  const faults: string[] = [];
  for (const operation of operations) {
    const methods = operations.filter(({ path }) => path === operation.path).map(({ method }) => method);
    const allow = NAMED.filter((verb) => methods.includes(verb === "HEAD" ? "GET" : verb)).join(", ");
    for (const method of [...VERBS, ...more].filter((verb) => !methods.includes(verb))) {
      const received = await send({ method, path: concretePath(operation), headers: {}, body: null });
      const told = [received.status, received.headers.get("allow"), ...judge.faultsOf(received)].join(" ");
      if (told !== `405 ${allow}`) faults.push(`${method} ${operation.path}: ${told}, not 405 ${allow}`);
    }
  }
  return faults;
}

/** 3 MB where 64 KiB are taken, said beforehand or not: refused, each time as a problem. */
export async function largeBodyFaults({ send, judge, operations }: Asked, authorization: string): Promise<string[]> {
  const faults: string[] = [];
  const body = JSON.stringify({ description: "x".repeat(LARGE_BYTES) });
  for (const operation of operations.filter(({ method }) => method !== "GET")) {
    for (const isSaid of [true, false]) {
      const length: Record<string, string> = isSaid
        ? { "Content-Length": String(body.length) }
        : { "Transfer-Encoding": "chunked" };
      const headers = { Authorization: authorization, "Content-Type": "application/json", ...length };
      const received = await send({ method: operation.method, path: concretePath(operation), headers, body });
      const told = [received.status, ...judge.faultsOf(received)].join(" ");
      if (told !== "413")
        faults.push(`${operation.method} ${operation.path} ${isSaid ? "said" : "in chunks"}: ${told}, not 413`);
    }
  }
  return faults;
}
