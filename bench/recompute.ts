/** Settlements of 2015 to 2022 to stored odds: about 2,000 days, 16 meetings each, with bands. */
import { readFile } from "node:fs/promises";
import { importFile } from "../jobs/import-file.ts";
import { loadBuiltInMeetings } from "../jobs/load-built-in.ts";
import { snapshotPeriod } from "../jobs/snapshot-odds.ts";
import { historyFile, median, report, timeMs, withDatabase } from "./measure.ts";

const LIMIT_S = 10;
const ROUNDS = 3;

const bytes = await readFile(historyFile("zq_settle_2015_2022.csv"));

await withDatabase(async (sql) => {
  const now = () => new Date();
  await loadBuiltInMeetings(sql, now);
  const file = {
    fileName: "zq_settle_2015_2022.csv",
    bytes,
    kind: "settlements",
    options: {},
    dryRun: false,
    again: false,
  } as const;
  await importFile(sql, file, now);
  const figures: number[] = [];
  let stored = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await sql`truncate cutwatch.snapshots, cutwatch.meeting_readings, cutwatch.meeting_probabilities cascade`;
    const ms = await timeMs(async () => {
      stored = (await snapshotPeriod({ sql, now }, "2015-01-01", "2022-12-31")).stored;
    });
    figures.push(ms / 1000);
  }
  const again = await timeMs(() => snapshotPeriod({ sql, now }, "2015-01-01", "2022-12-31"));
  const [rows] = await sql<{ readings: number; outcomes: number }[]>`
    select (select count(*)::integer from cutwatch.meeting_readings) as readings,
      (select count(*)::integer from cutwatch.meeting_probabilities) as outcomes
  `;
  console.log(
    `${stored} snapshots, ${rows?.readings} readings, ${rows?.outcomes} outcomes, median of ${ROUNDS} rounds`,
  );
  report("recompute to stored snapshots", median(figures), "s", { what: "limit", figure: LIMIT_S });
  console.log(`the same again, nothing new to store: ${(again / 1000).toFixed(2)} s`);
});
