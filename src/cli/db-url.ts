import { mayActAsReader } from "../store/run-query.ts";
import { type Role, urlFor } from "./reader-role.ts";
import type { Shell } from "./shell.ts";
import { withStore } from "./with-store.ts";

/** Prints the URL of the database in use, for other clients. */
export async function dbUrlCommand(shell: Shell, options: { readonly role: Role }): Promise<number> {
  return withStore(shell, { command: "db-url" }, async (store) => {
    const hasReader = store.embedded || (await mayActAsReader(store.sql));
    shell.out.write(`${urlFor(store, options.role, hasReader)}\n`);
    if (options.role === "reader" && !hasReader) {
      shell.err.write("cutwatch: the server has no role cutwatch_reader for this user: the URL is the owner's\n");
    }
    if (store.startedHere) {
      shell.err.write("cutwatch: the embedded database runs while a cutwatch command does, such as cutwatch serve\n");
    }
    return 0;
  });
}
