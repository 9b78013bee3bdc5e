/** How a command fails: one line, and an exit code. */
import { CommanderError } from "commander";
import { ConfigError } from "../config.ts";
import { StoreError } from "../store/store-error.ts";

export const EXIT = { done: 0, failed: 1, unusableInput: 2, sourceUnavailable: 3 } as const;

/** Input that cannot be used; the message is one line that says what was wrong and what is accepted. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What a failure is told as. `line` is null where all has been said already. */
export interface Failure {
  readonly exitCode: number;
  readonly line: string | null;
}

// Commander's own way of saying that help or version was printed.
const SHOWN: ReadonlySet<string> = new Set(["commander.helpDisplayed", "commander.help", "commander.version"]);
const HINTED: ReadonlySet<string> = new Set(["commander.unknownCommand", "commander.excessArguments"]);

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, " ").trim();
}

function commanderFailure(error: CommanderError): Failure {
  if (SHOWN.has(error.code)) return { exitCode: error.exitCode, line: null };
  const message = oneLine(error.message.replace(/^error: /, ""))
    .replace(". It must", ": it must")
    .replace(/\.$/, "");
  const hint = HINTED.has(error.code) ? "; cutwatch --help lists the commands" : "";
  return { exitCode: EXIT.unusableInput, line: `Cannot run this: ${message}${hint}` };
}

/** One line and the exit code for whatever a command threw. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) return commanderFailure(error);
  const line = oneLine(error instanceof Error ? error.message : String(error));
  const unusable =
    error instanceof UsageError ||
    error instanceof ConfigError ||
    (error instanceof StoreError && error.code === "bad_url") ||
    // Told by name: loading their rooms would slow every start.
    (error instanceof Error && (error.name === "ImportFileError" || error.name === "BackupError"));
  if (unusable) return { exitCode: EXIT.unusableInput, line };
  const unavailable = error instanceof Error && error.name === "SourceError";
  return { exitCode: unavailable ? EXIT.sourceUnavailable : EXIT.failed, line };
}
