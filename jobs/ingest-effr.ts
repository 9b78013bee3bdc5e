import { addDays, type IsoDate } from "../src/calendar/calendar-date.ts";
import { nextFedBusinessDay } from "../src/calendar/fed-business-days.ts";
import { dateInZone, NEW_YORK } from "../src/calendar/zoned-time.ts";
import type { EffrFixing } from "../src/pricing/observations.ts";
import { fetchFredEffr } from "../src/sources/upstreams/fred.ts";
import { fetchEffr } from "../src/sources/upstreams/nyfed-effr.ts";
import { recordFixings } from "../src/store/fixings.ts";
import { decisionsFromFixings } from "./decisions-from-fixings.ts";
import { baseUrlOf, firstAvailable, type IngestPlan, ingest } from "./ingest.ts";
import type { JobContext, JobReport } from "./job-context.ts";
import { fixingPublishedAt } from "./snapshot-inputs.ts";

/** Fixings asked for each time: a month, so that a revision or a gap of days heals by itself. */
const DAYS_BACK = 35;
const GRACE_MS = 2 * 3_600_000;

function newestDate(rows: readonly EffrFixing[]): IsoDate | null {
  return rows.reduce<IsoDate | null>((newest, row) => (newest === null || row.date > newest ? row.date : newest), null);
}

/** EFFR and target range from the New York Fed, from FRED where it fails and a key is set. */
export async function ingestEffr(
  context: JobContext,
  period: { readonly from: IsoDate; readonly to: IsoDate } | null,
): Promise<JobReport> {
  const { http, config, now } = context;
  const today = dateInZone(now(), NEW_YORK);
  const range = period ?? { from: addDays(today, -DAYS_BACK), to: today };
  const plan = (source: string, fetch: IngestPlan<EffrFixing>["fetch"]): IngestPlan<EffrFixing> => ({
    source,
    fetch,
    write: recordFixings,
    newestAsOf: (rows) => {
      const date = newestDate(rows);
      return date === null ? null : fixingPublishedAt(date);
    },
    expectedNextAt: (rows) => {
      const date = newestDate(rows);
      return date === null ? null : new Date(fixingPublishedAt(nextFedBusinessDay(date)).getTime() + GRACE_MS);
    },
  });
  const run = (source: string, fetch: IngestPlan<EffrFixing>["fetch"]) => async () => {
    const { stored, unchanged } = await ingest(context, plan(source, fetch));
    return `${source}: ${stored} fixings stored, ${unchanged} unchanged`;
  };
  const tries = [
    { source: "nyfed", run: run("nyfed", () => fetchEffr({ http, baseUrl: baseUrlOf(context, "nyfed"), range })) },
  ];
  const { fred } = config.keys;
  if (fred !== null) {
    const fetch = () => fetchFredEffr({ http, baseUrl: baseUrlOf(context, "fred"), apiKey: fred, ...range });
    tries.push({ source: "fred", run: run("fred", fetch) });
  }
  const detail = await firstAvailable(context, tries);
  const decisions = await decisionsFromFixings(context.sql, now, range);
  return { detail: decisions === 0 ? detail : `${detail}; ${decisions} decisions learned from the target range` };
}
