import { addDays } from "../../src/calendar/calendar-date.ts";
import { fetchDatabentoSettlements } from "../../src/sources/upstreams/databento.ts";
import { baseUrlOf } from "../ingest.ts";
import type { JobContext } from "../job-context.ts";
import { keepQuotes, type Period } from "./keep-quotes.ts";

/** Settlements from Databento. */
export async function fromDatabento(context: JobContext, period: Period | null): Promise<string> {
  const { http, now, config } = context;
  const today = now().toISOString().slice(0, 10);
  // The exchange's final settlement may arrive on the day after its trade date; the provider's history is a day behind.
  const from = period?.from ?? addDays(today, -6);
  const to = period === null ? today : addDays(period.to, 2);
  const apiKey = config.keys.databento ?? "";
  return keepQuotes(context, "databento", () =>
    fetchDatabentoSettlements({ http, baseUrl: baseUrlOf(context, "databento"), apiKey, from, to }),
  );
}
