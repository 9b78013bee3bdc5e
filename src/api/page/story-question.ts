/** What a story is asked to show, with what the address leaves out filled in. */

import { z } from "zod";
import { tradeDateAt } from "../../calendar/trade-dates.ts";
import { PANEL, type PanelSymbol } from "../../pricing/observations.ts";
import { dateParameter, knownAt, marketTimeParameter, range, readParameters } from "../parameters.ts";
import { badParameter } from "../problem.ts";
import type { Odds, Range } from "./odds.ts";
import { apiPath, type Get, readIfAny } from "./read-api.ts";
import { type When, whenOf } from "./when.ts";

/** The odds a story can tell of a range; the expected rate is beside them in any case. */
export const STORY_MEASURES = [
  ["range", "exactly this range"],
  ["at_most", "this range or below"],
  ["at_least", "this range or above"],
] as const;
export type StoryMeasure = (typeof STORY_MEASURES)[number][0];

/** The episode that the built-in sample tells. */
export const EPISODE = { meeting: "2025-12-10", range: "350-375" } as const;

/** What is shown. */
export interface StoryQuestion {
  readonly meeting: string;
  /** as in an address; null: the meeting has no odds at all */
  readonly range: string | null;
  readonly measure: StoryMeasure;
  readonly from: string | null;
  readonly to: string | null;
  readonly assets: readonly PanelSymbol[];
  readonly when: When;
  /** last trade date that is shown anything of; null: the newest */
  readonly last: string | null;
  /** opened on the episode because the sample is all there is */
  readonly isEpisode: boolean;
}

const Times = z.object({
  meeting: dateParameter("Decision day of the meeting").optional(),
  range: range.optional(),
  from: dateParameter("First date shown").optional(),
  to: dateParameter("Last date shown").optional(),
  as_of: marketTimeParameter("Nothing later is shown").optional(),
  known_at: knownAt,
});

function measureOf(text: string | undefined): StoryMeasure {
  const found = STORY_MEASURES.find(([measure]) => measure === text);
  if (found !== undefined) return found[0];
  if (text === undefined) return "range";
  throw badParameter("measure", text, STORY_MEASURES.map(([measure]) => measure).join(", "));
}

function assetsOf(text: string | undefined): PanelSymbol[] {
  const asked = (text ?? "").split(",").filter((symbol) => symbol !== "");
  const unknown = asked.find((symbol) => !PANEL.some((known) => known === symbol));
  if (unknown !== undefined) throw badParameter("asset", unknown, `some of ${PANEL.join(",")}, with commas`);
  return PANEL.filter((symbol) => asked.includes(symbol));
}

/** A range as an address has it. */
export function rangeParameter({ lower_bp, upper_bp }: Range): string {
  return `${lower_bp}-${upper_bp}`;
}

/** The likeliest range of a meeting; null where it has none. */
function likeliest(odds: Odds | null, meeting: string): string | null {
  const outcomes = odds?.meetings.find((row) => row.meeting === meeting)?.outcomes ?? [];
  const most = outcomes.toSorted((a, b) => b.probability - a.probability)[0];
  return most === undefined ? null : rangeParameter(most);
}

/** The odds of one meeting at its last reading. */
export async function lastOdds(get: Get, meeting: string, { asOf, knownAt: known }: When): Promise<Odds | null> {
  // A decided meeting is in no newer reading than its own last one, which lies on its day at the latest.
  const until = asOf !== null && asOf.slice(0, 10) < meeting ? asOf : meeting;
  const newest = apiPath("/v1/probabilities", { meeting, as_of: asOf, known_at: known });
  const own = apiPath("/v1/probabilities", { meeting, as_of: until, known_at: known });
  const found = await readIfAny<Odds>(get, newest);
  if (found !== null && likeliest(found, meeting) !== null) return found;
  return readIfAny<Odds>(get, own);
}

/** The meeting to open on: the next one with odds, or the episode's where the sample is all there is. */
async function openOn(get: Get, when: When): Promise<Pick<StoryQuestion, "meeting" | "range" | "isEpisode"> | null> {
  const odds = await readIfAny<Odds>(get, apiPath("/v1/probabilities", { as_of: when.asOf, known_at: when.knownAt }));
  if (odds === null) return null;
  if (odds.sample) return { ...EPISODE, isEpisode: when.asOf === null };
  const next = odds.meetings.find(({ announced, outcomes }) => !announced && outcomes.length > 0);
  const meeting = next?.meeting ?? odds.meetings[0]?.meeting;
  return meeting === undefined ? null : { meeting, range: likeliest(odds, meeting), isEpisode: false };
}

/**
 * Reads the parameters of the address; empty fields of a form count as left out.
 *
 * @returns null when nothing is stored to open on
 * @throws Problem 400 naming the parameter at fault
 */
export async function storyQuestion(texts: Readonly<Record<string, string>>, get: Get): Promise<StoryQuestion | null> {
  const given = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ""));
  const { measure, asset, ...times } = given;
  const read = readParameters(Times, times);
  const when = whenOf(given);
  const asOf = read.as_of;
  const shown = {
    measure: measureOf(measure),
    assets: assetsOf(asset),
    from: read.from ?? null,
    to: read.to ?? null,
    when,
    last: asOf === undefined ? null : "tradeDate" in asOf ? asOf.tradeDate : tradeDateAt(asOf.instant),
  };
  if (shown.from !== null && shown.to !== null && shown.from > shown.to) {
    throw badParameter("from", shown.from, `at or before to, ${shown.to}`);
  }
  if (read.meeting === undefined) {
    const opened = await openOn(get, when);
    return opened === null ? null : { ...opened, range: given.range ?? opened.range, ...shown };
  }
  const named = { meeting: read.meeting, isEpisode: false, ...shown };
  if (given.range !== undefined) return { ...named, range: given.range };
  const odds = await lastOdds(get, read.meeting, when);
  return { ...named, range: likeliest(odds, read.meeting) };
}
