import { isJobName, JOB_NAMES } from "../../jobs/jobs.ts";
import { runByHand } from "../../jobs/run-job.ts";
import type { IsoDate } from "../calendar/calendar-date.ts";
import { EXIT, UsageError } from "./failure.ts";
import { commandLog } from "./log.ts";
import { prepareSources } from "./prepare.ts";
import type { Shell } from "./shell.ts";
import { withStore } from "./with-store.ts";
import { processName, workContext } from "./work-context.ts";

const EXIT_CODES = { done: EXIT.done, failed: EXIT.failed, unavailable: EXIT.sourceUnavailable } as const;

/**
 * Runs one job once.
 *
 * @throws UsageError for a name that is none, naming those that are
 */
export async function jobCommand(
  shell: Shell,
  name: string,
  options: { readonly asOf?: IsoDate | undefined },
): Promise<number> {
  if (!isJobName(name)) throw new UsageError(`Cannot run job "${name}": the jobs are ${JOB_NAMES.join(", ")}`);
  return withStore(shell, { command: `job ${name}` }, async ({ sql }, config) => {
    await prepareSources(sql, config, shell.now);
    const context = workContext(shell, config, sql, commandLog(shell, config));
    const outcome = await runByHand(context, name, processName(shell.now()), options.asOf ?? null);
    if (outcome.detail !== null) shell.out.write(`${name}: ${outcome.detail}\n`);
    if (outcome.status === "failed") shell.err.write(`cutwatch: Cannot finish job ${name}: ${outcome.error ?? ""}\n`);
    if (outcome.status === "unavailable") {
      shell.err.write(`cutwatch: Cannot finish job ${name}, a source is unavailable: ${outcome.error ?? ""}\n`);
    }
    return EXIT_CODES[outcome.status];
  });
}
