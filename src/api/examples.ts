/** Requests with the answers that the built-in sample gives to them, for the document and the page of documentation. */
import { readdirSync, readFileSync } from "node:fs";
import { z } from "zod";

// The compiler copies only what it compiles: the compiled program reads them where they were recorded.
const FOLDER = new URL(
  import.meta.url.includes("/dist/src/api/") ? "../../../src/api/examples/" : "./examples/",
  import.meta.url,
);

const Exchange = z.strictObject({
  title: z.string(),
  request: z.strictObject({
    method: z.string(),
    path: z.string(),
    headers: z.record(z.string(), z.string()),
    /** null: none */
    body: z.unknown(),
  }),
  answer: z.strictObject({
    status: z.number().int(),
    content_type: z.string().nullable(),
    /** JSON as it is, anything else as text; lists may have been cut */
    body: z.unknown(),
  }),
});

/** One request and its answer, as they were recorded. */
export type Exchange = Readonly<z.output<typeof Exchange>>;

function load(): ReadonlyMap<string, unknown> {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
  return new Map(
    names.map((name) => [name.slice(0, -".json".length), JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"))]),
  );
}

let loaded: ReadonlyMap<string, unknown> | null = null;

function recorded(name: string): unknown {
  loaded ??= load(); // when the first description is asked for, not when the program starts
  return loaded.get(name);
}

/** The exchange of an operation; null: none was recorded. */
export function exchangeOf(operationId: string): Exchange | null {
  const found = recorded(operationId);
  return found === undefined ? null : Exchange.parse(found);
}

/** A body of a type of message; null: none was recorded. */
export function messageExample(type: string): unknown {
  return recorded(`message.${type}`) ?? null;
}

/** A program that receives webhooks, as one would copy it. */
export function receiverProgram(): string {
  return readFileSync(new URL("receiver.mjs", FOLDER), "utf8");
}
