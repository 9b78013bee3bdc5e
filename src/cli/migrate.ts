import type { Shell } from "./shell.ts";
import { withStore } from "./with-store.ts";

/** Applies the migrations that the database lacks. */
export async function migrateCommand(shell: Shell): Promise<number> {
  return withStore(shell, { command: "migrate" }, async ({ migrated }) => {
    const lines = migrated.map((name) => `applied ${name}\n`);
    shell.out.write(lines.length === 0 ? "Nothing to apply: the database is up to date\n" : lines.join(""));
    return 0;
  });
}
