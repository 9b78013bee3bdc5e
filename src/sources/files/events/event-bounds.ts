import type { IsoDate } from "../../../calendar/calendar-date.ts";

/** The dates that events of a file may have, whatever its format, as they are written there. */
export const EVENT_DATES = "1990-01-01 to 2100-12-31";

/** Whether a date lies within {@link EVENT_DATES}. */
export function isEventDate(date: IsoDate): boolean {
  return date >= "1990-01-01" && date <= "2100-12-31";
}
