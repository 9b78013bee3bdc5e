import { publicUrl } from "../src/config.ts";
import { openOutages } from "../src/store/notices.ts";
import { sourceHealth } from "../src/store/source-health.ts";
import { type DataState, dataState } from "../src/webhooks/data-outage.ts";
import { type DataOutageData, noticeBody } from "../src/webhooks/notice-bodies.ts";
import type { JobContext, JobReport } from "./job-context.ts";
import { tellNotice } from "./tell-notice.ts";

type Kind = DataOutageData["what"];

/** What odds rest on, and who is asked for it. */
function sourcesOf({ futures }: JobContext["config"]): readonly { readonly what: Kind; readonly sources: string[] }[] {
  return [
    { what: "futures", sources: [...futures] },
    { what: "fixings", sources: ["nyfed", "fred"] },
  ];
}

/** One outage is one deadline that passed: it does not move until something newer has come. */
function keyOf(type: "data.stale" | "data.recovered", what: Kind, expectedAt: Date): string {
  return `${type}/${what}/${expectedAt.toISOString()}`;
}

function dataOf(
  what: Kind,
  sources: readonly string[],
  state: DataState,
  expectedAt: Date,
  { now, config }: { readonly now: Date; readonly config: JobContext["config"] },
): DataOutageData {
  return {
    as_of: now.toISOString(),
    url: `${publicUrl(config) ?? ""}/v1/sources`,
    what,
    sources,
    expected_at: expectedAt.toISOString(),
    newest_as_of: state.newestAsOf?.toISOString() ?? null,
    last_success_at: state.lastSuccessAt?.toISOString() ?? null,
    last_error: state.lastError,
  };
}

/**
 * Tells, once an outage, that prices or fixings are overdue, and once that they have come again. Only of sources that are
 * on and have answered before: a machine that never had a network hears nothing.
 */
export async function checkStaleness({ sql, now, config, log }: JobContext): Promise<JobReport> {
  const at = now();
  const [health, told] = await Promise.all([sourceHealth(sql), openOutages(sql)]);
  const words: string[] = [];
  for (const { what, sources } of sourcesOf(config)) {
    const asked = sources.flatMap((id) => health.filter(({ source, enabled }) => source === id && enabled));
    const state = dataState(asked, at);
    if (state === null) continue;
    const names = asked.map(({ source }) => source);
    const tell = async (type: "data.stale" | "data.recovered", expectedAt: Date): Promise<void> => {
      const body = noticeBody(type, dataOf(what, names, state, expectedAt, { now: at, config }), at);
      const key = keyOf(type, what, expectedAt);
      const isNew = await tellNotice(sql, { key, asOf: at, source: names.join("+"), body, meeting: null }, now);
      if (!isNew) return;
      words.push(`${type} ${what}`);
      log[type === "data.stale" ? "warn" : "info"]({ what, sources: names, expectedAt }, type);
    };
    if (!state.isStale) {
      for (const outage of told.filter((each) => each.what === what)) await tell("data.recovered", outage.expectedAt);
      continue;
    }
    // Later deadlines that pass meanwhile belong to the outage that was told.
    if (!told.some((each) => each.what === what)) await tell("data.stale", state.expectedAt);
  }
  return { detail: words.length === 0 ? "nothing new" : words.join("; ") };
}
