import type { Sql } from "postgres";
import type { Meeting } from "../src/calendar/meetings.ts";
import { scoreAtHorizons } from "../src/pricing/horizon-scores.ts";
import { BASES, type Basis } from "../src/pricing/observations.ts";
import { historyWrite } from "../src/store/history-writes.ts";
import { meetingsKnown } from "../src/store/meetings.ts";
import { readingsToScore, recordScores, type ScoreDraft, type StoredReading } from "../src/store/scores.ts";

export interface ScoreJob {
  readonly sql: Sql;
  readonly now: () => Date;
}

export interface ScoreResult {
  readonly meetings: number;
  readonly stored: number;
  /** why some meeting's odds could not be scored, one sentence each */
  readonly refused: readonly string[];
}

/**
 * Scores the stored odds of every decided meeting at each horizon, basis by basis: computed odds and published ones apart,
 * the sample left out. Meetings outside the calendar have no odds to score. Running it again changes nothing.
 */
export async function scoreMeetings({ sql, now }: ScoreJob): Promise<ScoreResult> {
  const decided = (await meetingsKnown(sql, null)).filter(
    ({ scheduled, cancelledAt, decision }) =>
      scheduled && cancelledAt === null && decision !== null && decision.announcedAt <= now(),
  );
  const readings = await readingsToScore(
    sql,
    decided.map(({ meetingDate }) => meetingDate),
  );
  const drafts: ScoreDraft[] = [];
  const refused: string[] = [];
  for (const meeting of decided) {
    const ofMeeting = readings.filter(({ meetingDate }) => meetingDate === meeting.meetingDate);
    for (const basis of BASES) {
      const own = ofMeeting.filter((reading) => reading.basis === basis);
      try {
        drafts.push(...draftsOf(meeting, basis, own));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        refused.push(`${meeting.meetingDate} ${basis}: ${error.message}`);
      }
    }
  }
  const stored = await historyWrite(sql, now, (tx, recordedAt) => recordScores(tx, drafts, recordedAt));
  return { meetings: new Set(drafts.map(({ meetingDate }) => meetingDate)).size, stored, refused };
}

function draftsOf({ meetingDate, decision }: Meeting, basis: Basis, readings: readonly StoredReading[]): ScoreDraft[] {
  if (decision === null) return [];
  const decided = { lowerBp: decision.lowerBp, upperBp: decision.upperBp };
  return scoreAtHorizons({ meetingDate, outcome: decided, readings }).flatMap(({ horizonDays, tradeDate, scores }) => {
    const reading = readings.find((each) => each.tradeDate === tradeDate);
    if (scores === null || reading === undefined) return [];
    const { snapshotId, outcomes } = reading;
    const known = { meetingDate, horizonDays, basis, tradeDate: reading.tradeDate, snapshotId, decided };
    return [{ ...known, outcomes: outcomes.length, ...scores }];
  });
}

/** A result in words, for a run's detail. */
export function scoreWords({ meetings, stored, refused }: ScoreResult): string {
  const not = refused.length === 0 ? "" : `; not scored: ${refused.join("; ")}`;
  return `scores: ${meetings} meetings scored, ${stored} scores stored${not}`;
}
