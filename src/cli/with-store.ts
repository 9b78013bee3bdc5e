import { type Config, readConfig } from "../config.ts";
import { type OpenOptions, type OpenStore, openStore } from "./open.ts";
import type { Shell } from "./shell.ts";

const INTERRUPTED = 130;

/** A command's connections: one statement after the other needs few. */
const CONNECTIONS = 4;

/**
 * Opens the database for one command, does the work and leaves in order, interrupted or not: an embedded server that was
 * started for it stops with it.
 *
 * @returns the command's exit code
 */
export async function withStore(
  shell: Shell,
  options: Pick<OpenOptions, "command" | "migrate"> & {
    /** false: the command sees to signals itself */
    readonly stops?: boolean;
  },
  work: (store: OpenStore, config: Config) => Promise<number>,
): Promise<number> {
  const config = readConfig(shell.env);
  const onEvent = (line: string) => shell.err.write(`cutwatch: ${line}\n`);
  const { stops = true, ...opening } = options;
  const store = await openStore(config, { ...opening, max: CONNECTIONS, statementTimeoutMs: 0, onEvent });
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing ??= store.close();
    return closing;
  };
  let interrupted = false;
  if (stops) {
    shell.onStop(() => {
      // What is under way is rolled back; every command can be run again.
      interrupted = true;
      close().finally(() => shell.exit(INTERRUPTED));
    });
  }
  try {
    return await work(store, config);
  } catch (error) {
    // Work that was cut off complains of the connection it lost: that is no news.
    if (interrupted) return INTERRUPTED;
    throw error;
  } finally {
    await close();
  }
}
