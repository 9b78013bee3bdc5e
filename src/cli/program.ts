/** The commands with their words. What a command does is loaded when it runs: `serve` is not to wait for `doctor`. */
import { Argument, Command, Help, Option } from "commander";
import type { ImportKind } from "../sources/files/import-file.ts";
import { choiceArgument, dateArgument, mapArgument, rangeArgument, secondsArgument } from "./arguments.ts";
import { addKeysCommands } from "./keys-commands.ts";
import type { Role } from "./reader-role.ts";
import type { Shell } from "./shell.ts";
import { programVersion } from "./version.ts";
import { addWebhooksCommands } from "./webhooks-commands.ts";

const KINDS = ["settlements", "fedwatch", "closes", "effr", "events"] as const satisfies readonly ImportKind[];
const ROLES = ["reader", "owner"] as const satisfies readonly Role[];

const FIRST_EXAMPLES = `
Examples:
  $ cutwatch serve
  $ cutwatch now --as-of 2025-11-17
  $ cutwatch watch`;

const QUIET = ["-q, --quiet", "show no progress"] as const;

/**
 * The command line as a value.
 *
 * @param finish is told the exit code of the command that ran
 */
export function commandLine(shell: Shell, finish: (exitCode: number) => void): Command {
  const program = new Command("cutwatch")
    .description("The market's odds of each Fed decision, from fed-funds futures prices.")
    .version(programVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this")
    .helpCommand(false)
    // A switch that is off unless it is given need not say so.
    .configureHelp({
      optionDescription: (option) => new Help().optionDescription(option).replace(" (default: false)", ""),
    })
    .addHelpText("after", FIRST_EXAMPLES)
    // What follows `psql` is psql's.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => shell.out.write(text),
      writeErr: (text) => shell.err.write(text),
      // The one line is printed where all failures are.
      outputError: () => undefined,
    });
  const command = (words: string, does: string, example: string): Command =>
    program.command(words).description(does).addHelpText("after", `\nExample:\n  $ cutwatch ${example}`);
  const role = () =>
    new Option("--role <role>", "as the reader, who sees schema review, or as the owner")
      .argParser(choiceArgument(ROLES))
      .default("reader");

  command("serve", "serve the API and the page, and run the jobs", "serve")
    .option("--no-jobs", "leave the jobs to workers")
    .action(async (options) => finish(await (await import("./serve.ts")).serveCommand(shell, options)));
  command("worker", "run the jobs and send webhooks, without the API", "worker").action(async () =>
    finish(await (await import("./worker.ts")).workerCommand(shell)),
  );
  command("job", "run one job once; 0 done, 1 failed, 3 source unavailable", "job ingest-effr")
    .argument("<name>", "name of the job")
    .option("--as-of <date>", "that date's data instead of the newest", dateArgument)
    .action(async (name, options) => finish(await (await import("./job.ts")).jobCommand(shell, name, options)));
  command("import", "store market data from files and compute their odds", "import downloads/")
    .argument("<file...>", "CSV, Excel, JSON, iCalendar, zip, gzip, or folders of them")
    .addOption(
      new Option(
        "--kind <kind>",
        "what they must hold: settlements, fedwatch, closes, effr or events; found by itself",
      ).argParser(choiceArgument(KINDS)),
    )
    .option("--map <pairs>", "what a file leaves unsaid: contract=ZQX26, symbol=BTC, dates=dmy, settle=Px", mapArgument)
    .option("--dry-run", "read and check, store nothing", false)
    .option("--meeting <date>", "meeting of a FedWatch history that does not name it", dateArgument)
    .option("--symbol <name>", "asset of closes that do not name it")
    .option("--trade-date <date>", "trade date of settlements that do not name it", dateArgument)
    .option("--again", "apply bytes that were imported before once more", false)
    .option("--json", "print JSON", false)
    .option(...QUIET, false)
    .action(async (files, options) => finish(await (await import("./import.ts")).importCommand(shell, files, options)));
  command("decide", "record a Fed decision by hand", "decide 2025-12-10 350-375")
    .addArgument(new Argument("<meeting>", "its decision day").argParser(dateArgument))
    .addArgument(new Argument("<range>", "target range decided, in basis points").argParser(rangeArgument))
    .option("--unscheduled", "it was on no calendar", false)
    .action(async (meeting, range, options) =>
      finish(await (await import("./decide.ts")).decideCommand(shell, meeting, range, options)),
    );
  command("backfill", "fetch and compute history; run again, it goes on", "backfill --from 2024-01-01")
    .addOption(new Option("--from <date>", "first date").argParser(dateArgument).makeOptionMandatory())
    .option("--to <date>", "last date, today when absent", dateArgument)
    .option(...QUIET, false)
    .action(async (options) => finish(await (await import("./backfill.ts")).backfillCommand(shell, options)));
  command("recompute", "compute odds again from stored prices", "recompute --from 2025-01-01")
    .option("--from <date>", "first trade date", dateArgument)
    .option("--to <date>", "last trade date", dateArgument)
    .option(...QUIET, false)
    .action(async (options) => finish(await (await import("./recompute.ts")).recomputeCommand(shell, options)));
  command("now", "print the odds of each meeting and how they moved", "now --as-of 2025-11-17 --meeting 2025-12-10")
    .option("--meeting <date>", "this meeting only", dateArgument)
    .option("--as-of <time>", "a trade date, or an instant such as 2025-11-17T20:00:00Z")
    .option("--json", "print the API's answers", false)
    .action(async (options) => finish(await (await import("./now.ts")).nowCommand(shell, options)));
  command("watch", "show odds as they change and alerts as they come, until Ctrl-C", "watch --meeting 2025-12-10")
    .option("--meeting <date>", "this meeting only", dateArgument)
    .option("--interval <seconds>", "also look this often, beside what is announced", secondsArgument(5, 3600), 60)
    .option("--url <url>", "server to ask (default: this installation's; its database where none runs)")
    .option("--key <key>", "API key for a server that asks for one; CUTWATCH_KEY keeps it out of the list of processes")
    .option("--json", "print JSON, one object a line", false)
    .action(async (options) => finish(await (await import("./watch.ts")).watchCommand(shell, options)));
  addKeysCommands(program, shell, finish);
  addWebhooksCommands(program, shell, finish);
  command("sql", "run a query, which cannot write", 'sql "select * from review.odds order by trade_date desc limit 5"')
    .argument("<query>", "one statement, or - to read it from standard input")
    .option("--json", "print JSON", false)
    .option("--csv", "print CSV", false)
    .addOption(role())
    .action(async (query, options) => finish(await (await import("./sql.ts")).sqlCommand(shell, query, options)));
  command("psql", "open psql on the database", 'psql -c "\\d+ review.odds"')
    .argument("[args...]", "passed on to psql")
    .addOption(role())
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (args, options) => finish(await (await import("./psql.ts")).psqlCommand(shell, args, options)));
  command("db-url", "print the URL of the database, for other clients", "db-url --role owner")
    .addOption(role())
    .action(async (options) => finish(await (await import("./db-url.ts")).dbUrlCommand(shell, options)));
  command("migrate", "apply the migrations that the database lacks", "migrate").action(async () =>
    finish(await (await import("./migrate.ts")).migrateCommand(shell)),
  );
  command("doctor", "check configuration, database, sources, clock and calendars", "doctor --online")
    .option("--online", "also ask whether each source can be reached", false)
    .option("--json", "print JSON", false)
    .action(async (options) => finish(await (await import("./doctor.ts")).doctorCommand(shell, options)));
  command("backup", "write every table to one file", "backup cutwatch.backup")
    .argument("<file>", "file to write")
    .option("--force", "replace a file of that name", false)
    .option(...QUIET, false)
    .action(async (file, options) => finish(await (await import("./backup.ts")).backupCommand(shell, file, options)));
  command("restore", "fill an empty database from a backup", "restore cutwatch.backup")
    .argument("<file>", "file that backup wrote")
    .option(...QUIET, false)
    .action(async (file, options) => finish(await (await import("./backup.ts")).restoreCommand(shell, file, options)));
  return program;
}
