/** Scores of a meeting's odds at fixed horizons before it, and their means over meetings. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import { addDays, daysBetween } from "../calendar/calendar-date.ts";
import type { TargetRange } from "./reading.ts";
import type { ScoredOutcome, Scores } from "./scores.ts";
import { scoreDistribution } from "./scores.ts";

/** Days before the meeting at which its odds are scored. */
export const SCORE_HORIZONS = [1, 7, 30, 60, 90] as const;
export type ScoreHorizon = (typeof SCORE_HORIZONS)[number];

/** Fewer scored meetings than this and sources are not ranked against each other. */
export const MIN_MEETINGS_TO_RANK = 24;

/** How old, in calendar days, a horizon's reading may be: the longest closure of the exchange is four. */
export const HORIZON_TOLERANCE_DAYS = 5;

/** One reading of a meeting's odds. An unsolved one has no outcomes. */
export interface ScorableReading {
  readonly tradeDate: IsoDate;
  readonly asOf: Date;
  readonly outcomes: readonly ScoredOutcome[];
}

/** A meeting's scores at one horizon. */
export interface HorizonScore {
  readonly horizonDays: ScoreHorizon;
  /** the last day whose reading counts */
  readonly targetDate: IsoDate;
  /** the reading that was scored; null with all scores when there is none */
  readonly tradeDate: IsoDate | null;
  readonly asOf: Date | null;
  readonly scores: Scores | null;
  /** why there is none */
  readonly note: string | null;
}

/**
 * Scores a meeting's odds 1, 7, 30, 60 and 90 calendar days before it: at each horizon the last solved reading dated on that
 * day or before, and no more than five days before.
 *
 * @param readings of this meeting, one source, method and basis, in any order; of two dated alike the later instant counts
 * @throws RangeError as {@link scoreDistribution}
 */
export function scoreAtHorizons({
  meetingDate,
  outcome,
  readings,
}: {
  readonly meetingDate: IsoDate;
  readonly outcome: TargetRange;
  readonly readings: readonly ScorableReading[];
}): HorizonScore[] {
  const latestFirst = readings
    .filter(({ outcomes }) => outcomes.length > 0)
    .sort((a, b) =>
      a.tradeDate === b.tradeDate ? b.asOf.getTime() - a.asOf.getTime() : a.tradeDate < b.tradeDate ? 1 : -1,
    );
  return SCORE_HORIZONS.map((horizonDays) => {
    const targetDate = addDays(meetingDate, -horizonDays);
    const reading = latestFirst.find(({ tradeDate }) => tradeDate <= targetDate);
    const none = { horizonDays, targetDate, tradeDate: null, asOf: null, scores: null };
    if (reading === undefined) return { ...none, note: `no reading on or before ${targetDate}` };
    const age = daysBetween(reading.tradeDate, targetDate);
    if (age > HORIZON_TOLERANCE_DAYS) {
      const note = `the last reading is of ${reading.tradeDate}, ${age} days before ${targetDate}; at most ${HORIZON_TOLERANCE_DAYS}`;
      return { ...none, note };
    }
    const { tradeDate, asOf } = reading;
    return {
      horizonDays,
      targetDate,
      tradeDate,
      asOf,
      scores: scoreDistribution(reading.outcomes, outcome),
      note: null,
    };
  });
}

/** A mean score over meetings, with the standard error of that mean. */
export interface MeanScore {
  readonly mean: number;
  /** null for one meeting */
  readonly standardError: number | null;
}

/** One source's mean scores at one horizon. */
export interface HorizonMean {
  readonly horizonDays: ScoreHorizon;
  /** meetings scored at this horizon */
  readonly n: number;
  /** null when no meeting was */
  readonly brier: MeanScore | null;
  readonly rps: MeanScore | null;
  readonly log: MeanScore | null;
  /** whether there are meetings enough to rank this source against another */
  readonly rankable: boolean;
}

/** Means over meetings, horizon by horizon. A meeting without a score at a horizon does not count there. */
export function meanScores(meetings: readonly (readonly HorizonScore[])[]): HorizonMean[] {
  return SCORE_HORIZONS.map((horizonDays) => {
    const scored = meetings
      .flat()
      .filter((each) => each.horizonDays === horizonDays)
      .flatMap(({ scores }) => (scores === null ? [] : [scores]));
    const n = scored.length;
    return {
      horizonDays,
      n,
      brier: meanOf(scored.map(({ brier }) => brier)),
      rps: meanOf(scored.map(({ rps }) => rps)),
      log: meanOf(scored.map(({ log }) => log)),
      rankable: n >= MIN_MEETINGS_TO_RANK,
    };
  });
}

function meanOf(values: readonly number[]): MeanScore | null {
  const n = values.length;
  if (n === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: n === 1 ? null : Math.sqrt(squares / (n - 1) / n) };
}
