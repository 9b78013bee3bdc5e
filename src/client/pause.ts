/**
 * Waits, unless told to stop.
 *
 * @throws the reason of the signal that stopped it
 */
export function pause(ms: number, signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const given = signals.filter((signal) => signal !== undefined);
    const stopped = given.find((signal) => signal.aborted);
    if (stopped !== undefined) {
      reject(stopped.reason);
      return;
    }
    const leave = () => {
      clearTimeout(timer);
      for (const signal of given) signal.removeEventListener("abort", stop);
    };
    const stop = () => {
      leave();
      reject(given.find((signal) => signal.aborted)?.reason);
    };
    const timer = setTimeout(() => {
      leave();
      resolve();
    }, ms);
    for (const signal of given) signal.addEventListener("abort", stop, { once: true });
  });
}
