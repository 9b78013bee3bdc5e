import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compactJson } from "../../src/api/compact-json.ts";

describe("compactJson()", () => {
  it("is the same value as JSON, whatever the width", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 200 }), (value, width) => {
        expect(JSON.parse(compactJson(value, width))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { seed: 20251210 },
    );
  });

  it("keeps on a line what fits, and gives each row of a table its own", () => {
    const target = { lower_bp: 375, upper_bp: 400 };
    expect(compactJson({ target, words: ["a", "b"] })).toBe(
      '{ "target": { "lower_bp": 375, "upper_bp": 400 }, "words": ["a", "b"] }',
    );
    expect(compactJson([target, target])).toBe(
      '[\n  { "lower_bp": 375, "upper_bp": 400 },\n  { "lower_bp": 375, "upper_bp": 400 }\n]',
    );
    expect(compactJson({ words: ["a", "b"] }, 22)).toBe('{\n  "words": ["a", "b"]\n}');
  });
});
