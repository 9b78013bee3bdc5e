import { describe, expect, it } from "vitest";
import { studentHalfWidth } from "../../src/markets/student.ts";

describe("studentHalfWidth()", () => {
  // Tables of Student's t; the third with the level of 24 tests, from an independent library (SciPy 1.x).
  it.each([
    { degrees: 1, confidence: 0.95, want: 12.7062 },
    { degrees: 20, confidence: 0.95, want: 2.08596 },
    { degrees: 17, confidence: 1 - 0.05 / 24, want: 3.62696 },
    { degrees: 1e6, confidence: 0.95, want: 1.95997 },
  ])("is $want for $degrees degrees of freedom", ({ degrees, confidence, want }) => {
    expect(studentHalfWidth(degrees, confidence)).toBeCloseTo(want, 4);
  });

  it("refuses no degrees of freedom and certainty", () => {
    expect(() => studentHalfWidth(0)).toThrow("0 degrees of freedom, must be above 0");
    expect(() => studentHalfWidth(5, 1)).toThrow("confidence 1, must lie between 0 and 1");
  });
});
