import { describe, expect, it } from "vitest";
import { parseText } from "./read-file.ts";

const HEADER = "date,effr_pct,target_lower_pct,target_upper_pct";

describe("EFFR CSV", () => {
  it("reads the rate as printed and the target in basis points", () => {
    const { source, fixings } = parseText("effr", `${HEADER}\n2025-11-17,3.88,3.75,4.00\n2000-01-01,3.99,5.50,5.50\n`);
    expect(source).toBe("effr-csv");
    expect(fixings.kept).toEqual([
      { date: "2025-11-17", effrPct: "3.88", targetLowerBp: 375, targetUpperBp: 400, revised: false },
      { date: "2000-01-01", effrPct: "3.99", targetLowerBp: 550, targetUpperBp: 550, revised: false },
    ]);
  });

  it("needs no target, knows FRED's names and takes its dot as no fixing", () => {
    const { fixings } = parseText("effr", "observation_date,DFF\n2025-11-17,3.88\n2025-11-18,.\n");
    expect(fixings.kept).toEqual([
      { date: "2025-11-17", effrPct: "3.88", targetLowerBp: null, targetUpperBp: null, revised: false },
    ]);
    expect([fixings.rowsRead, fixings.blank]).toEqual([2, 1]);
  });

  it.each([
    ["2025-02-30,3.88,3.75,4.00", "bad_date"],
    ["2025-11-17,abc,3.75,4.00", "bad_rate"],
    ["2025-11-17,388,3.75,4.00", "rate_out_of_band"],
    ["2025-11-17,-6,3.75,4.00", "rate_out_of_band"],
    ["2025-11-17,3.88,3.75,", "bad_target"],
    ["2025-11-17,3.88,4.00,3.75", "bad_target"],
    ["2025-11-17,3.88,3.80,4.05", "bad_target"],
  ])("sets %s aside as %s", (row, code) => {
    const { fixings } = parseText("effr", `${HEADER}\n${row}\n2025-11-18,3.88,3.75,4.00\n`);
    expect([fixings.kept.length, fixings.rejected.map((r) => [r.line, r.code])]).toEqual([1, [[2, code]]]);
  });

  it("keeps one of two equal days and none of two that differ", () => {
    const day = "2025-11-17,3.88,3.75,4.00";
    expect(parseText("effr", `${HEADER}\n${day}\n${day}\n`).fixings).toMatchObject({ duplicates: 1, rejected: [] });
    const { fixings } = parseText("effr", `${HEADER}\n${day}\n2025-11-17,3.89,3.75,4.00\n`);
    expect([fixings.kept, fixings.rejected.length]).toEqual([[], 2]);
  });
});
