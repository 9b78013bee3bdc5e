/** What pages read of the API's odds and shifts, and how they ask for them. */
import { apiPath, type Get, readApi, readIfAny } from "./read-api.ts";
import type { When } from "./when.ts";

export interface Range {
  readonly lower_bp: number;
  readonly upper_bp: number;
}

/** Odds of one range, with the band that half a tick of one contract makes. */
export interface Outcome extends Range {
  readonly probability: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** Where figures come from. */
export interface Origin {
  readonly as_of: string;
  readonly trade_date: string;
  readonly recorded_at: string;
  readonly grid: string;
  readonly basis: string;
  readonly method: string;
  readonly source: string;
  readonly sample: boolean;
  /** its outcome is not known, so that the range in force is assumed; null: none */
  readonly undecided_meeting: string | null;
}

export interface MeetingOdds {
  readonly meeting: string;
  readonly announced: boolean;
  readonly expected_rate_bp: number | null;
  readonly moves: number | null;
  readonly start_rate_bp: number | null;
  readonly end_rate_bp: number | null;
  readonly outcomes: readonly Outcome[];
  readonly ease: number | null;
  readonly hold: number | null;
  readonly hike: number | null;
  readonly meeting_move: { readonly ease: number; readonly hold: number; readonly hike: number } | null;
  readonly tick_sensitivity_pp: number | null;
  readonly contracts: readonly {
    readonly contract: string;
    readonly symbol: string;
    readonly price: number | null;
    readonly tick_sensitivity_pp: number | null;
  }[];
  readonly unsolved: { readonly reason: string; readonly detail: string } | null;
  readonly unverified: boolean;
}

/** An answer of `/v1/probabilities`. */
export interface Odds extends Origin {
  readonly target: Range;
  readonly effr_bp: number | null;
  readonly stale: boolean;
  readonly priced_by_year_end_bp: number | null;
  readonly citation: string | null;
  readonly meetings: readonly MeetingOdds[];
}

/** An answer of `/v1/shifts`. */
export interface Shift {
  readonly meeting: string;
  readonly window: string | null;
  readonly basis: string | null;
  readonly from: (Origin & { readonly target: Range; readonly expected_rate_bp: number | null }) | null;
  readonly to: Origin | null;
  readonly crosses_decision: boolean | null;
  readonly expected_rate_shift_bp: number | null;
  readonly reason: string | null;
  readonly citation: string | null;
  readonly outcomes: readonly (Range & {
    readonly then: number | null;
    readonly now: number | null;
    readonly shift_pp: number | null;
  })[];
}

/** The windows that pages show, with their words. */
export const WINDOWS = [
  ["1d", "1 day"],
  ["1w", "1 week"],
  ["1m", "1 month"],
] as const;
export type Window = (typeof WINDOWS)[number][0];

/** The day on which the story of the built-in sample is plainest: 93.7 % a month before, 42.4 % then. */
const EPISODE = "2025-11-17";

/**
 * The odds of all meetings, or of one: the newest, or those asked for; the sample's story where the sample is all there is.
 *
 * @returns null when no reading is stored
 */
export async function readOdds(get: Get, when: When, meeting: string | null): Promise<Odds | null> {
  const known_at = when.knownAt;
  const odds = await readIfAny<Odds>(get, apiPath("/v1/probabilities", { as_of: when.asOf, meeting, known_at }));
  if (odds === null || !odds.sample || when.asOf !== null) return odds;
  // A meeting may not be covered on that day: then the newest reading of it stands.
  return (await readIfAny<Odds>(get, apiPath("/v1/probabilities", { as_of: EPISODE, meeting, known_at }))) ?? odds;
}

/** `as_of` that leads to a reading again: the trade date of a settlement, otherwise its instant. */
export function pinnedAsOf({ grid, trade_date, as_of }: Origin): string {
  return grid === "settlement" ? trade_date : as_of;
}

/** How one meeting's odds moved over a window that ends at a reading. */
export function readShift(
  get: Get,
  odds: Origin,
  { meeting, window, knownAt }: { readonly meeting: string; readonly window: Window; readonly knownAt: string | null },
): Promise<Shift> {
  return readApi<Shift>(get, apiPath("/v1/shifts", { meeting, as_of: pinnedAsOf(odds), window, known_at: knownAt }));
}
