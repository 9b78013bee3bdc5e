import type { IsoDate } from "../calendar/calendar-date.ts";

/** A figure with all that it takes to judge it. A figure that cannot be given is null, and `note` says why. */
export interface Statistic {
  readonly value: number | null;
  /** 95 % interval; null where the figure has none */
  readonly low: number | null;
  readonly high: number | null;
  /** observations behind the figure */
  readonly n: number;
  /** first and last date of the data */
  readonly from: IsoDate | null;
  readonly to: IsoDate | null;
  readonly method: string;
  /** instant of the latest close that went in */
  readonly dataAt: Date | null;
  readonly note: string | null;
}

/** The fewest observations any estimate is shown for. */
export const MIN_OBSERVATIONS = 30;

/** A statistic that cannot be given, with the data there is and the reason. */
export function withheld(known: Omit<Statistic, "value" | "low" | "high" | "note">, note: string): Statistic {
  return { ...known, value: null, low: null, high: null, note };
}
