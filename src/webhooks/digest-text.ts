/** The day's digest in words. */
import type { DigestBody } from "./message-body.ts";
import type { MessageText } from "./message-text.ts";
import type { DigestMeeting } from "./notice-bodies.ts";
import { basisWords, dayWords, instantWords, oddsWords, rangeWords, signed, targetWords } from "./words.ts";

/** Ranges less likely than this are not listed. */
const LEAST_LISTED = 0.05;

function meetingLine(meeting: DigestMeeting): string {
  const day = dayWords(meeting.meeting);
  if (meeting.expected_rate_bp === null) return `${day}: not solved`;
  const decided = meeting.announced ? " (decided)" : "";
  const shift = meeting.expected_rate_shift_bp === null ? "" : ` (${signed(meeting.expected_rate_shift_bp)})`;
  const odds = meeting.outcomes.flatMap(({ probability, shift_pp: shiftPp, ...range }) => {
    if (probability === null || probability < LEAST_LISTED) return [];
    const moved = shiftPp === null ? "" : ` (${signed(shiftPp)} pp)`;
    return [`${rangeWords(range)}: ${oddsWords(probability)}${moved}`];
  });
  return [`${day}${decided}: ${meeting.expected_rate_bp.toFixed(1)} bp${shift}`, ...odds].join("; ");
}

function yearEndLine({
  priced_by_year_end_bp: priced,
  priced_by_year_end_shift_bp: shift,
}: DigestBody["data"]): string[] {
  if (priced === null) return [];
  return [`Priced by year's end: ${signed(priced)} bp${shift === null ? "" : ` (${signed(shift)})`}`];
}

export function digestText({ data }: DigestBody): MessageText {
  const open = data.open_repricings.map(
    (leg) =>
      `Open: ${leg.severity} ${leg.direction} repricing, ${targetWords(leg)}, ` +
      `${leg.start_rate_bp.toFixed(1)} -> ${leg.extreme_rate_bp.toFixed(1)} bp`,
  );
  const before = data.compared_with === null ? "" : `, changes since ${dayWords(data.compared_with.trade_date)}`;
  const origin = basisWords(data.basis);
  return {
    headline: `Digest of ${dayWords(data.trade_date)}: ${data.summary}`,
    lines: [
      ...data.meetings.map(meetingLine),
      ...yearEndLine(data),
      ...open,
      `${origin.slice(0, 1).toUpperCase()}${origin.slice(1)} of ${instantWords(data.as_of)}, method ${data.method}, source ${data.source}${before}`,
    ],
    url: data.url,
    tone: "calm",
  };
}
