import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IMPORT_KINDS, parseImport } from "../../../src/sources/files/import-file.ts";
import { ImportFileError } from "../../../src/sources/files/import-result.ts";
import { messageOf, parseBytes, parseText } from "./read-file.ts";

const SETTLEMENTS = "trade_date,contract,settle\n2025-11-17,2025-12,96.19\n";

describe("parseImport()", () => {
  it.each([
    ["an empty file", "", /the file is empty/],
    ["blank lines alone", "\n \r\n\t", /the file is empty/],
    ["an HTML page", "<!DOCTYPE html><html></html>", /an HTML or XML page stands where data should/],
    ["zero bytes", "trade_date\0,contract", /the file is binary/],
    [
      "an unknown header",
      "a,b,c\n1,2,3\n",
      /line 1: it begins with a,b,c \(cut at ,\), accepted are prices of fed-funds futures/,
    ],
    ["prose", "No data", /it begins with No data \(cut at ,\), accepted are prices/],
    ["other JSON", "[1,2]", /it begins with \[1,2\], accepted are prices/],
    [
      "an unclosed quotation",
      'trade_date,contract,settle\n"2025-11-17,2025-12,96.19\n',
      /quotation marks do not pair up/,
    ],
    [
      "a line of 200,000 characters",
      `${SETTLEMENTS}${"9".repeat(200_000)}\n`,
      /line 3: 200000 characters, accepted up to 131072/,
    ],
    ["100,000 columns", `a${",".repeat(99_999)}`, /line 1: 100000 columns, accepted up to 4096/],
    ["a header alone of 5,000 names in quotes", `"a"${',"b"'.repeat(4_999)}`, /5000 columns, accepted up to 4096/],
  ])("refuses %s", (_, text, message) => {
    const thrown = messageOf(() => parseText("settlements", text));
    expect(thrown).toMatch(message);
    expect(thrown).toMatch(/^Cannot import file\.csv/);
    expect(thrown).not.toMatch(/\n|\.$/);
  });

  it("reads UTF-16 and the old code page of Western Europe as it reads UTF-8", () => {
    const utf8 = parseText("settlements", SETTLEMENTS).quotes.kept;
    const utf16 = Buffer.from(`\uFEFF${SETTLEMENTS}`, "utf16le");
    const read = (bytes: Uint8Array) => {
      const file = parseBytes("settlements", bytes);
      return file.kind === "settlements" ? file.quotes.kept : null;
    };
    expect(read(utf16)).toEqual(utf8);
    expect(read(Buffer.from(utf16).swap16())).toEqual(utf8);
    expect(read(Buffer.from(SETTLEMENTS, "utf16le"))).toEqual(utf8);
    const remark = Buffer.from(`trade_date,contract,settle,note\n2025-11-17,2025-12,96.19,Schlu\u00df\n`, "latin1");
    expect(read(remark)).toEqual(utf8);
  });

  it("tells every format by its content and names the kind it is of", () => {
    const files = [
      ["settlements", SETTLEMENTS],
      ["settlements", '{"empty":true}'],
      ["fedwatch", "Date,(350-375)\n2025/11/17,1\n"],
      ["fedwatch", '{"meetings":[]}'],
      ["fedwatch", "as_of_date,meeting_date,target_range_low_bps,target_range_high_bps,probability\n"],
      ["closes", "date,symbol,close\n"],
      ["closes", "Price,Close\nTicker,BTC-USD\nDate,\n"],
      ["effr", "date,effr_pct\n"],
    ] as const;
    for (const [kind, text] of files) {
      expect(parseText(kind, text, { meetingDate: "2025-12-10" }).kind).toBe(kind);
      for (const other of IMPORT_KINDS.filter((name) => name !== kind)) {
        expect(messageOf(() => parseText(other, text))).toBe(
          `Cannot import file.csv: it holds ${kind}, not ${other}: leave --kind out, or say --kind ${kind}`,
        );
      }
    }
  });

  it("survives JSON nested deeper than the stack", () => {
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    const page = `{"settlements":[{"month":${deep}}],"tradeDate":"09/18/2026"}`;
    expect(parseText("settlements", page).quotes.rejected.map(({ code }) => code)).toEqual(["bad_row"]);
    expect(() => parseText("settlements", deep)).toThrow(ImportFileError);
    expect(() => parseText("fedwatch", `{"meetings":[{"date":${deep}}]}`)).toThrow(ImportFileError);
  });

  it("refuses options that are no dates", () => {
    expect(messageOf(() => parseText("fedwatch", "Date\n", { meetingDate: "2025-13-01" }))).toMatch(
      /the date given is 2025-13-01/,
    );
  });

  it("keeps a hostile file name to one line of its message", () => {
    expect(messageOf(() => parseText("effr", "", {}, "a\nb\u001b[31m.csv"))).toBe(
      "Cannot import a?b?[31m.csv: the file is empty",
    );
  });

  it("never throws anything but an ImportFileError, whatever the bytes", () => {
    const options = { meetingDates: ["2025-12-10"] };
    const survives = (bytes: Uint8Array) => {
      for (const kind of IMPORT_KINDS) {
        try {
          parseImport(kind, "file.csv", bytes, options);
        } catch (error) {
          expect(error).toBeInstanceOf(ImportFileError);
        }
      }
    };
    const encoder = new TextEncoder();
    const header = fc.constantFrom(
      "trade_date,contract,settle",
      "trade_date,contract,close,open,volume",
      "date,symbol,close",
      "date,effr_pct,target_lower_pct,target_upper_pct",
      "as_of_date,meeting_date,target_range_low_bps,target_range_high_bps,probability",
      "Date,(350-375),(375-400)",
      ",History for 10 Dec 2025 Fed meeting,\nDate,(350-375),(375-400)",
      "Price,Close,Open\nTicker,BTC-USD,BTC-USD\nDate,,",
    );
    const cell = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom(
        "2025-11-17",
        "0000-00-00",
        "9999-12-31",
        "11/3/2025",
        "2025-12",
        "96.19",
        "1e999",
        "0.5",
        "350",
        '"',
        "\r",
        "",
      ),
    );
    const table = fc.tuple(header, fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { maxLength: 6 }));
    const json = fc.record({
      settlements: fc.jsonValue({ maxDepth: 3 }),
      tradeDate: fc.constantFrom("09/18/2026", "00/00/0000", ""),
    });
    const page = fc.record({ scrape_time: fc.string(), meetings: fc.jsonValue({ maxDepth: 4 }) });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), survives), { seed: 3, numRuns: 300 });
    fc.assert(
      fc.property(table, ([first, rows]) =>
        survives(encoder.encode([first, ...rows.map((r) => r.join(","))].join("\n"))),
      ),
      { seed: 4, numRuns: 700 },
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), json, page), (value) => survives(encoder.encode(JSON.stringify(value)))),
      { seed: 5, numRuns: 400 },
    );
  });
});
