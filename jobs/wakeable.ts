/** Something that is done again and again: after the time it asks for, or sooner when it is woken. */
export interface Wakeable {
  wake(): void;
  /** does it no more; resolves when it is not under way any longer */
  stop(): Promise<void>;
}

/**
 * Does `look` now, and again when its wait is over or {@link Wakeable.wake} is called, whichever is first.
 *
 * @param look never throws; is told whether it was woken, or its time had come; returns how long to wait, in ms
 * @param gapMs the shortest wait between two looks
 */
export function startWakeable(look: (woken: boolean) => Promise<number>, gapMs: number): Wakeable {
  let stopped = false;
  let woken = true;
  let ring: (() => void) | null = null;

  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      ring = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const run = async (): Promise<void> => {
    while (!stopped) {
      const wasWoken = woken;
      woken = false;
      const waitMs = await look(wasWoken);
      if (stopped) return;
      await new Promise((resolve) => setTimeout(resolve, gapMs));
      if (!woken && !stopped) await wait(Math.max(0, waitMs - gapMs));
      ring = null;
    }
  };
  const ended = run();
  return {
    wake() {
      woken = true;
      ring?.();
    },
    async stop() {
      stopped = true;
      ring?.();
      await ended;
    },
  };
}
