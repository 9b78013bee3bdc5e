import { firstAvailable } from "../ingest.ts";
import type { JobContext, JobReport } from "../job-context.ts";
import { fromDatabento } from "./from-databento.ts";
import { fromFedwatch } from "./from-fedwatch.ts";
import { fromYahoo } from "./from-yahoo.ts";
import type { Period } from "./keep-quotes.ts";

/**
 * Futures prices or published odds from the sources of `CUTWATCH_FUTURES`, in their order: the first that answers is
 * enough. A period asks for history, which only some sources have.
 */
export async function ingestFutures(context: JobContext, period: Period | null): Promise<JobReport> {
  const runs = {
    "cme-fedwatch": () => fromFedwatch(context, period),
    databento: () => fromDatabento(context, period),
    yahoo: () => fromYahoo(context),
  };
  const { futures } = context.config;
  if (futures.length === 0) return { detail: "CUTWATCH_FUTURES is none: nothing to ask" };
  return {
    detail: await firstAvailable(
      context,
      futures.map((source) => ({ source, run: runs[source] })),
    ),
  };
}
