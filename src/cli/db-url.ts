import { mayActAsReader } from "../store/run-query.ts";
import { type Role, urlFor } from "./reader-role.ts";
import type { Shell } from "./shell.ts";
import { withStore } from "./with-store.ts";

/** Prints the URL of the database in use, for other clients. */
export async function dbUrlCommand(shell: Shell, options: { readonly role: Role }): Promise<number> {
  return withStore(shell, { command: "db-url" }, async (store) => {
    const hasReader = store.embedded || (await mayActAsReader(store.sql));
    if (options.role === "reader" && !hasReader) {
      throw new Error(
        "Cannot give a reader's URL: DATABASE_URL's user may not act as cutwatch_reader; make a login with that role on the server, or ask for --role owner",
      );
    }
    shell.out.write(`${urlFor(store, options.role, hasReader)}\n`);
    if (options.role === "reader" && !store.embedded) {
      shell.err.write(
        "cutwatch: this is DATABASE_URL's own login with the reader's role set, which it can leave; for others make a login: create role NAME login password '…' in role cutwatch_reader\n",
      );
    }
    if (store.startedHere) {
      shell.err.write("cutwatch: the embedded database runs while a cutwatch command does, such as cutwatch serve\n");
    }
    return 0;
  });
}
