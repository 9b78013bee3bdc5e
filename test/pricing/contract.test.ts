import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addMonths, monthOf } from "../../src/calendar/calendar-date.ts";
import { contractSymbol, parseContract, tickBp, tickIndexPoints } from "../../src/pricing/contract.ts";

const SEED = 20251117;
const months = (years: number) => fc.integer({ min: 0, max: years * 12 - 1 }).map((n) => addMonths("1988-01", n));

describe("parseContract()", () => {
  it("gives back the month of every symbol for a hundred years", () => {
    fc.assert(
      fc.property(months(100), (month) => {
        expect(parseContract(contractSymbol(month))).toBe(month);
      }),
      { seed: SEED },
    );
  });

  it("takes a one-digit year for the first such month that is not before the trade date's", () => {
    fc.assert(
      fc.property(months(60), fc.integer({ min: 0, max: 119 }), (current, ahead) => {
        const month = addMonths(current, ahead);
        const symbol = contractSymbol(month);
        expect(parseContract(`${symbol.slice(0, 3)}${month.slice(3, 4)}`, `${current}-15`)).toBe(month);
      }),
      { seed: SEED },
    );
  });

  it.each([
    ["2025-12", "2025-12"],
    ["ZQZ25", "2025-12"],
    ["zqz25", "2025-12"],
    [" ZQZ25.CBT ", "2025-12"],
    ["ZQZ2025", "2025-12"],
    ["DEC 25", "2025-12"],
    ["Dec-2025", "2025-12"],
    ["JLY 26", "2026-07"],
    ["ZQF88", "1988-01"],
    ["ZQF05", "2005-01"],
  ])("reads %s as %s", (text, month) => {
    expect(parseContract(text)).toBe(month);
  });

  it("reads ZQZ5 on 2025-11-17 as this December, ZQF5 as January ten years on", () => {
    expect(parseContract("ZQZ5", "2025-11-17")).toBe("2025-12");
    expect(parseContract("ZQX5", "2025-11-17")).toBe("2025-11");
    expect(parseContract("ZQF5", "2025-11-17")).toBe("2035-01");
    expect(parseContract("ZQF0", "2029-12-31")).toBe("2030-01");
  });

  it("refuses a one-digit year without a trade date", () => {
    expect(() => parseContract("ZQZ5")).toThrow(
      new RangeError('Cannot read contract "ZQZ5": a one-digit year needs a trade date, none given'),
    );
  });

  it.each(["", "ZQ=F", "ZQA25", "ZQZ", "ZQZ255", "2025-13", "2025-1", "DEZ 25", "Total", "ZQX5-ZQZ5", "SR3Z25"])(
    "refuses %j and says what is accepted",
    (text) => {
      expect(() => parseContract(text, "2025-11-17")).toThrow(
        /^Cannot read contract ".*": accepted are 2025-12, ZQZ25,/,
      );
    },
  );
});

describe("contractSymbol()", () => {
  it("refuses what is not a month", () => {
    expect(() => contractSymbol("2025-00")).toThrow(RangeError);
    expect(() => contractSymbol("2025-12-01")).toThrow(RangeError);
  });
});

describe("tickIndexPoints()", () => {
  it("is half as large in the trade date's own month", () => {
    expect(tickIndexPoints("2025-11", "2025-11-17")).toBe(0.0025);
    expect(tickIndexPoints("2025-12", "2025-11-17")).toBe(0.005);
    expect(tickIndexPoints("2026-11", "2025-11-17")).toBe(0.005);
  });

  it("is a hundredth of tickBp()", () => {
    for (const month of ["2025-11", "2025-12"]) {
      expect(tickIndexPoints(month, "2025-11-17") * 100).toBe(tickBp(month, "2025-11-17"));
    }
    expect(monthOf("2025-11-17")).toBe("2025-11");
  });
});
