/** Every number of the repricing detector, in one table that is stored by version with what it found. */

/** A figure that depends on the time to the meeting: the first row whose `throughDays` is not passed holds. */
export interface HorizonStep {
  /** calendar days to the meeting; null: any number more */
  readonly throughDays: number | null;
  readonly bp: number;
}

/** The detector's numbers. Plain JSON: no infinities, so that the stored copy is the whole truth. */
export interface DetectorParameters {
  /** names the table: another number anywhere in it is another version */
  readonly version: string;
  /** a meeting's series covers the next so many scheduled meetings … */
  readonly nextMeetings: number;
  /** … no farther than so many calendar days away */
  readonly meetingReachDays: number;
  readonly scale: {
    /** observations after which a move counts half */
    readonly halfLife: number;
    /** a move counts up to so many times the scale before it … */
    readonly cutAt: number;
    /** … which counts as at least so much for that purpose */
    readonly leastBp: number;
    /** standard deviation per mean absolute move: sqrt(pi / 2) of a normal distribution */
    readonly sigmaPerMeanMove: number;
    /** sigma lies between the floor and this multiple of it */
    readonly ceilingPerFloor: number;
  };
  readonly floors: readonly HorizonStep[];
  readonly leg: {
    /** theta is the larger of this … */
    readonly leastBp: number;
    /** … and so many sigmas */
    readonly sigmas: number;
    /** trade dates without a new extreme after which a leg is over */
    readonly quietTradeDates: number;
  };
  /** a day's move that makes a confirmed leg `sharp`: by time to the meeting, and of the path */
  readonly oneDay: { readonly meeting: readonly HorizonStep[]; readonly pathBp: number };
  /** amplitudes from which a confirmed leg is more than a notice */
  readonly amplitudesBp: { readonly sharp: number; readonly severe: number; readonly extreme: number };
  /** a day's move of at most so many own ticks is no move */
  readonly noiseTicks: number;
  /** alerts of one direction share a cluster through so many trade dates after its latest alert */
  readonly clusterTradeDates: number;
  readonly intraday: {
    /** how long a threshold must hold, in whole readings and in minutes */
    readonly readings: number;
    readonly minutes: number;
    /** contracts that must have moved the same way since the last settlement */
    readonly contracts: number;
  };
}

/** @see README, "When the market changes its mind" */
export const PARAMETERS: DetectorParameters = {
  version: "1",
  nextMeetings: 3,
  meetingReachDays: 120,
  scale: { halfLife: 20, cutAt: 4, leastBp: 0.3, sigmaPerMeanMove: 1.2533, ceilingPerFloor: 2 },
  floors: [
    { throughDays: 7, bp: 0.5 },
    { throughDays: 21, bp: 1 },
    { throughDays: 45, bp: 1.5 },
    { throughDays: 90, bp: 2.5 },
    { throughDays: 150, bp: 3.5 },
    { throughDays: null, bp: 5 },
  ],
  leg: { leastBp: 5, sigmas: 1.5, quietTradeDates: 10 },
  oneDay: {
    meeting: [
      { throughDays: 21, bp: 3.75 },
      { throughDays: 45, bp: 5 },
      { throughDays: 90, bp: 6.25 },
      { throughDays: null, bp: 8.75 },
    ],
    pathBp: 12.5,
  },
  amplitudesBp: { sharp: 10, severe: 15, extreme: 25 },
  noiseTicks: 2,
  clusterTradeDates: 3,
  intraday: { readings: 2, minutes: 2, contracts: 2 },
};

/**
 * The figure for so many calendar days to the meeting.
 *
 * @throws RangeError when the table ends before
 */
export function atHorizon(steps: readonly HorizonStep[], daysToMeeting: number): number {
  const step = steps.find(({ throughDays }) => throughDays === null || daysToMeeting <= throughDays);
  if (step === undefined) {
    throw new RangeError(`Cannot read a table of horizons: no row for ${daysToMeeting} days, the last must have null`);
  }
  return step.bp;
}
