import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { killDrill } from "./kill-drill.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.drop());

// The short form of `npm run drill:kill`: instead of waiting 30 s, the leases of the killed are ended.
describe("killDrill()", () => {
  it("loses nothing when workers are killed while they send", { timeout: 120_000 }, async () => {
    const result = await killDrill({
      ...{ seed: 7, deliveries: 480, kills: 3, workers: 2, killWithinMs: 120, sql: db.sql },
      env: { DATABASE_URL: db.url },
      onKilled: async (pid) => {
        await db.sql`
          update cutwatch.webhook_deliveries d
          set lease_until = clock_timestamp()
          from cutwatch.webhook_attempts a
          where a.delivery_id = d.id and a.number = d.attempts and a.worker like ${`% ${pid} %`} and d.lease_until is not null
        `;
      },
    });
    expect(result).toMatchObject({ deliveries: 480, kills: 3, endedAlone: 0, lost: 0, changed: 0, unrecorded: 0 });
  });
});
