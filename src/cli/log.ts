/** Log lines: JSON for machines, words for people. */
import type { DestinationStream, Level, Logger } from "pino";
import { pino } from "pino";
import type { Config } from "../config.ts";
import type { Printer, Shell } from "./shell.ts";

interface Entry {
  readonly level: number;
  readonly time: number;
  readonly msg?: string;
  readonly [name: string]: unknown;
}

// A command that runs one job says itself how it ended.
const SAID_BY_COMMAND: ReadonlySet<string> = new Set(["job ended", "job failed"]);

/** Whether stack traces are wanted. */
export function isDebug(level: Config["logLevel"]): boolean {
  return level === "debug" || level === "trace";
}

function valueText(value: unknown): string {
  if (typeof value === "string") return value.includes(" ") ? JSON.stringify(value) : value;
  return JSON.stringify(value) ?? "";
}

/** `12:30:05 WARN source unavailable source=yahoo error="…"` */
function words(line: string, stacks: boolean): string {
  const { level, time, msg = "", pid: _pid, hostname: _host, err, ...rest } = JSON.parse(line) as Entry;
  const name = pino.levels.labels[level]?.toUpperCase() ?? String(level);
  const members = Object.entries(rest).map(([key, value]) => ` ${key}=${valueText(value)}`);
  const error = err as { message?: string; stack?: string } | undefined;
  const tail = error === undefined ? "" : `: ${(stacks ? error.stack : error.message) ?? ""}`;
  return `${new Date(time).toISOString().slice(11, 19)} ${name} ${msg}${members.join("")}${tail}\n`;
}

function wordsTo(printer: Printer, skip: ReadonlySet<string>, stacks: boolean): DestinationStream {
  return {
    write: (line) => {
      const { msg = "" } = JSON.parse(line) as Entry;
      if (!skip.has(msg)) printer.write(words(line, stacks));
    },
  };
}

/** The log of a process that serves: on standard error, words at a terminal, otherwise one JSON object a line. */
export function serviceLog(shell: Shell, config: Config): Logger {
  const stacks = isDebug(config.logLevel);
  const options = {
    level: config.logLevel,
    base: null,
    serializers: {
      err: (error: Error) => (stacks ? pino.stdSerializers.err(error) : { type: error.name, message: error.message }),
    },
  };
  return shell.err.isTty ? pino(options, wordsTo(shell.err, new Set(), stacks)) : pino(options, shell.err);
}

/** The log of a command run by hand: what it does not print itself, in words, warnings and worse by default. */
export function commandLog(shell: Shell, config: Config): Logger {
  const level: Level | "silent" = config.logLevel === "info" ? "warn" : config.logLevel;
  return pino({ level, base: null }, wordsTo(shell.err, SAID_BY_COMMAND, isDebug(config.logLevel)));
}
