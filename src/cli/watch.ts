import type { FeedItem } from "../client/client.ts";
import { type Client, ConnectionError, createClient } from "../client/client.ts";
import { publicUrl, readConfig } from "../config.ts";
import { EXIT, UsageError } from "./failure.ts";
import { alertText, changedText, sourceText } from "./news-text.ts";
import { nowText, refusal } from "./now.ts";
import type { NowView } from "./now-view.ts";
import { OWN_ADDRESS, withOwnFetch } from "./own-fetch.ts";
import { openScreen } from "./screen.ts";
import type { Shell } from "./shell.ts";
import { type Watched, watchFrame } from "./watch-frame.ts";
import { firstView, type Listener, watchMarket } from "./watching.ts";

export interface WatchCommandOptions {
  readonly meeting?: string | undefined;
  /** seconds */
  readonly interval: number;
  readonly url?: string | undefined;
  readonly key?: string | undefined;
  readonly json: boolean;
}

const TICK_MS = 1_000;
const KEPT_ALERTS = 20;

/** A key given in words can be seen by everybody on the machine; one in the environment cannot. */
function keyOf(shell: Shell, { key }: WatchCommandOptions): string | undefined {
  const given = key ?? shell.env.CUTWATCH_KEY;
  return given === "" ? undefined : given;
}

function clientAt(baseUrl: string, given: Omit<Parameters<typeof createClient>[0], "baseUrl">): Client {
  try {
    return createClient({ baseUrl, ...given });
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message.replace("baseUrl", "--url")) : error;
  }
}

/**
 * Shows the odds as they change and alerts as they come, until Ctrl-C: in place on a terminal, a line a change elsewhere.
 * Reads the running server, or the database where none runs.
 */
export async function watchCommand(shell: Shell, options: WatchCommandOptions): Promise<number> {
  const config = readConfig(shell.env);
  const stop = new AbortController();
  shell.onStop(() => stop.abort());
  const { signal } = stop;
  // Null: a server took a port that nobody else knows.
  const address = options.url ?? publicUrl(config);
  const watch = async (from: string, at: Client) => {
    const first = await firstView(at, options.meeting);
    return watchFrom(shell, { from, client: at, first, signal, stop: () => stop.abort() }, options);
  };
  if (address !== null) {
    const client = clientAt(address, { key: keyOf(shell, options), fetch: shell.fetch, signal });
    try {
      return await watch(address, client);
    } catch (error) {
      if (signal.aborted) return EXIT.done;
      if (!(error instanceof ConnectionError) || options.url !== undefined) throw refusal(error);
    }
  }
  return withOwnFetch(shell, { command: "watch", stops: false }, async (fetch) => {
    try {
      return await watch("the database", clientAt(OWN_ADDRESS, { fetch, signal, retries: 0 }));
    } catch (error) {
      if (signal.aborted) return EXIT.done;
      throw refusal(error);
    }
  });
}

interface Watching {
  readonly from: string;
  readonly client: Client;
  readonly first: NowView | null;
  readonly signal: AbortSignal;
  readonly stop: () => void;
}

async function watchFrom(shell: Shell, watching: Watching, options: WatchCommandOptions): Promise<number> {
  const { client, first, signal, stop } = watching;
  const { listener, tick, end } = options.json
    ? jsonLines(shell)
    : shell.out.isTty
      ? onScreen(shell, watching)
      : plainLines(shell);
  const timer = setInterval(() => {
    tick();
    // `| head` has read enough.
    if (shell.out.isGone === true) stop();
  }, TICK_MS);
  // At once, so that a second Ctrl-C finds the terminal as it was.
  signal.addEventListener("abort", end, { once: true });
  try {
    const intervalMs = options.interval * 1_000;
    await watchMarket(client, first, { meeting: options.meeting, intervalMs, signal }, listener);
    return EXIT.done;
  } finally {
    clearInterval(timer);
    end();
  }
}

interface Output {
  readonly listener: Listener;
  /** once a second */
  readonly tick: () => void;
  readonly end: () => void;
}

const NOTHING = () => undefined;

function onScreen(shell: Shell, { from, first }: Watching): Output {
  const screen = openScreen(shell.out);
  let watched: Watched = { from, view: first, alerts: [], trouble: null };
  let hasEnded = false;
  const draw = () => screen.draw(watchFrame(shell, watched));
  const change = (changes: Partial<Watched>) => {
    watched = { ...watched, ...changes };
    draw();
  };
  return {
    listener: {
      onView: (view) => change({ view }),
      onAlert: (item) => change({ alerts: [...watched.alerts, item].slice(-KEPT_ALERTS) }),
      onSource: NOTHING, // stale odds say so themselves, and `doctor` says which source it is
      onTrouble: (trouble) => change({ trouble }),
    },
    tick: draw,
    end: () => {
      if (hasEnded) return;
      hasEnded = true;
      screen.leave();
      // What was seen last stays to be read.
      if (watched.view !== null) shell.out.write(nowText(shell, watched.view, {}));
      for (const item of watched.alerts) shell.out.write(`${alertText(item)}\n`);
    },
  };
}

/** Trouble goes to standard error, once for each stretch of it. */
function troubleTo(shell: Shell): Listener["onTrouble"] {
  let last: string | null = null;
  return (trouble) => {
    const known = last;
    last = trouble;
    if (trouble !== null && known === null) shell.err.write(`cutwatch: ${trouble}\n`);
    else if (trouble === null && known !== null) shell.err.write("cutwatch: it has passed\n");
  };
}

function plainLines(shell: Shell): Output {
  let before: NowView | null = null;
  const line = (text: string) => shell.out.write(`${text}\n`);
  return {
    listener: {
      onView: (view) => {
        for (const text of view === null ? [] : changedText(view.odds, before?.odds ?? null)) line(text);
        before = view;
      },
      onAlert: (item: FeedItem) => line(alertText(item)),
      onSource: (source) => line(sourceText(source)),
      onTrouble: troubleTo(shell),
    },
    tick: NOTHING,
    end: NOTHING,
  };
}

/** One JSON object a line: the API's own answers, and what they are. */
function jsonLines(shell: Shell): Output {
  let before: NowView | null = null;
  const line = (event: string, data: unknown) => shell.out.write(`${JSON.stringify({ event, data })}\n`);
  return {
    listener: {
      onView: (view) => {
        if (view !== null && view.odds !== before?.odds) line("odds", view.odds);
        before = view;
      },
      onAlert: (item) => line("alert", item),
      onSource: (source) => line("source", source),
      onTrouble: troubleTo(shell),
    },
    tick: NOTHING,
    end: NOTHING,
  };
}
