/** What the tests of the odds read from the market history beside the project; they skip, saying so, where it is absent. */
import { existsSync, readFileSync } from "node:fs";
import type { IsoDate, Month } from "../../src/calendar/calendar-date.ts";
import { nextFedBusinessDay } from "../../src/calendar/fed-business-days.ts";
import type { Meeting, MeetingCalendar } from "../../src/calendar/meetings.ts";
import { NEW_YORK, zonedInstant } from "../../src/calendar/zoned-time.ts";
import type { Strip } from "../../src/pricing/reading.ts";
import type { Bp, IndexPoints } from "../../src/pricing/units.ts";
import { bp, indexPoints } from "../../src/pricing/units.ts";

const SHARED = new URL("../../../shared/", import.meta.url);

/** Whether the market history is there; its absence is said once a file. */
export function hasHistory(path: string): boolean {
  const there = existsSync(new URL(path, SHARED));
  if (!there) console.info(`Skipping the tests on shared/${path}: the file is not there`);
  return there;
}

export function readHistory(path: string): string {
  return readFileSync(new URL(path, SHARED), "utf8");
}

/** Rows of a plain CSV without quotes, less its header. */
export function rowsOf(path: string): string[][] {
  const lines = readHistory(path).trimEnd().split("\n").slice(1);
  return lines.map((line) => line.split(","));
}

export interface MeetingFacts {
  readonly meetingDate: IsoDate;
  readonly scheduled?: boolean;
  readonly range?: readonly [lowerBp: number, upperBp: number];
  readonly cancelledAt?: Date;
}

/** A meeting from the few facts a chain asks for; announced at 14:00 New York, an unscheduled one known from then. */
export function meetingOf({ meetingDate, scheduled = true, range, cancelledAt }: MeetingFacts): Meeting {
  const announcedAt = zonedInstant(meetingDate, 14, 0, NEW_YORK);
  return {
    meetingDate,
    effectiveDate: nextFedBusinessDay(meetingDate),
    scheduled,
    knownFrom: scheduled ? null : announcedAt,
    cancelledAt: cancelledAt ?? null,
    decision: range === undefined ? null : { lowerBp: range[0], upperBp: range[1], announcedAt },
  };
}

/** All meetings of the history and the two facts that it lacks: 18 Mar 2020, cancelled on the 15th, and 26 Jan 2028. */
export function historyCalendar(completeThrough: Month = "2028-01"): MeetingCalendar {
  const meetings = rowsOf("data/fomc_meetings_1994_2027.csv")
    .filter(([, , kind]) => kind !== "notation_vote")
    .map(([, meetingDate = "", kind, lower = "", upper = ""]) =>
      meetingOf({
        meetingDate,
        scheduled: kind === "scheduled",
        ...(lower === "" ? {} : { range: [Math.round(Number(lower) * 100), Math.round(Number(upper) * 100)] as const }),
      }),
    );
  const cancelledAt = new Date("2020-03-15T21:00:00Z");
  meetings.push(meetingOf({ meetingDate: "2020-03-18", cancelledAt }), meetingOf({ meetingDate: "2028-01-26" }));
  return { meetings, completeThrough };
}

/** EFFR by day, from the 7-day history. */
export function historyFixings(): ReadonlyMap<IsoDate, Bp> {
  return new Map(
    rowsOf("data/fed_funds_daily_2000_2026.csv").map(([date = "", effr]) => [date, bp(Number(effr) * 100)]),
  );
}

/** Prices by trade date and contract month, from a file whose first two columns they are. */
export function pricesByDate(path: string, column: number): Map<IsoDate, Map<Month, IndexPoints>> {
  const byDate = new Map<IsoDate, Map<Month, IndexPoints>>();
  for (const row of rowsOf(path)) {
    const [date = "", month = ""] = row;
    const prices = byDate.get(date) ?? new Map<Month, IndexPoints>();
    byDate.set(date, prices.set(month, indexPoints(Number(row[column]))));
  }
  return byDate;
}

/** A strip at the settlement of its trade date, with nothing in it but what is given. */
export function stripOf(parts: Pick<Strip, "tradeDate" | "prices" | "calendar" | "target"> & Partial<Strip>): Strip {
  return {
    asOf: new Date(`${parts.tradeDate}T20:00:00Z`),
    finalPrices: new Map(),
    fixings: new Map(),
    ...parts,
  };
}

export function pricesOf(prices: Readonly<Record<Month, number>>): Map<Month, IndexPoints> {
  return new Map(Object.entries(prices).map(([month, price]) => [month, indexPoints(price)]));
}
