/** What is known of the market while one watches: read at the start, at each announcement, and every so often besides. */
import { type Client, type FeedItem, ProblemError, type Source, type StreamState } from "../client/client.ts";
import { type NowView, readNow } from "./now-view.ts";

/**
 * A look that follows an announcement may find the answer of the second before: where announcements do not reach the server
 * it keeps its answers that long, and a replica may be behind. What is recorded while a connection is being made may be told
 * neither by the look at its beginning nor by the stream. So one looks again a moment later.
 */
const SETTLED_MS = 3_000;

/** Told of what changes. */
export interface Listener {
  /** a reading other than the last one, or the first; null: there are no odds yet */
  readonly onView: (view: NowView | null) => void;
  readonly onAlert: (item: FeedItem) => void;
  readonly onSource: (source: Source) => void;
  /** null: it has passed */
  readonly onTrouble: (trouble: string | null) => void;
}

export interface WatchOptions {
  readonly meeting: string | undefined;
  readonly intervalMs: number;
  readonly signal: AbortSignal;
}

function isAbsent(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 404 && error.parameter === null;
}

/** The view; null where nothing is stored yet. */
export async function firstView(client: Client, meeting: string | undefined): Promise<NowView | null> {
  try {
    return await readNow(client, { meeting });
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** What of a view makes it another one. Its age is not of it. */
function sameView(a: NowView | null, b: NowView | null): boolean {
  // Answers that did not change are the same objects.
  if (a === null || b === null) return a === b;
  return a.odds === b.odds && a.repricings === b.repricings && a.shifts.every((shift, i) => shift === b.shifts[i]);
}

function waitText({ error, waitMs }: Extract<StreamState, { state: "waiting" }>): string {
  return `${error.message}; again in ${Math.ceil(waitMs / 1_000)} s`;
}

/**
 * Watches until the signal ends it.
 *
 * @param first what was read before
 * @throws ProblemError for what would be refused again
 */
export async function watchMarket(
  client: Client,
  first: NowView | null,
  { meeting, intervalMs, signal }: WatchOptions,
  listener: Listener,
): Promise<void> {
  let last = first;
  let looking: Promise<void> | null = null;
  let again = false;
  const look = async () => {
    try {
      const view = await firstView(client, meeting);
      if (signal.aborted) return;
      listener.onTrouble(null);
      if (!sameView(view, last)) listener.onView(view);
      last = view;
    } catch (error) {
      if (!signal.aborted) listener.onTrouble(error instanceof Error ? error.message : String(error));
    }
  };
  // One look at a time; what is announced during one makes another.
  const lookSoon = () => {
    if (looking !== null) {
      again = true;
      return;
    }
    looking = look().finally(() => {
      looking = null;
      if (!again || signal.aborted) return;
      again = false;
      lookSoon();
    });
  };
  listener.onView(first);
  const timer = setInterval(lookSoon, intervalMs);
  let settled: ReturnType<typeof setTimeout> | undefined;
  const lookTwice = () => {
    lookSoon();
    clearTimeout(settled);
    settled = setTimeout(lookSoon, SETTLED_MS);
  };
  try {
    const onState = (state: StreamState) => {
      if (state.state === "waiting") listener.onTrouble(waitText(state));
      else lookTwice();
    };
    for await (const told of client.stream({ onState, signal })) {
      if (told.event === "alert") listener.onAlert(told.data);
      if (told.event === "source") listener.onSource(told.data);
      else lookTwice();
    }
  } finally {
    clearInterval(timer);
    clearTimeout(settled);
    await looking;
  }
}
