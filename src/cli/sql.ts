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
  return withStore(shell, { command: "sql" }, async ({ sql }) => {
    const writer = writerFor(options);
    const onRows = (batch: QueryRows) => shell.out.write(writer.rows(batch));
    await runQuery(sql, text, { asReader: options.role === "reader", onRows }).catch((error: unknown) => {
      throw refusal(error);
    });
    shell.out.write(writer.end());
    return 0;
  });
}
