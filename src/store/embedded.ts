import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { clusterPlaces, OWNER, ownerPassword } from "./data-folder.ts";
import { enterServer, stopEmptyServer } from "./enter-server.ts";
import { freePort } from "./free-port.ts";
import { type Membership, READER, readerPassword } from "./membership.ts";

export type EmbeddedOptions = {
  /** Where the database is kept; made when absent. */
  readonly dataDir: string;
  /** Port on 127.0.0.1, or 0 for any free one. A server that already runs keeps its own. */
  readonly port: number;
  /** Server settings for this start, such as `{ work_mem: "16MB" }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Told, in one line each, of a server that was lost and of what became of it. */
  readonly onEvent?: (line: string) => void;
};

export type EmbeddedDatabase = {
  /** Connection URL on 127.0.0.1. The reader may read schema `review` and nothing else. */
  readonly url: (role: "owner" | "reader", database?: string) => string;
  /** Such as 180004 for 18.4. */
  readonly serverVersion: number;
  /** True when this process started the server, false when it joined one that ran. */
  readonly startedHere: boolean;
  /** Leaves the server. The last of all processes that use it stops it, unless `keepRunning`. */
  readonly release: (options?: { readonly keepRunning?: boolean }) => Promise<void>;
};

const RESTART_PAUSE_MS = 5_000;

/**
 * The embedded database of a data folder: joins the server that runs there, or starts it. Any number of processes
 * may use it at once; the server goes on when one of them dies and stops when the last one leaves. When it is lost
 * while in use (killed, out of memory) it is started again on the same port.
 *
 * @throws StoreError with one clear line for a folder, port, platform or version that cannot be used
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const places = clusterPlaces(resolve(options.dataDir));
  const settings = options.settings ?? {};
  const tell = options.onEvent ?? (() => undefined);
  let port = options.port === 0 ? await freePort() : options.port;
  let member: Membership;
  let released = false;
  let restoring: Promise<void> = Promise.resolve();

  const enter = async (): Promise<boolean> => {
    const entered = await enterServer(places, port, settings);
    member = entered.member;
    port = member.port;
    member.onLost(() => {
      if (!released) restoring = restore();
    });
    return entered.started;
  };
  const restore = async (): Promise<void> => {
    tell("The embedded database was lost: joining or starting it again");
    while (!released) {
      try {
        await enter();
        tell(`The embedded database is back on port ${port}`);
        return;
      } catch (error) {
        tell(error instanceof Error ? error.message : String(error));
        await pause(RESTART_PAUSE_MS);
      }
    }
  };

  const startedHere = await enter();
  const owner = await ownerPassword(places);
  const logins = { owner: `${OWNER}:${owner}`, reader: `${READER}:${readerPassword(owner)}` };
  return {
    url: (role, database = OWNER) => `postgres://${logins[role]}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
    startedHere,
    get serverVersion() {
      return member.serverVersion;
    },
    release: async ({ keepRunning = false } = {}) => {
      if (released) return;
      released = true;
      await restoring;
      if (!(await member.leave(keepRunning))) return;
      await stopEmptyServer(places);
      await member.close();
    },
  };
}
