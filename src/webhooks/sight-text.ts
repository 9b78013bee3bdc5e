/** Rules that are not judged, or are again, in words. */
import type { SightBody } from "./message-body.ts";
import type { MessageText } from "./message-text.ts";
import { dayWords, instantWords } from "./words.ts";

function rulesWords(count: number): string {
  return count === 1 ? "1 rule" : `${count} rules`;
}

export function sightText({ type, data }: SightBody): MessageText {
  const of = dayWords(data.undecided_meeting);
  const count = data.rules.length;
  const which = data.rules.map(
    ({ rule, meeting }) => `rule ${rule + 1}${meeting === null ? "" : ` (${dayWords(meeting)})`}`,
  );
  const lines = [`Webhook ${data.webhook_id}: ${which.join(", ")}`];
  if (type === "rule.resumed") {
    const headline = `Judged again: ${rulesWords(count)} of yours, for the outcome of ${of} is known`;
    return { headline, lines, url: data.url, tone: "good" };
  }
  const since = data.since === null ? "" : ` since ${instantWords(data.since)}`;
  return {
    headline: `NOT judged${since}: ${rulesWords(count)} of yours, for the outcome of ${of} is not known`,
    lines: [
      ...lines,
      "The range in force may be another one, and each of their figures with it: until the outcome is known their silence says nothing.",
      `cutwatch decide ${data.undecided_meeting} LOWER-UPPER records it, in bp, such as 350-375`,
    ],
    url: data.url,
    tone: "bad",
  };
}
