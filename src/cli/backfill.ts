import { type BackfillReport, backfill } from "../../jobs/backfill.ts";
import { catchUpWords } from "../../jobs/catch-up.ts";
import type { IsoDate } from "../calendar/calendar-date.ts";
import { dateInZone, NEW_YORK } from "../calendar/zoned-time.ts";
import { requirePeriod } from "./arguments.ts";
import { EXIT, UsageError } from "./failure.ts";
import { commandLog } from "./log.ts";
import { prepareSources } from "./prepare.ts";
import { progressOn } from "./progress.ts";
import type { Shell } from "./shell.ts";
import { withStore } from "./with-store.ts";
import { workContext } from "./work-context.ts";

function reportLines({ parts, snapshots, followUp, notes }: BackfillReport): string {
  const lines = parts.map(
    ({ part, asked, skipped }) => `${part}: ${asked} stretches fetched, ${skipped} stored already`,
  );
  lines.push(
    `odds: ${snapshots.dates} trade dates, ${snapshots.computed} readings computed, ${snapshots.stored} stored`,
  );
  lines.push(catchUpWords(followUp));
  return `${[...lines, ...notes].join("\n")}\n`;
}

/** Fetches the history of a period and computes its odds; run again, it goes on where it stopped. */
export async function backfillCommand(
  shell: Shell,
  options: { readonly from: IsoDate; readonly to?: IsoDate | undefined; readonly quiet: boolean },
): Promise<number> {
  const today = dateInZone(shell.now(), NEW_YORK);
  const { from, to = today, quiet } = options;
  requirePeriod(from, to);
  if (to > today) throw new UsageError(`Cannot use --to ${to}: today is ${today}, and nothing later is known`);
  return withStore(shell, { command: "backfill" }, async ({ sql }, config) => {
    await prepareSources(sql, config, shell.now);
    const context = workContext(shell, config, sql, commandLog(shell, config));
    const fetching = await progressOn(shell, "Fetching, stretches", quiet);
    const computing = await progressOn(shell, "Computing, trade dates", quiet);
    try {
      const watch = {
        fetched: fetching.update,
        computed: (done: number, total: number) => {
          fetching.stop();
          computing.update(done, total);
        },
      };
      const report = await backfill(context, { from, to }, watch);
      fetching.stop();
      computing.stop();
      shell.out.write(reportLines(report));
      const missing = report.parts.flatMap(({ part, unavailable }) =>
        unavailable === null ? [] : [`${part} ${unavailable}`],
      );
      if (missing.length === 0) return EXIT.done;
      shell.err.write(`cutwatch: Cannot finish the backfill, a source is unavailable: ${missing.join("; ")}\n`);
      return EXIT.sourceUnavailable;
    } finally {
      fetching.stop();
      computing.stop();
    }
  });
}
