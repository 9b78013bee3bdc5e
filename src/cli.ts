/** The `cutwatch` command. */
import { failureOf } from "./cli/failure.ts";
import { commandLine } from "./cli/program.ts";
import { processShell, type Shell } from "./cli/shell.ts";

/**
 * Runs one command line.
 *
 * @param argv the words after `cutwatch`
 * @returns the exit code: 0 done, 1 failed, 2 input that cannot be used, 3 source unavailable
 */
export async function runCommand(argv: readonly string[], shell: Shell): Promise<number> {
  let exitCode = 0;
  const program = commandLine(shell, (code) => {
    exitCode = code;
  });
  try {
    if (argv.length === 0) shell.out.write(program.helpInformation());
    else await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    const failure = failureOf(error);
    if (failure.line !== null) shell.err.write(`cutwatch: ${failure.line}\n`);
    const level = shell.env.LOG_LEVEL;
    if (failure.line !== null && (level === "debug" || level === "trace") && error instanceof Error) {
      shell.err.write(`${error.stack ?? ""}\n`);
    }
    return failure.exitCode;
  }
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write("", () => resolve());
  });
}

/** The work of a shell, or one line about a `.env` that cannot be read. */
async function withShell(work: (shell: Shell) => Promise<number>): Promise<number> {
  let shell: Shell;
  try {
    shell = processShell();
  } catch (error) {
    const failure = failureOf(error);
    process.stderr.write(`cutwatch: ${failure.line ?? ""}\n`);
    return failure.exitCode;
  }
  return work(shell);
}

/** Runs the command line of this process and ends the process with its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  const exitCode = await withShell((shell) => runCommand(argv, shell));
  // A pipe takes what was written to it a moment later; connections kept for the next request hold nothing up.
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(exitCode);
}
