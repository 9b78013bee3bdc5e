/** The odds on the market's history: every figure that is published for it, and the laws on every day of eight years. */
import { describe, expect, it } from "vitest";
import type { IsoDate, Month } from "../../src/calendar/calendar-date.ts";
import { addDays, monthOf } from "../../src/calendar/calendar-date.ts";
import type { MeetingCalendar } from "../../src/calendar/meetings.ts";
import { measureProbability } from "../../src/pricing/measures.ts";
import { readStrip } from "../../src/pricing/read-strip.ts";
import type { MeetingReading, Strip, TargetRange } from "../../src/pricing/reading.ts";
import type { Bp, IndexPoints } from "../../src/pricing/units.ts";
import { indexPoints } from "../../src/pricing/units.ts";
import { checkLaws } from "./chain-laws.ts";
import {
  hasHistory,
  historyCalendar,
  historyFixings,
  meetingOf,
  pricesByDate,
  readHistory,
  rowsOf,
  stripOf,
} from "./market-history.ts";

const EPISODE_CELL = 2e-6;
const DISPLAYED_PP = 0.051; // CME displays one decimal of a per cent

const FACTS = hasHistory("data/fomc_meetings_1994_2027.csv");

function rangeOn(calendar: MeetingCalendar, tradeDate: IsoDate): TargetRange {
  const last = calendar.meetings
    .filter(({ effectiveDate, decision }) => decision !== null && effectiveDate <= tradeDate)
    .reduce((latest, meeting) => (meeting.effectiveDate > latest.effectiveDate ? meeting : latest));
  if (last.decision === null) throw new Error(`No range on ${tradeDate}`);
  return { lowerBp: last.decision.lowerBp, upperBp: last.decision.upperBp };
}

function meetingIn(readings: readonly MeetingReading[], meetingDate: IsoDate): MeetingReading {
  const reading = readings.find((candidate) => candidate.meetingDate === meetingDate);
  if (reading === undefined) throw new Error(`No reading of ${meetingDate}`);
  return reading;
}

function rangePp(reading: MeetingReading, lowerBp: number): number {
  return 100 * (measureProbability(reading, { measure: "range", lowerBp, upperBp: lowerBp + 25 }) ?? Number.NaN);
}

describe.skipIf(!FACTS || !hasHistory("episode/zq_settlements.csv"))(
  "the Dec-2025 episode (skipped without it)",
  () => {
    it("gives all that FedWatch published for 10 Dec 2025 on 49 days, cell by cell", () => {
      const calendar = historyCalendar();
      const [header = ""] = readHistory("episode/zq_settlements.csv").split("\n");
      const months = header.trim().split(",").slice(1);
      const settlements = new Map(rowsOf("episode/zq_settlements.csv").map(([date = "", ...prices]) => [date, prices]));
      const published = rowsOf("episode/published_probabilities.csv");
      expect(published).toHaveLength(49);
      let worst = 0;
      for (const [tradeDate = "", ...cells] of published) {
        const listed = months.flatMap((month, i): [Month, IndexPoints][] => {
          const price = settlements.get(tradeDate)?.[i] ?? "";
          return price === "" ? [] : [[month, indexPoints(Number(price))]];
        });
        const target = tradeDate <= "2025-10-29" ? { lowerBp: 400, upperBp: 425 } : { lowerBp: 375, upperBp: 400 };
        const strip = stripOf({ tradeDate, prices: new Map(listed), calendar, target });
        const readings = readStrip(strip);
        checkLaws(strip, readings);
        const reading = meetingIn(readings, "2025-12-10");
        cells.forEach((cell, i) => {
          worst = Math.max(worst, Math.abs(rangePp(reading, 300 + 25 * i) / 100 - Number(cell)));
        });
      }
      expect(worst).toBeLessThan(EPISODE_CELL);
    });
  },
);

describe.skipIf(!FACTS || !hasHistory("data/zq_settle_2026-09-18.csv"))("18 Sep 2026 (skipped without it)", () => {
  const prices = () => {
    const day = pricesByDate("data/zq_settle_2026-09-18.csv", 2).get("2026-09-18");
    if (day === undefined) throw new Error("No settlements of 2026-09-18");
    return day;
  };
  const strip = (calendar: MeetingCalendar) =>
    stripOf({ tradeDate: "2026-09-18", prices: prices(), calendar, target: { lowerBp: 375, upperBp: 400 } });

  it.skipIf(!hasHistory("data/fedwatch_published_2026-09-18.csv"))("gives what CME displayed", () => {
    const readings = readStrip(strip(historyCalendar()));
    const rows = rowsOf("data/fedwatch_published_2026-09-18.csv");
    expect(rows).toHaveLength(5);
    for (const [, meeting = "", lower, , probability] of rows) {
      expect(Math.abs(rangePp(meetingIn(readings, meeting), Number(lower)) - 100 * Number(probability))).toBeLessThan(
        DISPLAYED_PP,
      );
    }
  });

  it("solves what the calendar known to 26 Jan 2028 allows, and no further", () => {
    const readings = readStrip(strip(historyCalendar()));
    expect(
      readings
        .filter(({ unsolved }) => unsolved === null)
        .map(({ meetingDate }) => meetingDate)
        .at(-1),
    ).toBe("2027-10-27");
    expect(meetingIn(readings, "2027-12-08").unsolved?.reason).toBe("calendar_horizon");
    expect(meetingIn(readings, "2028-01-26").unsolved?.reason).toBe("calendar_horizon");
  });

  it("would be 1.5 pp off for December 2027 with January 2028 left out, which is why", () => {
    const full = historyCalendar("2028-03");
    const without = { ...full, meetings: full.meetings.filter(({ meetingDate }) => meetingDate !== "2028-01-26") };
    const [one, other] = [full, without].map((calendar) => meetingIn(readStrip(strip(calendar)), "2027-12-08"));
    const easePp = (reading: MeetingReading | undefined) => 100 * (reading?.meetingMove?.ease ?? Number.NaN);
    expect(easePp(other) - easePp(one)).toBeCloseTo(1.5, 1);
  });
});

describe.skipIf(!FACTS || !hasHistory("data/zq_settle_2015_2022.csv"))("2015 to 2022 (skipped without it)", () => {
  const byDate = pricesByDateOnce("data/zq_settle_2015_2022.csv", 6);

  it("keeps every law on every trade date, with a reason for every gap", () => {
    const calendar = historyCalendar();
    let finalPrices: ReadonlyMap<Month, IndexPoints> = new Map();
    let before: [IsoDate, ReadonlyMap<Month, IndexPoints>] | null = null;
    let solved = 0;
    for (const [tradeDate, prices] of byDate()) {
      if (before !== null && monthOf(before[0]) !== monthOf(tradeDate)) finalPrices = before[1];
      before = [tradeDate, prices];
      const strip: Strip = stripOf({ tradeDate, prices, finalPrices, calendar, target: rangeOn(calendar, tradeDate) });
      const readings = readStrip(strip);
      checkLaws(strip, readings);
      solved += readings.filter(({ unsolved }) => unsolved === null).length;
    }
    expect(solved).toBeGreaterThan(25_000);
  });

  it("keeps them on the days of March 2020, of two unscheduled moves and a cancelled meeting, with the fixings at hand", () => {
    const calendar = historyCalendar();
    const fixings = historyFixings();
    const days = [...byDate()].filter(([date]) => date >= "2020-02-24" && date <= "2020-04-03");
    expect(days.length).toBe(30);
    for (const [tradeDate, prices] of days) {
      const strip = stripOf({
        tradeDate,
        prices,
        calendar,
        target: rangeOn(calendar, tradeDate),
        fixings: knownOn(fixings, tradeDate),
      });
      const readings = readStrip(strip, { bands: true });
      checkLaws(strip, readings);
      expect(readings.filter(({ unsolved }) => unsolved === null).length).toBeGreaterThanOrEqual(14);
      // The head of March: unverified while its own decisions are in the days before an open meeting.
      const divided = tradeDate >= "2020-03-03" && tradeDate <= "2020-03-13";
      expect(readings[0]?.unverified, tradeDate).toBe(divided);
    }
  });

  it("gives 29 Apr 2020 107.0 bp on 28 Feb with the cancelled March meeting on the calendar, 129.0 without", () => {
    const calendar = historyCalendar();
    const without = {
      ...calendar,
      meetings: calendar.meetings.filter(({ meetingDate }) => meetingDate !== "2020-03-18"),
    };
    const [kept, left] = [calendar, without].map((list) => {
      const prices = byDate().get("2020-02-28") ?? new Map();
      const strip = stripOf({
        tradeDate: "2020-02-28",
        prices,
        calendar: list,
        target: { lowerBp: 150, upperBp: 175 },
      });
      return meetingIn(readStrip(strip), "2020-04-29").expectedRateBp;
    });
    expect([kept?.toFixed(1), left?.toFixed(1)]).toEqual(["107.0", "129.0"]);
  });
});

describe.skipIf(
  !FACTS ||
    !hasHistory("data/zq_daily_utc_2015_2025.csv") ||
    !hasHistory("data/fedwatch_published_meetings_2025.csv") ||
    !hasHistory("data/fed_funds_daily_2000_2026.csv"),
)("FedWatch's export of 2025 against last trades (skipped without them)", () => {
  const byDate = pricesByDateOnce("data/zq_daily_utc_2015_2025.csv", 7);

  /** Error of each published largest bucket, in pp, by trade date. Last trades are not settlements: news comes after 14:00. */
  function errorsPp(
    fixings: ReadonlyMap<IsoDate, Bp>,
    counts: (tradeDate: IsoDate, meetingDate: IsoDate) => boolean,
  ): number[] {
    const calendar = historyCalendar();
    const published = new Map<string, { lowerBp: number; probability: number }>();
    for (const [date, meeting, lower, , probability] of rowsOf("data/fedwatch_published_meetings_2025.csv")) {
      const key = `${date} ${meeting}`;
      if (Number(probability) > (published.get(key)?.probability ?? 0)) {
        published.set(key, { lowerBp: Number(lower), probability: Number(probability) });
      }
    }
    const readings = new Map<IsoDate, readonly MeetingReading[]>();
    return [...published].flatMap(([key, { lowerBp, probability }]) => {
      const [tradeDate = "", meetingDate = ""] = key.split(" ");
      const prices = byDate().get(tradeDate);
      if (!counts(tradeDate, meetingDate) || prices === undefined) return [];
      const read = () =>
        readStrip(
          stripOf({
            tradeDate,
            prices,
            calendar,
            target: rangeOn(calendar, tradeDate),
            fixings: knownOn(fixings, tradeDate),
          }),
        );
      const ofDate = readings.get(tradeDate) ?? read();
      readings.set(tradeDate, ofDate);
      const reading = meetingIn(ofDate, meetingDate);
      return reading.unsolved === null ? [Math.abs(rangePp(reading, lowerBp) - 100 * probability)] : [];
    });
  }

  const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;

  it("differs by 0.55 pp in the median and within 5 pp on 97 % of pairs", () => {
    const errors = errorsPp(historyFixings(), () => true);
    expect(errors.length).toBeGreaterThan(1200);
    expect(median(errors)).toBeLessThan(0.56);
    expect(errors.filter((error) => error <= 5).length / errors.length).toBeGreaterThan(0.97);
  });

  it("needs the realised average of April for the meeting of 7 May 2025: without it each day of May is further off", () => {
    const inMay = (tradeDate: IsoDate, meeting: IsoDate) => tradeDate >= "2025-05-01" && meeting === "2025-05-07";
    const realised = errorsPp(historyFixings(), inMay);
    const ownAverage = errorsPp(new Map(), inMay);
    expect(realised).toHaveLength(5);
    realised.forEach((error, day) => {
      expect(error).toBeLessThan(ownAverage[day] ?? Number.NaN);
    });
    // Last trades stand in for settlements here; on the other two days they differ.
    expect(realised.filter((error) => error < 0.1)).toHaveLength(3);
  });

  it("is nearer with the realised average on all such days of March, May and September 2025", () => {
    // The trade month has its meeting still open, and the expired one had none.
    const isSuchDay = (date: IsoDate) =>
      (date >= "2025-03-03" && date <= "2025-03-19") ||
      (date >= "2025-05-01" && date <= "2025-05-07") ||
      (date >= "2025-09-02" && date <= "2025-09-17");
    const realised = errorsPp(historyFixings(), isSuchDay);
    const ownAverage = errorsPp(new Map(), isSuchDay);
    expect(realised.length).toBeGreaterThan(100);
    expect(median(realised)).toBeLessThan(median(ownAverage));
    expect(median(realised)).toBeLessThan(0.7);
    const exact = (errors: readonly number[]) => errors.filter((error) => error < 0.1).length;
    expect(exact(realised)).toBeGreaterThan(1.5 * exact(ownAverage));
  });
});

/** The fixings published by the morning of a trade date: those of the days before it. */
function knownOn(fixings: ReadonlyMap<IsoDate, Bp>, tradeDate: IsoDate): ReadonlyMap<IsoDate, Bp> {
  const known = new Map<IsoDate, Bp>();
  for (let back = 1; back <= 75; back++) {
    const date = addDays(tradeDate, -back);
    const effr = fixings.get(date);
    if (effr !== undefined) known.set(date, effr);
  }
  return known;
}

/** Reads the file on first use: a skipped suite must not look for it. */
function pricesByDateOnce(path: string, column: number): () => ReturnType<typeof pricesByDate> {
  let prices: ReturnType<typeof pricesByDate> | undefined;
  return () => {
    prices ??= pricesByDate(path, column);
    return prices;
  };
}

describe("meetingOf()", () => {
  it("dates a statement at 14:00 New York and its effect on the next business day", () => {
    const meeting = meetingOf({ meetingDate: "2025-10-29", range: [375, 400] });
    expect(meeting.decision?.announcedAt.toISOString()).toBe("2025-10-29T18:00:00.000Z");
    expect(meeting.effectiveDate).toBe("2025-10-30");
  });
});
