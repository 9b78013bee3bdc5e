import type { Command } from "commander";

/** A command that has commands. */
export interface CommandGroup {
  readonly command: (words: string, does: string, example: string) => Command;
}

function exampleText(example: string): string {
  return `\nExample:\n  $ cutwatch ${example}`;
}

/**
 * Adds a group. Alone it prints what is in it.
 *
 * @param group.example a whole line, without `cutwatch`
 */
export function commandGroup(
  program: Command,
  group: { readonly name: string; readonly does: string; readonly example: string },
  finish: (exitCode: number) => void,
): CommandGroup {
  const { name, does, example } = group;
  const parent = program.command(name).description(does).helpCommand(false);
  parent.addHelpText("after", exampleText(example));
  parent.action(() => {
    parent.outputHelp();
    finish(0);
  });
  return {
    command: (words, whatItDoes, its) =>
      parent
        .command(words)
        .description(whatItDoes)
        .addHelpText("after", exampleText(`${name} ${its}`)),
  };
}
