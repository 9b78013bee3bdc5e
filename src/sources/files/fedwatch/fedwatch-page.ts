import { z } from "zod";
import type { IsoDate } from "../../../calendar/calendar-date.ts";
import { addDays, isIsoDate } from "../../../calendar/calendar-date.ts";
import { previousTradeDate, sessionEndInstant, sessionTradeDate } from "../../../calendar/trade-dates.ts";
import { CHICAGO, zonedInstant } from "../../../calendar/zoned-time.ts";
import type { PublishedDistribution, PublishedOutcome } from "../../../pricing/observations.ts";
import { dropDuplicates } from "../file-duplicates.ts";
import { emptyTally, excerpt, ImportFileError, type ImportResult } from "../import-result.ts";
import { distributionRefusal, listedOutcomes, type Refusal, rangeRefusal } from "./published-outcomes.ts";

const SESSION_START_HOUR = 17;

/**
 * FedWatch's page as people save it: percentages with one decimal. `current_target` runs the range together with whatever
 * stood beside it on the page (`350-37585` is 350-375 and 85.6 %), so it is not read; every range has its own text.
 */
const Page = z.object({
  scrape_time: z.iso.datetime({ offset: true }).optional(),
  meetings: z.array(
    z.object({
      meeting_date: z.string().optional(),
      date: z.string().optional(),
      rate_probabilities: z.array(z.object({ range: z.string(), now: z.number().nullable() })).optional(),
    }),
  ),
});
type Row = z.infer<typeof Page>["meetings"][number];

const RANGE = /^(-?\d{1,5})-(-?\d{1,5})(?: \(Current\))?$/i;

/** Whether parsed JSON is of this shape at all, sound or not. */
export function isFedwatchPage(json: unknown): boolean {
  return typeof json === "object" && json !== null && "meetings" in json;
}

/**
 * A saved FedWatch page: each meeting's distribution as displayed at `scrape_time`. The page follows mid prices through
 * the day, so the readings are of the intraday grid and never stand in for a settlement's, and belong to the trade date
 * that was trading. Its columns for a day, a week and a month ago are left to the readings of those days.
 *
 * @param meetingDates decision days of all meetings, to refuse unknown ones; empty when not at hand
 * @throws ImportFileError for another shape, or distributions without a time
 */
export function readFedwatchPage(
  json: unknown,
  fileName: string,
  meetingDates: readonly IsoDate[],
): { readonly source: string; readonly distributions: ImportResult<PublishedDistribution> } {
  const page = Page.safeParse(json);
  if (!page.success) {
    const [issue] = page.error.issues;
    const state = issue === undefined ? "unknown trouble" : `${issue.path.join(".") || "it"}: ${issue.message}`;
    throw new ImportFileError(fileName, null, `not a saved FedWatch page: ${excerpt(state, 160)}`);
  }
  const { scrape_time: time, meetings } = page.data;
  const result = emptyTally<PublishedDistribution>();
  for (const [index, row] of meetings.entries()) {
    const printed = row.rate_probabilities ?? [];
    const name = row.meeting_date ?? row.date ?? `entry ${index + 1}`;
    if (printed.length === 0) {
      result.notes.push(`${excerpt(name, 40)}: the page was saved before its table of ranges had loaded`);
      continue;
    }
    if (time === undefined) throw new ImportFileError(fileName, null, "the page has probabilities and no scrape_time");
    result.rowsRead += 1;
    const { asOf, tradeDate } = shownAt(new Date(time));
    const read = distributionOf(row, { asOf, tradeDate }, meetingDates);
    if ("code" in read) {
      const text = excerpt(JSON.stringify(row));
      result.rejected.push({ line: index + 1, code: read.code, reason: read.reason, row: text });
    } else {
      result.kept.push(read);
      result.lines.push(index + 1);
    }
  }
  // One meeting may stand on several tabs of the page.
  dropDuplicates(
    result,
    ({ meetingDate }) => meetingDate,
    ({ outcomes }) => outcomes.map(({ lowerBp, probability }) => `${lowerBp} ${probability}`).join(", "),
  );
  if (meetings.length === 0) result.notes.push("the page was saved without meetings");
  return { source: "fedwatch-export", distributions: result };
}

/** When a page saved at `time` was true: while nothing trades it shows how the last session ended. */
function shownAt(time: Date): { readonly asOf: Date; readonly tradeDate: IsoDate } {
  const next = sessionTradeDate(time);
  const last = previousTradeDate(next);
  const opens = zonedInstant(addDays(next, -1), SESSION_START_HOUR, 0, CHICAGO);
  return time < opens ? { asOf: sessionEndInstant(last), tradeDate: last } : { asOf: time, tradeDate: next };
}

function distributionOf(
  row: Row,
  { asOf, tradeDate }: { readonly asOf: Date; readonly tradeDate: IsoDate },
  meetingDates: readonly IsoDate[],
): PublishedDistribution | Refusal {
  const meetingDate = row.meeting_date ?? "";
  if (!isIsoDate(meetingDate)) {
    const reason = `meeting_date is ${excerpt(meetingDate, 40) || "blank"}, accepted is a date such as 2025-12-10`;
    return { code: "bad_date", reason };
  }
  const outcomes = new Map<number, PublishedOutcome>();
  let decimals = 2;
  for (const { range, now } of row.rate_probabilities ?? []) {
    if (now === null) continue;
    const match = RANGE.exec(range.trim());
    const [lowerBp, upperBp] = [Number(match?.[1]), Number(match?.[2])];
    const refusal =
      match === null
        ? { code: "bad_range", reason: `the range is ${excerpt(range, 40)}` }
        : rangeRefusal(lowerBp, upperBp);
    if (refusal !== null) return refusal;
    const percent = /^\d{1,3}(?:\.(\d{1,6}))?$/.exec(String(now));
    if (percent === null || now > 100) {
      return { code: "bad_probability", reason: `P(${lowerBp}-${upperBp}) is ${now}, accepted is 0 to 100 per cent` };
    }
    if (outcomes.has(lowerBp)) return { code: "conflicting_rows", reason: `${lowerBp}-${upperBp} stands twice` };
    // The printed digits moved two places, not divided: 85.6 % is 0.856 and not its neighbour in binary.
    outcomes.set(lowerBp, { lowerBp, upperBp, probability: Number(`${now}e-2`) });
    decimals = Math.max(decimals, 2 + (percent[1]?.length ?? 0));
  }
  const listed = listedOutcomes([...outcomes.values()]);
  const refusal = distributionRefusal({ meetingDate, tradeDate, outcomes: listed }, meetingDates);
  return refusal ?? { meetingDate, tradeDate, asOf, grid: "intraday", decimals, outcomes: listed };
}
