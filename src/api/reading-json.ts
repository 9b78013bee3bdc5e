/** What drawings read of `/v1/probabilities`. */
import type { Basis, Grid, Method } from "../pricing/observations.ts";
import { momentWords, originWords } from "./wording.ts";

interface RangeJson {
  readonly lower_bp: number;
  readonly upper_bp: number;
}

/** Where and when a reading comes from, as it is answered. */
export interface OriginJson {
  readonly as_of: string;
  readonly trade_date: string;
  readonly grid: Grid;
  readonly basis: Basis;
  readonly method: Method;
  readonly source: string;
  readonly sample: boolean;
  readonly undecided_meeting: string | null;
}

export interface MeetingJson {
  readonly meeting: string;
  readonly announced: boolean;
  readonly expected_rate_bp: number | null;
  readonly outcomes: readonly (RangeJson & { readonly probability: number })[];
  readonly ease: number | null;
  readonly hold: number | null;
  readonly hike: number | null;
  readonly unsolved: { readonly detail: string } | null;
  readonly withheld?: true;
}

export interface ReadingJson extends OriginJson {
  readonly stale: boolean;
  readonly target: RangeJson;
  readonly meetings: readonly MeetingJson[];
}

/** The meeting of the story that the built-in sample tells. */
const SAMPLE_MEETING = "2025-12-10";

/** The meeting that is meant when none is named: the next one, or the sample's own where the sample is all there is. */
export function meantMeeting({ meetings, sample }: ReadingJson): MeetingJson | undefined {
  const open = meetings.filter(({ announced }) => !announced);
  return (sample ? open.find(({ meeting }) => meeting === SAMPLE_MEETING) : undefined) ?? open[0];
}

/** The likeliest outcome; the lower one of two that are equal. */
export function likeliestOutcome({ outcomes }: MeetingJson): MeetingJson["outcomes"][number] | null {
  return outcomes.reduce<MeetingJson["outcomes"][number] | null>(
    (best, outcome) => (best === null || outcome.probability > best.probability ? outcome : best),
    null,
  );
}

/** The day of a settlement, day and time of anything else. */
export function momentOf({ grid, trade_date: tradeDate, as_of: asOf }: OriginJson): string {
  return momentWords({ grid, tradeDate, asOf: new Date(asOf) });
}

/** What a reading rests on: `settlement, method cme, source yahoo`. */
export function originOf({ basis, method, source, sample }: OriginJson): string {
  return originWords({ basis, method, source, isSample: sample });
}
