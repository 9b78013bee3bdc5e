/** Whether the process lives, and whether it can answer. */
import { SECURITY_HEADERS } from "./problem.ts";

// Readiness must be false within 2 s of the database's loss.
const READY_WITHIN_MS = 1_500;

function health(status: number, body: object): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      ...SECURITY_HEADERS,
      "Content-Type": "application/json",
      "Cache-Control": "no-store",
      ...(status === 503 ? { "Retry-After": "2" } : {}),
    },
  });
}

/** Alive: answers as long as the process can, and never asks the database. */
export function liveness(version: string): Response {
  return health(200, { status: "ok", version });
}

/** Ready: the database answers within 1.5 s. */
export async function readiness(isReady: () => Promise<boolean>): Promise<Response> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), READY_WITHIN_MS);
  });
  const answered = isReady().catch(() => false); // an error of the check is an answer: not ready
  const ready = await Promise.race([answered, late]);
  clearTimeout(timer);
  return ready
    ? health(200, { status: "ready" })
    : health(503, { status: "not_ready", detail: "the database does not answer" });
}
