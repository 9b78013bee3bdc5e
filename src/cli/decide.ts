import { catchUp, catchUpWords } from "../../jobs/catch-up.ts";
import { decide } from "../../jobs/decide.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import type { IsoDate } from "../calendar/calendar-date.ts";
import { publicUrl } from "../config.ts";
import type { TargetRange } from "../pricing/reading.ts";
import { UsageError } from "./failure.ts";
import { prepareSources } from "./prepare.ts";
import type { Shell } from "./shell.ts";
import { withStore } from "./with-store.ts";

/**
 * Records what a meeting decided, and computes again what rests on it.
 *
 * @throws UsageError for a day without meeting, or one whose statement is not due
 */
export async function decideCommand(
  shell: Shell,
  meetingDate: IsoDate,
  range: TargetRange,
  options: { readonly unscheduled: boolean },
): Promise<number> {
  return withStore(shell, { command: "decide" }, async ({ sql }, config) => {
    await prepareSources(sql, config, shell.now);
    const { isNew, replaced } = await decide(sql, { meetingDate, ...range, ...options }, shell.now).catch(
      (error: unknown) => {
        if (error instanceof RangeError) throw new UsageError(error.message, { cause: error });
        throw error;
      },
    );
    if (replaced !== null) {
      const { lowerBp, upperBp, source } = replaced;
      shell.out.write(`Replaces the known outcome of ${meetingDate}: ${lowerBp}-${upperBp} bp, from ${source}\n`);
    }
    const { stored } = await snapshotOdds({ sql, now: shell.now });
    const { withhold } = config;
    const followUp = await catchUp({ sql, now: shell.now, baseUrl: publicUrl(config), withhold, live: true });
    const words = `${meetingDate}: ${range.lowerBp}-${range.upperBp} bp`;
    shell.out.write(
      isNew
        ? `${words} recorded; ${stored} readings changed; ${catchUpWords(followUp)}\n`
        : `${words} was known already\n`,
    );
    return 0;
  });
}
