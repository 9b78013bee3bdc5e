import { z } from "zod";
import { parseJson } from "../http/decode-json.ts";
import type { SourceHttp } from "../http/http.ts";
import { SourceError } from "../http/source-error.ts";
import { sourceUrl } from "../http/source-url.ts";

const SOURCE = "cme-fedwatch";
const PATH = "/as/token.oauth2";
// Given up a minute before it ends, so that it does not end on the way.
const MARGIN_S = 60;
const REFUSED = [400, 401, 403];

const Token = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

/** Client credentials of the FedWatch API, and where they are shown. */
export interface CmeCredentials {
  readonly http: SourceHttp;
  readonly authUrl: string;
  readonly id: string;
  readonly secret: string;
  readonly now: () => Date;
}

/** Gives the access token, a new one when the last has run out or `forget` was called. */
export interface CmeToken {
  readonly get: (signal?: AbortSignal | undefined) => Promise<string>;
  readonly forget: () => void;
}

async function requestToken(credentials: CmeCredentials, signal?: AbortSignal): Promise<z.infer<typeof Token>> {
  const { http, authUrl, id, secret } = credentials;
  const response = await http({
    source: SOURCE,
    url: sourceUrl(authUrl, PATH),
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: "grant_type=client_credentials",
    accept: ["application/json"],
    okStatuses: REFUSED,
    secrets: [secret],
    signal,
  });
  if (REFUSED.includes(response.status)) {
    const message = `Cannot log in to the FedWatch API: answered ${response.status}, CME_FEDWATCH_ID or _SECRET is not accepted`;
    throw new SourceError(SOURCE, message, { status: response.status });
  }
  const parsed = Token.safeParse(parseToken(response.text));
  if (parsed.success) return parsed.data;
  // What came is not shown: it may be the token under another name.
  const fields = parsed.error.issues.map((issue) => issue.path.join(".")).join(", ");
  throw new SourceError(
    SOURCE,
    `Cannot log in to the FedWatch API: expected a token and its life, wrong or absent: ${fields}`,
  );
}

function parseToken(text: string): unknown {
  if (/^\s*\{/.test(text)) return parseJson(SOURCE, text, "the FedWatch API's login");
  throw new SourceError(SOURCE, "Cannot log in to the FedWatch API: expected JSON, got something else");
}

/** Keeps one access token for the process; callers that ask at the same time share one request. */
export function createCmeToken(credentials: CmeCredentials): CmeToken {
  let held: { readonly token: string; readonly endsAtMs: number } | null = null;
  let asked: Promise<string> | null = null;
  const renew = async (signal?: AbortSignal): Promise<string> => {
    const askedMs = credentials.now().getTime();
    const { access_token: token, expires_in: lifeS } = await requestToken(credentials, signal);
    held = { token, endsAtMs: askedMs + (lifeS - Math.min(MARGIN_S, lifeS / 2)) * 1000 };
    return token;
  };
  return {
    forget() {
      held = null;
    },
    async get(signal) {
      if (held !== null && credentials.now().getTime() < held.endsAtMs) return held.token;
      asked ??= renew(signal).finally(() => {
        asked = null;
      });
      return asked;
    },
  };
}
