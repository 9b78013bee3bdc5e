import type { z } from "zod";
import type { SourceResponse } from "./http.ts";
import { excerptOf } from "./http.ts";
import { SourceError } from "./source-error.ts";

const SHOWN_ISSUES = 3;
const SHOWN_CHARACTERS = 60;

/** What stands at `path` in `data`, short enough for a message. */
function cameAt(data: unknown, path: readonly PropertyKey[]): string {
  let at: unknown = data;
  for (const key of path) at = typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined;
  const text = at === undefined ? "nothing" : JSON.stringify(at);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

/**
 * `data` as the schema's plain type.
 *
 * @throws SourceError that names the fields that drifted and what came instead
 */
export function checkShape<T>(source: string, schema: z.ZodType<T>, data: unknown, what: string): T {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, SHOWN_ISSUES).map((issue) => {
    const field = issue.path.length === 0 ? "the answer" : issue.path.map(String).join(".");
    return `${field}: ${issue.message}, got ${cameAt(data, issue.path)}`;
  });
  const more = result.error.issues.length - issues.length;
  throw new SourceError(source, `Cannot read ${what}: ${issues.join("; ")}${more > 0 ? `; and ${more} more` : ""}`);
}

/** Parses JSON without checking its shape. @throws SourceError for an empty, cut or foreign body */
export function parseJson(source: string, text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SourceError(source, `Cannot read ${what}: expected JSON, got ${excerptOf(text)}`, { cause: error });
  }
}

/**
 * A provider's JSON answer as the schema's plain type.
 *
 * @throws SourceError when it is no JSON or its shape has drifted; nothing of it is to be used then
 */
export function decodeJson<T>(response: SourceResponse, schema: z.ZodType<T>, what: string): T {
  return checkShape(response.source, schema, parseJson(response.source, response.text, what), what);
}
