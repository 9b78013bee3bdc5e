import type { IsoDate } from "../calendar/calendar-date.ts";
import { addDays } from "../calendar/calendar-date.ts";
import { dateInZone, UTC } from "../calendar/zoned-time.ts";
import type { PanelSymbol } from "../pricing/observations.ts";
import { PANEL } from "../pricing/observations.ts";
import { isOwnSession } from "./own-sessions.ts";
import { closeInstant } from "./sessions.ts";

/** One asset's close of one day, dated in the asset's own zone. */
export interface DailyClose {
  readonly symbol: string;
  readonly date: IsoDate;
  /** in the asset's own unit, above 0 */
  readonly close: number;
}

/** A close that takes no part, and why. */
export interface IgnoredClose {
  readonly symbol: string;
  readonly date: IsoDate;
  /** `no_session`: the market was closed that day, so the figure is a carried one or has no known instant */
  readonly reason: "not_in_panel" | "no_session";
}

/** Closes of one asset by date, ascending; sessions only. A date without a close is absent. */
export type CloseHistory = ReadonlyMap<IsoDate, number>;

export interface ClosesKnown {
  readonly histories: ReadonlyMap<PanelSymbol, CloseHistory>;
  readonly ignored: readonly IgnoredClose[];
}

const PANEL_SYMBOLS: ReadonlySet<string> = new Set(PANEL);

// Crypto's day ends last, at the midnight UTC after its date: a close dated two UTC days ago exists everywhere.
const SURELY_CLOSED_DAYS = 2;

/**
 * Sorts closes by asset and date, and leaves out what did not exist yet: closes whose instant lies after `knownAt`.
 *
 * @param closes of any assets, in any order
 * @param knownAt null: every close given is known
 * @returns a history for each asset of the panel, empty where there is no close
 * @throws RangeError for a close that is not above 0, or a date listed twice for one asset
 */
export function closesKnownAt(
  closes: readonly DailyClose[],
  knownAt: Date | null,
): Pick<AllCloses, "histories" | "ignored"> {
  const today = knownAt === null ? null : dateInZone(knownAt, UTC);
  const surelyClosed = today === null ? null : addDays(today, -SURELY_CLOSED_DAYS);
  const exists = (symbol: PanelSymbol, date: IsoDate) =>
    knownAt === null ||
    (surelyClosed !== null && date <= surelyClosed) ||
    (closeInstant(symbol, date)?.getTime() ?? Number.POSITIVE_INFINITY) <= knownAt.getTime();

  const ignored: IgnoredClose[] = [];
  const rows = new Map<PanelSymbol, DailyClose[]>(PANEL.map((symbol) => [symbol, []]));
  for (const row of closes) {
    const { symbol, date, close } = row;
    if (today !== null && date > today) continue; // no market's date is ahead of this one's close
    if (!isPanelSymbol(symbol)) {
      ignored.push({ symbol, date, reason: "not_in_panel" });
      continue;
    }
    if (!(Number.isFinite(close) && close > 0)) {
      throw new RangeError(`Cannot use the close of ${symbol} on ${date}: ${close}, must be a number above 0`);
    }
    if (!isOwnSession(symbol, date)) ignored.push({ symbol, date, reason: "no_session" });
    else if (exists(symbol, date)) rows.get(symbol)?.push(row);
  }
  return { histories: new Map([...rows].map(([symbol, own]) => [symbol, historyOf(own)])), ignored };
}

/** All closes there are, sorted once for many questions; {@link appendCloses} adds to it. */
export interface AllCloses extends ClosesKnown {
  readonly histories: ReadonlyMap<PanelSymbol, Map<IsoDate, number>>;
  readonly ignored: IgnoredClose[];
  /** date of each asset's last */
  readonly ends: Map<PanelSymbol, IsoDate>;
  /** those dated in the last days before the newest, which may not exist yet at some instant */
  recent: readonly DailyClose[];
  /** date of the newest; null: there is none */
  newest: IsoDate | null;
}

// A long weekend of closed markets, and the two days in which a close is not sure to exist everywhere.
const RECENT_DAYS = 7;

function newestOf(closes: readonly DailyClose[]): IsoDate | null {
  return closes.reduce<IsoDate | null>((last, { date }) => (last === null || date > last ? date : last), null);
}

function lastOf(history: CloseHistory): IsoDate | undefined {
  return [...history.keys()].at(-1);
}

function recentOf(closes: readonly DailyClose[], newest: IsoDate | null): DailyClose[] {
  const from = newest === null ? "" : addDays(newest, -RECENT_DAYS);
  return closes.filter(({ date }) => date > from);
}

/** Sorts closes by asset and date, whenever they came to be known. @throws RangeError as {@link closesKnownAt} */
export function allCloses(closes: readonly DailyClose[]): AllCloses {
  const newest = newestOf(closes);
  const known = closesKnownAt(closes, null);
  const ends = new Map<PanelSymbol, IsoDate>();
  for (const [symbol, history] of known.histories) {
    const end = lastOf(history);
    if (end !== undefined) ends.set(symbol, end);
  }
  return { ...known, ends, recent: recentOf(closes, newest), newest };
}

/**
 * Adds closes to what is sorted already, in place: ten years of eight assets are sorted once and not with each close that
 * comes.
 *
 * @returns false, with nothing added, unless each is later than its asset's last
 * @throws RangeError as {@link closesKnownAt}
 */
export function appendCloses(all: AllCloses, added: readonly DailyClose[]): boolean {
  const { histories, ignored } = closesKnownAt(added, null);
  for (const [symbol, history] of histories) {
    const [first] = history.keys();
    if (first !== undefined && first <= (all.ends.get(symbol) ?? "")) return false;
  }
  for (const [symbol, history] of histories) {
    for (const [date, close] of history) {
      all.histories.get(symbol)?.set(date, close);
      all.ends.set(symbol, date);
    }
  }
  all.ignored.push(...ignored);
  const recent = [...all.recent, ...added];
  all.newest = newestOf(recent);
  all.recent = recentOf(recent, all.newest);
  return true;
}

/** Whether every close existed at an instant and is dated by `through`: then nothing has to be left out of {@link allCloses}. */
export function allExisted({ recent, newest }: AllCloses, knownAt: Date, through: IsoDate): boolean {
  if (newest === null) return true;
  if (newest > through) return false;
  const today = dateInZone(knownAt, UTC);
  if (newest <= addDays(today, -SURELY_CLOSED_DAYS)) return true;
  // Older ones are dated more days ago than it takes to be sure of them.
  if (addDays(newest, -RECENT_DAYS) > addDays(today, -SURELY_CLOSED_DAYS)) return false;
  return recent.every(
    ({ symbol, date }) =>
      !isPanelSymbol(symbol) ||
      !isOwnSession(symbol, date) ||
      (date <= today && (closeInstant(symbol, date)?.getTime() ?? Number.POSITIVE_INFINITY) <= knownAt.getTime()),
  );
}

function isPanelSymbol(symbol: string): symbol is PanelSymbol {
  return PANEL_SYMBOLS.has(symbol);
}

/** Closes mostly come in order, and five years of eight assets are not sorted for nothing. */
function ascending(rows: readonly DailyClose[]): readonly DailyClose[] {
  const isSorted = rows.every((row, i) => i === 0 || (rows[i - 1]?.date ?? "") <= row.date);
  return isSorted ? rows : rows.toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}

function historyOf(rows: readonly DailyClose[]): Map<IsoDate, number> {
  const history = new Map<IsoDate, number>();
  for (const { symbol, date, close } of ascending(rows)) {
    if (history.has(date)) throw new RangeError(`Cannot use the closes of ${symbol}: ${date} is listed twice`);
    history.set(date, close);
  }
  return history;
}
