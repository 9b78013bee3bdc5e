/** What `doctor` reads from the database, as lines. */
import type { DatabaseState } from "../store/database-state.ts";
import type { SourceHealth } from "../store/source-health.ts";
import type { Check } from "./doctor-checks.ts";

const MEGABYTE = 1024 * 1024;
const MINUTE_MS = 60_000;
/** Jobs come every five minutes; three of them missed is no accident. */
const JOBS_QUIET_MINUTES = 20;

function ago(then: Date, now: Date): string {
  const minutes = Math.max(0, Math.round((now.getTime() - then.getTime()) / MINUTE_MS));
  if (minutes < 120) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`;
}

export function stateChecks(state: DatabaseState, now: Date): Check[] {
  const { firstTradeDate: first, lastTradeDate: last } = state;
  const stored = `${(state.sizeBytes / MEGABYTE).toFixed(0)} MB, ${state.partitions} monthly partitions`;
  const odds =
    first === null || last === null
      ? "none yet"
      : `${first} to ${last}${state.hasRealOdds ? "" : ", the built-in sample only"}`;
  const reader = state.readerReads
    ? "cutwatch_reader may read schema review"
    : "cutwatch_reader is missing or may not read schema review; the owner's user may not create roles";
  const lastRun = state.lastRunAt;
  const quiet = lastRun === null || now.getTime() - lastRun.getTime() > JOBS_QUIET_MINUTES * MINUTE_MS;
  const runs = lastRun === null ? "none has run yet" : `last run ${ago(lastRun, now)}`;
  const failed = state.failedJobs.map(({ job, error }) => `${job}: ${error}`);
  return [
    { name: "storage", state: "ok", detail: stored },
    { name: "reader", state: state.readerReads ? "ok" : "warn", detail: reader },
    { name: "odds", state: state.hasRealOdds ? "ok" : "warn", detail: odds },
    {
      name: "requests",
      state: state.openRequests === 0 ? "ok" : "warn",
      detail:
        state.openRequests === 0
          ? "no odds wait to be computed"
          : `${state.openRequests} wait to be computed; cutwatch job snapshot-odds does so`,
    },
    {
      name: "jobs",
      state: quiet || failed.length > 0 ? "warn" : "ok",
      detail: [runs, ...(quiet ? ["cutwatch serve or worker runs them"] : []), ...failed].join("; "),
    },
  ];
}

/** The last answer of each source that is on. One never asked is not at fault: it may be another's substitute. */
export function sourceChecks(sources: readonly SourceHealth[], now: Date): Check[] {
  return sources
    .filter(({ enabled }) => enabled)
    .map(({ source, lastError, lastErrorAt, lastSuccessAt, expectedNextAt }): Check => {
      const name = `source ${source}`;
      if (lastError !== null && lastErrorAt !== null) {
        const since = lastSuccessAt === null ? "has not answered yet" : `last answered ${ago(lastSuccessAt, now)}`;
        return { name, state: "warn", detail: `${since}, asked ${ago(lastErrorAt, now)}: ${lastError}` };
      }
      if (lastSuccessAt === null) return { name, state: "ok", detail: "not asked yet" };
      const answered = `answered ${ago(lastSuccessAt, now)}`;
      return expectedNextAt !== null && expectedNextAt < now
        ? { name, state: "warn", detail: `${answered}; its next figures were due ${ago(expectedNextAt, now)}` }
        : { name, state: "ok", detail: answered };
    });
}

export function quarantineCheck(
  counts: readonly { readonly source: string; readonly reasonCode: string; readonly count: number }[],
): Check {
  if (counts.length === 0) return { name: "quarantine", state: "ok", detail: "empty" };
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const parts = counts.map(({ source, reasonCode, count }) => `${source} ${reasonCode} ${count}`);
  return {
    name: "quarantine",
    state: "ok",
    detail: `${total} rows put aside: ${parts.join(", ")}; see review.quarantine`,
  };
}
