import { catchUp, catchUpWords } from "../../jobs/catch-up.ts";
import { snapshotPeriod } from "../../jobs/snapshot-odds.ts";
import type { IsoDate } from "../calendar/calendar-date.ts";
import { publicUrl } from "../config.ts";
import { requirePeriod } from "./arguments.ts";
import { prepareSources } from "./prepare.ts";
import { progressOn } from "./progress.ts";
import type { Shell } from "./shell.ts";
import { withStore } from "./with-store.ts";

const FIRST: IsoDate = "1988-01-01";
const LAST: IsoDate = "2100-12-31";

/**
 * Computes the odds of a period again from stored quotes, and the repricings from its start on; what comes out the same leaves
 * no trace.
 */
export async function recomputeCommand(
  shell: Shell,
  options: { readonly from?: IsoDate | undefined; readonly to?: IsoDate | undefined; readonly quiet: boolean },
): Promise<number> {
  const { from = FIRST, to = LAST, quiet } = options;
  requirePeriod(from, to);
  return withStore(shell, { command: "recompute" }, async ({ sql }, config) => {
    await prepareSources(sql, config, shell.now);
    const startedMs = shell.now().getTime();
    const progress = await progressOn(shell, "Computing, trade dates", quiet);
    try {
      const result = await snapshotPeriod({ sql, now: shell.now, progress: progress.update }, from, to);
      progress.stop();
      const followUp = await catchUp({ sql, now: shell.now, baseUrl: publicUrl(config), from });
      const seconds = ((shell.now().getTime() - startedMs) / 1000).toFixed(1);
      const done = `${result.dates} trade dates, ${result.computed} readings computed, ${result.stored} stored`;
      shell.out.write(`${done}; ${catchUpWords(followUp)}; ${seconds} s\n`);
      return 0;
    } finally {
      progress.stop();
    }
  });
}
