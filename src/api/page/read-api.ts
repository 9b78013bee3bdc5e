/** How pages read the public API. */
import { Problem } from "../problem.ts";

/** Asks the public API for a path. */
export type Get = (path: string) => Promise<Response>;

interface ProblemJson {
  readonly detail?: string;
}

/**
 * The JSON of a path.
 *
 * @throws Problem with the status and the words of the API's own
 */
export async function readApi<T>(get: Get, path: string): Promise<T> {
  const response = await get(path);
  if (response.ok) return (await response.json()) as T;
  const { detail } = (await response.json()) as ProblemJson;
  const wait = response.headers.get("retry-after");
  throw new Problem(
    response.status,
    detail ?? `Cannot read ${path}: the API answered ${response.status}`,
    wait === null ? {} : { headers: { "Retry-After": wait } },
  );
}

/** The same, or null where the API says that there is none. */
export async function readIfAny<T>(get: Get, path: string): Promise<T | null> {
  try {
    return await readApi<T>(get, path);
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null; // an answer: the page says that there is none
    throw error;
  }
}

/** A path with the parameters that are given. */
export function apiPath(path: string, parameters: Readonly<Record<string, string | null | undefined>>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}
