/** What the API refused, in its own words (RFC 9457). `message` is `detail`. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  /** HTTP status */
  readonly status: number;
  readonly detail: string;
  /** the parameter or member of the body at fault; null: none is */
  readonly parameter: string | null;
  /** what it was; null: it was not given, or none is at fault */
  readonly was: string | null;
  /** what it may be */
  readonly accepted: string | null;
  /** seconds after which to ask again, as the server said; null: it did not */
  readonly retryAfterS: number | null;
  /** what was asked, such as `GET /v1/probabilities` */
  readonly request: string;

  constructor(
    detail: string,
    about: {
      readonly status: number;
      readonly request: string;
      readonly parameter?: string | null;
      readonly was?: string | null;
      readonly accepted?: string | null;
      readonly retryAfterS?: number | null;
    },
  ) {
    super(detail);
    this.status = about.status;
    this.detail = detail;
    this.parameter = about.parameter ?? null;
    this.was = about.was ?? null;
    this.accepted = about.accepted ?? null;
    this.retryAfterS = about.retryAfterS ?? null;
    this.request = about.request;
  }
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** Seconds of `Retry-After`, which is a count or a date. Null: absent, or neither. */
function retryAfterS(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header);
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? null : Math.max(0, Math.ceil((atMs - nowMs) / 1_000));
}

/** The error that an answer tells of. A proxy between may answer with something that is no problem of the API's. */
export async function problemOf(response: Response, request: string, nowMs: number): Promise<ProblemError> {
  const text = await response.text();
  const about = {
    status: response.status,
    request,
    retryAfterS: retryAfterS(response.headers.get("retry-after"), nowMs),
  };
  const otherwise = `Cannot ${request}: the answer was ${`${response.status} ${response.statusText}`.trim()}`;
  if (!/^application\/(problem\+)?json\b/.test(response.headers.get("content-type") ?? "")) {
    return new ProblemError(otherwise, about);
  }
  const members = membersOf(text);
  return new ProblemError(textOf(members.detail) ?? otherwise, {
    ...about,
    parameter: textOf(members.parameter),
    was: textOf(members.was),
    accepted: textOf(members.accepted),
  });
}

function membersOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {}; // the status says what there is to say
  }
}
