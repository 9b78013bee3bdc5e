/** How much of an answer is kept. */
export const KEPT_BYTES = 1024;

/**
 * What a receiver answered, as text that can be stored and shown: at most its first KiB, without control characters other than
 * tab and line ends (Postgres refuses NUL, and a terminal obeys ESC). Bytes that are no UTF-8 become U+FFFD.
 */
export function answerText(bytes: Uint8Array): string {
  if (bytes.length === 0) return "";
  // As a stream, a letter that is cut off at the end is left out instead of shown as broken.
  return cleanText(new TextDecoder("utf-8").decode(bytes.subarray(0, KEPT_BYTES), { stream: true }));
}

/** Text from outside without control characters other than tab and line ends. */
export function cleanText(text: string): string {
  return text.replace(/(?![\t\n\r])\p{Cc}/gu, "");
}
