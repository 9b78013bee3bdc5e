/** A decision of the Fed in words. */
import type { DecidedBody } from "./message-body.ts";
import type { MessageText } from "./message-text.ts";
import { dayWords, instantWords, oddsWords, rangeWords, signed } from "./words.ts";

function changeWords(changeBp: number | null): string {
  if (changeBp === null) return "";
  if (changeBp === 0) return ", unchanged";
  return changeBp < 0 ? `, a cut of ${-changeBp} bp` : `, a hike of ${changeBp} bp`;
}

export function decidedText({ data }: DecidedBody): MessageText {
  const unscheduled = data.scheduled ? "" : " between scheduled meetings";
  const before = data.odds_before;
  const odds =
    before === null
      ? "What the market gave it before is not known"
      : `The market gave it ${oddsWords(before.probability)} at the settlement of ${dayWords(before.trade_date)}; ` +
        `expected rate ${before.expected_rate_bp.toFixed(1)} bp`;
  const surprise =
    data.surprise_bp === null
      ? `Surprise: not known${data.surprise_reason === null ? "" : `, ${data.surprise_reason}`}`
      : `Surprise: ${signed(data.surprise_bp)} bp`;
  // Those stored by earlier versions have none.
  const corrects = (data.supersedes ?? null) === null ? "" : ", corrected";
  return {
    headline: `Fed decision${unscheduled}${corrects}, ${dayWords(data.meeting)}: ${rangeWords(data.outcome)}${changeWords(data.change_bp)}`,
    lines: [
      ...(corrects === "" ? [] : ["What was told of it before was wrong"]),
      odds,
      surprise,
      `In effect from ${dayWords(data.effective_date)}. Announced ${instantWords(data.as_of)}, source ${data.source}`,
    ],
    url: data.url,
    tone: "bad",
  };
}
