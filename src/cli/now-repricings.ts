/** Open repricings as a person reads them, one a line. */
import type { Page, Repricing, Severity } from "../client/answers.ts";
import { percentOfRate, signed } from "./figure-text.ts";
import { type Look, styled, wrapped } from "./look.ts";

const TARGET = 10;
const SEVERITY = 8;
const RATES = 15;
const MOVED = 8;
const COLOURS: Readonly<Record<Severity, Parameters<typeof styled>[0]>> = {
  notice: "dim",
  sharp: "yellow",
  severe: "red",
  extreme: ["bold", "red"],
};

function target({ meeting, path }: Repricing): string {
  return path === null ? meeting : `end ${path}`;
}

function rates({ start_rate_bp: start, extreme_rate_bp: extreme }: Repricing): string {
  return start === null || extreme === null ? "" : `${start.toFixed(1)} -> ${extreme.toFixed(1)}`;
}

function oddsMoved({ at_most: atMost }: Repricing): string {
  return atMost === null || atMost.shift_pp === null
    ? ""
    : `  ${signed(atMost.shift_pp)} pp <= ${percentOfRate(atMost.upper_bp)} %`;
}

function line(row: Repricing, look: Look): string {
  const moved = row.direction === "dovish" ? -row.amplitude_bp : row.amplitude_bp;
  // What the day's settlement has still to confirm.
  const words = row.state === "confirmed" ? row.severity : `${row.severity}?`;
  const head = `  ${target(row).padEnd(TARGET)}  ${styled(COLOURS[row.severity], words.padEnd(SEVERITY), look)} `;
  const change = `${signed(moved)} bp`.padStart(MOVED);
  const width = 2 + TARGET + 2 + SEVERITY + 1;
  const [since, path, odds] = [`${row.started_on}  `, `${rates(row).padEnd(RATES)} `, oddsMoved(row)];
  // Where there is no room for all of it, the odds go first, then the rates, then the day it started.
  const tails = [since + path + change + odds, since + path + change, since + change, change];
  const tail = tails.find((text) => width + text.trimEnd().length <= look.columns) ?? change;
  return `${head}${tail}`.trimEnd();
}

/**
 * The block under the odds; empty when nothing is going on.
 *
 * @param asOf trade date that was asked for; null: now
 */
export function repricingLines({ data }: Page<Repricing>, asOf: string | null, look: Look): string[] {
  // A leg starts at its extreme, which was known as such only when it was confirmed.
  const rows = asOf === null ? data : data.filter((row) => row.confirmed_on <= asOf);
  if (rows.length === 0) return [];
  const title = asOf === null ? "Open repricings" : `Repricings that were going on on ${asOf}, as they are known now`;
  const note = rows.some((row) => row.state !== "confirmed") ? ["? the day's settlement has still to confirm it"] : [];
  return [...wrapped(title, look.columns), ...rows.map((row) => line(row, look)), ...note];
}
