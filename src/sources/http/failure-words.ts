/** What a failure means for the person who reads it, and what to do. */

/** The deepest reason a failed fetch gives: `ECONNREFUSED` rather than "fetch failed". */
function reasonOf(error: unknown): { readonly code: string | null; readonly message: string } {
  let at: unknown = error;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  if (!(at instanceof Error)) return { code: null, message: String(at) };
  return { code: "code" in at && typeof at.code === "string" ? at.code : null, message: at.message };
}

const UNKNOWN_ISSUER =
  "its certificate is signed by an authority that this machine does not know; behind a company's proxy set NODE_EXTRA_CA_CERTS to the file of the proxy's certificate";

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: "the name cannot be resolved; is there a network?",
  EAI_AGAIN: "the name cannot be resolved; is there a network?",
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
  ENETUNREACH: "no network leads there",
  EHOSTUNREACH: "no network leads there",
  ETIMEDOUT: "it does not answer",
  UND_ERR_CONNECT_TIMEOUT: "it does not answer",
  CERT_HAS_EXPIRED: "its certificate has expired; is this machine's clock right?",
  CERT_NOT_YET_VALID: "its certificate is not valid yet; is this machine's clock right?",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_ISSUER,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_ISSUER,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_ISSUER,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_ISSUER,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_ISSUER,
};

/** A fault of the network in words: what happened, the code in brackets, and what to do where that is known. */
export function networkWords(hostname: string, error: unknown): string {
  const { code, message } = reasonOf(error);
  if (code === null) return message;
  const words = WORDS[code];
  return words === undefined ? code : `${words} (${code}, ${hostname})`;
}

/** What to do about a status; null where nothing is known that helps. */
export function refusalWords(source: string, status: number): string | null {
  const off = `CUTWATCH_SOURCES_OFF=${source} leaves it out`;
  if (status === 401) return "is the key right?";
  if (status === 403) return `it does not serve this machine or this key; ${off}`;
  if (status === 451) return `it does not serve this country; ${off}`;
  return null;
}
