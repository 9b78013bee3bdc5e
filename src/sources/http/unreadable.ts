import { SourceError } from "./source-error.ts";

/** A row of an answer that could not be read, with the reason; the others are kept. */
export interface UnreadableRow {
  readonly reason: string;
  readonly rowText: string;
}

/**
 * Reads rows one by one: one that cannot be read is put aside. Where that is all of them the answer as a whole is another one than
 * was expected.
 *
 * @throws SourceError of the first row when none can be read
 */
export function readEach<Row, T>(
  rows: readonly Row[],
  read: (row: Row) => T,
): { readonly kept: readonly T[]; readonly rejected: readonly UnreadableRow[] } {
  const kept: T[] = [];
  const rejected: UnreadableRow[] = [];
  let first: SourceError | null = null;
  for (const row of rows) {
    try {
      kept.push(read(row));
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      first ??= error;
      rejected.push({ reason: error.message, rowText: JSON.stringify(row) });
    }
  }
  if (first !== null && kept.length === 0) throw first;
  return { kept, rejected };
}
