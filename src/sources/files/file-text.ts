import { ImportFileError } from "./import-result.ts";

// Ten years of daily settlements are 6 MB; a string of V8 ends at 512 MB.
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * A file's bytes as text: UTF-8 with or without a byte-order mark.
 *
 * @throws ImportFileError for an empty file, UTF-16, other bytes that are no text, an HTML page, or more than 256 MB
 */
export function decodeText(fileName: string, bytes: Uint8Array): string {
  if (bytes.length > MAX_BYTES) {
    throw new ImportFileError(fileName, null, `${bytes.length} bytes, accepted up to ${MAX_BYTES}`);
  }
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new ImportFileError(fileName, null, "the text is UTF-16, accepted is UTF-8: save it again as UTF-8");
  }
  if (bytes.includes(0)) {
    throw new ImportFileError(
      fileName,
      null,
      "the file is binary or UTF-16 (it has zero bytes), accepted is UTF-8 text",
    );
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new ImportFileError(fileName, null, "the bytes are no UTF-8 text: save it again as UTF-8", { cause: error });
  }
  const start = text.trimStart().slice(0, 1);
  if (start === "") throw new ImportFileError(fileName, null, "the file is empty");
  if (start === "<") {
    throw new ImportFileError(fileName, 1, "an HTML or XML page stands where data should: download the data itself");
  }
  return text;
}
