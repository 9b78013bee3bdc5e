/** The story of the built-in sample in one line, with the API's own figures. */
import { dateWords, percentWords, rangeWords } from "../wording.ts";
import { type Html, html } from "./html.ts";

const MEETING = "2025-12-10";
const FROM = "2025-10-17";
const TO = "2025-11-17";
const LOWER_BP = 350;

interface Outcome {
  readonly lower_bp: number;
  readonly upper_bp: number;
  readonly then: number | null;
  readonly now: number | null;
}

/** The range's odds on both days; null where the sample is not there to tell. */
export async function readHeadline(get: (path: string) => Promise<Response>): Promise<Outcome | null> {
  const response = await get(`/v1/shifts?${new URLSearchParams({ meeting: MEETING, from: FROM, to: TO })}`);
  if (!response.ok) return null;
  const { outcomes } = (await response.json()) as { outcomes: readonly Outcome[] };
  return outcomes.find((outcome) => outcome.lower_bp === LOWER_BP) ?? null;
}

/** The line. */
export function episodeHeadline({ lower_bp: lowerBp, upper_bp: upperBp, then, now }: Outcome): Html | null {
  if (then === null || now === null) return null;
  return html`<p class="lead"><strong>${percentWords(then)} → ${percentWords(now)}</strong>: the odds of ${rangeWords({ lowerBp, upperBp })}
after the ${dateWords(MEETING)} meeting, from ${dateWords(FROM)} to ${dateWords(TO)}</p>`;
}
