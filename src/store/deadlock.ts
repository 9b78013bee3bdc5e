import { errorCode } from "./store-error.ts";

const TRIES = 3;

/**
 * Does a transaction again that Postgres ended because it and another waited for each other: one of the two is let through,
 * the other has changed nothing.
 *
 * @param work a whole transaction, which may be done from its beginning any number of times
 * @throws whatever `work` throws, a third deadlock in a row too
 */
export async function againAtDeadlock<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (errorCode(error) !== "40P01" || tries === TRIES) throw error;
    }
  }
}
