import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { StoreError } from "./store-error.ts";

/** One migration as it lies in its folder. */
export type MigrationFile = {
  readonly name: string;
  readonly text: string;
  /** Of the text, in hexadecimal, with lines ended by LF whatever the checkout made of them. */
  readonly sha256: string;
};

const NAME = /^\d{4}_[a-z0-9_-]+\.sql$/;

/**
 * The migrations of a folder in order of their names. Files that do not begin with a digit are not migrations.
 *
 * @throws StoreError `migration_name` for one that begins with a digit and is not named `0001_<content>.sql`
 */
export async function readMigrations(folder: string): Promise<MigrationFile[]> {
  const names = (await readdir(folder)).filter((name) => /^\d.*\.sql$/i.test(name)).sort();
  const wrong = names.find((name) => !NAME.test(name));
  if (wrong !== undefined) {
    throw new StoreError(
      "migration_name",
      `Cannot read migration ${wrong}: its name must be four digits, _, and its content in a-z 0-9 _ -, such as 0007_add_fixings.sql`,
    );
  }
  return Promise.all(
    names.map(async (name) => {
      const text = (await readFile(join(folder, name), "utf8")).replaceAll("\r\n", "\n");
      return { name, text, sha256: createHash("sha256").update(text).digest("hex") };
    }),
  );
}
