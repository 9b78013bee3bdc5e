import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RuleState } from "../../src/webhooks/rule-state.ts";
import { faultOf, thresholdOf } from "../../src/webhooks/rule-threshold.ts";
import { advanceRule, type RuleMatch, type RuleReading } from "../../src/webhooks/rules.ts";
import type { Rule } from "../../src/webhooks/subscription.ts";
import { ruleOn } from "./told.ts";

const SEED = { seed: 20251029, numRuns: 300 };
const HOUR_MS = 3_600_000;
const START_MS = Date.parse("2025-10-01T00:00:00Z");
const TARGET = { lowerBp: 400, upperBp: 425 };

/** A reading an hour after the one before, on settlements unless something else is said. */
function readingAt(i: number, value: number | null, told: Partial<RuleReading> = {}): RuleReading {
  const asOf = new Date(START_MS + i * HOUR_MS).toISOString();
  const look = { asOf, grid: "settlement", recordedAt: asOf } as const;
  return { ...look, basis: "settlement", target: TARGET, value, past: null, ...told };
}

/** A reading of a shift: now and a day ago. */
function shiftAt(i: number, shift: number, told: Partial<RuleReading> = {}): RuleReading {
  const asOf = new Date(START_MS + (i - 24) * HOUR_MS).toISOString();
  return readingAt(i, 50 + shift, {
    past: { asOf, value: 50, grid: "settlement", recordedAt: asOf, target: TARGET },
    ...told,
  });
}

interface Followed {
  readonly state: RuleState | null;
  readonly matches: readonly RuleMatch[];
}

function follow(rule: Rule, readings: readonly RuleReading[], from: RuleState | null = null): Followed {
  const matches: RuleMatch[] = [];
  let state = from;
  for (const reading of readings) {
    const step = advanceRule(rule, state, reading);
    state = step.state;
    if (step.match !== null) matches.push(step.match);
  }
  return { state, matches };
}

const inWords = ({ matches }: Followed) => matches.map(({ direction, after }) => `${direction} ${after.value}`);
const levelAt50 = ruleOn({ crossesPct: 50 });
const along = (rule: Rule, values: readonly (number | null)[]) =>
  inWords(
    follow(
      rule,
      values.map((value, i) => readingAt(i, value)),
    ),
  );

const percent = fc.integer({ min: 0, max: 400 }).map((quarter) => quarter / 4);
const walk = fc.array(percent, { maxLength: 60 });
const level = fc.integer({ min: 0, max: 100 });

describe("advanceRule() of a level", () => {
  it.each([
    { why: "from below to at the level", values: [49, 50], matches: ["up 50"] },
    { why: "from below to above", values: [49, 51], matches: ["up 51"] },
    { why: "from above to at the level", values: [51, 50], matches: ["down 50"] },
    { why: "not at the first reading", values: [51], matches: [] },
    { why: "not when it only arrives at the level it began at", values: [50, 50], matches: [] },
    { why: "not on the way from the level it began at", values: [50, 60], matches: [] },
    { why: "back, once it has left that level", values: [50, 60, 50], matches: ["down 50"] },
    { why: "not while it wavers within 2 points", values: [49, 50, 49, 51, 48.5, 50], matches: ["up 50"] },
    { why: "back at 2 points past it", values: [49, 50, 48], matches: ["up 50", "down 48"] },
    { why: "each time it goes all the way", values: [40, 60, 40, 60], matches: ["up 60", "down 40", "up 60"] },
    { why: "as if an unknown value had not been", values: [49, null, 51], matches: ["up 51"] },
  ])("matches $why: $values", ({ values, matches }) => {
    expect(along(levelAt50, values)).toEqual(matches);
  });

  it("tells from where: the last reading on the side it came from", () => {
    const readings = [readingAt(0, 40), readingAt(1, 45), readingAt(2, null), readingAt(3, 55)];
    expect(follow(levelAt50, readings).matches).toEqual([
      {
        direction: "up",
        basis: "settlement",
        before: { asOf: "2025-10-01T01:00:00.000Z", value: 45 },
        after: { asOf: "2025-10-01T03:00:00.000Z", value: 55 },
      },
    ]);
  });

  it("alternates, and never moves less than the hysteresis between two matches", () => {
    fc.assert(
      fc.property(level, walk, (crossesPct, values) => {
        const rule = ruleOn({ crossesPct, coolDownS: 0 });
        const { back } = thresholdOf(rule);
        const { matches } = follow(
          rule,
          values.map((value, i) => readingAt(i, value)),
        );
        for (const [i, { direction, before, after }] of matches.entries()) {
          expect(direction === "up" ? after.value >= crossesPct : after.value <= crossesPct).toBe(true);
          expect(direction === "up" ? before.value <= crossesPct : before.value >= crossesPct).toBe(true);
          if (i === 0) continue;
          expect(matches[i - 1]?.direction).not.toBe(direction);
          expect(Math.abs(after.value - crossesPct)).toBeGreaterThanOrEqual(back[direction]);
        }
      }),
      SEED,
    );
  });

  it("can match both ways at any level between the ends", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), (crossesPct) => {
        expect(along(ruleOn({ crossesPct }), [0, 100, 0, 100])).toEqual(["up 100", "down 0", "up 100"]);
      }),
      SEED,
    );
  });

  it("mirrors: the walk turned upside down matches the other way", () => {
    fc.assert(
      fc.property(walk, (values) => {
        const rule = ruleOn({ measure: "expected_rate", range: null, crossesBp: 0, coolDownS: 0 });
        const centred = values.map((value) => value - 50);
        const other = along(
          rule,
          centred.map((value) => -value),
        );
        const mirrored = along(rule, centred).map((words) => {
          const [direction, value] = words.split(" ");
          return `${direction === "up" ? "down" : "up"} ${-Number(value)}`;
        });
        expect(other.map((words) => words.replace(" -0", " 0"))).toEqual(
          mirrored.map((words) => words.replace(" -0", " 0")),
        );
      }),
      SEED,
    );
  });
});

describe("advanceRule() of a shift", () => {
  const tenInADay = ruleOn({ shiftPp: 10, window: "1d" });
  const shifts = (values: readonly number[], rule = tenInADay) =>
    inWords(
      follow(
        rule,
        values.map((value, i) => shiftAt(i, value)),
      ),
    );

  it.each([
    { why: "once it is as large", values: [5, 10], matches: ["up 60"] },
    { why: "downward too", values: [5, -12], matches: ["down 38"] },
    { why: "not at the first reading", values: [12, 13], matches: [] },
    { why: "not again while it stays", values: [5, 12, 9, 12], matches: ["up 62"] },
    { why: "again after it fell below 8, a fifth less", values: [5, 12, 7.9, 12], matches: ["up 62", "up 62"] },
    { why: "when it turns round", values: [5, 12, -12], matches: ["up 62", "down 38"] },
  ])("matches $why: $values", ({ values, matches }) => {
    expect(shifts(values)).toEqual(matches);
  });

  it("tells both ends", () => {
    const [match] = follow(tenInADay, [shiftAt(0, 0), shiftAt(1, 12)]).matches;
    expect(match?.before).toEqual({ asOf: "2025-09-30T01:00:00.000Z", value: 50 });
    expect(match?.after).toEqual({ asOf: "2025-10-01T01:00:00.000Z", value: 62 });
  });

  it("says nothing where no reading can show the window's beginning: not a shift of 0", () => {
    const armed = follow(tenInADay, [shiftAt(0, 12)]);
    const blind = follow(tenInADay, [readingAt(1, 50)], armed.state);
    expect(blind).toEqual({ state: armed.state, matches: [] });
    expect(follow(tenInADay, [readingAt(0, 90)]).state).toBeNull();
  });

  it("never matches twice without having fallen below itself or turned round", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -30, max: 30 }), { maxLength: 60 }), (values) => {
        const readings = values.map((value, i) => shiftAt(i, value));
        const { matches } = follow(ruleOn({ shiftPp: 10, window: "1d", coolDownS: 0 }), readings);
        for (const [i, match] of matches.entries()) {
          expect(Math.abs(match.after.value - match.before.value)).toBeGreaterThanOrEqual(10);
          const last = matches[i - 1];
          if (last === undefined || last.direction !== match.direction) continue;
          const between = readings
            .filter(({ asOf }) => asOf > last.after.asOf && asOf < match.after.asOf)
            .map(({ value }) => Math.abs((value ?? 0) - 50));
          expect(Math.min(...between)).toBeLessThan(8);
        }
      }),
      SEED,
    );
  });
});

describe("advanceRule() of any rule", () => {
  const rules = fc.oneof(
    level.map((crossesPct) => ruleOn({ crossesPct })),
    fc.integer({ min: 1, max: 40 }).map((shiftPp) => ruleOn({ shiftPp, window: "1d" })),
    fc.constant(ruleOn({ measure: "ease", range: null, crossesPct: 40, coolDownS: 7200, hysteresis: 5 })),
  );
  const reading = fc.record({
    value: fc.option(percent, { freq: 8 }),
    pastValue: fc.option(percent, { freq: 8 }),
    basis: fc.constantFrom("settlement", "last_trade"),
    isCut: fc.boolean(),
  });
  const readings = fc.array(reading, { maxLength: 50 }).map((all) => {
    const firstCut = all.findIndex(({ isCut }) => isCut);
    return all.map(({ value, pastValue, basis }, i): RuleReading => {
      const cut = firstCut > 0 && i > firstCut + 20 ? 25 : 0;
      const target = { lowerBp: TARGET.lowerBp - cut, upperBp: TARGET.upperBp - cut };
      const asOf = "2025-09-30T00:00:00.000Z";
      const past =
        pastValue === null
          ? null
          : { ...{ asOf, grid: "settlement" as const, recordedAt: asOf }, value: pastValue, target };
      return readingAt(i, value, { basis, past, target });
    });
  });

  it("gives the same whether it goes on from what was stored or never stopped", () => {
    fc.assert(
      fc.property(rules, readings, fc.nat(50), (rule, all, split) => {
        const first = follow(rule, all.slice(0, split));
        const stored = JSON.parse(JSON.stringify(first.state));
        const rest = follow(rule, all.slice(split), stored);
        expect([...first.matches, ...rest.matches]).toEqual(follow(rule, all).matches);
      }),
      SEED,
    );
  });

  it("changes nothing when it is shown the same readings again", () => {
    fc.assert(
      fc.property(rules, readings, (rule, all) => {
        const once = follow(rule, all);
        expect(follow(rule, all, once.state)).toEqual({ state: once.state, matches: [] });
      }),
      SEED,
    );
  });

  it("ignores readings without a figure", () => {
    fc.assert(
      fc.property(rules, readings, (rule, all) => {
        const known = all.filter(({ value }) => value !== null);
        expect(follow(rule, all)).toEqual(follow(rule, known));
      }),
      SEED,
    );
  });

  it("keeps quiet during the cool-down, but for what takes back", () => {
    fc.assert(
      fc.property(rules, readings, (rule, all) => {
        const { coolDownMs } = thresholdOf(rule);
        const { matches } = follow(rule, all);
        const times = matches.map(({ after }) => Date.parse(after.asOf));
        for (const [i, time] of times.entries()) {
          if (matches[i]?.takesBack !== undefined) continue;
          expect(time - (times[i - 1] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(coolDownMs);
        }
      }),
      SEED,
    );
  });

  it("tells after the cool-down what still holds then", () => {
    const rule = ruleOn({ crossesPct: 50, coolDownS: 3 * 3600 });
    expect(along(rule, [49, 51, 40, 40, 40])).toEqual(["up 51", "down 40"]);
    expect(along(rule, [49, 51, 40, 60, 60])).toEqual(["up 51"]);
  });
});

describe("advanceRule() on several bases", () => {
  const last = (i: number, value: number) => readingAt(i, value, { basis: "last_trade" });

  it("never compares a figure with one of another basis", () => {
    expect(follow(levelAt50, [readingAt(0, 49), last(1, 51)]).matches).toEqual([]);
    expect(inWords(follow(levelAt50, [readingAt(0, 49), last(1, 51), readingAt(2, 51)]))).toEqual(["up 51"]);
  });

  it("tells a crossing once, whichever basis shows it first, and the way back once", () => {
    const readings = [readingAt(0, 49), last(1, 49), last(2, 51), readingAt(4, 52), last(6, 45), readingAt(8, 45)];
    expect(inWords(follow(levelAt50, readings))).toEqual(["up 51", "down 45"]);
  });

  // Half an hour of another source's last trades was told as a crossing; no settlement ever bore it out.
  it("takes back what a better basis does not bear out, and tells what that one shows later", () => {
    const readings = [readingAt(0, 42), readingAt(24, 47), last(43, 42), last(43.5, 63), readingAt(48, 30)];
    const later = [readingAt(72, 39), readingAt(96, 71), readingAt(120, 84)];
    const told = follow(levelAt50, [...readings, ...later]);
    expect(inWords(told)).toEqual(["up 63", "down 30", "up 71"]);
    expect(told.matches.map(({ takesBack }) => takesBack)).toMatchObject([
      undefined,
      { reason: "basis", told: { direction: "up", basis: "last_trade", value: 63 } },
      undefined,
    ]);
    expect(told.matches[1]?.before).toMatchObject({ value: 47 });
  });

  it("leaves what was told while the better basis is near the level, not newer, or worse", () => {
    const told = [readingAt(0, 42), last(1, 42), last(2, 63)];
    expect(inWords(follow(levelAt50, [...told, readingAt(3, 48.5)]))).toEqual(["up 63"]);
    expect(inWords(follow(levelAt50, [...told, readingAt(1.5, 30)]))).toEqual(["up 63"]);
    const settled = [last(0, 42), readingAt(0, 42), readingAt(1, 63), last(2, 30)];
    expect(inWords(follow(levelAt50, settled))).toEqual(["up 63"]);
  });

  it("takes it back within the cool-down too, once", () => {
    const slow = ruleOn({ crossesPct: 50, coolDownS: 86_400 });
    const readings = [readingAt(0, 42), last(1, 42), last(2, 63), readingAt(3, 30), last(4, 64), readingAt(27, 30)];
    expect(inWords(follow(slow, readings))).toEqual(["up 63", "down 30"]);
  });

  it("heals what earlier versions left believed", () => {
    const from = { asOf: "2025-09-30T20:00:00.000Z", value: 30 };
    const below = { asOf: from.asOf, target: TARGET, stands: "down", matched: false, from } as const;
    const told = { direction: "up", asOf: "2025-09-20T15:30:00.000Z", basis: "last_trade" } as const;
    const stored: RuleState = { tracks: { settlement: below }, told };
    expect(inWords(follow(levelAt50, [readingAt(0, 30), readingAt(1, 71)], stored))).toEqual(["down 30", "up 71"]);
  });

  it("leaves people with the side on which the better basis stood last, and tells no side twice", () => {
    const reading = fc.record({ value: percent, isDaily: fc.boolean() });
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 60 }), fc.integer({ min: 1, max: 99 }), (walked, crossesPct) => {
        const rule = ruleOn({ crossesPct, coolDownS: 0 });
        const { back } = thresholdOf(rule);
        const all = walked.map(({ value, isDaily }, i) => (isDaily ? readingAt(i, value) : last(i, value)));
        let state: RuleState | null = null;
        let believed: string | null = null;
        // The first reading of a basis only shows where it stands.
        const first = all.find(({ basis }) => basis === "settlement");
        for (const each of all) {
          const step = advanceRule(rule, state, each);
          state = step.state;
          if (step.match !== null) {
            expect(step.match.direction).not.toBe(believed);
            believed = step.match.direction;
          }
          const value = each.value ?? 0;
          if (each.basis !== "settlement" || each === first || believed === null) continue;
          if (value <= crossesPct - back.down) expect(believed).toBe("down");
          if (value >= crossesPct + back.up) expect(believed).toBe("up");
        }
      }),
      SEED,
    );
  });

  it("tells a crossing that both bases show once, whatever the order", () => {
    fc.assert(
      fc.property(fc.array(percent, { maxLength: 40 }), fc.boolean(), (values, isDailyFirst) => {
        const rule = ruleOn({ crossesPct: 50, coolDownS: 0 });
        const one = values.map((value, i) => readingAt(i, value));
        const both = values.flatMap((value, i) => {
          const pair = [readingAt(i, value), last(i + 0.1, value)];
          return isDailyFirst ? pair : [last(i, value), readingAt(i + 0.1, value)];
        });
        expect(inWords(follow(rule, both))).toEqual(inWords(follow(rule, one)));
      }),
      SEED,
    );
  });

  it("tells a shift once within its window", () => {
    const rule = ruleOn({ shiftPp: 10, window: "1d" });
    const noon = { basis: "last_trade" } as const;
    const day = [shiftAt(0, 0), shiftAt(1, 0, noon), shiftAt(2, 12, noon), shiftAt(5, 12)];
    expect(inWords(follow(rule, day))).toEqual(["up 62"]);
    const nextDay = [...day, shiftAt(20, 0), shiftAt(28, 12)];
    expect(inWords(follow(rule, nextDay))).toEqual(["up 62", "up 62"]);
  });
});

describe("advanceRule() across a decision", () => {
  const cut = { target: { lowerBp: 375, upperBp: 400 } };

  // On 30 Oct 2025 the odds of any ease fell by 24 points while the expected rate moved by -2.3 bp: the range had changed.
  it("begins anew for what is measured against the range in force", () => {
    const ease = ruleOn({ measure: "ease", range: null, crossesPct: 80 });
    expect(follow(ease, [readingAt(0, 95), readingAt(1, 71, cut)]).matches).toEqual([]);
    expect(inWords(follow(ease, [readingAt(0, 95), readingAt(1, 71, cut), readingAt(2, 81, cut)]))).toEqual(["up 81"]);
    const shift = ruleOn({ measure: "ease", range: null, shiftPp: 20, window: "1d" });
    expect(follow(shift, [shiftAt(0, 0), shiftAt(1, -24, cut)]).matches).toEqual([]);
  });

  it("goes on for a fixed range", () => {
    expect(inWords(follow(levelAt50, [readingAt(0, 95), readingAt(1, 45, cut)]))).toEqual(["down 45"]);
  });
});

describe("thresholdOf(), faultOf()", () => {
  it("takes half the way to the end where 2 points would be too far", () => {
    expect(thresholdOf(ruleOn({ crossesPct: 1 })).back).toEqual({ up: 2, down: 0.5 });
    expect(thresholdOf(ruleOn({ crossesPct: 99 })).back).toEqual({ up: 0.5, down: 2 });
    expect(thresholdOf(ruleOn({ crossesPct: 50 })).back).toEqual({ up: 2, down: 2 });
    expect(thresholdOf(ruleOn({ measure: "expected_rate", crossesBp: 375 })).back).toEqual({ up: 2, down: 2 });
    expect(thresholdOf(ruleOn({ shiftPp: 10 })).back).toEqual({ up: 2, down: 2 });
    expect(thresholdOf(ruleOn({ crossesPct: 1, hysteresis: 0.25 })).back).toEqual({ up: 0.25, down: 0.25 });
  });

  it("names what a rule lacks", () => {
    const { crossesPct: _, ...none } = ruleOn();
    expect(faultOf(ruleOn({ crossesPct: 50 }))).toBeNull();
    expect(faultOf({ ...none, crossesPct: null })).toBe("a rule on at_most must name one figure, in per cent");
    expect(faultOf(ruleOn({ crossesBp: 375 }))).toBe("a rule on at_most must name one figure, in per cent");
    expect(faultOf(ruleOn({ shiftPp: 5 }))).toBe("a rule on a shift must name a window");
    expect(faultOf(ruleOn({ crossesPct: 50, range: null }))).toBe("a rule on at_most must name a range");
    expect(faultOf(ruleOn({ measure: "ease", crossesPct: 50 }))).toBe("a rule on ease must not name a range");
    expect(() => thresholdOf({ ...none, crossesPct: null })).toThrow(
      /^Cannot follow a rule on at_most of 2025-12-10: /,
    );
  });
});
