import { openDatabase } from "../store/connect.ts";
import { type QueryRows, runQuery } from "../store/run-query.ts";
import { UsageError } from "./failure.ts";
import { csvWriter, jsonWriter, type RowWriter, tableWriter } from "./query-output.ts";
import type { Role } from "./reader-role.ts";
import type { Shell } from "./shell.ts";
import { withStore } from "./with-store.ts";

export interface SqlCommandOptions {
  readonly role: Role;
  readonly json: boolean;
  readonly csv: boolean;
}

/** Statements that run code of their own, in which a session could find its way back to the owner. */
const RUNS_CODE = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(do|copy|call)\b/i;

function writerFor(options: SqlCommandOptions): RowWriter {
  if (options.json) return jsonWriter();
  return options.csv ? csvWriter() : tableWriter();
}

/** What Postgres says, on one line. */
function refusal(error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof Error && "hint" in error && typeof error.hint === "string" ? `; ${error.hint}` : "";
  return new Error(`Cannot run this query: ${message}${hint}`, { cause: error });
}

/** Runs one query, which cannot write, and prints its rows as they come. */
export async function sqlCommand(shell: Shell, query: string, options: SqlCommandOptions): Promise<number> {
  if (options.json && options.csv) throw new UsageError("Cannot print both --json and --csv: give one of them");
  const text = query === "-" ? await shell.readStdin() : query;
  if (text.trim() === "")
    throw new UsageError('Cannot run this query: it is empty; such as "select * from review.odds"');
  const runs = RUNS_CODE.exec(text)?.[1];
  if (runs !== undefined)
    throw new UsageError(`Cannot run this query: ${runs.toLowerCase()} is not one that only reads`);
  return withStore(shell, { command: "sql" }, async (store) => {
    // The embedded reader logs in by itself: from an owner's session a query could find its way back to the owner.
    const reader =
      store.embedded && options.role === "reader"
        ? await openDatabase({
            url: store.url("reader"),
            applicationName: "cutwatch sql",
            max: 1,
            statementTimeoutMs: 0,
          })
        : null;
    const sql = reader?.sql ?? store.sql;
    const writer = writerFor(options);
    const onRows = (batch: QueryRows) => shell.out.write(writer.rows(batch));
    await runQuery(sql, text, { asReader: options.role === "reader" && reader === null, onRows })
      .catch((error: unknown) => {
        throw refusal(error);
      })
      .finally(() => reader?.close());
    shell.out.write(writer.end());
    return 0;
  });
}
