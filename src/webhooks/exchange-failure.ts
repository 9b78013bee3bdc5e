import { cleanText } from "./answer-text.ts";

const LONGEST = 200;

const STATES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection closed before an answer",
  EPIPE: "connection closed before an answer",
  EHOSTUNREACH: "host unreachable",
  ENETUNREACH: "network unreachable",
  ETIMEDOUT: "connection timed out",
  EPROTO: "no TLS handshake",
  HPE_HEADER_OVERFLOW: "answer with headers over 16 KiB",
  ERR_TLS_CERT_ALTNAME_INVALID: "certificate for another host",
  CERT_HAS_EXPIRED: "certificate expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "certificate that nobody vouches for",
  SELF_SIGNED_CERT_IN_CHAIN: "certificate that nobody vouches for",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificate that nobody vouches for",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "certificate that nobody vouches for",
};

/**
 * Why an exchange failed, in one line for the delivery log. Known codes have words of ours; other messages may hold text of the
 * other side, so they are cut and cleaned.
 */
export function failureText(error: unknown): string {
  if (typeof error === "string") return error;
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  const known = STATES[code];
  if (known !== undefined) return known;
  if (code.startsWith("ERR_SSL_")) return `no TLS handshake (${code})`;
  if (code.startsWith("HPE_")) return `answer that is not HTTP (${code})`;
  const message = cleanText(error instanceof Error ? error.message : String(error)).replace(/\s+/g, " ");
  return (code === "" || message.includes(code) ? message : `${message} (${code})`).slice(0, LONGEST);
}
