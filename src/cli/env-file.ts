/** Settings in a file `.env` of the working folder: for a start without a shell's profile, by the same names. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { ConfigError } from "../config.ts";
import { errorCode } from "../store/store-error.ts";

const LINE = /^\s*(?:#.*|(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=.*)?$/;

/**
 * What `.env` of a folder says; nothing where there is none.
 *
 * @throws ConfigError for a file that cannot be read, or a line that is neither a setting nor a remark
 */
export function readEnvFile(folder: string): Readonly<Record<string, string | undefined>> {
  let text: string;
  try {
    text = readFileSync(join(folder, ".env"), "utf8");
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "EISDIR") return {};
    throw new ConfigError(`Cannot read .env of ${folder}: ${code ?? String(error)}`, { cause: error });
  }
  const lines = text.split(/\r\n?|\n/);
  // A quoted value may go over several lines, which only the parser can tell apart.
  const bad = /=\s*(["'`])[^"'`]*$/m.test(text) ? -1 : lines.findIndex((line) => !LINE.test(line));
  if (bad !== -1) {
    throw new ConfigError(
      `Cannot read .env, line ${bad + 1}: accepted are lines such as PORT=8080 and remarks that begin with #`,
    );
  }
  return parseEnv(text);
}
