import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deliveryOutcome, nextAttempt, RETRY_DELAYS_S } from "../../src/webhooks/retry.ts";

const NOW = new Date("2025-11-21T21:00:00Z");
const HOUR_MS = 3_600_000;

// What asks for no wait that can be read, or for one that is over.
const UNREADABLE = [
  ...["", " ", "-1", "-86400", "+60", "1.5", "60.0", "1e3", "1e308", "NaN", "Infinity", "0x3c", "٦٠", "60, 60", "60s"],
  ...["60;", "null", "undefined", "[60]", "\u0000", "60\n600", "soon", "PT60S", "2125-11-21T21:10:00Z", "0", "000"],
  ...["Fri, 21 Nov 2125", "Fri, 99 Nov 2125 21:10:00 GMT", "Fri, 21 Nov 2125 99:10:00 GMT"],
  ...["Fri, 21 Nov 2125 21:10:00 +0200", "Fri, 21 Nov 2025 20:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"],
  ...["Friday, 21-Nov-75 21:10:00 GMT", "x".repeat(100_000), "1".repeat(10_000).concat("x")],
].map((retryAfter) => ({ retryAfter, shown: JSON.stringify(retryAfter.slice(0, 40)) }));

function waitMs(attempt: Partial<Parameters<typeof nextAttempt>[0]>): number | null {
  const next = nextAttempt({ tries: 1, status: 500, retryAfter: null, now: NOW, random: 0.5, ...attempt });
  return next === null ? null : next.dueAt.getTime() - NOW.getTime();
}

describe("deliveryOutcome()", () => {
  it("knows every status from 100 to 599", () => {
    const statuses = Array.from({ length: 500 }, (_, n) => 100 + n);
    const having = (outcome: string) => statuses.filter((status) => deliveryOutcome(status) === outcome);
    expect(having("success")).toEqual(Array.from({ length: 100 }, (_, n) => 200 + n));
    expect(having("gone")).toEqual([410]);
    expect(having("failure")).toHaveLength(399);
  });

  it("takes no answer for a failure", () => {
    expect(deliveryOutcome(null)).toBe("failure");
  });
});

describe("nextAttempt()", () => {
  it("waits 0, 5 s, 1 m, 5 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h, then no more", () => {
    const waits = Array.from({ length: 13 }, (_, tries) => waitMs({ tries }));
    expect(waits).toEqual([
      ...[0, 5, 60, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400].map((s) => s * 1000),
      null,
      null,
    ]);
  });

  it("goes on for at least 75 hours", () => {
    expect(RETRY_DELAYS_S.reduce<number>((sum, delay) => sum + delay, 0)).toBeGreaterThanOrEqual(75 * 3600);
  });

  it.each([200, 204, 299, 410])("has none after status %i", (status) => {
    expect(waitMs({ status })).toBeNull();
  });

  it.each([100, 199, 300, 301, 304, 308, 400, 404, 409, 411, 429, 500, 503, 599, null])(
    "has one after %s",
    (status) => {
      expect(waitMs({ status })).toBe(5_000);
    },
  );

  it("stays within 20 % of the schedule, over its whole width", () => {
    fc.assert(
      fc.property(fc.nat(10), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (tries, random) => {
        const delayMs = (RETRY_DELAYS_S[tries] ?? Number.NaN) * 1000;
        const ms = waitMs({ tries, random }) ?? Number.NaN;
        expect(ms).toBeGreaterThanOrEqual(0.8 * delayMs);
        expect(ms).toBeLessThanOrEqual(1.2 * delayMs);
      }),
      { seed: 5, numRuns: 2_000 },
    );
    expect(waitMs({ tries: 10, random: 0 })).toBe(69_120_000);
    expect(waitMs({ tries: 10, random: 0.999_999_999 })).toBeCloseTo(1.2 * 24 * HOUR_MS, -3);
  });

  it("tries a dead endpoint 11 times and spends 60 to 91 hours on it, by a virtual clock", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 11 }),
        (randoms) => {
          let now = NOW;
          let tries = 0;
          for (;;) {
            const next = nextAttempt({ tries, status: null, retryAfter: null, now, random: randoms[tries] ?? 0 });
            if (next === null) break;
            expect(next.dueAt.getTime()).toBeGreaterThanOrEqual(now.getTime());
            now = next.dueAt;
            tries += 1;
          }
          const hours = (now.getTime() - NOW.getTime()) / HOUR_MS;
          expect(tries).toBe(11);
          expect(hours).toBeGreaterThan(60);
          expect(hours).toBeLessThan(91);
        },
      ),
      { seed: 6, numRuns: 200 },
    );
  });

  it("never comes back before Retry-After, nor because of it after more than an hour, nor before the schedule", () => {
    const anyTries = fc.integer({ min: 1, max: 10 });
    const anyRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(anyTries, anyRandom, fc.nat(20_000), fc.boolean(), (tries, random, askedS, asDate) => {
        const retryAfter = asDate ? new Date(NOW.getTime() + askedS * 1000).toUTCString() : String(askedS);
        const without = waitMs({ tries, random }) ?? Number.NaN;
        const ms = waitMs({ tries, random, retryAfter }) ?? Number.NaN;
        expect(ms).toBeGreaterThanOrEqual(Math.min(askedS * 1000, HOUR_MS));
        expect(ms).toBeGreaterThanOrEqual(without);
        expect(ms).toBeLessThanOrEqual(Math.max(without, HOUR_MS));
      }),
      { seed: 7, numRuns: 2_000 },
    );
  });

  it("spreads those who were told the same", () => {
    expect(waitMs({ retryAfter: "100", random: 0 })).toBe(100_000);
    expect(waitMs({ retryAfter: "100", random: 0.5 })).toBe(110_000);
  });

  it.each([
    "Fri, 21 Nov 2025 21:10:00 GMT", // IMF-fixdate
    "Friday, 21-Nov-25 21:10:00 GMT", // RFC 850
    "Fri Nov 21 21:10:00 2025", // asctime
    " 600 ",
  ])("reads Retry-After: %s", (retryAfter) => {
    expect(waitMs({ retryAfter, random: 0 })).toBe(600_000);
  });

  it.each([
    "3601",
    "86400",
    "9".repeat(15),
    "9".repeat(400),
    "Fri, 21 Nov 2125 21:10:00 GMT",
    "Fri Dec 31 23:59:59 9999",
  ])("believes an hour of Retry-After: %s", (retryAfter) => {
    expect(waitMs({ retryAfter })).toBe(HOUR_MS);
  });

  it.each(UNREADABLE)("keeps to the schedule with Retry-After: $shown", ({ retryAfter }) => {
    expect(waitMs({ retryAfter })).toBe(5_000);
  });

  it("gives a date whatever the header holds", () => {
    fc.assert(
      fc.property(fc.string(), (retryAfter) => {
        const ms = waitMs({ retryAfter }) ?? Number.NaN;
        expect(ms).toBeGreaterThanOrEqual(4_000);
        expect(ms).toBeLessThanOrEqual(HOUR_MS);
      }),
      { seed: 8, numRuns: 1_000 },
    );
    // A header that came twice is a list to some servers, whatever the types say.
    expect(waitMs({ retryAfter: ["60", "60"] as unknown as string })).toBe(5_000);
  });

  it.each([
    { tries: -1 },
    { tries: 1.5 },
    { tries: Number.NaN },
    { random: 1 },
    { random: -0.1 },
    { random: Number.NaN },
  ])("refuses %j", (wrong) => {
    expect(() => waitMs(wrong)).toThrow(RangeError);
  });
});
