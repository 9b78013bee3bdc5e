import type { Shell } from "../../src/cli/shell.ts";
import { runCommand } from "../../src/cli.ts";

/** A shell that keeps what is printed. */
export interface TestShell extends Shell {
  readonly printed: { out: string; err: string };
}

/** Noon after the last day of the built-in sample. */
export const NOW = new Date("2025-11-26T17:00:00Z");

/** Upstreams that have nothing: asked again, they would say the same, so nothing waits for a retry. */
const nothingThere: typeof globalThis.fetch = async () => new Response("nothing here", { status: 404 });

/** A shell without terminal, network and clock, on one database. */
export function testShell(
  env: Readonly<Record<string, string | undefined>>,
  given: Partial<Pick<Shell, "fetch" | "readStdin" | "now">> = {},
): TestShell {
  const printed = { out: "", err: "" };
  const printer = (name: "out" | "err") => ({
    write: (text: string) => {
      printed[name] += text;
    },
    isTty: false,
    columns: 80,
  });
  return {
    printed,
    out: printer("out"),
    err: printer("err"),
    readStdin: async () => "",
    env,
    now: () => NOW,
    fetch: nothingThere,
    onStop: () => undefined,
    exit: (code) => {
      throw new Error(`the command ended the process with ${code}`);
    },
    ...given,
  };
}

/** Runs one command line: exit code, and what was printed. */
export async function run(shell: TestShell, ...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  shell.printed.out = "";
  shell.printed.err = "";
  const code = await runCommand(argv, shell);
  return { code, ...shell.printed };
}
