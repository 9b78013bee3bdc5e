/** The story of the built-in sample in one line, with the API's own figures. */
import { dateWords, percentWords, rangeWords } from "../wording.ts";
import { type Html, html } from "./html.ts";
import type { Shift } from "./odds.ts";
import { apiPath, type Get, readIfAny } from "./read-api.ts";

const MEETING = "2025-12-10";
const FROM = "2025-10-17";
const TO = "2025-11-17";
const LOWER_BP = 350;

type Outcome = Shift["outcomes"][number];

/** The range's odds on both days; null where the sample is not there to tell. */
export async function readHeadline(get: Get): Promise<Outcome | null> {
  const shift = await readIfAny<Shift>(get, apiPath("/v1/shifts", { meeting: MEETING, from: FROM, to: TO }));
  return shift?.outcomes.find((outcome) => outcome.lower_bp === LOWER_BP) ?? null;
}

/** The line. */
export function episodeHeadline({ lower_bp: lowerBp, upper_bp: upperBp, then, now }: Outcome): Html | null {
  if (then === null || now === null) return null;
  const story = apiPath("/story", { meeting: MEETING, range: `${lowerBp}-${upperBp}` });
  return html`<p class="lead"><strong>${percentWords(then)} → ${percentWords(now)}</strong>: the odds of ${rangeWords({ lowerBp, upperBp })}
after the <a href="/meetings/${MEETING}">${dateWords(MEETING)} meeting</a>, from ${dateWords(FROM)} to ${dateWords(TO)}.
<a href="${story}">See the story</a></p>`;
}
