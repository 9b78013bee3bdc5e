/** The match of a rule in words. */
import type { RuleMatchedBody } from "./message-body.ts";
import type { MessageText } from "./message-text.ts";
import { basisWords, dayWords, instantWords, rangeWords, signed } from "./words.ts";

type Data = RuleMatchedBody["data"];

/** A window as it is said. */
export const WINDOW_WORDS: Readonly<Record<string, string>> = {
  "1h": "an hour",
  "1d": "a day",
  "1w": "a week",
  "1m": "a month",
};

function measureWords({ measure, range }: Data): string {
  if (measure === "expected_rate") return "expected rate";
  if (measure === "ease") return "odds of a range below the one in force";
  if (measure === "hold") return "odds of the range in force";
  if (measure === "hike") return "odds of a range above the one in force";
  const asked = range === null ? "" : rangeWords(range);
  if (measure === "at_most") return `odds of ${asked} or lower`;
  return measure === "at_least" ? `odds of ${asked} or higher` : `odds of ${asked}`;
}

function whatWords(data: Data): string {
  const unit = data.unit === "pct" ? "%" : "bp";
  if (data.level !== null) {
    return `${data.direction === "up" ? "rose to or through" : "fell to or through"} ${data.level} ${unit}`;
  }
  const points = data.unit === "pct" ? "pp" : "bp";
  return `moved ${signed(data.change)} ${points} within ${WINDOW_WORDS[data.window ?? ""] ?? data.window}`;
}

/** What stands instead of a match that was told. */
function takenBackWords(data: Data, { reason, basis }: NonNullable<Data["takes_back"]>): string {
  const unit = data.unit === "pct" ? "%" : "bp";
  if (data.level === null) return `${whatWords(data)}, not as told`;
  const side = data.direction === "up" ? "above" : "below";
  const by = reason === "basis" ? ` by ${basisWords(data.basis)}, whatever ${basisWords(basis)} showed` : "";
  return `${side} ${data.level} ${unit}${by}`;
}

/** What was told and why it does not stand. */
function noLongerWords(data: Data, { reason, as_of, basis, value }: NonNullable<Data["takes_back"]>): string {
  const unit = data.unit === "pct" ? "%" : "bp";
  const points = data.unit === "pct" ? "pp" : "bp";
  const figure =
    value === null ? "" : data.level === null ? `, ${signed(value)} ${points}` : `, ${value.toFixed(1)} ${unit}`;
  const why = reason === "basis" ? `${basisWords(basis)} alone showed it` : "its figures were corrected";
  return `What was told of ${instantWords(as_of)}${figure}, no longer stands: ${why}`;
}

export function ruleText({ data }: RuleMatchedBody): MessageText {
  // Those stored by earlier versions have none.
  const takenBack = data.takes_back ?? null;
  const unit = data.unit === "pct" ? "%" : "bp";
  const values = `${data.value_before.toFixed(1)} -> ${data.value_after.toFixed(1)} ${unit}`;
  const expected =
    data.measure === "expected_rate" || data.expected_rate_bp === null
      ? []
      : [`Expected rate ${data.expected_rate_bp.toFixed(1)} bp`];
  const crossing = data.crosses_decision ? ["A decision lies between: another range was in force then"] : [];
  const origin = basisWords(data.basis);
  return {
    headline: `Your rule${takenBack?.reason === "corrected" ? ", corrected" : ""}: ${dayWords(data.meeting)} meeting, ${measureWords(data)} ${takenBack === null ? whatWords(data) : takenBackWords(data, takenBack)}: ${values}`,
    lines: [
      ...(takenBack === null ? [] : [noLongerWords(data, takenBack)]),
      `From ${instantWords(data.from)} to ${instantWords(data.as_of)}`,
      ...expected,
      ...crossing,
      `${origin.slice(0, 1).toUpperCase()}${origin.slice(1)}, method ${data.method}, source ${data.source}${data.sample ? "; built-in sample" : ""}${data.historical ? "; history" : ""}`,
    ],
    url: data.url,
    tone: "bad",
  };
}
