import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import {
  type BackupEnd,
  BackupError,
  type BackupHeader,
  BackupReader,
  type BackupTable,
  countRows,
  parseEnd,
  parseHeader,
} from "./backup-format.ts";
import { errorCode } from "./store-error.ts";

const PLACES: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "part of its path is a file",
  EACCES: "this user may not read it",
  EPERM: "this user may not read it",
  EISDIR: "it is a folder",
};

// What zlib says of bytes that were never gzip, were cut off, or were changed.
const NO_GZIP = "Z_DATA_ERROR";
const CUT_OFF = "Z_BUF_ERROR";

function fileError(file: string, error: unknown, begun: boolean): unknown {
  const code = errorCode(error) ?? "";
  const state =
    PLACES[code] ??
    (code === CUT_OFF ? "it is cut off" : null) ??
    (code === NO_GZIP ? (begun ? "it is damaged" : "it is no cutwatch backup") : null);
  return state === null ? error : new BackupError(`Cannot restore ${file}: ${state}`, { cause: error });
}

/** The bytes of the file, decompressed. Their checksum has been verified when they have been read to the end. */
async function* decompressed(file: string): AsyncGenerator<Uint8Array> {
  const source = createReadStream(file);
  const gunzip = createGunzip();
  source.on("error", (error) => gunzip.destroy(error));
  let begun = false;
  try {
    for await (const chunk of source.pipe(gunzip)) {
      begun = true;
      yield chunk as Buffer;
    }
  } catch (error) {
    throw fileError(file, error, begun);
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

/** Takes one table's rows, in chunks of whole rows, to their end. */
export type TakeRows = (table: BackupTable, rows: AsyncGenerator<Buffer>) => Promise<void>;

/**
 * Walks through a backup from its first byte to its last, handing on each table's rows.
 *
 * @throws BackupError when anything is not where it should be
 */
export async function walkBackup(file: string, takeRows: TakeRows): Promise<{ header: BackupHeader; end: BackupEnd }> {
  const damaged = (state: string) => new BackupError(`Cannot restore ${file}: it is damaged, ${state}`);
  const bytes = decompressed(file);
  const reader = new BackupReader(bytes, file);
  try {
    const header = parseHeader((await reader.line()) ?? "", file);
    if (header === null) throw new BackupError(`Cannot restore ${file}: it is no cutwatch backup`);
    for (const described of header.tables) {
      const { table, rows } = described;
      if ((await reader.line()) !== JSON.stringify({ table }))
        throw damaged(`table ${table} is not where it should be`);
      let count = 0;
      const counted = async function* () {
        for await (const chunk of reader.rows()) {
          count += countRows(chunk);
          yield chunk;
        }
      };
      await takeRows(described, counted());
      if (count !== rows) throw damaged(`table ${table} has ${count} rows instead of ${rows}`);
    }
    const end = parseEnd((await reader.line()) ?? "");
    // Reading on to the end of the file is what verifies its checksum.
    if (end === null || (await reader.line()) !== null) throw damaged("its last line is not where it should be");
    return { header, end };
  } finally {
    await bytes.return(undefined);
  }
}
