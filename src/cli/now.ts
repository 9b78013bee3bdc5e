import type { Hono } from "hono";
import { createApp } from "../api/app.ts";
import type { IsoDate } from "../pricing/calendar-date.ts";
import { EXIT, UsageError } from "./failure.ts";
import { readOpenRepricings, repricingsText } from "./now-repricings.ts";
import { type OddsAnswer, oddsText, type ShiftAnswer, WINDOWS } from "./now-table.ts";
import { prepareStore } from "./prepare.ts";
import type { Shell } from "./shell.ts";
import { programVersion } from "./version.ts";
import { withStore } from "./with-store.ts";

export interface NowCommandOptions {
  readonly meeting?: IsoDate | undefined;
  readonly asOf?: string | undefined;
  readonly json: boolean;
}

interface ProblemAnswer {
  readonly detail: string;
  readonly parameter?: string;
}

/** An answer of the API. @throws UsageError for input it refuses, Error for what it does not have */
async function ask<Answer>(app: Hono, path: string, parameters: Readonly<Record<string, string | undefined>>) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value);
  const response = await app.request(`${path}?${query}`);
  const text = await response.text();
  if (response.ok) return { text, answer: JSON.parse(text) as Answer };
  const { detail, parameter } = JSON.parse(text) as ProblemAnswer;
  if (response.status === 400 || parameter !== undefined) throw new UsageError(detail);
  throw new Error(detail);
}

/** How the terminal wants it: NO_COLOR is honoured, and so is a terminal that can do nothing. */
function isColoured(shell: Shell): boolean {
  const { NO_COLOR: noColor = "", TERM: terminal } = shell.env;
  return shell.out.isTty && noColor === "" && terminal !== "dumb";
}

/**
 * Prints the odds of each meeting with their shifts. Every figure is one that the API answers: what a person reads here is
 * what a program is given.
 */
export async function nowCommand(shell: Shell, options: NowCommandOptions): Promise<number> {
  return withStore(shell, { command: "now" }, async ({ sql }, config) => {
    await prepareStore(sql, config, shell.now);
    const app = createApp({
      sql,
      now: shell.now,
      version: programVersion(),
      config,
      changes: { onChange: () => undefined, isLive: () => false },
      isReady: async () => true,
      onError: (error) => shell.err.write(`cutwatch: ${error instanceof Error ? error.message : String(error)}\n`),
    });
    const { meeting, asOf } = options;
    const odds = await ask<OddsAnswer>(app, "/v1/probabilities", { meeting, as_of: asOf });
    const shifts: { text: string; answer: ShiftAnswer }[] = [];
    // Shifts end at the reading that is shown, whenever it was asked for.
    const { as_of: instant, trade_date: tradeDate, grid, basis } = odds.answer;
    const end = grid === "settlement" ? tradeDate : instant;
    for (const { meeting: day } of odds.answer.meetings.filter(({ unsolved }) => unsolved === null)) {
      for (const window of WINDOWS) {
        shifts.push(await ask<ShiftAnswer>(app, "/v1/shifts", { meeting: day, as_of: end, window, basis }));
      }
    }
    const newest = asOf === undefined;
    const at = newest ? null : tradeDate;
    const repricings = await readOpenRepricings(app, at);
    if (options.json) {
      // The API's own texts, joined: parsing and writing them again could only change them.
      shell.out.write(
        `{"probabilities":${odds.text},"shifts":[${shifts.map(({ text }) => text).join(",")}],"repricings":${repricings.text}}\n`,
      );
      return EXIT.done;
    }
    const answers = shifts.map(({ answer }) => answer);
    shell.out.write(oddsText(odds.answer, answers, { newest, coloured: isColoured(shell), blocks: shell.out.isTty }));
    shell.out.write(repricingsText(repricings, at));
    return EXIT.done;
  });
}
