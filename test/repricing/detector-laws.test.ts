/** What must hold of the detector on any history. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MeetingCalendar } from "../../src/calendar/meetings.ts";
import {
  advanceDay,
  type DayReadings,
  type DetectorState,
  detect,
  initialDetector,
} from "../../src/repricing/detector.ts";
import { PARAMETERS } from "../../src/repricing/parameters.ts";
import type { ClusteredAlert, Leg } from "../../src/repricing/repricing.ts";
import { isAtLeast } from "../../src/repricing/repricing.ts";
import { BUILT_IN_CALENDAR } from "../../src/sources/built-in/fomc-meetings.ts";
import { randomDays, shuffled, withRates } from "./random-days.ts";

const seed = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const YEAR = 250;
const MIRROR_BP = 1024;

function check(property: fc.IRawProperty<[number]>, numRuns: number): void {
  fc.assert(property, { numRuns, seed: 20251117 });
}

const alertsOf = (days: readonly DayReadings[], calendar: MeetingCalendar = BUILT_IN_CALENDAR) =>
  detect(days, calendar).alerts;

/** The calendar as somebody could have kept it on a trade date: nothing in it was learned later. */
function knownOn(tradeDate: string): MeetingCalendar {
  const end = `${tradeDate}T23:59:59Z`;
  const isPast = (instant: Date | null) => instant !== null && instant.toISOString() <= end;
  return {
    ...BUILT_IN_CALENDAR,
    meetings: BUILT_IN_CALENDAR.meetings
      .filter(({ meetingDate, knownFrom }) => meetingDate > "2015" && (knownFrom === null || isPast(knownFrom)))
      .map((meeting) => ({
        ...meeting,
        decision: isPast(meeting.decision?.announcedAt ?? null) ? meeting.decision : null,
        cancelledAt: isPast(meeting.cancelledAt) ? meeting.cancelledAt : null,
      })),
  };
}

describe("detect() on made-up histories", () => {
  it("has something to say about them, in every severity and both directions", () => {
    const alerts = [1, 2, 3, 4, 5].flatMap((n) => alertsOf(randomDays(n, YEAR)));
    const kinds = new Set(alerts.map(({ kind, direction }) => `${direction} ${kind}`));
    expect(kinds.size).toBe(10);
  });

  it("sees nothing of the future: 1,000 histories cut after a random day, another future put in its place", () => {
    check(
      fc.property(seed, (n) => {
        const days = randomDays(n, 60);
        const cut = 15 + (n % 40);
        const past = days.slice(0, cut);
        const last = past.at(-1)?.tradeDate ?? "";
        const until = ({ tradeDate }: ClusteredAlert) => tradeDate <= last;
        const whole = alertsOf(days).filter(until);
        expect(alertsOf(past, knownOn(last))).toEqual(whole);
        const otherFuture = withRates(days.slice(cut), (rateBp) => 900 - 2 * rateBp);
        expect(alertsOf([...past, ...otherFuture]).filter(until)).toEqual(whole);
      }),
      1000,
    );
  });

  it("gives the same whatever the order of a day's rows, and of the days", () => {
    check(
      fc.property(seed, (n) => {
        const days = randomDays(n, YEAR);
        const mixed = shuffled(days, n).map((day) => ({ ...day, readings: shuffled(day.readings, n + 1) }));
        expect(detect(mixed, BUILT_IN_CALENDAR)).toEqual(detect(days, BUILT_IN_CALENDAR));
      }),
      30,
    );
  });

  it("gives the same a day at a time, its state stored as JSON in between", () => {
    check(
      fc.property(seed, (n) => {
        const days = randomDays(n, YEAR);
        const legs = new Map<string, Leg>();
        const alerts: ClusteredAlert[] = [];
        let stored = JSON.stringify(initialDetector());
        for (const day of days) {
          const step = advanceDay(JSON.parse(stored) as DetectorState, day, BUILT_IN_CALENDAR);
          for (const leg of step.legs) legs.set(leg.key, leg);
          alerts.push(...step.alerts);
          stored = JSON.stringify(step.state);
          expect(stored.length).toBeLessThan(12_000);
        }
        const batch = detect(days, BUILT_IN_CALENDAR);
        expect(alerts).toEqual(batch.alerts);
        expect([...legs.values()]).toEqual(batch.legs);
      }),
      20,
    );
  });

  it("takes nothing from days that must not be believed: wild ones, missing ones and absent ones are the same", () => {
    check(
      fc.property(seed, (n) => {
        const days = randomDays(n, YEAR);
        const isPoisoned = (i: number) => (i * 7919 + n) % 11 === 0;
        const poisoned = days.map((day, i) => {
          if (!isPoisoned(i)) return day;
          const [wild] = withRates([day], (rateBp) => rateBp + (i % 2 === 0 ? 500 : -500));
          return { ...(wild ?? day), unusable: "quarantined" };
        });
        const missing = days.map((day, i) => (isPoisoned(i) ? { ...day, readings: [] } : day));
        const absent = days.filter((_, i) => !isPoisoned(i));
        const want = alertsOf(missing);
        expect(alertsOf(poisoned)).toEqual(want);
        expect(alertsOf(absent)).toEqual(want);
      }),
      30,
    );
  });

  it("mirrors every direction and nothing else when all moves change sign", () => {
    const swap = (text: string) =>
      text.replace(/hawkish|dovish/g, (word) => (word === "hawkish" ? "dovish" : "hawkish"));
    check(
      fc.property(seed, (n) => {
        const days = randomDays(n, YEAR);
        const facts = ({ key, cluster, kind, reverses, amplitudeBp }: ClusteredAlert) => [
          key,
          cluster,
          kind,
          reverses ?? "",
          amplitudeBp,
        ];
        const mirrored = alertsOf(withRates(days, (rateBp) => MIRROR_BP - rateBp)).map(facts);
        const swapped = alertsOf(days).map((alert) =>
          facts(alert).map((fact) => (typeof fact === "string" ? swap(fact) : fact)),
        );
        expect(mirrored).toEqual(swapped);
      }),
      30,
    );
  });

  it("does not care at which level rates stand", () => {
    check(
      fc.property(seed, (n) => {
        const days = randomDays(n, YEAR);
        const facts = ({ key, cluster, kind, amplitudeBp }: ClusteredAlert) => [key, cluster, kind, amplitudeBp];
        const raised = alertsOf(withRates(days, (rateBp) => rateBp + MIRROR_BP));
        expect(raised.map(facts)).toEqual(alertsOf(days).map(facts));
      }),
      30,
    );
  });

  it("never uses a key twice, and tells each leg in growing severity", () => {
    check(
      fc.property(seed, (n) => {
        const { legs, alerts } = detect(randomDays(n, 2 * YEAR), BUILT_IN_CALENDAR);
        expect(new Set(alerts.map(({ key }) => key)).size).toBe(alerts.length);
        expect(new Set(legs.map(({ key }) => key)).size).toBe(legs.length);
        for (const leg of legs) {
          const told = alerts.filter(({ legKey }) => legKey === leg.key);
          expect(told.at(-1)?.severity).toBe(leg.severity);
          expect(told[0]?.tradeDate).toBe(leg.confirmedAt.tradeDate);
          told.forEach((alert, i) => {
            const before = told[i - 1];
            if (before === undefined) return;
            expect(alert.tradeDate > before.tradeDate && alert.reverses === null).toBe(true);
            expect(isAtLeast(alert.severity, before.severity)).toBe(true);
            if (alert.kind === "extension") expect(alert.extension).toBe(before.extension + 1);
            else expect(isAtLeast(before.severity, alert.severity)).toBe(false);
          });
        }
      }),
      30,
    );
  });

  it("gives every leg its distance, and no two of one target at a time", () => {
    check(
      fc.property(seed, (n) => {
        const { legs } = detect(randomDays(n, 2 * YEAR), BUILT_IN_CALENDAR);
        const lastOf = new Map<string, Leg>();
        for (const leg of legs) {
          const series = JSON.stringify(leg.target);
          const before = lastOf.get(series);
          lastOf.set(series, leg);
          expect(leg.amplitudeBp).toBeGreaterThanOrEqual(PARAMETERS.leg.leastBp);
          expect(leg.amplitudeBp).toBeGreaterThanOrEqual(leg.thresholdBp);
          expect(leg.extremeRateBp > leg.startRateBp).toBe(leg.direction === "hawkish");
          expect(leg.startedAt.tradeDate < leg.confirmedAt.tradeDate).toBe(true);
          expect(leg.confirmedAt.tradeDate <= leg.extremeAt.tradeDate).toBe(true);
          expect(leg.confirmedAt.tradeDate < leg.target.meeting).toBe(true);
          if (before === undefined) continue;
          expect(before.status).toBe("closed");
          expect((before.endedAt?.tradeDate ?? "9999") <= leg.confirmedAt.tradeDate).toBe(true);
          expect(before.extremeAt.tradeDate <= leg.startedAt.tradeDate).toBe(true);
        }
      }),
      30,
    );
  });
});

describe("advanceDay()", () => {
  const [day] = randomDays(1, 1);
  if (day === undefined) throw new Error("No day");
  const { state } = advanceDay(initialDetector(), day, BUILT_IN_CALENDAR);

  it.each([
    ["a day again", day, /stands at .*, accepted are later trade dates$/],
    ["a Sunday", { ...day, tradeDate: "2025-11-16" }, /2025-11-16: it is no trade date/],
    [
      "a meeting twice",
      { ...day, tradeDate: "2025-11-17", readings: [...day.readings, ...day.readings] },
      /2025-11-17: the meeting of .* is listed twice$/,
    ],
  ])("refuses %s", (_, again, message) => {
    expect(() => advanceDay(state, again, BUILT_IN_CALENDAR)).toThrow(message);
  });

  it("refuses to go on with other parameters", () => {
    const next = { ...day, tradeDate: "2025-11-17" };
    const [first] = randomDays(2, 1);
    const begun = advanceDay(initialDetector(), { ...(first ?? day), tradeDate: "2025-11-14" }, BUILT_IN_CALENDAR);
    expect(() => advanceDay(begun.state, next, BUILT_IN_CALENDAR, { ...PARAMETERS, version: "2" })).toThrow(
      "begun with parameters 1, given are 2",
    );
  });
});
