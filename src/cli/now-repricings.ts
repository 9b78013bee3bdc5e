/** Open repricings as a person reads them, at most 80 characters wide. */
import type { Hono } from "hono";

/** What of `/v1/repricings` is shown. */
interface RepricingAnswer {
  readonly id: number;
  readonly meeting: string;
  readonly path: number | null;
  readonly direction: string;
  readonly state: string;
  readonly severity: string;
  readonly started_on: string;
  readonly confirmed_on: string;
  readonly extreme_on: string;
  readonly start_rate_bp: number | null;
  readonly extreme_rate_bp: number | null;
  readonly amplitude_bp: number;
  readonly at_most: { readonly upper_bp: number; readonly shift_pp: number | null } | null;
}

const MOST = "10";
const TARGET = 10;
const RATES = 15;

function target({ meeting, path }: RepricingAnswer): string {
  return path === null ? meeting : `end ${path}`;
}

function signed(value: number): string {
  return value > 0 ? `+${value.toFixed(1)}` : value.toFixed(1);
}

function line(row: RepricingAnswer): string {
  const moved = row.direction === "dovish" ? -row.amplitude_bp : row.amplitude_bp;
  const rates =
    row.start_rate_bp === null || row.extreme_rate_bp === null
      ? ""
      : `${row.start_rate_bp.toFixed(1)} -> ${row.extreme_rate_bp.toFixed(1)}`;
  const odds =
    row.at_most === null || row.at_most.shift_pp === null
      ? ""
      : `${signed(row.at_most.shift_pp)} pp <= ${(row.at_most.upper_bp / 100).toFixed(2)} %`;
  const words = row.state === "confirmed" ? row.severity : `${row.severity} (${row.state})`;
  return `  ${target(row).padEnd(TARGET)}  ${words.padEnd(7)} ${row.started_on}  ${rates.padEnd(RATES)} ${`${signed(moved)} bp`.padStart(8)}  ${odds}`.trimEnd();
}

/** An answer of the API, as text and read. */
export interface OpenRepricings {
  readonly text: string;
  readonly data: readonly RepricingAnswer[];
}

/**
 * Asks the API for the repricings that are open, or that were going on at a trade date.
 *
 * @param asOf null: now
 * @throws Error with the API's own words for what it refuses
 */
export async function readOpenRepricings(app: Hono, asOf: string | null): Promise<OpenRepricings> {
  const period: Record<string, string> = asOf === null ? { status: "open" } : { from: asOf, to: asOf };
  const response = await app.request(`/v1/repricings?${new URLSearchParams({ ...period, limit: MOST })}`);
  const text = await response.text();
  if (!response.ok) throw new Error((JSON.parse(text) as { detail: string }).detail);
  return { text, data: (JSON.parse(text) as { data: readonly RepricingAnswer[] }).data };
}

/** The block under the odds; empty when nothing is going on. */
export function repricingsText({ data }: OpenRepricings, asOf: string | null): string {
  // A leg starts at its extreme, which was known as such only when it was confirmed.
  const rows = asOf === null ? data : data.filter((row) => row.confirmed_on <= asOf);
  if (rows.length === 0) return "";
  const title = asOf === null ? "Open repricings" : `Repricings that were going on on ${asOf}, as they are known now`;
  return `\n${[title, ...rows.map(line)].join("\n")}\n`;
}
