/** Import of 80,653 settlements against a raw COPY of the same rows into the same table. */
import { readFile } from "node:fs/promises";
import type { Sql } from "postgres";
import { importFile } from "../jobs/import-file.ts";
import { loadBuiltInMeetings } from "../jobs/load-built-in.ts";
import { copyIn } from "../src/store/copy.ts";
import { ensureMonths } from "../src/store/write.ts";
import { historyFile, median, report, timeMs, withDatabase } from "./measure.ts";

const ROUNDS = 5;
const COLUMNS =
  "trade_date, contract_month, as_of, recorded_at, grid, basis, source, price, open, high, low, volume, open_interest, flags, is_sample, payload_id";

const path = historyFile("zq_settle_2015_2022.csv");
const bytes = await readFile(path);
const file = {
  fileName: "zq_settle_2015_2022.csv",
  bytes,
  kind: "settlements",
  options: {},
  dryRun: false,
  again: false,
} as const;

async function empty(sql: Sql): Promise<void> {
  await sql`truncate cutwatch.futures_quotes, cutwatch.imports, cutwatch.source_payloads, cutwatch.quarantine, cutwatch.snapshot_requests cascade`;
  await sql`checkpoint`;
}

await withDatabase(async (sql) => {
  await loadBuiltInMeetings(sql, () => new Date());
  // Partitions stay when a table is emptied: neither side pays for making them.
  await ensureMonths(sql, ["futures_quotes"], "2015-01-01", "2022-12-31");
  const summary = await importFile(sql, file, () => new Date());
  const text: string[] = [];
  await sql`copy (select ${sql.unsafe(COLUMNS)} from cutwatch.futures_quotes order by id) to stdout`
    .readable()
    .then(async (stream) => {
      for await (const chunk of stream) text.push(String(chunk));
    });
  const ours: number[] = [];
  const raw: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await empty(sql);
    raw.push(
      await timeMs(() => sql.begin((tx) => copyIn(tx, `copy cutwatch.futures_quotes (${COLUMNS}) from stdin`, text))),
    );
    await empty(sql);
    ours.push(await timeMs(() => importFile(sql, file, () => new Date())));
  }
  console.log(`${summary.rowsRead} rows read, ${summary.stored} stored, medians of ${ROUNDS} alternating rounds`);
  report("import", median(ours), "ms", { what: "raw COPY", figure: median(raw) });
});
