import { SourceError } from "./source-error.ts";

// Five exchanges in a row without a proper answer, then a minute of peace: a strip of 18 months asked of a
// dead host would otherwise wait 18 x 3 x 15 s, 13 minutes.
const FAILURES_UNTIL_CLOSED = 5;
const CLOSED_MS = 60_000;
// A host may ask to be left alone; an hour at most is believed.
const LONGEST_CLOSED_MS = 3_600_000;

interface HostState {
  nextAtMs: number;
  failures: number;
  closedUntilMs: number;
}

/** Keeps requests to one host apart, and leaves a host alone that fails or asks for it. */
export interface HostGate {
  /** @throws SourceError while the host is left alone */
  readonly enter: (source: string, host: string, spacingMs: number) => Promise<void>;
  readonly answered: (host: string) => void;
  readonly failed: (host: string) => void;
  readonly close: (host: string, forMs: number) => void;
}

/** One gate a process: its memory is the spacing. `sleep` and `now` are the process's clock, or a test's. */
export function createHostGate(clock: { sleep: (ms: number) => Promise<void>; now: () => Date }): HostGate {
  const hosts = new Map<string, HostState>();
  const stateOf = (host: string): HostState => {
    const state = hosts.get(host) ?? { nextAtMs: 0, failures: 0, closedUntilMs: 0 };
    hosts.set(host, state);
    return state;
  };
  const close = (host: string, forMs: number): void => {
    const state = stateOf(host);
    state.closedUntilMs = Math.max(state.closedUntilMs, clock.now().getTime() + Math.min(forMs, LONGEST_CLOSED_MS));
  };
  return {
    close,
    async enter(source, host, spacingMs) {
      const state = stateOf(host);
      const nowMs = clock.now().getTime();
      if (nowMs < state.closedUntilMs) {
        const until = new Date(state.closedUntilMs).toISOString();
        throw new SourceError(source, `Cannot ask ${host}: it failed or asked for a pause, left alone until ${until}`, {
          retryable: true,
        });
      }
      const atMs = Math.max(nowMs, state.nextAtMs);
      state.nextAtMs = atMs + spacingMs;
      if (atMs > nowMs) await clock.sleep(atMs - nowMs);
    },
    answered(host) {
      stateOf(host).failures = 0;
    },
    failed(host) {
      const state = stateOf(host);
      state.failures += 1;
      if (state.failures >= FAILURES_UNTIL_CLOSED) close(host, CLOSED_MS);
    },
  };
}
