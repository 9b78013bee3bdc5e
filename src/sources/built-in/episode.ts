/** The built-in sample as observations: see {@link ./episode-tables.ts} for what the figures are. */
import type { IsoDate, Month } from "../../calendar/calendar-date.ts";
import { settlementInstant } from "../../calendar/trade-dates.ts";
import type {
  AssetClose,
  EffrFixing,
  FuturesQuote,
  PublishedDistribution,
  PublishedOutcome,
} from "../../pricing/observations.ts";
import {
  EPISODE_CLOSES_CSV,
  EPISODE_EFFR_CSV,
  EPISODE_PUBLISHED_CSV,
  EPISODE_SETTLEMENTS_CSV,
} from "./episode-tables.ts";

const INFERRED_MONTHS: ReadonlySet<Month> = new Set(["2025-10", "2025-11", "2026-01", "2026-02"]);
const MEETING: IsoDate = "2025-12-10";
const PUBLISHED_DECIMALS = 6;

interface Cell {
  readonly date: IsoDate;
  readonly column: string;
  readonly text: string;
}

function cells(csv: string): Cell[] {
  const [header = "", ...lines] = csv.trimEnd().split("\n");
  const columns = header.split(",").slice(1);
  return lines.flatMap((line) => {
    const [date = "", ...values] = line.split(",");
    return columns.flatMap((column, i) => {
      const text = values[i] ?? "";
      return text === "" ? [] : [{ date, column, text }];
    });
  });
}

/** Settlements of eight contract months on 49 trade dates, inferred ones and last trades flagged as such. */
export function episodeQuotes(): FuturesQuote[] {
  return cells(EPISODE_SETTLEMENTS_CSV).map(({ date, column, text }) => ({
    contractMonth: column,
    tradeDate: date,
    asOf: settlementInstant(date),
    grid: "settlement",
    basis: "settlement",
    price: text,
    open: null,
    high: null,
    low: null,
    volume: null,
    openInterest: null,
    flags: [INFERRED_MONTHS.has(column) ? "inferred" : "sample_last_trade"],
  }));
}

/** What CME FedWatch published for the meeting of 10 Dec 2025 on the same dates. */
export function episodePublished(): PublishedDistribution[] {
  const byDate = new Map<IsoDate, PublishedOutcome[]>();
  for (const { date, column, text } of cells(EPISODE_PUBLISHED_CSV)) {
    const [, lower, upper] = column.split("_");
    const outcomes = byDate.get(date) ?? [];
    byDate.set(date, outcomes);
    if (Number(text) > 0) outcomes.push({ lowerBp: Number(lower), upperBp: Number(upper), probability: Number(text) });
  }
  return [...byDate].map(([date, outcomes]) => ({
    meetingDate: MEETING,
    tradeDate: date,
    asOf: settlementInstant(date),
    grid: "settlement",
    decimals: PUBLISHED_DECIMALS,
    outcomes,
  }));
}

/** EFFR and target range of each calendar day of the episode. */
export function episodeFixings(): EffrFixing[] {
  const byDate = new Map<IsoDate, Map<string, string>>();
  for (const { date, column, text } of cells(EPISODE_EFFR_CSV)) {
    byDate.set(date, (byDate.get(date) ?? new Map<string, string>()).set(column, text));
  }
  const bp = (percent: string | undefined) => (percent === undefined ? null : Math.round(Number(percent) * 100));
  return [...byDate].map(([date, row]) => ({
    date,
    effrPct: row.get("effr_pct") ?? "",
    targetLowerBp: bp(row.get("target_lower_pct")),
    targetUpperBp: bp(row.get("target_upper_pct")),
    revised: false,
  }));
}

/** Daily closes of the panel. */
export function episodeCloses(): AssetClose[] {
  return cells(EPISODE_CLOSES_CSV).map(({ date, column, text }) => ({ symbol: column, date, close: text }));
}
