/** Whether the sources can be reached now, and what their clocks say. */
import type { Config } from "../config.ts";
import { baseUrlOf, UPSTREAMS } from "../sources/catalog.ts";
import { type Check, clockCheck } from "./doctor-checks.ts";
import { catalogOf } from "./prepare.ts";
import type { Shell } from "./shell.ts";

const WITHIN_MS = 5_000;

/** Any answer will do: an address without a question is often answered 404. */
async function reach(shell: Shell, id: string, url: string): Promise<{ check: Check; date: Date | null }> {
  const { host } = new URL(url);
  try {
    const response = await shell.fetch(url, {
      method: "HEAD",
      redirect: "manual",
      signal: AbortSignal.timeout(WITHIN_MS),
    });
    await response.body?.cancel();
    const date = new Date(response.headers.get("date") ?? "");
    return {
      check: { name: `reach ${id}`, state: "ok", detail: `${host} answers` },
      date: Number.isNaN(date.getTime()) ? null : date,
    };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { check: { name: `reach ${id}`, state: "warn", detail: `${host}: ${reason}` }, date: null };
  }
}

export async function reachabilityChecks(shell: Shell, config: Config): Promise<Check[]> {
  const asked = new Set(catalogOf(config, []).flatMap(({ source, enabled }) => (enabled ? [source] : [])));
  const answers = await Promise.all(
    UPSTREAMS.filter(({ id }) => asked.has(id)).map(({ id }) => reach(shell, id, baseUrlOf(id, config.sourceUrls))),
  );
  const dated = answers.find(({ date }) => date !== null);
  const checks = answers.map(({ check }) => check);
  return dated?.date == null ? checks : [...checks, clockCheck(shell.now(), dated.date, "sources")];
}
