/** Which rules are not judged now, since when, and why: a rule that says nothing may have nothing to say, or may be blind. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Meeting } from "../calendar/meetings.ts";
import { decisionInstant, selectedMeeting } from "./meeting-selection.ts";
import { type MeasuredReading, whyNotJudged } from "./rule-series.ts";
import { faultOf } from "./rule-threshold.ts";
import type { Rule } from "./subscription.ts";
import { WITHHELD_READINGS } from "./withheld-words.ts";

/** What keeps a rule from being judged. `over`: its meeting is, so that nothing is wrong. */
export type Blindness =
  | "broken"
  | "no_meeting"
  | "over"
  | "no_reading"
  | "withheld"
  | "stale"
  | "undecided"
  | "unsolved";

/** A rule that is not judged now. */
export interface NotJudgedNow {
  /** its place among the webhook's rules, the first 0 */
  readonly rule: number;
  readonly kind: Blindness;
  /** that it means now; null: none */
  readonly meeting: IsoDate | null;
  /** of the first reading that could not be judged; null: there was none that could */
  readonly since: Date | null;
  /** completes "not judged: " */
  readonly reason: string;
  /** `undecided`: the meeting whose outcome is not known */
  readonly undecidedMeeting: IsoDate | null;
  /** of the newest reading; null: there is none */
  readonly asOf: Date | null;
}

/** What of a reading decides it. */
export type SightReading = Pick<
  MeasuredReading,
  "meeting" | "asOf" | "recordedAt" | "isSample" | "undecidedMeeting" | "unsolved"
> & {
  /** its figures may not be told */
  readonly withheld: boolean;
};

const DAY_MS = 86_400_000;
/** What is recorded later than this is history, which no rule is shown. */
const NEWS_MS = DAY_MS;
/** The newest reading is at most this old, over any holidays. */
const NEWEST_WITHIN_MS = 5 * DAY_MS;

/** The instants at which a meeting was read, newest first; several bases at one are one look. */
function looks(readings: readonly SightReading[]): SightReading[][] {
  const byInstant = new Map<number, SightReading[]>();
  for (const reading of readings) {
    const ms = reading.asOf.getTime();
    const same = byInstant.get(ms);
    if (same === undefined) byInstant.set(ms, [reading]);
    else same.push(reading);
  }
  return [...byInstant].sort(([a], [b]) => b - a).map(([, same]) => same);
}

const isJudged = (look: readonly SightReading[]) => look.some((reading) => whyNotJudged(reading) === null);

function ofReadings(
  readings: readonly SightReading[],
  now: Date,
): Pick<NotJudgedNow, "kind" | "since" | "reason" | "undecidedMeeting" | "asOf"> | null {
  const live = readings.filter(
    ({ isSample, asOf, recordedAt }) =>
      !isSample && asOf <= now && recordedAt <= now && recordedAt.getTime() - asOf.getTime() <= NEWS_MS,
  );
  const told = looks(live.filter(({ withheld }) => !withheld));
  const [newest, ...before] = told;
  const [first] = newest ?? [];
  if (newest === undefined || first === undefined) {
    const kind = live.length === 0 ? "no_reading" : "withheld";
    const reason = kind === "no_reading" ? "no live reading of it is stored" : WITHHELD_READINGS;
    return { kind, since: null, reason, undecidedMeeting: null, asOf: null };
  }
  const { asOf } = first;
  if (now.getTime() - asOf.getTime() > NEWEST_WITHIN_MS) {
    return { kind: "stale", since: asOf, reason: "no reading has come since", undecidedMeeting: null, asOf };
  }
  if (isJudged(newest)) return null;
  const blind = newest.find(({ undecidedMeeting }) => undecidedMeeting !== null) ?? first;
  const judged = before.findIndex(isJudged);
  const run = judged < 0 ? before : before.slice(0, judged);
  return {
    kind: blind.undecidedMeeting === null ? "unsolved" : "undecided",
    since: run.at(-1)?.[0]?.asOf ?? asOf,
    reason: whyNotJudged(blind) ?? "",
    undecidedMeeting: blind.undecidedMeeting,
    asOf,
  };
}

/**
 * The rules that are not judged at `now`.
 *
 * @param readings of the meetings that the rules mean, as far back as "since" is to be known
 */
export function rulesNotJudged(
  rules: readonly Rule[],
  readings: readonly SightReading[],
  meetings: readonly Meeting[],
  now: Date,
): NotJudgedNow[] {
  return rules.flatMap((rule, i): NotJudgedNow[] => {
    const nothing = { rule: i, since: null, undecidedMeeting: null, asOf: null };
    const fault = faultOf(rule);
    if (fault !== null) return [{ ...nothing, kind: "broken", meeting: null, reason: fault }];
    const meant = selectedMeeting(rule.meeting, meetings, now);
    const meeting = meetings.find(({ meetingDate }) => meetingDate === meant);
    if (meeting === undefined) {
      return [{ ...nothing, kind: "no_meeting", meeting: meant, reason: "the calendar has no such meeting" }];
    }
    const { meetingDate } = meeting;
    const decided = decisionInstant(meeting);
    if (now >= decided) {
      return [{ ...nothing, kind: "over", meeting: meetingDate, since: decided, reason: "its meeting is over" }];
    }
    const found = ofReadings(
      readings.filter((reading) => reading.meeting === meetingDate),
      now,
    );
    return found === null ? [] : [{ rule: i, meeting: meetingDate, ...found }];
  });
}
