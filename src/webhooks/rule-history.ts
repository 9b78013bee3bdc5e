/** What a rule would have said of stored history. */
import type { IsoDate } from "../pricing/calendar-date.ts";
import type { Meeting } from "../pricing/meetings.ts";
import { BASES } from "../pricing/observations.ts";
import { selectedMeeting } from "./meeting-selection.ts";
import { type FoundMatch, followRule, isAbout, type MeasuredReading } from "./rule-series.ts";
import { WINDOW_WORDS } from "./rule-text.ts";
import type { Rule } from "./subscription.ts";

/** The stream that a meeting's history runs on throughout: most trade dates, then real before sample, then the better basis. */
function oneStream(readings: readonly MeasuredReading[]): readonly MeasuredReading[] {
  const streams = new Map<string, MeasuredReading[]>();
  for (const reading of readings) {
    if (reading.value === null) continue;
    const key = `${reading.isSample ? 1 : 0} ${BASES.indexOf(reading.basis)}`;
    const stream = streams.get(key);
    if (stream === undefined) streams.set(key, [reading]);
    else stream.push(reading);
  }
  const [best] = [...streams].sort(([a, some], [b, others]) => others.length - some.length || (a < b ? -1 : 1));
  return best?.[1] ?? [];
}

/** What a rule came to over a period. */
export interface RuleHistory {
  readonly found: readonly FoundMatch[];
  /** why it could not be judged at any reading, which is another thing than having been quiet; null: it could */
  readonly notJudged: string | null;
}

function reasonOf({ window }: Rule, looked: number): string {
  if (window === "1h") return "an hour's window cannot be seen in daily readings; 1d is the shortest that can";
  if (looked === 0 || window === null) return "no reading of what it means is stored in the period";
  return `no reading is stored where its window of ${WINDOW_WORDS[window]} begins`;
}

/**
 * The matches of a rule along the daily readings of all meetings it meant, each on one basis throughout. As online, the
 * first reading only shows where things stand, and a selector that moves to another meeting goes on from the readings which
 * that meeting had before.
 *
 * @param readings of one measure, ascending by meeting and `asOf`; those before the period are for windows alone
 */
export function ruleHistory(
  rule: Rule,
  readings: readonly MeasuredReading[],
  meetings: readonly Meeting[],
  period: { readonly from: Date; readonly to: Date },
): RuleHistory {
  const byMeeting = new Map<IsoDate, MeasuredReading[]>();
  for (const reading of readings) {
    const known = byMeeting.get(reading.meeting);
    if (known === undefined) byMeeting.set(reading.meeting, [reading]);
    else known.push(reading);
  }
  const looksAt = (reading: MeasuredReading) =>
    reading.asOf >= period.from && reading.asOf <= period.to && isAbout(rule, reading, meetings);
  const meantFirst = selectedMeeting(rule.meeting, meetings, period.from);
  let looked = 0;
  const followed = [...byMeeting].map(([meeting, ofMeeting]) => {
    const stream = oneStream(ofMeeting);
    looked += stream.filter(looksAt).length;
    return followRule(rule, { state: null, arrives: meeting !== meantFirst }, stream, looksAt);
  });
  const isJudged = followed.some(({ judged }) => judged > 0);
  return { found: followed.flatMap(({ found }) => found), notJudged: isJudged ? null : reasonOf(rule, looked) };
}
