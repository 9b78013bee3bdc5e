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

function likeliest({ outcomes }: MeetingOdds): MeetingOdds["outcomes"][number] | undefined {
  return outcomes.toSorted((a, b) => b.probability - a.probability)[0];
}

function meetingText(odds: Probabilities, meeting: MeetingOdds, before: MeetingOdds | undefined): string {
  const moved = (now: number | null, then: number | null | undefined, unit: string) =>
    now === null || then == null ? "" : ` (${signed(now - then)} ${unit})`;
  const rate = meeting.expected_rate_bp;
  const expected = rate === null ? "-" : `${percentOfRate(rate, 3)} %${moved(rate, before?.expected_rate_bp, "bp")}`;
  const top = likeliest(meeting);
  const then = before?.outcomes.find((one) => one.lower_bp === top?.lower_bp && one.upper_bp === top.upper_bp);
  const odd =
    top === undefined
      ? ""
      : `  ${rangeText(top)} at ${percent(top.probability)} %${before === undefined ? "" : moved(100 * top.probability, 100 * (then?.probability ?? 0), "pp")}`;
  const split = `ease ${percent(meeting.ease)}  hold ${percent(meeting.hold)}  hike ${percent(meeting.hike)} %`;
  return `${momentText(odds)} ${meeting.meeting}  expected ${expected}${odd}  ${split}`;
}

/** A line for each solved meeting whose odds are not those of the reading before; for all where there was none. */
export function changedText(odds: Probabilities, before: Probabilities | null): string[] {
  return odds.meetings.flatMap((meeting) => {
    if (meeting.unsolved !== null) return [];
    const then = before?.meetings.find((one) => one.meeting === meeting.meeting);
    const isSame =
      then !== undefined &&
      then.expected_rate_bp === meeting.expected_rate_bp &&
      JSON.stringify(then.outcomes) === JSON.stringify(meeting.outcomes);
    return isSame ? [] : [meetingText(odds, meeting, then)];
  });
}
