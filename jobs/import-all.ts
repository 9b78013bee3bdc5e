import type { Sql } from "postgres";
import { ImportFileError } from "../src/sources/files/import-result.ts";
import { unpack } from "../src/sources/files/tables/unpack.ts";
import { type FileToImport, type ImportSummary, importFile } from "./import-file.ts";

/** What became of one file, or of one member of an archive. */
export interface ImportedFile {
  readonly fileName: string;
  /** null: it was refused as a whole */
  readonly summary: ImportSummary | null;
  /** why it was; null: it was not */
  readonly refusal: ImportFileError | null;
}

/**
 * Imports a file with all that is inside it, each member by itself: one that cannot be used costs only itself.
 *
 * @returns in the order of the archive; a plain file gives one
 */
export async function importAll(sql: Sql, file: FileToImport, now: () => Date): Promise<ImportedFile[]> {
  const done: ImportedFile[] = [];
  let current = file.fileName;
  try {
    for (const part of await unpack(file.fileName, file.bytes)) {
      current = part.fileName;
      try {
        done.push({ fileName: current, summary: await importFile(sql, { ...file, ...part }, now), refusal: null });
      } catch (error) {
        if (!(error instanceof ImportFileError)) throw error;
        done.push({ fileName: current, summary: null, refusal: error });
      }
    }
  } catch (error) {
    if (!(error instanceof ImportFileError)) throw error;
    done.push({ fileName: current, summary: null, refusal: error });
  }
  return done;
}
