import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Target } from "./target.ts";

/**
 * Whether a target's decision, or a path's year, is still to come or of that day. A leg stays open where no reading after the
 * decision was there to end it: on later days it is none of what is going on.
 *
 * @example
 * isGoingOn({ meeting: "2026-03-18", path: null }, "2026-03-19"); // false
 */
export function isGoingOn({ meeting, path }: Target, tradeDate: IsoDate): boolean {
  return tradeDate <= (path === null ? meeting : `${path}-12-31`);
}
