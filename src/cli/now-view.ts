/** What `now` and `watch` show: one reading, how far it moved, and the repricings beside it. */
import type { Client, Page, Probabilities, Repricing, Shift } from "../client/client.ts";

export const WINDOWS = ["1d", "1w", "1m"] as const;

export interface NowView {
  readonly odds: Probabilities;
  /** of its solved meetings over {@link WINDOWS}, all that end at it */
  readonly shifts: readonly Shift[];
  /** those that are open, or were going on at the trade date that was asked for */
  readonly repricings: Page<Repricing>;
}

export interface NowQuestion {
  readonly meeting?: string | undefined;
  /** absent: the newest reading */
  readonly asOf?: string | undefined;
}

const MOST_REPRICINGS = 10;

/** @throws ProblemError in the API's words for what it refuses or does not have */
export async function readNow(client: Client, { meeting, asOf }: NowQuestion): Promise<NowView> {
  const odds = await client.probabilities({ meeting, as_of: asOf });
  // Shifts end at the reading that is shown, whenever it was asked for.
  const { as_of: instant, trade_date: tradeDate, grid, basis } = odds;
  const end = grid === "settlement" ? tradeDate : instant;
  const shifts: Shift[] = [];
  for (const { meeting: day } of odds.meetings.filter(({ unsolved }) => unsolved === null)) {
    const asked = WINDOWS.map((window) => client.shifts({ meeting: day, as_of: end, window, basis }));
    shifts.push(...(await Promise.all(asked)));
  }
  const period = asOf === undefined ? { status: "open" as const } : { from: tradeDate, to: tradeDate };
  return { odds, shifts, repricings: await client.repricings({ ...period, meeting, limit: MOST_REPRICINGS }).page() };
}
