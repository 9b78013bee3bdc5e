/** The words of `cutwatch webhooks`. */
import { type Command, InvalidArgumentError } from "commander";
import { commandGroup } from "./command-group.ts";
import type { Shell } from "./shell.ts";

const JSON_OPTION = ["--json", "print the API's answer", false] as const;
const WAIT_OPTION = ["--wait", "wait until it was tried, 30 s at most; exit 1 unless it arrived", false] as const;
const NUMBER = "number of the webhook, as webhooks list prints it";

function wholeArgument(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number");
}

function each(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), text];
}

/** What a subscription is made of; the API checks it. */
function withSubscription(command: Command): Command {
  return command
    .option("--min-severity <severity>", "least severity: notice, sharp (when absent), severe or extreme")
    .option("--meeting <meeting>", "a decision day, next, next+1 or year_end; may be given again", each)
    .option("--event <type>", "type of message, such as digest.daily; may be given again", each)
    .option("--rule <json>", "own rule, as the API takes it; may be given again", each)
    .option(
      "--format <format>",
      "standard (when absent), slack, discord or telegram (its url ends with ?chat_id=<chat>)",
    )
    .option("--max-age-s <seconds>", "do not send what was recorded longer ago", wholeArgument);
}

/** Adds the commands; what they do is loaded when one runs. */
export function addWebhooksCommands(program: Command, shell: Shell, finish: (exitCode: number) => void): void {
  const { command } = commandGroup(
    program,
    { name: "webhooks", does: "manage webhooks and see what was sent to them", example: "webhooks list" },
    finish,
  );
  const webhooks = () => import("./webhooks.ts");
  const deliveries = () => import("./webhook-deliveries.ts");

  withSubscription(
    command("create", "subscribe an address to alerts", "create --url https://bot.example.com/hook --meeting next"),
  )
    .requiredOption("--url <url>", "where messages are sent; - reads it from standard input")
    .option("--description <text>", "in your own words")
    .option("--tenant <tenant>", "whose it is; keys of that tenant manage it (default: local)")
    .option(...JSON_OPTION)
    .action(async (options) => finish(await (await webhooks()).createWebhookCommand(shell, options)));
  command("list", "print the webhooks of every tenant", "list")
    .option(...JSON_OPTION)
    .action(async (options) => finish(await (await webhooks()).listWebhooksCommand(shell, options)));
  command("show", "print one webhook, its address whole", "show 12")
    .argument("<id>", NUMBER, wholeArgument)
    .option(...JSON_OPTION)
    .action(async (id, options) => finish(await (await webhooks()).showWebhookCommand(shell, id, options)));
  command("test", "send a test message", "test 12 --wait")
    .argument("<id>", NUMBER, wholeArgument)
    .option(...WAIT_OPTION)
    .option(...JSON_OPTION)
    .action(async (id, options) => finish(await (await deliveries()).testWebhookCommand(shell, id, options)));
  command("rotate", "give it another secret; the one before signs too for 24 hours", "rotate 12")
    .argument("<id>", NUMBER, wholeArgument)
    .option("--force", "even while the secret before still signs, which ends that one at once", false)
    .option(...JSON_OPTION)
    .action(async (id, options) => finish(await (await webhooks()).rotateSecretCommand(shell, id, options)));
  command("replay", "send again all that it wants since a time, history too", "replay 12 --since 2025-10-01")
    .argument("<id>", NUMBER, wholeArgument)
    .requiredOption("--since <time>", "when in the market: a date, or an instant such as 2025-11-17T20:00:00Z")
    .option("--missing", "leave out what was delivered", false)
    .option(...JSON_OPTION)
    .action(async (id, options) => finish(await (await deliveries()).replayCommand(shell, id, options)));
  command("deliveries", "print what was sent to it, newest first", "deliveries 12 --state failed")
    .argument("<id>", NUMBER, wholeArgument)
    .option("--state <state>", "only those pending, delivered, failed, expired or parked")
    .option("--limit <count>", "how many at most, 50 when absent", wholeArgument)
    .option(...JSON_OPTION)
    .action(async (id, options) => finish(await (await deliveries()).listDeliveriesCommand(shell, id, options)));
  command("redeliver", "send one message again", "redeliver 31 --wait")
    .argument("<delivery>", "number of the delivery, as webhooks deliveries prints it", wholeArgument)
    .option(...WAIT_OPTION)
    .option(...JSON_OPTION)
    .action(async (id, options) => finish(await (await deliveries()).redeliverCommand(shell, id, options)));
  for (const [word, enabled, does] of [
    ["enable", true, "send to it again, what waits first"],
    ["disable", false, "send nothing to it; what waits stays"],
  ] as const) {
    command(word, does, `${word} 12`)
      .argument("<id>", NUMBER, wholeArgument)
      .option(...JSON_OPTION)
      .action(async (id, options) =>
        finish(await (await webhooks()).switchWebhookCommand(shell, id, enabled, options)),
      );
  }
  command("delete", "delete it; what waits is not sent", "delete 12")
    .argument("<id>", NUMBER, wholeArgument)
    .option(...JSON_OPTION)
    .action(async (id, options) => finish(await (await webhooks()).deleteWebhookCommand(shell, id, options)));
  withSubscription(
    command(
      "dry-run",
      "print what history would have told it, and how many a year from 28 days on",
      "dry-run --min-severity severe",
    ),
  )
    .argument("[id]", "a webhook to begin with; options change it for this run", wholeArgument)
    .option("--from <time>", "begin of the period, the first reading when absent")
    .option("--to <time>", "end of the period, the last reading when absent")
    .option(...JSON_OPTION)
    .action(async (id, options) => finish(await (await webhooks()).dryRunCommand(shell, id ?? null, options)));
}
