/** What a rule would have said of stored history. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Meeting } from "../calendar/meetings.ts";
import { BASES } from "../pricing/observations.ts";
import { selectedMeeting } from "./meeting-selection.ts";
import { type FoundMatch, followRule, isAbout, type MeasuredReading, whyNotJudged } from "./rule-series.ts";
import { WINDOW_WORDS } from "./rule-text.ts";
import type { Rule } from "./subscription.ts";

/** The stream that a meeting's history runs on throughout: real before sample, then most trade dates, then the better basis. */
function oneStream(readings: readonly MeasuredReading[]): readonly MeasuredReading[] {
  const known = readings.filter(({ value }) => value !== null);
  const isReal = known.some(({ isSample }) => !isSample);
  const streams = new Map<string, MeasuredReading[]>();
  for (const reading of known) {
    if (isReal && reading.isSample) continue;
    const key = `${BASES.indexOf(reading.basis)}`;
    const stream = streams.get(key);
    if (stream === undefined) streams.set(key, [reading]);
    else stream.push(reading);
  }
  const [best] = [...streams].sort(([a, some], [b, others]) => others.length - some.length || (a < b ? -1 : 1));
  return best?.[1] ?? [];
}

/** Readings of one meeting, without another between them, at which a rule could not be judged. */
export interface RuleGap {
  readonly meeting: IsoDate;
  /** of the first and the last */
  readonly from: Date;
  readonly to: Date;
  /** trade dates */
  readonly days: number;
  readonly reason: string;
}

/** What a rule came to over a period. */
export interface RuleHistory {
  readonly found: readonly FoundMatch[];
  /** by meeting and time */
  readonly gaps: readonly RuleGap[];
  /** why it could not be judged at any reading, which is another thing than having been quiet; null: it could */
  readonly notJudged: string | null;
}

/** Trade dates on which the rule's stream has no figure and some reading tells why. */
function gapsIn(readings: readonly MeasuredReading[], stream: readonly MeasuredReading[]): RuleGap[] {
  const judged = new Set(stream.map(({ tradeDate }) => tradeDate));
  const byDate = new Map(readings.map((reading) => [reading.tradeDate, reading]));
  const gaps: RuleGap[] = [];
  let before: string | null = null;
  for (const [date, reading] of byDate) {
    const { meeting, asOf } = reading;
    const reason = judged.has(date) ? null : whyNotJudged(reading);
    const last = gaps.at(-1);
    if (reason !== null && reason === before && last !== undefined) {
      gaps.splice(-1, 1, { ...last, to: asOf, days: last.days + 1 });
    } else if (reason !== null) gaps.push({ meeting, from: asOf, to: asOf, days: 1, reason });
    before = reason;
  }
  return gaps;
}

function reasonOf({ window }: Rule, looked: number, gaps: readonly RuleGap[]): string {
  if (looked === 0 && gaps.length > 0) return [...new Set(gaps.map(({ reason }) => reason))].join("; ");
  if (window === "1h") return "an hour's window cannot be seen in daily readings; 1d is the shortest that can";
  if (looked === 0 || window === null) return "no reading of what it means is stored in the period";
  return `no reading is stored where its window of ${WINDOW_WORDS[window]} begins`;
}

/** A period of history, and from when on a rule is followed to know how it stood when the period began. */
export interface RulePeriod {
  readonly begin: Date;
  readonly from: Date;
  readonly to: Date;
}

/**
 * The matches of a rule along the daily readings of all meetings it meant, each on one basis throughout. As online, the
 * first reading only shows where things stand, and a selector that moves to another meeting goes on from the readings which
 * that meeting had before. Whatever period is asked for, the same matches are found in it.
 *
 * @param readings of one measure, ascending by meeting and `asOf`; those before `begin` are for windows alone
 */
export function ruleHistory(
  rule: Rule,
  readings: readonly MeasuredReading[],
  meetings: readonly Meeting[],
  period: RulePeriod,
): RuleHistory {
  const byMeeting = new Map<IsoDate, MeasuredReading[]>();
  for (const reading of readings) {
    const known = byMeeting.get(reading.meeting);
    if (known === undefined) byMeeting.set(reading.meeting, [reading]);
    else known.push(reading);
  }
  const looksAt = (reading: MeasuredReading) =>
    reading.asOf >= period.begin && reading.asOf <= period.to && isAbout(rule, reading, meetings);
  const isAsked = ({ asOf }: MeasuredReading) => asOf >= period.from;
  const meantFirst = selectedMeeting(rule.meeting, meetings, period.begin);
  let looked = 0;
  const gaps: RuleGap[] = [];
  const followed = [...byMeeting].map(([meeting, ofMeeting]) => {
    const stream = oneStream(ofMeeting);
    looked += stream.filter(looksAt).filter(isAsked).length;
    gaps.push(...gapsIn(ofMeeting.filter(looksAt).filter(isAsked), stream));
    return followRule(rule, { state: null, arrives: meeting !== meantFirst }, stream, looksAt, isAsked);
  });
  const isJudged = followed.some(({ judged }) => judged > 0);
  const notJudged = isJudged ? null : reasonOf(rule, looked, gaps);
  return { found: followed.flatMap(({ found }) => found.filter(({ reading }) => isAsked(reading))), gaps, notJudged };
}
