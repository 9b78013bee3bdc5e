/** What a rule would have said of stored history. */
import type { IsoDate } from "../pricing/calendar-date.ts";
import type { Meeting } from "../pricing/meetings.ts";
import { BASES } from "../pricing/observations.ts";
import { type FoundMatch, followRule, isAbout, type MeasuredReading } from "./rule-series.ts";
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

/**
 * The matches of a rule along the daily readings of all meetings it meant, each on one basis throughout. As online, the
 * first reading only shows where things stand.
 *
 * @param readings of one measure, ascending by meeting and `asOf`; those before the period are for windows alone
 */
export function ruleHistory(
  rule: Rule,
  readings: readonly MeasuredReading[],
  meetings: readonly Meeting[],
  period: { readonly from: Date; readonly to: Date },
): FoundMatch[] {
  const byMeeting = new Map<IsoDate, MeasuredReading[]>();
  for (const reading of readings) {
    const known = byMeeting.get(reading.meeting);
    if (known === undefined) byMeeting.set(reading.meeting, [reading]);
    else known.push(reading);
  }
  return [...byMeeting.values()].flatMap((ofMeeting) => {
    const looksAt = (reading: MeasuredReading) =>
      reading.asOf >= period.from && reading.asOf <= period.to && isAbout(rule, reading, meetings);
    return followRule(rule, null, oneStream(ofMeeting), looksAt).found;
  });
}
