import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { settlementInstant } from "../../src/calendar/trade-dates.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { DAYS, draftOf, seedEpisode, store } from "./episode.ts";
import { sampleDatabase } from "./sample-repricings.ts";
import { readJson, type Served, serveTest } from "./served.ts";

const MEETING = "2025-10-29";
const TAIL = " (the outcome of 29 Oct 2025 is not known: the range in force may be another)";
const UNKNOWN_FROM = "2025-11-14";

let database: TestDatabase;
let served: Served;

// The episode, read again on 18 Nov as though the outcome of 29 Oct had not been known on its last two days.
beforeAll(async () => {
  database = await testDatabase();
  await seedEpisode(database.sql);
  const drafts = DAYS.filter((day) => day >= UNKNOWN_FROM).map((day) => {
    const draft = draftOf(day, 1);
    const readings = draft.readings.map((reading) => ({ ...reading, unverified: true }));
    return { ...draft, readings, undecidedMeeting: MEETING };
  });
  await store(database.sql, drafts, new Date("2025-11-18T02:00:00.000Z"));
  served = serveTest(database.sql);
});
afterAll(() => database.drop());

const page = async (path: string) => (await served.app.request(path)).text();
const section = (text: string, id: string) => text.split(`id="${id}"`)[1]?.split("</section>")[0] ?? "";

interface Answer {
  readonly undecided_meeting: string | null;
  readonly citation: string | null;
}

describe("undecided_meeting", () => {
  it("names the meeting whose outcome is not known in odds, shifts and history, and is null where all are", async () => {
    const at = (asOf: string) => readJson<Answer>(served.app, `/v1/probabilities?as_of=${asOf}`);
    expect((await at("2025-11-17")).undecided_meeting).toBe(MEETING);
    expect((await at("2025-11-10")).undecided_meeting).toBeNull();
    const shift = await readJson<{ from: Answer; to: Answer }>(
      served.app,
      "/v1/shifts?meeting=2025-12-10&from=2025-11-10&to=2025-11-17",
    );
    expect([shift.from.undecided_meeting, shift.to.undecided_meeting]).toEqual([null, MEETING]);
    const { data } = await readJson<{ data: Answer[] }>(
      served.app,
      "/v1/meetings/2025-12-10/history?measure=expected_rate",
    );
    expect(data.map(({ undecided_meeting }) => undecided_meeting)).toEqual([null, null, null, MEETING, MEETING]);
  });

  it.each([
    ["/v1/probabilities?meeting=2025-12-10&as_of=", "2025-11-17", "2025-11-10"],
    ["/v1/shifts?meeting=2025-12-10&from=2025-10-17&to=", "2025-11-17", "2025-11-10"],
  ])("ends the citation of %s", async (path, unknown, known) => {
    expect((await readJson<Answer>(served.app, `${path}${unknown}`)).citation?.endsWith(TAIL)).toBe(true);
    expect((await readJson<Answer>(served.app, `${path}${known}`)).citation).not.toContain("not known");
  });

  it("marks the badge and the chart, in words and on their face", async () => {
    const badge = await page("/v1/badge.svg?meeting=2025-12-10");
    expect(badge).toMatch(/ · unverified<\/text>/);
    expect(badge).toContain(TAIL);
    expect(await page("/v1/badge.svg?meeting=2025-12-10&as_of=2025-11-10")).not.toContain("unverified");
    const chart = await page("/v1/chart.svg?meeting=2025-12-10");
    expect(chart).toContain(">unverified · settlement, method cme");
    expect(chart).toContain(TAIL);
    expect(await page("/v1/chart.svg?meeting=2025-12-10&to=2025-11-10")).not.toContain("unverified");
  });
});

describe("pages over a range in force that is assumed", () => {
  const SAID = "<strong>Unverified:</strong> the outcome of 29 Oct 2025 is not known";

  it.each(["/", "/meetings/2025-12-10", "/story?meeting=2025-12-10"])("%s says so, and what to do", async (path) => {
    const text = await page(path);
    expect(text).toContain(SAID);
    expect(text).toContain("npx cutwatch decide 2025-10-29 LOWER-UPPER");
    const earlier = await page(`${path}${path.includes("?") ? "&" : "?"}as_of=2025-11-10`);
    expect(earlier).not.toContain("Unverified");
    expect(earlier).not.toContain("not judged");
  });

  it.each(["/", "/meetings/2025-12-10"])("%s says that no repricing can have been found since", async (path) => {
    expect(section(await page(path), "repricings")).toContain("Days after 29 Oct 2025 are not judged");
  });

  it("mark the tiles: the range is assumed, the data unverified", async () => {
    const lead = (await page("/")).split('id="lead"')[1]?.split("<section")[0] ?? "";
    expect(lead).toContain("assumed: the outcome of 29 Oct 2025 is not known");
    expect(lead).toContain('<span class="dot failing"></span>unverified');
  });

  it("give each cause of an unverified meeting its own words", async () => {
    const cause = async (path: string) => section(await page(path), "working");
    expect(await cause("/meetings/2025-12-10")).toContain("a range that is assumed to be in force");
    expect(await cause("/meetings/2025-12-10")).not.toContain("a month with two meetings");
    const other = await testDatabase();
    try {
      const draft = draftOf("2025-11-17");
      const readings = draft.readings.map((reading) => ({ ...reading, unverified: true }));
      await seedEpisode(other.sql);
      await store(other.sql, [{ ...draft, readings, source: "other" }], new Date("2025-11-18T02:00:00.000Z"));
      const text = await (await serveTest(other.sql).app.request("/meetings/2025-12-10")).text();
      expect(section(text, "working")).toContain("a month with two meetings");
      expect(text).not.toContain("assumed");
    } finally {
      await other.drop();
    }
  });
});

describe("pages of a moment that is past", () => {
  let sample: TestDatabase;
  let past: Served;
  beforeAll(async () => {
    sample = await sampleDatabase();
    past = serveTest(sample.sql, { now: "2026-11-22T12:00:00Z" });
  });
  afterAll(() => sample.drop());
  const pastPage = async (path: string) => (await past.app.request(path)).text();

  it("show no repricing of the time after it, odds or none", async () => {
    const text = section(await pastPage("/?as_of=1995-01-01"), "repricings");
    expect(text).toContain("None is stored that was confirmed by 1 Jan 1995");
    expect(text).not.toContain("<table");
    // One that began on 16 Oct was confirmed only later: then the one before is the last.
    const before = section(await pastPage("/?as_of=2025-10-16"), "repricings");
    expect(before).toContain("25 Sep → 16 Oct 2025");
    expect(before).not.toContain("16 Oct →");
    expect(before).not.toContain("16 Oct 2025 →");
  });

  it("give of a repricing that went on after it no figure", async () => {
    const text = section(await pastPage("/meetings/2025-12-10?as_of=2025-11-17"), "repricings");
    expect(text).toContain("going on");
    expect(text).toContain("16 Oct 2025 →<small>confirmed ");
    expect(text).not.toContain("+20.5");
    expect(section(await pastPage("/meetings/2025-12-10"), "repricings")).toContain("+20.5");
  });

  it.each([
    ["2025-11-17", "<strong>upcoming</strong>. Takes effect"],
    [settlementInstant("2025-12-10").toISOString(), "<strong>announced</strong>: 3.50-3.75 %"],
    ["2025-12-11", "<strong>decided</strong>: 3.50-3.75 %"],
  ])("as of %s the meeting of 10 Dec was %s", async (asOf, words) => {
    const text = section(await pastPage(`/meetings/2025-12-10?as_of=${encodeURIComponent(asOf)}`), "odds");
    expect(text).toContain(words);
  });

  it.each(["/", "/meetings/2025-12-10"])("%s takes over the day of a newer reading with the rest", async (path) => {
    const part = (await pastPage(path)).split('id="moment" data-live')[1] ?? "";
    expect(part.split("</form>")[0]).toContain('name="as_of"');
  });

  it("mark the sample's repricings beside real odds, and not where all is the sample", async () => {
    expect(section(await pastPage("/"), "repricings")).not.toContain("built-in sample</small>");
    expect(section(await pastPage("/?as_of=2025-11-17"), "repricings")).toContain("28 Jan 2026");
    // Real odds of January alone: December's repricings are still the sample's, and January's no longer.
    const draft = draftOf("2025-11-17");
    const january = { ...draft, readings: draft.readings.filter((one) => one.meetingDate === "2026-01-28") };
    expect(january.readings).toHaveLength(1);
    await store(sample.sql, [january], new Date("2026-11-21T12:00:00.000Z"));
    past.announce("snapshots");
    const text = section(await pastPage("/?as_of=2025-11-17"), "repricings");
    expect(text).toContain("built-in sample</small>");
    expect(text).not.toContain("28 Jan 2026");
  });
});

describe("/meetings/{date} of a meeting whose outcome is not known", () => {
  it("says so, and shows its last odds", async () => {
    const other = await testDatabase();
    try {
      await seedEpisode(other.sql);
      const { app } = serveTest(other.sql, { now: "2025-12-15T12:00:00Z" });
      const text = section(await (await app.request("/meetings/2025-12-10")).text(), "odds");
      expect(text).toContain("<strong>announced</strong>: the outcome is not known here");
      expect(text).toContain("npx cutwatch decide 2025-12-10 LOWER-UPPER");
      expect(text).toContain("its last odds, of 17 Nov 2025");
    } finally {
      await other.drop();
    }
  });
});
