import type { IsoDate } from "../../../calendar/calendar-date.ts";
import { isIsoDate } from "../../../calendar/calendar-date.ts";
import { settlementInstant } from "../../../calendar/trade-dates.ts";
import type { PublishedDistribution, PublishedOutcome } from "../../../pricing/observations.ts";
import type { CsvTable } from "../csv-rows.ts";
import { emptyTally, excerpt, type ImportResult, type ImportTally, rejectedRow } from "../import-result.ts";
import { probabilityOf } from "../market-text.ts";
import {
  distributionRefusal,
  listedOutcomes,
  type Refusal,
  rangeRefusal,
  tradeDateRefusal,
} from "./published-outcomes.ts";

const COLUMNS = ["as_of_date", "meeting_date", "target_range_low_bps", "target_range_high_bps", "probability"] as const;

/** Whether a header is that of published probabilities, one range a row. */
export function hasPublished(header: readonly string[]): boolean {
  return COLUMNS.every((name) => header.includes(name));
}

/** The rows of one date and meeting, while they are gathered. */
interface Group {
  readonly tradeDate: IsoDate;
  readonly meetingDate: IsoDate;
  readonly line: number;
  readonly cells: readonly string[];
  /** by lower end, in bp */
  readonly outcomes: Map<number, PublishedOutcome>;
  decimals: number;
  /** the first trouble within it: half a distribution is none */
  spoiled: Refusal | null;
}

/**
 * Published probabilities, one range a row, any order: the rows of one date and meeting make one distribution, of the
 * settlement of 14:00 Chicago. A range without a row is 0. A distribution with one bad row is refused as a whole.
 * `rowsRead` counts the file's rows, `kept` and `rejected` distributions and rows without a date or meeting.
 *
 * @param meetingDates decision days of all meetings, to refuse unknown ones; empty when not at hand
 */
export function readPublishedCsv(
  table: CsvTable,
  meetingDates: readonly IsoDate[],
): { readonly source: string; readonly distributions: ImportResult<PublishedDistribution> } {
  const result = emptyTally<PublishedDistribution>();
  const columns = COLUMNS.map((name) => table.header.indexOf(name));
  const groups = new Map<string, Group>();
  for (const { line, cells } of table.rows) {
    const [tradeDate = "", meetingDate = "", ...rest] = columns.map((at) => (cells[at] ?? "").trim());
    result.rowsRead += 1;
    const wrong = [tradeDate, meetingDate].find((date) => !isIsoDate(date));
    if (wrong !== undefined) {
      const reason = `a date is ${excerpt(wrong, 40) || "blank"}, accepted is a date such as 2025-11-17`;
      result.rejected.push(rejectedRow(line, "bad_date", reason, cells));
      continue;
    }
    const key = `${tradeDate} ${meetingDate}`;
    let group = groups.get(key);
    if (group === undefined) {
      group = { tradeDate, meetingDate, line, cells, outcomes: new Map(), decimals: 0, spoiled: null };
      groups.set(key, group);
    }
    addRow(group, rest, line, result);
  }
  for (const group of groups.values()) close(group, meetingDates, result);
  return { source: "published-csv", distributions: result };
}

function addRow(
  group: Group,
  [low = "", high = "", text = ""]: readonly string[],
  line: number,
  result: ImportTally<PublishedDistribution>,
): void {
  const read = outcomeOf(low, high, text);
  const before = "code" in read ? undefined : group.outcomes.get(read.lowerBp);
  if ("code" in read) {
    group.spoiled ??= { code: read.code, reason: `line ${line}: ${read.reason}` };
  } else if (before === undefined) {
    const { decimals, ...outcome } = read;
    group.outcomes.set(outcome.lowerBp, outcome);
    group.decimals = Math.max(group.decimals, decimals);
  } else if (before.probability === read.probability) {
    result.duplicates += 1;
  } else {
    const reason = `line ${line}: ${low}-${high} stands twice, with ${before.probability} and ${read.probability}`;
    group.spoiled ??= { code: "conflicting_rows", reason };
  }
}

function outcomeOf(
  low: string,
  high: string,
  text: string,
): (PublishedOutcome & { readonly decimals: number }) | Refusal {
  const [lowerBp, upperBp] = [wholeBp(low), wholeBp(high)];
  if (lowerBp === null || upperBp === null) {
    const found = `${excerpt(low, 20) || "blank"} to ${excerpt(high, 20) || "blank"}`;
    return { code: "bad_range", reason: `the range is ${found}, accepted are whole basis points such as 350 and 375` };
  }
  const printed = probabilityOf(text);
  if (printed === null) {
    const found = excerpt(text, 40) || "blank";
    return { code: "bad_probability", reason: `the probability is ${found}, accepted is a fraction from 0 to 1` };
  }
  return rangeRefusal(lowerBp, upperBp) ?? { lowerBp, upperBp, ...printed };
}

function close(group: Group, meetingDates: readonly IsoDate[], result: ImportTally<PublishedDistribution>): void {
  const { tradeDate, meetingDate, line, cells, decimals } = group;
  const outcomes = listedOutcomes([...group.outcomes.values()]);
  const refusal = group.spoiled ?? distributionRefusal({ meetingDate, tradeDate, outcomes }, meetingDates);
  if (refusal !== null) {
    result.rejected.push(rejectedRow(line, refusal.code, refusal.reason, cells));
    return;
  }
  const closed = tradeDateRefusal(tradeDate);
  if (closed !== null) {
    result.notTradeDates.push(rejectedRow(line, closed.code, closed.reason, cells));
    return;
  }
  result.kept.push({
    meetingDate,
    tradeDate,
    asOf: settlementInstant(tradeDate),
    grid: "settlement",
    decimals,
    outcomes,
  });
  result.lines.push(line);
}

function wholeBp(text: string): number | null {
  return /^-?\d{1,9}$/.test(text) ? Number(text) : null;
}
