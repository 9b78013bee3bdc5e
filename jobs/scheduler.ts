import { type ScheduledTask, schedule } from "node-cron";
import { claimSlot, sweepLost } from "../src/store/job-runs.ts";
import type { JobContext } from "./job-context.ts";
import { JOB_NAMES, type JobName } from "./jobs.ts";
import { carryOut, HEARTBEAT_MS } from "./run-job.ts";
import { AT_START, SCHEDULE } from "./schedule.ts";

/** A run is lost after three signs of life have failed to come, and a slot is given up after three runs were lost. */
const LOST_AFTER_MS = 3 * HEARTBEAT_MS + 5_000;
const ATTEMPTS = 3;
const SWEEP_MS = 30_000;
/** Processes that start within this time of each other share the runs at start. */
const START_SLOT_MS = 5 * 60_000;
const MINUTE_MS = 60_000;

export interface Scheduler {
  /** Claims nothing more and waits for the runs under way, at most `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Runs the timetable. Any number of processes may do so against one database: a slot is claimed by inserting its row,
 * and what a dead process left is run again by whoever sweeps first.
 *
 * @param owner names this process in `job_runs`
 */
export function startScheduler(context: JobContext, owner: string): Scheduler {
  const { sql, now, log } = context;
  const underWay = new Set<Promise<unknown>>();
  let stopped = false;

  const run = (name: JobName, slot: Date, attempt: number): void => {
    if (stopped) return;
    const work = (async () => {
      const claimed = await claimSlot(sql, { job: name, slot, owner, now: now(), attempt });
      if (claimed !== null) await carryOut(context, claimed, name);
    })().catch((error: unknown) => log.error({ job: name, err: error }, "slot could not be run"));
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  };

  const sweep = async (): Promise<void> => {
    for (const lost of await sweepLost(sql, new Date(now().getTime() - LOST_AFTER_MS), now())) {
      log.warn({ job: lost.job, slot: lost.slot }, "run lost with its process");
      const name = JOB_NAMES.find((known) => known === lost.job);
      if (name !== undefined && lost.attempt < ATTEMPTS) run(name, lost.slot, lost.attempt + 1);
    }
  };

  const tasks: ScheduledTask[] = SCHEDULE.map(({ cron, zone, job, when }) =>
    schedule(
      cron,
      ({ date }) => {
        // The tick comes a little late; the slot is the minute it was due, the same in every process.
        const slot = new Date(Math.floor(date.getTime() / MINUTE_MS) * MINUTE_MS);
        if (when === undefined || when(slot)) run(job, slot, 1);
      },
      { timezone: zone, suppressMissedWarning: true },
    ),
  );
  const sweeper = setInterval(() => {
    if (!stopped) sweep().catch((error: unknown) => log.warn({ err: error }, "sweep failed"));
  }, SWEEP_MS);
  sweeper.unref();
  const startSlot = new Date(Math.floor(now().getTime() / START_SLOT_MS) * START_SLOT_MS + 1);
  for (const name of AT_START) run(name, startSlot, 1);

  return {
    async stop(graceMs) {
      stopped = true;
      clearInterval(sweeper);
      for (const task of tasks) await task.destroy();
      let timer: NodeJS.Timeout | undefined;
      const grace = new Promise((resolve) => {
        timer = setTimeout(resolve, graceMs);
      });
      await Promise.race([Promise.allSettled([...underWay]), grace]);
      clearTimeout(timer);
    },
  };
}
