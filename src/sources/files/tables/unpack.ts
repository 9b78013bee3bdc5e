/** What is inside a file: its text, the members of an archive, the sheet of a workbook; told by the first bytes. */
import { gunzipSync } from "node:zlib";
import { unzipSync } from "fflate";
import { readSheet } from "read-excel-file/node";
import { ImportFileError } from "../import-result.ts";

/** A file or member whose bytes are text, or the rows of a sheet as text. */
export interface Unpacked {
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

// Ten years of daily settlements are 6 MB; a string of V8 ends at 512 MB.
const MAX_BYTES = 256 * 1024 * 1024;
const MAX_MEMBERS = 1_000;
const GZIP = [0x1f, 0x8b];
const ZIP = [0x50, 0x4b, 0x03, 0x04];
const OLD_EXCEL = [0xd0, 0xcf, 0x11, 0xe0];
const PDF = [0x25, 0x50, 0x44, 0x46];

function begins(bytes: Uint8Array, with_: readonly number[]): boolean {
  return with_.every((byte, i) => bytes[i] === byte);
}

/** A cell of a sheet as a CSV would have it. */
function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return "";
  if (cell instanceof Date) {
    const iso = cell.toISOString();
    return iso.endsWith("T00:00:00.000Z") ? iso.slice(0, 10) : iso.slice(0, 19).replace("T", " ");
  }
  const text = String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function sheetOf(fileName: string, bytes: Uint8Array): Promise<Unpacked> {
  let rows: readonly (readonly unknown[])[];
  try {
    rows = await readSheet(Buffer.from(bytes));
  } catch (error) {
    throw new ImportFileError(fileName, null, "the workbook cannot be read: save it again as .xlsx or as CSV", {
      cause: error,
    });
  }
  return { fileName, bytes: Buffer.from(rows.map((row) => row.map(cellText).join(",")).join("\n")) };
}

function membersOf(fileName: string, bytes: Uint8Array): Record<string, Uint8Array> {
  let total = 0;
  let count = 0;
  try {
    return unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        const isData = !name.endsWith("/") && !/(^|\/)(\.|__MACOSX)/.test(name);
        if (!isData) return false;
        total += originalSize;
        count += 1;
        if (total > MAX_BYTES || count > MAX_MEMBERS) {
          const state = `its members are more than ${MAX_BYTES} bytes or ${MAX_MEMBERS} files: unpack it and import the parts`;
          throw new ImportFileError(fileName, null, state);
        }
        return true;
      },
    });
  } catch (error) {
    if (error instanceof ImportFileError) throw error;
    throw new ImportFileError(fileName, null, "the archive is damaged, or sealed by a password: unpack it first", {
      cause: error,
    });
  }
}

/**
 * The files inside a file: itself, what a gzip holds, each member of a zip, the first sheet of an .xlsx.
 *
 * @throws ImportFileError for an archive that cannot be opened or holds more than 256 MB, an old Excel file, a PDF
 */
export async function unpack(fileName: string, bytes: Uint8Array): Promise<Unpacked[]> {
  if (begins(bytes, GZIP)) {
    let inner: Uint8Array;
    try {
      inner = gunzipSync(bytes, { maxOutputLength: MAX_BYTES });
    } catch (error) {
      const state = `the gzip is damaged or holds more than ${MAX_BYTES} bytes`;
      throw new ImportFileError(fileName, null, state, { cause: error });
    }
    return unpack(fileName.replace(/\.gz$/i, ""), inner);
  }
  if (begins(bytes, OLD_EXCEL)) {
    throw new ImportFileError(
      fileName,
      null,
      "an Excel file of the form before 2007 or a sealed one: save it as .xlsx or CSV",
    );
  }
  if (begins(bytes, PDF)) throw new ImportFileError(fileName, null, "a PDF: download the data as CSV or .xlsx");
  if (!begins(bytes, ZIP)) return [{ fileName, bytes }];
  const members = membersOf(fileName, bytes);
  if (Object.hasOwn(members, "xl/workbook.xml")) return [await sheetOf(fileName, bytes)];
  const parts: Unpacked[] = [];
  for (const [name, member] of Object.entries(members)) parts.push(...(await unpack(`${fileName}/${name}`, member)));
  if (parts.length === 0) throw new ImportFileError(fileName, null, "the archive is empty");
  return parts;
}
