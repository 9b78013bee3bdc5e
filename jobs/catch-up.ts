import type { Sql } from "postgres";
import type { IsoDate } from "../src/calendar/calendar-date.ts";
import { refreshStatistics } from "../src/store/statistics.ts";
import { completeBlocks } from "./asset-blocks.ts";
import { closeDecided } from "./close-decided.ts";
import { type FlagResult, flagRepricings, flagWords } from "./flag-repricings.ts";
import { meetingDecided } from "./meeting-decided.ts";
import { type ScoreResult, scoreMeetings, scoreWords } from "./score-meetings.ts";

export interface CatchUpJob {
  readonly sql: Sql;
  readonly now: () => Date;
  readonly baseUrl: string | null;
  /** true for a decision by hand, which is news; absent: import, backfill and recomputation, whose alerts are history */
  readonly live?: boolean;
  /** leaves out of what is told what may not be passed on */
  readonly withhold?: boolean;
  /** looks at every day from here on again (a recomputation) */
  readonly from?: IsoDate;
  /** old closes have come, so every asset block may be another one */
  readonly closesCame?: boolean;
}

export interface CatchUpResult {
  readonly repricings: FlagResult;
  /** asset blocks that changed after closes came */
  readonly blocks: number;
  readonly scores: ScoreResult;
}

const FIRST: IsoDate = "1988-01-01";
/** So many alerts or asset blocks at once are years of history. */
const MANY = 50;

/**
 * What follows from readings that came by import, backfill, decision or recomputation: legs, alerts, what assets did, and scores. It is
 * history, so nothing of it is sent by itself.
 */
export async function catchUp({ closesCame = false, live = false, ...job }: CatchUpJob): Promise<CatchUpResult> {
  const repricings = await flagRepricings({ ...job, live });
  if (live) await meetingDecided(job);
  // What ended in silence is over at once, without waiting for a job that may never run here.
  await closeDecided(job);
  const blocks = await completeBlocks(job.sql, job.now, closesCame ? FIRST : null);
  if (Math.max(repricings.alerts, blocks) >= MANY) await refreshStatistics(job.sql);
  const scores = await scoreMeetings(job);
  return { repricings, blocks, scores };
}

/** A result in words. */
export function catchUpWords({ repricings, blocks, scores }: CatchUpResult): string {
  const completed = blocks === 0 ? "" : `, ${blocks} asset blocks completed`;
  return `${flagWords(repricings)}${completed}; ${scoreWords(scores)}`;
}
