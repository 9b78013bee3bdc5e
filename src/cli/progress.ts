import type { Shell } from "./shell.ts";

/** Shows how far a long piece of work has come. */
export interface Progress {
  /** done of total; a total that changes begins a new stretch */
  readonly update: (done: number, total: number) => void;
  readonly stop: () => void;
}

const PLAIN_STEP = 0.1;

/** Nothing is shown. */
export const NO_PROGRESS: Progress = { update: () => undefined, stop: () => undefined };

/** A line at each tenth, where there is no terminal to draw on. */
function plainProgress(shell: Shell, what: string): Progress {
  let total = 0;
  let next = 0;
  return {
    update: (done, ofTotal) => {
      if (ofTotal !== total || done < total * (next - PLAIN_STEP)) next = PLAIN_STEP;
      total = ofTotal;
      if (total === 0 || done < total * next) return;
      next = Math.floor(done / total / PLAIN_STEP + 1) * PLAIN_STEP;
      shell.err.write(`${what}: ${done} of ${total}\n`);
    },
    stop: () => undefined,
  };
}

async function barProgress(what: string): Promise<Progress> {
  const { default: cliProgress } = await import("cli-progress");
  const bar = new cliProgress.SingleBar({
    format: `${what} {bar} {value} of {total}, {eta_formatted} left`,
    hideCursor: true,
    barsize: 30,
    clearOnComplete: true,
  });
  let total = -1;
  return {
    update: (done, ofTotal) => {
      if (ofTotal !== total) bar.start(ofTotal, done);
      else bar.update(done);
      total = ofTotal;
    },
    stop: () => bar.stop(),
  };
}

/**
 * A bar on a terminal's standard error, plain lines elsewhere, nothing when `quiet`.
 *
 * @param what the work and its unit, such as `Computing, dates`
 */
export async function progressOn(shell: Shell, what: string, quiet: boolean): Promise<Progress> {
  if (quiet) return NO_PROGRESS;
  return shell.err.isTty ? barProgress(what) : plainProgress(shell, what);
}
