/** Errors as RFC 9457 problem details: what went wrong, in words a caller can act on, and nothing of the inside. */

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  417: "Expectation Failed",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** Members beside the standard ones: the parameter at fault, what it was and what it may be. */
export interface ProblemMembers {
  readonly parameter?: string;
  readonly was?: string | null;
  readonly accepted?: string;
}

/** An answer other than the one asked for. `message` becomes `detail`. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly members: ProblemMembers;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    detail: string,
    options: { readonly members?: ProblemMembers; readonly headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.status = status;
    this.members = options.members ?? {};
    this.headers = options.headers ?? {};
  }
}

const SHOWN_CHARACTERS = 80;

function shown(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

/** 400 for a parameter: names it, what it was (null: it was not given) and what it may be. */
export function badParameter(parameter: string, was: string | null, accepted: string): Problem {
  const state = was === null ? "it is missing" : `was "${shown(was)}"`;
  return new Problem(400, `Cannot read ${parameter}: ${state}, may be ${accepted}`, {
    members: { parameter, was: was === null ? null : shown(was), accepted },
  });
}

/** What every answer carries against misuse by browsers. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
};

/** The body of a problem as it is sent. `instance` is the path that was asked for. */
export function problemBody(problem: Problem, instance: string | null): string {
  return JSON.stringify({
    type: "about:blank",
    title: TITLES[problem.status] ?? "Error",
    status: problem.status,
    detail: problem.message,
    ...(instance === null ? {} : { instance }),
    ...problem.members,
  });
}

/** The problem as an answer. */
export function problemResponse(problem: Problem, instance: string): Response {
  return new Response(problemBody(problem, instance), {
    status: problem.status,
    headers: {
      ...SECURITY_HEADERS,
      "Content-Type": "application/problem+json",
      "Cache-Control": "no-store",
      ...problem.headers,
    },
  });
}
