import type { IsoDate } from "../calendar/calendar-date.ts";
import { createClient, ProblemError } from "../client/client.ts";
import { EXIT, UsageError } from "./failure.ts";
import { lookOf } from "./look.ts";
import { repricingLines } from "./now-repricings.ts";
import { oddsLines } from "./now-table.ts";
import { type NowQuestion, type NowView, readNow } from "./now-view.ts";
import { OWN_ADDRESS, withOwnFetch } from "./own-fetch.ts";
import type { Shell } from "./shell.ts";

export interface NowCommandOptions {
  readonly meeting?: IsoDate | undefined;
  readonly asOf?: string | undefined;
  readonly json: boolean;
}

/** The API's refusal as the command's own: input it cannot use ends with exit code 2. */
export function refusal(error: unknown): unknown {
  if (!(error instanceof ProblemError)) return error;
  const isInput = error.status === 400 || (error.status === 404 && error.parameter !== null);
  return isInput ? new UsageError(error.message) : error;
}

/**
 * Prints the odds of each meeting with their shifts. Every figure is one that the API answers: what a person reads here is
 * what a program is given.
 */
export async function nowCommand(shell: Shell, options: NowCommandOptions): Promise<number> {
  return withOwnFetch(shell, { command: "now" }, async (fetch) => {
    const client = createClient({ baseUrl: OWN_ADDRESS, fetch, retries: 0 });
    const view = await readNow(client, options).catch((error: unknown) => {
      throw refusal(error);
    });
    // JSON that was made of the API's answers and nothing else is the API's own, byte for byte.
    shell.out.write(options.json ? jsonText(view) : nowText(shell, view, options));
    return EXIT.done;
  });
}

function jsonText({ odds, shifts, repricings }: NowView): string {
  return `${JSON.stringify({ probabilities: odds, shifts, repricings })}\n`;
}

/** The view as a person reads it. */
export function nowText(shell: Shell, view: NowView, { asOf }: NowQuestion): string {
  const look = { ...lookOf(shell, shell.out), now: asOf === undefined ? shell.now() : null };
  const at = asOf === undefined ? null : view.odds.trade_date;
  const repricings = repricingLines(view.repricings, at, view.odds, look);
  const lines = [...oddsLines(view, look), ...(repricings.length === 0 ? [] : ["", ...repricings])];
  return `${lines.join("\n")}\n`;
}
