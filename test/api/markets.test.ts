import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabase } from "../setup/database.ts";
import { ASKED, sampleDatabase } from "./sample-repricings.ts";
import { readJson, type Served, serveTest } from "./served.ts";

interface Block {
  readonly sample: boolean | null;
  readonly from: { readonly date: string; readonly as_of: string };
  readonly assets: readonly {
    readonly symbol: string;
    readonly return: number | null;
    readonly return_1d: number | null;
    readonly note: string | null;
  }[];
  readonly markets: { readonly leader: Record<string, unknown>; readonly breadth: { readonly down: number } };
}

let database: TestDatabase;
let served: Served;

beforeAll(async () => {
  database = await sampleDatabase();
  served = serveTest(database.sql, { now: ASKED });
});
afterAll(() => database.drop());

const block = (query: string) => readJson<Block>(served.app, `/v1/markets?${query}`);
const percent = ({ assets }: Block) =>
  Object.fromEntries(
    assets.map((asset) => [asset.symbol, asset.return === null ? null : Math.round(asset.return * 1000) / 10]),
  );

describe("/v1/markets", () => {
  it("gives the episode's returns from 17 Oct to 17 Nov 2025, and to 21 Nov", async () => {
    expect(percent(await block("from=2025-10-17&to=2025-11-17"))).toEqual({
      BTC: -13.5,
      ETH: -21.1,
      NDX: -0.1,
      SPX: 0.1,
      NVDA: 1.8,
      GOLD: -2.9,
      HSI: 4.5,
      SSE: 3.4,
    });
    expect(percent(await block("from=2025-10-17&to=2025-11-21"))).toMatchObject({ BTC: -20.1, ETH: -27.8, NDX: -2.3 });
  });

  it("answers who led with no statistical leader, beside the earliest peak and the largest fall", async () => {
    const { leader } = (await block("from=2025-10-17&to=2025-11-17")).markets;
    expect(leader).toMatchObject({
      answer: "no statistical leader",
      threshold_r: expect.closeTo(0.66, 2),
      earliest_peak: { date: expect.any(String) },
      largest_fall: { symbol: "ETH", return: expect.closeTo(-0.211, 3) },
    });
  });

  it("takes the last settlement before a day without one, and an instant's closes from the settlement before it", async () => {
    const friday = percent(await block("from=2025-10-17&to=2025-11-14"));
    expect(percent(await block("from=2025-10-18&to=2025-11-16"))).toEqual(friday);
    const instants = "from=2025-10-17T19:00:00Z&to=2025-11-17T19:59:59Z"; // a second before Monday's settlement
    expect(percent(await block(instants))).toEqual(friday);
  });

  it("knows nothing before it was recorded", async () => {
    const early = await block("from=2025-10-17&to=2025-11-17&known_at=2026-11-20T11:59:59Z");
    expect(early.sample).toBeNull();
    expect(early.assets.map((asset) => asset.return)).toEqual(Array(8).fill(null));
  });

  it("stays under 40 KB", async () => {
    const response = await served.app.request("/v1/markets?from=2025-09-18&to=2025-11-25");
    expect((await response.arrayBuffer()).byteLength).toBeLessThan(40_000);
  });

  it.each([
    ["from=2025-11-17", "to"],
    ["from=2025-11-17&to=2025-11-14", "from"],
    ["from=2015-01-02&to=2025-11-14", "from"],
  ])("%s: 400 naming the parameter", async (query, parameter) => {
    const response = await served.app.request(`/v1/markets?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ parameter, accepted: expect.any(String) });
  });
});

describe("/v1/assets/{symbol}/closes", () => {
  interface Closes {
    readonly data: readonly { readonly date: string; readonly return: number | null }[];
    readonly next_cursor: string | null;
  }
  const closes = (symbol: string, query = "") => readJson<Closes>(served.app, `/v1/assets/${symbol}/closes${query}`);

  it.each(["BTC", "NDX", "GOLD", "HSI"])("gives %s the daily returns that /v1/markets gives", async (symbol) => {
    for (const date of ["2025-10-10", "2025-11-17", "2025-11-21"]) {
      const [row] = (await closes(symbol, `?from=${date}&to=${date}`)).data;
      const found = (await block(`from=2025-09-18&to=${date}`)).assets.find((asset) => asset.symbol === symbol);
      expect(row?.return).toBe(found?.return_1d);
      expect(row?.return).not.toBeNull();
    }
  });

  it("has none for the first close there is, and one across a weekend", async () => {
    const { data } = await closes("NDX");
    expect(data[0]?.return).toBeNull();
    expect(data.filter((row) => row.return === null)).toHaveLength(1);
  });

  it("gives the same returns page by page", async () => {
    const whole = (await closes("BTC")).data;
    const first = await closes("BTC", "?limit=5");
    const second = await closes("BTC", `?limit=5&cursor=${first.next_cursor}`);
    expect([...first.data, ...second.data]).toEqual(whole.slice(0, 10));
  });
});

describe("/v1/decisions", () => {
  interface Decisions {
    readonly data: readonly {
      readonly meeting: string;
      readonly surprise_bp: number | null;
      readonly surprise_reason: string | null;
    }[];
  }
  const decisions = (query: string) => readJson<Decisions>(served.app, `/v1/decisions${query}`);

  // ZQX25 settled at 96.15 on 28 Oct and 96.105 on 29 Oct 2025: late in October the next month's contract counts as it is.
  it("gives the surprise of 29 Oct 2025 and the odds of the day before", async () => {
    expect(await decisions("?from=2025-10-29&to=2025-10-29")).toMatchObject({
      data: [
        {
          meeting: "2025-10-29",
          outcome: { lower_bp: 375, upper_bp: 400 },
          change_bp: -25,
          surprise_bp: expect.closeTo(4.5, 6),
          surprise_reason: null,
          surprise: { contract: "2025-11", scale: 1, before: "2025-10-28", after: "2025-10-29", basis: "settlement" },
          odds_before: { trade_date: "2025-10-28", probability: expect.closeTo(0.9952, 4), basis: "settlement" },
        },
      ],
    });
  });

  it("says why there is no surprise where prices are missing", async () => {
    const [row] = (await decisions("?from=2025-07-30&to=2025-07-30")).data;
    expect(row).toMatchObject({ surprise_bp: null, odds_before: null });
    expect(row?.surprise_reason).toContain("2025-07-29 and 2025-07-30");
  });

  it("leaves out what had not been announced, and a meeting that was called off", async () => {
    const early = serveTest(database.sql, { now: "2025-10-29T17:59:59Z" }).app;
    const rows = (await readJson<Decisions>(early, "/v1/decisions?from=2020-01-01")).data.map(({ meeting }) => meeting);
    expect(rows.at(-1)).toBe("2025-09-17");
    expect(rows).not.toContain("2020-03-18");
    expect(rows).toContain("2020-03-15");
  });
});
