/**
 * A few days of the Dec-2025 episode in a database: settlements as FedWatch's published odds of those days imply them,
 * read by the engine itself.
 */
import type { Sql } from "postgres";
import { addDays } from "../../src/calendar/calendar-date.ts";
import type { Meeting } from "../../src/calendar/meetings.ts";
import { settlementInstant } from "../../src/calendar/trade-dates.ts";
import { NEW_YORK, zonedInstant } from "../../src/calendar/zoned-time.ts";
import { readStrip } from "../../src/pricing/read-strip.ts";
import type { TargetRange } from "../../src/pricing/reading.ts";
import { indexPoints } from "../../src/pricing/units.ts";
import { pricedByYearEndBp } from "../../src/pricing/year-end.ts";
import { recordCloses } from "../../src/store/closes.ts";
import { noticesOf, recordNotices } from "../../src/store/meetings.ts";
import { recordSnapshots, type SnapshotDraft } from "../../src/store/snapshots.ts";
import { recordCatalog } from "../../src/store/source-health.ts";
import { ensureMonths } from "../../src/store/write.ts";

/** When everything here was recorded. */
export const RECORDED = new Date("2025-11-18T01:00:00.000Z");
/** Trade dates with a reading. */
export const DAYS = ["2025-10-17", "2025-10-29", "2025-11-10", "2025-11-14", "2025-11-17"] as const;

const MONTHS = ["2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04"] as const;
const SETTLEMENTS: Readonly<Record<(typeof DAYS)[number], readonly (number | null)[]>> = {
  "2025-10-17": [95.9125, 96.15, 96.32, 96.425, 96.545, 96.6, 96.68],
  "2025-10-29": [95.9, 96.105, 96.235, 96.305, 96.4, 96.415, 96.475],
  "2025-11-10": [null, 96.125, 96.23, 96.29, 96.375, 96.415, 96.475],
  "2025-11-14": [null, 96.125, 96.195, 96.245, 96.33, 96.375, 96.44],
  "2025-11-17": [null, 96.13, 96.19, 96.245, 96.33, 96.37, 96.43],
};

function meeting(meetingDate: string, decision: TargetRange | null): Meeting {
  return {
    meetingDate,
    effectiveDate: addDays(meetingDate, 1),
    scheduled: true,
    knownFrom: null,
    cancelledAt: null,
    decision: decision === null ? null : { ...decision, announcedAt: zonedInstant(meetingDate, 14, 0, NEW_YORK) },
  };
}

/** The calendar as it was known on 17 Nov 2025; all later meetings are open. */
export const MEETINGS: readonly Meeting[] = [
  meeting("2025-07-30", { lowerBp: 425, upperBp: 450 }),
  meeting("2025-09-17", { lowerBp: 400, upperBp: 425 }),
  meeting("2025-10-29", { lowerBp: 375, upperBp: 400 }),
  meeting("2025-12-10", null),
  meeting("2026-01-28", null),
  meeting("2026-03-18", null),
  meeting("2026-04-29", null),
];

/** One day's snapshot, with each price moved by `movedBp`. */
export function draftOf(day: (typeof DAYS)[number], movedBp = 0): SnapshotDraft {
  const asOf = settlementInstant(day);
  const target = day > "2025-10-29" ? { lowerBp: 375, upperBp: 400 } : { lowerBp: 400, upperBp: 425 };
  const prices = new Map<string, ReturnType<typeof indexPoints>>();
  MONTHS.forEach((month, i) => {
    const price = SETTLEMENTS[day][i];
    if (price !== null && price !== undefined) prices.set(month, indexPoints(price - movedBp / 100));
  });
  const finalPrices = new Map([
    ["2025-09", indexPoints(95.7775)],
    ["2025-10", indexPoints(95.9125)],
  ]);
  const readings = readStrip(
    {
      asOf,
      tradeDate: day,
      prices,
      finalPrices,
      fixings: new Map(),
      calendar: { meetings: MEETINGS, completeThrough: "2026-12" },
      target,
    },
    { bands: true },
  );
  return {
    tradeDate: day,
    asOf,
    grid: "settlement",
    basis: "settlement",
    method: "cme",
    source: "test-exchange",
    isSample: false,
    target,
    undecidedMeeting: null,
    effrBp: 388,
    pricedByYearEndBp: pricedByYearEndBp(readings, target, day),
    quoteIds: [1],
    readings,
  };
}

/** Stores snapshots as a job does. */
export async function store(sql: Sql, drafts: readonly SnapshotDraft[], recordedAt: Date): Promise<void> {
  await ensureMonths(sql, ["meeting_readings", "meeting_probabilities"], "2025-09-01", "2025-12-31");
  await sql.begin((tx) => recordSnapshots(tx, drafts, recordedAt));
}

/** Meetings, readings, closes and the catalogue of sources. */
export async function seedEpisode(sql: Sql): Promise<void> {
  const provenance = { source: "test-exchange", payloadId: null, isSample: false, recordedAt: RECORDED };
  await recordCatalog(sql, [
    {
      source: "test-exchange",
      what: "settlements",
      terms: "not to be passed on",
      redistributable: false,
      enabled: true,
    },
    { source: "test-open", what: "closes", terms: "free", redistributable: true, enabled: true },
    { source: "test-off", what: "nothing", terms: "free", redistributable: true, enabled: false },
  ]);
  await sql.begin((tx) =>
    recordNotices(tx, MEETINGS.flatMap(noticesOf), provenance, { onlyMissing: false, reach: (date) => date }),
  );
  await sql.begin((tx) =>
    recordCloses(
      tx,
      [
        { symbol: "BTC", date: "2025-11-15", close: "95549.15" },
        { symbol: "BTC", date: "2025-11-16", close: "94177.08" },
        { symbol: "BTC", date: "2025-11-17", close: "92093.88" },
      ],
      { ...provenance, source: "test-open" },
    ),
  );
  await sql.begin((tx) => recordCloses(tx, [{ symbol: "NDX", date: "2025-11-17", close: "24799.92" }], provenance));
  await store(
    sql,
    DAYS.map((day) => draftOf(day)),
    RECORDED,
  );
}
