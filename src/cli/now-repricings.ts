/** Open repricings as a person reads them, one a line. */
import type { Basis, Page, Probabilities, Repricing, Severity } from "../client/answers.ts";
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

/** `settlement`, `last trade`: a basis in words. */
function basisWords(basis: Basis): string {
  return basis.replace("_", " ");
}

function line(row: Repricing, basis: Basis, look: Look): string {
  const moved = row.direction === "dovish" ? -row.amplitude_bp : row.amplitude_bp;
  // What the day's settlement has still to confirm.
  const words = row.state === "confirmed" ? row.severity : `${row.severity}?`;
  const head = `  ${target(row).padEnd(TARGET)}  ${styled(COLOURS[row.severity], words.padEnd(SEVERITY), look)} `;
  const change = `${signed(moved)} bp`.padStart(MOVED);
  const width = 2 + TARGET + 2 + SEVERITY + 1;
  const [since, path, odds] = [`${row.started_on}  `, `${rates(row).padEnd(RATES)} `, oddsMoved(row)];
  // The table above is of one basis: a leg of another would be taken for that one's.
  const on = row.basis === basis ? "" : `, ${basisWords(row.basis)}`;
  // Where there is no room for all of it, the odds go first, then the rates, then the day it started; never its basis.
  const tails = [since + path + change + odds, since + path + change, since + change, change].map((text) => text + on);
  const tail = tails.find((text) => width + text.trimEnd().length <= look.columns) ?? change + on;
  return `${head}${tail}`.trimEnd();
}

function block(title: string, rows: readonly Repricing[], basis: Basis, look: Look): string[] {
  return rows.length === 0 ? [] : [...wrapped(title, look.columns), ...rows.map((row) => line(row, basis, look))];
}

/**
 * The block under the odds; empty when nothing is going on and every day was judged.
 *
 * @param asOf trade date that was asked for; null: now
 * @param odds those above: beside real ones the sample's repricings stand apart, and those of another basis name it
 */
export function repricingLines(
  { data }: Page<Repricing>,
  asOf: string | null,
  odds: Pick<Probabilities, "sample" | "basis" | "undecided_meeting">,
  look: Look,
): string[] {
  // A leg starts at its extreme, which was known as such only when it was confirmed.
  const rows = asOf === null ? data : data.filter((row) => row.confirmed_on <= asOf);
  const { undecided_meeting: undecided } = odds;
  const unjudged =
    undecided === null
      ? []
      : wrapped(`Days after ${undecided} are not judged for repricings: its outcome is not known`, look.columns);
  const [open, going] =
    asOf === null ? ["Open repricings", ""] : ["Repricings", ` under way on ${asOf}, as they are known now`];
  const isMixed = !odds.sample || rows.some(({ sample }) => !sample);
  const [real, sample] = isMixed ? [rows.filter((row) => !row.sample), rows.filter((row) => row.sample)] : [rows, []];
  const note = rows.some((row) => row.state !== "confirmed") ? ["? the day's settlement has still to confirm it"] : [];
  return [
    ...block(`${open}${going}`, real, odds.basis, look),
    ...block(`${open} of the built-in sample${going}`, sample, odds.basis, look),
    ...note,
    ...unjudged,
  ];
}
