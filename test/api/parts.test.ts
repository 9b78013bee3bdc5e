import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { feedColumns } from "../../src/api/alerts-columns.ts";
import { AnswerCache, isUnchanged, readyAnswer } from "../../src/api/answer-cache.ts";
import { csvColumns, csvText } from "../../src/api/csv.ts";
import { decodeCursor, encodeCursor, pageOf } from "../../src/api/cursor.ts";
import { FeedBody } from "../../src/api/feed-bodies.ts";
import { RESOURCES } from "../../src/api/openapi.ts";
import { dueAt, isStale, lastDue, nextDue } from "../../src/api/staleness.ts";
import { isTradeDate } from "../../src/calendar/trade-dates.ts";

const instants = fc.date({ min: new Date("2015-01-01"), max: new Date("2030-12-31"), noInvalidDate: true });

describe("lastDue()", () => {
  it("is the last trade date whose reading is due: due by then, the next one not yet", () => {
    fc.assert(
      fc.property(instants, (at) => {
        const date = lastDue(at);
        expect(isTradeDate(date)).toBe(true);
        expect(dueAt(date).getTime()).toBeLessThanOrEqual(at.getTime());
        expect(nextDue(at).getTime()).toBeGreaterThan(at.getTime());
      }),
      { seed: 20251210, numRuns: 300 },
    );
  });

  it("is half past six in the evening of Chicago, in winter and summer", () => {
    expect(lastDue(new Date("2025-11-18T00:29:59Z"))).toBe("2025-11-14");
    expect(lastDue(new Date("2025-11-18T00:30:00Z"))).toBe("2025-11-17");
    expect(lastDue(new Date("2025-07-15T23:29:59Z"))).toBe("2025-07-14");
    expect(lastDue(new Date("2025-07-15T23:30:00Z"))).toBe("2025-07-15");
  });
});

describe("isStale()", () => {
  it("is not for the last trade date at or before the date asked for, whenever asked", () => {
    expect(isStale("2025-11-14", { tradeDate: "2025-11-16" }, new Date("2026-01-01"))).toBe(false);
    expect(isStale("2025-11-13", { tradeDate: "2025-11-16" }, new Date("2026-01-01"))).toBe(true);
  });

  it("cannot be due in the future", () => {
    expect(isStale("2025-11-14", { tradeDate: "2030-01-02" }, new Date("2025-11-17T12:00:00Z"))).toBe(false);
  });
});

describe("csvText()", () => {
  const item = z.strictObject({
    name: z.string().nullable(),
    at: z.strictObject({ x: z.number(), y: z.string() }).nullable(),
  });

  it("names nested members after their parent and leaves missing ones empty", () => {
    expect(
      csvText(item, [
        { name: null, at: null },
        { name: 'a"b', at: { x: -1.5, y: "c,d" } },
      ]),
    ).toBe('name,at_x,at_y\r\n,,\r\n"a""b",-1.5,"c,d"\r\n');
  });

  it("never begins a text cell with what a spreadsheet runs as a formula", () => {
    for (const text of ["=1+1", "+1", "-1", "@sum", "\tx", "\rx"]) {
      expect(csvText(item, [{ name: text, at: null }]).split("\r\n")[1]).toMatch(/^"?'/);
    }
  });
});

/** Columns that every list has of what it is about. */
const KEY_COLUMNS: Readonly<Record<string, string>> = {
  "/v1/alerts":
    "sequence,type,timestamp,meeting,path,severity,kind,direction,state,as_of,start_rate_bp,expected_rate_bp",
};

describe("csvColumns()", () => {
  const lists = RESOURCES.flatMap(({ path, item }) => (item === null ? [] : [{ path, item }]));

  it.each(lists)("names every column of $path, each once", ({ path, item }) => {
    const names = csvColumns(item).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(2);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(new Set(names).size).toBe(names.length);
    expect(names.join()).toContain(KEY_COLUMNS[path] ?? names[0]);
  });

  it("refuses items that have no columns of their own, instead of one without a name", () => {
    const either = z.union([z.strictObject({ a: z.string() }), z.strictObject({ b: z.string() })]);
    expect(() => csvColumns(either)).toThrow(/^Cannot name the columns of union items: /);
  });
});

describe("feedColumns()", () => {
  const columns = feedColumns(FeedBody.options);

  it("has a column of its own for every figure of every type, and none for a list", () => {
    for (const body of FeedBody.options) {
      for (const { path, isList } of csvColumns(body)) {
        expect([path.join("."), columns.some((column) => column.path.join() === path.join())]).toEqual([
          path.join("."),
          !isList,
        ]);
      }
    }
  });
});

describe("pageOf()", () => {
  it("gives every row once over pages of any size, also when rows are added on the way", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string(), { minLength: 1 }),
        fc.integer({ min: 1, max: 5 }),
        fc.string(),
        (rows, limit, added) => {
          const given: string[] = [];
          let cursor: string | undefined;
          let list = rows;
          do {
            const page = pageOf("list", list, (row) => row, { limit, cursor });
            given.push(...page.data);
            cursor = page.next_cursor ?? undefined;
            list = [...new Set([...rows, added])];
          } while (cursor !== undefined);
          expect(new Set(given).size).toBe(given.length);
          expect(given).toEqual(expect.arrayContaining(rows));
        },
      ),
      { seed: 7, numRuns: 200 },
    );
  });

  it("takes back its own cursors only", () => {
    expect(decodeCursor("a", encodeCursor("a", ["x"]), () => true)).toEqual(["x"]);
    expect(() => decodeCursor("b", encodeCursor("a", ["x"]), () => true)).toThrow(/Cannot read cursor/);
    expect(() => decodeCursor("a", "e30", () => true)).toThrow(/Cannot read cursor/);
  });
});

describe("AnswerCache", () => {
  const ready = (text: string) =>
    readyAnswer(text, { contentType: "text/plain", cacheControl: "no-cache", freshUntilMs: 100 });

  it("makes an answer once for all who ask for it meanwhile", async () => {
    const cache = new AnswerCache();
    let made = 0;
    const make = async () => ready(String(++made));
    const [one, two] = await Promise.all([cache.answer("/a", "q", 0, make), cache.answer("/b", "q", 0, make)]);
    expect([made, two]).toEqual([1, one]);
    expect(cache.at("/a", 99)).toBe(one);
    expect(cache.at("/a", 100)).toBeNull();
  });

  it("does not keep an answer that was under way when something changed", async () => {
    const cache = new AnswerCache();
    let finish: (() => void) | undefined;
    const old = cache.answer("/a", "q", 0, async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return ready("old");
    });
    cache.clear();
    const fresh = await cache.answer("/a", "q", 0, async () => ready("new"));
    finish?.();
    expect((await old).etag).not.toBe(fresh.etag);
    expect(cache.at("/a", 0)).toBe(fresh);
  });

  it("keeps no failure", async () => {
    const cache = new AnswerCache();
    await expect(cache.answer("/a", "q", 0, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(Buffer.from((await cache.answer("/a", "q", 0, async () => ready("yes"))).body).toString()).toBe("yes");
  });

  it("refuses the answer that would be too many at once", async () => {
    const cache = new AnswerCache();
    let finish: ((answer: ReturnType<typeof ready>) => void) | undefined;
    const gate = new Promise<ReturnType<typeof ready>>((resolve) => {
      finish = resolve;
    });
    const waiting = Array.from({ length: 200 }, (_, i) => cache.answer(`/${i}`, String(i), 0, () => gate));
    await expect(cache.answer("/x", "x", 0, () => gate)).rejects.toThrow(/200 others are under way/);
    finish?.(ready("done"));
    await Promise.all(waiting);
    expect((await cache.answer("/x", "x", 0, () => gate)).etag).toBe(ready("done").etag);
  });
});

describe("isUnchanged()", () => {
  it.each([
    [null, false],
    ['"a"', true],
    ['W/"a"', true],
    ['"b", "a"', true],
    ["*", true],
    ['"b"', false],
    ["", false],
  ])("%s", (header, unchanged) => {
    expect(isUnchanged(header, '"a"')).toBe(unchanged);
  });
});
