/** A signal with a time limit. */
export interface LimitedSignal {
  readonly signal: AbortSignal;
  /** The time begins anew. */
  readonly again: () => void;
  /** What it waits for has come: nothing is kept of it. */
  readonly release: () => void;
}

/**
 * A signal that others end, or time does. Unlike `AbortSignal.any` it leaves nothing behind in a signal that lives as long
 * as the process.
 */
export function limitedSignal(others: readonly AbortSignal[], ms: number): LimitedSignal {
  const controller = new AbortController();
  const stop = () => controller.abort();
  let timer = setTimeout(stop, ms);
  for (const other of others) {
    if (other.aborted) stop();
    other.addEventListener("abort", stop, { once: true });
  }
  return {
    signal: controller.signal,
    again: () => {
      clearTimeout(timer);
      timer = setTimeout(stop, ms);
    },
    release: () => {
      clearTimeout(timer);
      for (const other of others) other.removeEventListener("abort", stop);
    },
  };
}
