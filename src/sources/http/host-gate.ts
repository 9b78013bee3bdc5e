import { SourceError } from "./source-error.ts";

// Five exchanges in a row without a proper answer, then a minute of peace: a strip of 18 months asked of a
// dead host would otherwise wait 18 x 3 x 15 s, 13 minutes.
const FAILURES_UNTIL_CLOSED = 5;
const CLOSED_MS = 60_000;
// A host may ask to be left alone; an hour at most is believed.
const LONGEST_CLOSED_MS = 3_600_000;
// A host that refuses us keeps refusing for minutes however slowly we ask (Yahoo: more than 15 after some 40 requests in 40
// minutes), so each refusal in a row doubles the silence.
const SILENCES_MS = [15, 30, 60].map((minutes) => minutes * 60_000);

/** A host that is left alone. */
export interface HostPause {
  readonly until: Date;
  /** how many refusals in a row there were before this one */
  readonly step: number;
  /** the host's own words */
  readonly reason: string;
}

/** Where pauses are kept beyond this process. */
export interface PauseStore {
  readonly read: (host: string) => Promise<HostPause | null>;
  /** null: the host answered again */
  readonly write: (host: string, pause: HostPause | null) => Promise<void>;
}

interface HostState {
  nextAtMs: number;
  failures: number;
  /** after failures of the network: not worth keeping */
  closed: { readonly untilMs: number; readonly reason: string } | null;
}

/** Keeps requests to one host apart, and leaves a host alone that fails or asks for it. */
export interface HostGate {
  /** @throws SourceError while the host is left alone, with the reason it gave */
  readonly enter: (source: string, host: string, spacingMs: number) => Promise<void>;
  readonly answered: (host: string) => Promise<void>;
  readonly failed: (host: string, reason: string) => void;
  /** Leaves the host alone: for the time it asks for, otherwise for 15, 30, 60 minutes. */
  readonly refused: (host: string, reason: string, forMs: number | null) => Promise<void>;
}

/** Keeps pauses in this process alone. */
export function pausesInMemory(): PauseStore {
  const pauses = new Map<string, HostPause>();
  return {
    read: async (host) => pauses.get(host) ?? null,
    write: async (host, pause) => {
      if (pause === null) pauses.delete(host);
      else pauses.set(host, pause);
    },
  };
}

function clockText(at: Date): string {
  return `${at.toISOString().slice(11, 16)} UTC`;
}

/** One gate a process: its memory is the spacing. `sleep` and `now` are the process's clock, or a test's. */
export function createHostGate(
  clock: { sleep: (ms: number) => Promise<void>; now: () => Date },
  pauses: PauseStore,
): HostGate {
  const hosts = new Map<string, HostState>();
  const stateOf = (host: string): HostState => {
    const state = hosts.get(host) ?? { nextAtMs: 0, failures: 0, closed: null };
    hosts.set(host, state);
    return state;
  };
  const paused = (source: string, host: string, until: Date, reason: string): SourceError =>
    new SourceError(source, `Left ${host} alone until ${clockText(until)}: ${reason}`, { retryable: true });
  return {
    async enter(source, host, spacingMs) {
      const state = stateOf(host);
      const nowMs = clock.now().getTime();
      if (state.closed !== null && nowMs < state.closed.untilMs) {
        throw paused(source, host, new Date(state.closed.untilMs), state.closed.reason);
      }
      const pause = await pauses.read(host);
      if (pause !== null && nowMs < pause.until.getTime()) throw paused(source, host, pause.until, pause.reason);
      const atMs = Math.max(nowMs, state.nextAtMs);
      state.nextAtMs = atMs + spacingMs;
      if (atMs > nowMs) await clock.sleep(atMs - nowMs);
    },
    async answered(host) {
      const state = stateOf(host);
      state.failures = 0;
      state.closed = null;
      if ((await pauses.read(host)) !== null) await pauses.write(host, null);
    },
    failed(host, reason) {
      const state = stateOf(host);
      state.failures += 1;
      if (state.failures >= FAILURES_UNTIL_CLOSED) {
        state.closed = { untilMs: clock.now().getTime() + CLOSED_MS, reason };
      }
    },
    async refused(host, reason, forMs) {
      const nowMs = clock.now().getTime();
      const before = await pauses.read(host);
      // Another process was refused at the same time: that is one refusal.
      if (before !== null && before.until.getTime() > nowMs) return;
      const step = before === null ? 0 : before.step + 1;
      const silenceMs = forMs ?? SILENCES_MS[Math.min(step, SILENCES_MS.length - 1)] ?? 0;
      const until = new Date(nowMs + Math.min(silenceMs, LONGEST_CLOSED_MS));
      await pauses.write(host, { until, step, reason: `${reason} (at ${clockText(clock.now())})` });
    },
  };
}
