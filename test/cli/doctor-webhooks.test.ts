import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { linkChecks, ruleChecks } from "../../src/cli/doctor-webhooks.ts";
import type { NotJudgedNow } from "../../src/webhooks/rule-sight.ts";
import { WITHHELD_ERROR } from "../../src/webhooks/withheld-words.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { addDeliveries, addWebhooks } from "../store/webhook-rows.ts";
import { NOW, run, testShell } from "./test-shell.ts";

const HERE = { baseUrl: null, host: "127.0.0.1", port: 8080 };

describe("linkChecks()", () => {
  it("warns of links that lead to this machine, once there are webhooks, and not where an address is given", () => {
    expect(linkChecks(0, HERE)).toEqual([]);
    expect(linkChecks(3, { ...HERE, baseUrl: "https://odds.example" })).toEqual([]);
    expect(linkChecks(1, { ...HERE, host: "0.0.0.0" })).toEqual([
      {
        ...{ name: "CUTWATCH_BASE_URL", state: "warn" },
        detail:
          "not set with 1 webhook: links in messages lead to http://127.0.0.1:8080, where only this machine finds anything",
      },
    ]);
  });

  it("names no port 0 where a server takes a free one", () => {
    expect(linkChecks(2, { ...HERE, port: 0 })).toMatchObject([{ detail: expect.stringContaining("are paths alone") }]);
  });
});

describe("ruleChecks()", () => {
  const unknown = "the outcome of 2025-10-29 is not known";
  const notJudged = (rule: number, told: Partial<NotJudgedNow> = {}): NotJudgedNow => ({
    ...{ rule, kind: "undecided", meeting: "2025-12-10", since: new Date("2025-10-30T13:45:00Z"), reason: unknown },
    ...{ undecidedMeeting: "2025-10-29", asOf: new Date("2025-11-03T20:00:00Z") },
    ...told,
  });

  it("says nothing where there are no rules, and that all is well where each is judged or over", () => {
    expect(ruleChecks([{ id: 7, rules: 0, notJudged: [] }])).toEqual([]);
    const over = notJudged(1, { kind: "over", reason: "its meeting is over" });
    expect(ruleChecks([{ id: 7, rules: 2, notJudged: [over] }])).toMatchObject([{ name: "rules", state: "ok" }]);
  });

  it("names each reason once, with the earliest since and the rules", () => {
    const earlier = notJudged(0, { since: new Date("2025-10-30T13:30:00Z") });
    const none = notJudged(2, { kind: "no_reading", since: null, reason: "no live reading of it is stored" });
    expect(
      ruleChecks([
        { id: 7, rules: 3, notJudged: [notJudged(1), none] },
        { id: 9, rules: 1, notJudged: [earlier] },
      ]),
    ).toEqual([
      {
        ...{ name: "rules", state: "warn" },
        detail:
          `3 of 4 not judged: ${unknown} (since 2025-10-30T13:30Z): rule 2 of webhook 7, rule 1 of webhook 9; ` +
          "no live reading of it is stored: rule 3 of webhook 7",
      },
    ]);
  });
});

describe("cutwatch doctor of webhooks", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await testDatabase();
  });
  afterAll(() => db.drop());

  async function lines(env: Readonly<Record<string, string>> = {}) {
    const { out } = await run(testShell({ DATABASE_URL: db.url, ...env }), "doctor", "--json");
    const { checks } = JSON.parse(out) as { checks: { name: string; state: string; detail: string }[] };
    return new Map(checks.map(({ name, state, detail }) => [name, `${state} ${detail}`]));
  }

  it("looks at links and at what is withheld only where there is something to look at", async () => {
    expect((await lines()).has("CUTWATCH_BASE_URL")).toBe(false);
    const ids = await addDeliveries(db.sql, await addWebhooks(db.sql, 2), 1);
    const found = await lines();
    expect(found.get("CUTWATCH_BASE_URL")).toMatch(/^warn not set with 2 webhooks: links in messages lead to http:/);
    expect(found.has("withheld messages")).toBe(false);
    expect((await lines({ CUTWATCH_BASE_URL: "https://odds.example" })).has("CUTWATCH_BASE_URL")).toBe(false);

    const withholding = { CUTWATCH_WITHHOLD: "on" };
    expect((await lines(withholding)).get("withheld messages")).toBe("ok none in 7 days");
    const [withheld = 0, tooOld = 0] = ids;
    const end = (id: number, error: string) => db.sql`
      update cutwatch.webhook_deliveries
      set state = 'expired', finished_at = ${NOW.toISOString()}::timestamptz, last_error = ${error}
      where id = ${id}::bigint
    `;
    await end(withheld, WITHHELD_ERROR);
    await end(tooOld, "Older than max_age_s: not sent");
    expect((await lines(withholding)).get("withheld messages")).toMatch(
      /^warn 1 not sent in 7 days, for CUTWATCH_WITHHOLD/,
    );
  });
});
