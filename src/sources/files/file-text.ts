import { ImportFileError } from "./import-result.ts";

// Ten years of daily settlements are 6 MB; a string of V8 ends at 512 MB.
const MAX_BYTES = 256 * 1024 * 1024;

function textOf(fileName: string, bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  if (bytes.includes(0)) {
    // Excel's "Unicode text" without its mark: every other byte of plain letters is zero.
    if (second === 0 && bytes.length % 2 === 0) return new TextDecoder("utf-16le").decode(bytes);
    throw new ImportFileError(
      fileName,
      null,
      "the file is binary (it has zero bytes), accepted are text, .xlsx, .zip and .gz",
    );
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // Spreadsheets of Western Europe still write this; a price, a date and a contract's name are the same in both.
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/**
 * A file's bytes as text: UTF-8 or UTF-16, with or without a byte-order mark, or else Windows-1252.
 *
 * @throws ImportFileError for an empty file, bytes that are no text, an HTML page, or more than 256 MB
 */
export function decodeText(fileName: string, bytes: Uint8Array): string {
  if (bytes.length > MAX_BYTES) {
    throw new ImportFileError(fileName, null, `${bytes.length} bytes, accepted up to ${MAX_BYTES}`);
  }
  const text = textOf(fileName, bytes);
  const start = text.trimStart().slice(0, 1);
  if (start === "") throw new ImportFileError(fileName, null, "the file is empty");
  if (start === "<") {
    throw new ImportFileError(fileName, 1, "an HTML or XML page stands where data should: download the data itself");
  }
  return text;
}
