import { StoreError } from "./store-error.ts";

const LOOK_EVERY_MS = 20;

/** A query of postgres.js, as far as it can be given up. `state` is there once it was sent. */
interface Cancellable {
  readonly state?: unknown;
  cancel(): unknown;
}

function isCancellable(promise: object): promise is Cancellable {
  return "cancel" in promise && typeof promise.cancel === "function";
}

/**
 * Cancels a query on the server, at once or as soon as it is sent. Cancelled before, while its connection is being opened,
 * postgres.js leaves that connection unused for good: a pool of one then answers nothing any more.
 */
function cancelWhenSent<T>(query: PromiseLike<T> & Cancellable): void {
  if (query.state != null) {
    query.cancel();
    return;
  }
  const timer = setInterval(() => {
    if (query.state == null) return;
    clearInterval(timer);
    query.cancel();
  }, LOOK_EVERY_MS);
  timer.unref();
  const stop = (): void => clearInterval(timer);
  query.then(stop, stop);
}

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
      if (isCancellable(promise)) cancelWhenSent(promise);
      reject(new StoreError("deadline", `Cannot ${what}: no answer from the database within ${ms} ms`));
    }, ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
