import { StoreError } from "./store-error.ts";

/**
 * The outcome of `promise`, or an error once `ms` milliseconds have passed without one. A query of
 * postgres.js is also cancelled on the server.
 *
 * postgres.js can wait for ever when a server closes the connection while it starts up, and
 * `statement_timeout` counts only once the server has the statement, so every query needs this.
 *
 * @param what the action in words, for the message: "read the newest snapshot"
 * @throws StoreError `deadline`
 */
export async function withDeadline<T>(promise: PromiseLike<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      if ("cancel" in promise && typeof promise.cancel === "function") promise.cancel();
      reject(new StoreError("deadline", `Cannot ${what}: no answer from the database within ${ms} ms`));
    }, ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
