/** What is told while one watches, in a line each. */
import type { FeedItem, MeetingOdds, Probabilities, Source } from "../client/answers.ts";
import type { MessageBody } from "../webhooks/message-body.ts";
import { messageText } from "../webhooks/message-text.ts";
import { momentText, percent, percentOfRate, rangeText, signed } from "./figure-text.ts";

const KNOWN = /^(repricing\..*|meeting\.decided|digest\.daily|data\.(stale|recovered))$/;

/** `2025-11-13T20:00Z SEVERE hawkish repricing, …` */
export function alertText(item: FeedItem): string {
  // A server that is newer than this command may tell of more.
  if (!KNOWN.test(item.type)) return `${item.timestamp} ${item.type}`;
  // The same bodies, whose dates the client knows as texts only.
  const { headline } = messageText(item as MessageBody);
  return `${item.data.as_of.replace(/:\d\d(\.\d+)?Z$/, "Z")} ${headline}`;
}

export function sourceText(source: Source): string {
  const why = source.last_error === null ? "" : `: ${source.last_error}`;
  return `source ${source.source} is ${source.status}${source.status === "failing" ? why : ""}`;
}

type Outcome = MeetingOdds["outcomes"][number];

function likeliest({ outcomes }: MeetingOdds): Outcome | undefined {
  return outcomes.toSorted((a, b) => b.probability - a.probability)[0];
}

function movedText(now: number | null, then: number | null, unit: string): string {
  return now === null || then === null ? "" : ` (${signed(now - then)} ${unit})`;
}

/** What a range had, in per cent; null: nothing was known of the meeting, which is not 0. */
function percentBefore({ lower_bp: lower, upper_bp: upper }: Outcome, before: MeetingOdds | null): number | null {
  if (before === null || before.outcomes.length === 0) return null;
  const then = before.outcomes.find((one) => one.lower_bp === lower && one.upper_bp === upper);
  // A solved meeting lists every range that has any odds.
  return 100 * (then?.probability ?? 0);
}

function figuresText(meeting: MeetingOdds, before: MeetingOdds | null): string {
  const rate = meeting.expected_rate_bp;
  const moved = movedText(rate, before?.expected_rate_bp ?? null, "bp");
  const expected = rate === null ? "-" : `${percentOfRate(rate, 3)} %${moved}`;
  const top = likeliest(meeting);
  const odd =
    top === undefined
      ? ""
      : `  ${rangeText(top)} at ${percent(top.probability)} %${movedText(100 * top.probability, percentBefore(top, before), "pp")}`;
  const split = `ease ${percent(meeting.ease)}  hold ${percent(meeting.hold)}  hike ${percent(meeting.hike)} %`;
  return `expected ${expected}${odd}  ${split}`;
}

/** What readings are made of, and so what keeps two of them from being compared: a difference is no move of the market. */
function kindText({ basis, sample }: Probabilities): string {
  return `${basis.replace("_", " ")}${sample ? ", built-in sample" : ""}`;
}

function anewText(odds: Probabilities, before: Probabilities): string | null {
  const [kind, kindBefore] = [kindText(odds), kindText(before)];
  if (kind !== kindBefore) return `begins anew: ${kind} instead of ${kindBefore}, which do not compare`;
  if (Date.parse(odds.as_of) >= Date.parse(before.as_of)) return null;
  return `begins anew: the newest reading is now an earlier one than that of ${momentText(before)}`;
}

function isSame(a: MeetingOdds, b: MeetingOdds): boolean {
  return a.expected_rate_bp === b.expected_rate_bp && JSON.stringify(a.outcomes) === JSON.stringify(b.outcomes);
}

/**
 * A line for each solved meeting whose odds are not those of the reading before, and for each that can no longer be solved;
 * for all where there was none. A change is told only of a meeting that was solved before, in a reading of the same basis;
 * at the same time in the market it is called a correction.
 */
export function changedText(odds: Probabilities, before: Probabilities | null): string[] {
  const moment = momentText(odds);
  const anew = before === null ? null : anewText(odds, before);
  const comparable = anew === null ? before : null;
  const isCorrection = comparable !== null && comparable.as_of === odds.as_of && comparable.grid === odds.grid;
  const lines = odds.meetings.flatMap((meeting) => {
    const found = comparable?.meetings.find((one) => one.meeting === meeting.meeting);
    const then = found === undefined || found.unsolved !== null ? null : found;
    const head = `${moment} ${meeting.meeting}  ${isCorrection ? "corrected: " : ""}`;
    if (meeting.unsolved !== null) return then === null ? [] : [`${head}unsolved, ${meeting.unsolved.detail}`];
    return then !== null && isSame(meeting, then) ? [] : [`${head}${figuresText(meeting, then)}`];
  });
  return anew === null ? lines : [`${moment} ${anew}`, ...lines];
}
