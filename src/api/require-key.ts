/** An API that answers only those who have a key. */
import { Hono } from "hono";
import type { Authenticator } from "./auth.ts";
import { problemOf } from "./failure.ts";
import { problemPage } from "./page/problem-page.ts";
import { problemResponse } from "./problem.ts";
import type { Trusted } from "./write.ts";

// What watches over the process has no key; what tells how to ask, and the page's files, are the same for everybody.
const OPEN = /^\/(healthz|readyz|openapi\.json|docs|assets\/.*)$/;

/**
 * The app, for callers with a key of any scope: Bearer, or HTTP Basic with the key as password, which is how a browser asks
 * for it. A wrapper and not middleware: without it, an answer in memory goes out in the turn its request came in.
 */
export function behindKeys(
  app: Hono,
  authenticator: Authenticator,
  report: (error: unknown, path: string) => void,
): Hono {
  const outer = new Hono();
  outer.all("*", async (c) => {
    // Preflights carry no key, and are told nothing but which methods there are.
    const isOpen = OPEN.test(c.req.path) || c.req.method === "OPTIONS";
    const isTrusted = (c.env as Trusted | undefined)?.identity !== undefined;
    if (!isOpen && !isTrusted) await authenticator.identify(c.req.raw.headers, "bearer or basic");
    return app.fetch(c.req.raw, c.env);
  });
  outer.onError((error, c) => {
    const problem = problemOf(error);
    if (problem.status === 500) report(error, c.req.path);
    // Shown when the browser's dialog is dismissed.
    const isShown = problem.status === 401 && (c.req.header("accept") ?? "").includes("text/html");
    return isShown ? problemPage(problem) : problemResponse(problem, c.req.path);
  });
  return outer;
}
