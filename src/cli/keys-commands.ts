/** The words of `cutwatch keys`. */
import { type Command, Option } from "commander";
import type { Scope } from "../store/api-keys.ts";
import { choiceArgument } from "./arguments.ts";
import { commandGroup } from "./command-group.ts";
import type { Shell } from "./shell.ts";

const SCOPES = ["read", "webhooks", "admin"] as const satisfies readonly Scope[];
const JSON_OPTION = ["--json", "print JSON", false] as const;

/** Adds the commands; what they do is loaded when one runs. */
export function addKeysCommands(program: Command, shell: Shell, finish: (exitCode: number) => void): void {
  const { command } = commandGroup(
    program,
    { name: "keys", does: "make, list and revoke API keys", example: "keys list" },
    finish,
  );
  const keys = () => import("./keys.ts");

  command("create", "make a key and print it, this once", "create --name desk --scope webhooks")
    .requiredOption("--name <name>", "what it is for, in your own words")
    .addOption(
      new Option("--scope <scope>", "what it may do: read, webhooks (and read) or admin (everything, of every tenant)")
        .argParser(choiceArgument(SCOPES))
        .makeOptionMandatory(),
    )
    .option("--tenant <tenant>", "whose webhooks it manages; keys of one tenant share them (default: a new tenant)")
    .option(...JSON_OPTION)
    .action(async (options) => finish(await (await keys()).createKeyCommand(shell, options)));
  command("list", "print every key without the key itself", "list")
    .option(...JSON_OPTION)
    .action(async (options) => finish(await (await keys()).listKeysCommand(shell, options)));
  command("revoke", "refuse a key from now on", "revoke 12")
    .argument("<key>", "its number, or how it begins, as keys list prints them")
    .option("--disable-webhooks", "disable all webhooks of its tenant too, which go on otherwise", false)
    .action(async (key, options) => finish(await (await keys()).revokeKeyCommand(shell, key, options)));
}
