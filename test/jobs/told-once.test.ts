/** One repricing on two bases: told once a strength, and never left untold. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { withdrawUnsettled } from "../../jobs/withdraw-unsettled.ts";
import { settlementInstant } from "../../src/calendar/trade-dates.ts";
import { type PreparedDatabase, preparedDatabase, type TestDatabase } from "../setup/database.ts";
import { listen, queuedFor } from "./live-episode.ts";
import { beginNovember, type Day, dayCame, MEETING, movedDuring, toldOf } from "./two-bases.ts";

let begun: PreparedDatabase;
let db: TestDatabase;
beforeAll(async () => {
  begun = await preparedDatabase(beginNovember);
});
beforeEach(async () => {
  db = await begun.copy();
});
afterEach(() => db.drop());
afterAll(() => begun.drop());

const DATES = ["2025-11-12", "2025-11-13", "2025-11-14", "2025-11-17", "2025-11-18", "2025-11-19", "2025-11-20"];

function daysOf(basis: Day["basis"], shifts: readonly (number | null)[]): Day[] {
  return shifts.flatMap((shiftBp, i) => {
    const tradeDate = DATES[i];
    return shiftBp === null || tradeDate === undefined ? [] : [{ basis, tradeDate, shiftBp }];
  });
}

async function come(days: readonly Day[]): Promise<void> {
  for (const day of days) await dayCame(db.sql, day);
}

const inOrderOfTime = (...days: readonly Day[]) => days.toSorted((a, b) => (a.tradeDate < b.tradeDate ? -1 : 1));
/** A day's prices once more, after all that the test has. */
const corrected = (basis: Day["basis"], tradeDate: string, shiftBp: number): Day => {
  return { basis, tradeDate, shiftBp, at: new Date("2025-11-20T23:00:00Z") };
};

describe("a repricing that two bases see", () => {
  it("is told again by neither, though one saw it on Monday and the other on Wednesday", async () => {
    // The better basis misses the day of the move, and has it two days later.
    await come(
      inOrderOfTime(
        ...daysOf("last_trade", [0, 0, 0, 12, 12, 12, 12]),
        ...daysOf("settlement", [0, 0, 0, null, null, 12.2, 12.2]),
      ),
    );
    expect(await toldOf(db.sql)).toEqual([
      "last_trade 2025-11-17 hawkish sharp",
      "(settlement 2025-11-19 hawkish sharp)",
    ]);
  });

  it("is told once more where the other basis finds it worse, in the same cluster", async () => {
    await come([
      ...daysOf("last_trade", [0, 0, 0, 12, 12, 12, 12]),
      ...daysOf("settlement", [0, 0, 0, null, 16, 16.1, 22]),
    ]);
    expect(await toldOf(db.sql)).toEqual([
      "last_trade 2025-11-17 hawkish sharp",
      "settlement 2025-11-18 hawkish severe",
      "settlement 2025-11-20 hawkish extension",
    ]);
    const [names] = await db.sql`
      select count(distinct cluster)::integer as clusters from cutwatch.alerts where trade_date < '2025-11-19' and is_primary`;
    expect(names).toEqual({ clusters: 1 });
  });

  it.each([
    ["day by day", inOrderOfTime],
    [
      "the worse basis first",
      (...days: readonly Day[]) => days.toReversed().toSorted((a, b) => (a.basis < b.basis ? -1 : 1)),
    ],
    ["the better basis first", (...days: readonly Day[]) => days.toSorted((a, b) => (a.basis > b.basis ? -1 : 1))],
  ])("is told once a strength, %s", async (_, ordered) => {
    const days = ordered(
      ...daysOf("settlement", [0, 0, 6, 11, 11, 16, 9]),
      ...daysOf("last_trade", [0, 0, 6.2, 11.1, 11.2, 16.1, 9.1]),
    );
    await come(days.toSorted((a, b) => (a.basis === b.basis ? (a.tradeDate < b.tradeDate ? -1 : 1) : 0)));
    const told = (await toldOf(db.sql)).filter((words) => !words.startsWith("("));
    const kinds = told.map((words) => words.split(" ").slice(2, 4).join(" "));
    expect(kinds.toSorted()).toEqual(["dovish sharp", "hawkish severe", "hawkish sharp"]);
  });

  it("does not silence the next one of the other basis, where the first fell silent with its leg open", async () => {
    await come(daysOf("settlement", [0, 0, 12]));
    await come(daysOf("last_trade", [0, 0, 12, 0, 0, 12, 12]));
    expect(await toldOf(db.sql)).toEqual([
      "settlement 2025-11-14 hawkish sharp",
      "(last_trade 2025-11-14 hawkish sharp)",
      "last_trade 2025-11-17 dovish sharp",
      "last_trade 2025-11-19 hawkish sharp",
    ]);
  });
});

describe("what was told and is taken back", () => {
  it("is told after all by the basis that stands by it, to whoever was sent the withdrawal", async () => {
    await come(daysOf("last_trade", [0, 0, 0, 12]));
    await come(daysOf("settlement", [0, 0, 0, null, 12.1]));
    expect((await toldOf(db.sql)).at(-1)).toBe("(settlement 2025-11-18 hawkish sharp)");
    const webhook = await listen(db.sql, { meetings: [MEETING] });
    await come([corrected("last_trade", "2025-11-17", 0)]);
    const after = ["last_trade 2025-11-17 hawkish withdrawn", "settlement 2025-11-18 hawkish sharp"];
    expect((await toldOf(db.sql)).slice(2)).toEqual(after);
    expect(await queuedFor(db.sql, webhook)).toEqual([
      "repricing.withdrawn 2025-12-10 2025-11-17",
      "repricing.sharp 2025-12-10 2025-11-18",
    ]);
    const [body] = await db.sql`
      select body -> 'data' ->> 'alert_key' = key as named, body -> 'data' ->> 'sequence' = id::text as numbered,
        body -> 'data' ->> 'state' as state, body -> 'data' ->> 'historical' as historical, key like '%/again/1' as again
      from cutwatch.alerts order by id desc limit 1
    `;
    expect(body).toEqual({ named: true, numbered: true, state: "confirmed", historical: "false", again: true });
    // It is the settlement's own now: taken back in its turn, and not by anything else.
    await come([corrected("settlement", "2025-11-18", 12.2)]);
    expect(await toldOf(db.sql)).toHaveLength(4);
    await come([corrected("settlement", "2025-11-18", 0)]);
    expect((await toldOf(db.sql)).slice(4)).toEqual(["settlement 2025-11-18 hawkish withdrawn"]);
  });

  it("is told after all by nobody where the better basis says that it was nothing", async () => {
    await come(daysOf("settlement", [0, 0, 0, 12]));
    await come(daysOf("last_trade", [0, 0, 0, 12]));
    await come([corrected("settlement", "2025-11-17", 0)]);
    expect(await toldOf(db.sql)).toEqual([
      "settlement 2025-11-17 hawkish sharp",
      "(last_trade 2025-11-17 hawkish sharp)",
      "settlement 2025-11-17 hawkish withdrawn",
    ]);
  });

  it("reaches those who were told, though the last that was found of the leg was kept back", async () => {
    await come(daysOf("last_trade", [0, 0, 0, 12]));
    await come(daysOf("settlement", [0, 0, 0, null, 18]));
    await come([{ basis: "last_trade", tradeDate: "2025-11-18", shiftBp: 18 }]);
    expect((await toldOf(db.sql)).slice(1)).toEqual([
      "settlement 2025-11-18 hawkish severe",
      "(last_trade 2025-11-18 hawkish severe)",
    ]);
    // The leg starts two days later than it seemed to, so that it is another one.
    await come([corrected("last_trade", "2025-11-14", -1)]);
    expect((await toldOf(db.sql)).slice(3)).toEqual([
      "last_trade 2025-11-17 hawkish withdrawn",
      "(last_trade 2025-11-17 hawkish sharp, history)",
      "(last_trade 2025-11-18 hawkish severe, history)",
    ]);
  });
});

describe("a provisional alert", () => {
  it("keeps the other basis's settlement from telling the same, and is told by it when it is withdrawn", async () => {
    await come(daysOf("last_trade", [0, 0, 0]));
    await come(daysOf("settlement", [0, 0, 0]));
    await movedDuring(db.sql, "2025-11-17", 12);
    await come([{ basis: "settlement", tradeDate: "2025-11-17", shiftBp: 12 }]);
    expect(await toldOf(db.sql)).toEqual([
      "last_trade 2025-11-17 provisional hawkish sharp",
      "(settlement 2025-11-17 hawkish sharp)",
    ]);
    const job = (at: Date) => ({ sql: db.sql, now: () => at, baseUrl: null });
    const due = settlementInstant("2025-11-19");
    expect(await withdrawUnsettled(job(new Date(due.getTime() - 1)))).toBe(0);
    // That of December and that of January.
    expect(await withdrawUnsettled(job(due))).toBe(2);
    expect((await toldOf(db.sql)).slice(2)).toEqual([
      "last_trade 2025-11-17 hawkish withdrawn",
      "settlement 2025-11-17 hawkish sharp",
    ]);
    expect(await withdrawUnsettled(job(due))).toBe(0);
  });

  it("no longer stands for the repricing once its confirmation is taken back: the other basis tells it", async () => {
    await come(daysOf("last_trade", [0, 0, 0]));
    await come(daysOf("settlement", [0, 0, 0]));
    await movedDuring(db.sql, "2025-11-17", 12);
    await come([
      { basis: "last_trade", tradeDate: "2025-11-17", shiftBp: 12 },
      { basis: "settlement", tradeDate: "2025-11-18", shiftBp: 12 },
    ]);
    expect((await toldOf(db.sql)).slice(1)).toEqual([
      "last_trade 2025-11-17 hawkish confirmed",
      "(settlement 2025-11-18 hawkish sharp)",
    ]);
    await come([corrected("last_trade", "2025-11-17", 0)]);
    expect((await toldOf(db.sql)).slice(3)).toEqual([
      "last_trade 2025-11-17 hawkish withdrawn",
      "settlement 2025-11-18 hawkish sharp",
    ]);
  });

  it("is told once its settlement bears it out, where what had told of it is gone by then", async () => {
    await come(daysOf("last_trade", [0, 0, 0, 0]));
    await come(daysOf("settlement", [0, 0, 0, 12]));
    await movedDuring(db.sql, "2025-11-18", 12);
    await come([{ ...corrected("settlement", "2025-11-17", 0), at: new Date("2025-11-18T16:00:00Z") }]);
    expect(await toldOf(db.sql)).toEqual([
      "settlement 2025-11-17 hawkish sharp",
      "(last_trade 2025-11-18 provisional hawkish sharp)",
      "settlement 2025-11-17 hawkish withdrawn",
    ]);
    await come([{ basis: "last_trade", tradeDate: "2025-11-18", shiftBp: 12 }]);
    expect((await toldOf(db.sql)).slice(3)).toEqual([
      "(last_trade 2025-11-18 hawkish confirmed)",
      "last_trade 2025-11-18 hawkish sharp",
    ]);
  });
});
