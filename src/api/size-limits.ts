/** Requests that are refused by their size alone, before anybody reads them. */
import { Problem } from "./problem.ts";

const LONGEST_URL = 4_096;
const LARGEST_BODY = 65_536;

/**
 * @param url as sent
 * @param contentLength of the body, as declared; what is not declared is counted by who reads the body
 * @returns null for a request that may be answered
 */
export function oversized(url: string, contentLength: string | undefined): Problem | null {
  if (url.length > LONGEST_URL) {
    return new Problem(414, `Cannot read the address: it has ${url.length} characters, may have ${LONGEST_URL}`);
  }
  if (contentLength !== undefined && Number(contentLength) > LARGEST_BODY) {
    return new Problem(413, `Cannot read the body: it has ${contentLength} bytes, may have ${LARGEST_BODY}`);
  }
  return null;
}
