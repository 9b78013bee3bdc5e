import { writeBackup } from "../store/backup.ts";
import { MIGRATIONS } from "./open.ts";
import { progressOn } from "./progress.ts";
import type { Shell } from "./shell.ts";
import { programVersion } from "./version.ts";
import { withStore } from "./with-store.ts";

/** Writes every table to one file, beside whatever else runs. */
export async function backupCommand(
  shell: Shell,
  file: string,
  options: { readonly force: boolean; readonly quiet: boolean },
): Promise<number> {
  return withStore(shell, { command: "backup" }, async ({ sql }) => {
    const progress = await progressOn(shell, "Writing, rows", options.quiet);
    try {
      const { force } = options;
      const version = programVersion();
      const result = await writeBackup(sql, { file, force, version, now: shell.now(), progress: progress.update });
      progress.stop();
      shell.out.write(`${file}: ${result.rows} rows of ${result.tables} tables\n`);
      return 0;
    } finally {
      progress.stop();
    }
  });
}

/** Fills an empty database from a backup. The schema is left to `restoreBackup`, which brings it to the backup's version first. */
export async function restoreCommand(
  shell: Shell,
  file: string,
  options: { readonly quiet: boolean },
): Promise<number> {
  const { restoreBackup } = await import("../store/restore.ts");
  return withStore(shell, { command: "restore", migrate: false }, async ({ sql }) => {
    const progress = await progressOn(shell, "Reading, rows", options.quiet);
    try {
      const result = await restoreBackup(sql, { file, migrations: MIGRATIONS, progress: progress.update });
      progress.stop();
      const from = `written ${result.madeAt} by cutwatch ${result.madeBy}`;
      shell.out.write(`${file}: ${result.rows} rows of ${result.tables} tables restored, ${from}\n`);
      return 0;
    } finally {
      progress.stop();
    }
  });
}
