import { createApp } from "../api/app.ts";
import type { Trusted } from "../api/write.ts";
import { OWN_TENANT } from "./own-api.ts";
import { prepareQuestion } from "./prepare.ts";
import type { Shell } from "./shell.ts";
import { programVersion } from "./version.ts";
import { withStore } from "./with-store.ts";

/** Where a client asks the API of this process; nothing listens there. */
export const OWN_ADDRESS = "http://own.invalid";

/**
 * Runs a command with a `fetch` that the API in this process answers, over this installation's database: what a person is
 * shown is what a program is given. It needs no key, for who can run it can read the database.
 *
 * @param options.stops false: the command sees to signals itself
 */
export async function withOwnFetch(
  shell: Shell,
  options: { readonly command: string; readonly stops?: boolean },
  work: (fetch: typeof globalThis.fetch) => Promise<number>,
): Promise<number> {
  return withStore(shell, options, async ({ sql }, config) => {
    await prepareQuestion(sql, config, shell.now);
    const app = createApp({
      sql,
      now: shell.now,
      version: programVersion(),
      config,
      changes: { onChange: () => undefined, isLive: () => false },
      isReady: async () => true,
      onError: (error) => shell.err.write(`cutwatch: ${error instanceof Error ? error.message : String(error)}\n`),
    });
    const env: Trusted = { identity: { tenant: OWN_TENANT, scope: "admin" } };
    return work(async (input, init) => app.request(input instanceof Request ? input : String(input), init, env));
  });
}
