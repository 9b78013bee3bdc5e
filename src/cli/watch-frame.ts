/** What is on the screen while one watches: as much as the window has room for. */
import type { FeedItem } from "../client/answers.ts";
import { lookOf, styled, wrapped } from "./look.ts";
import { alertText } from "./news-text.ts";
import { repricingLines } from "./now-repricings.ts";
import { oddsLines, type TableLook } from "./now-table.ts";
import type { NowView } from "./now-view.ts";
import type { Shell } from "./shell.ts";

/** What one knows while watching. */
export interface Watched {
  /** where it is read: `http://127.0.0.1:8080`, or `the database` */
  readonly from: string;
  /** null: there are no odds yet */
  readonly view: NowView | null;
  /** newest last */
  readonly alerts: readonly FeedItem[];
  /** what is wrong with the connection or the last look; null: nothing */
  readonly trouble: string | null;
}

const USUAL_ROWS = 24;
const MOST_ALERTS = 5;
const FEWEST_ALERTS = 1;
const RANGES = [4, 2, 1] as const;

function topLines({ from, trouble }: Watched, now: Date, look: TableLook): string[] {
  const time = `${now.toISOString().slice(11, 19)} UTC`;
  const live = wrapped(`cutwatch, live from ${from}, ${time}; Ctrl-C ends`, look.columns);
  const state = trouble === null ? [] : wrapped(trouble, look.columns).map((line) => styled("yellow", line, look));
  return [...live.map((line) => styled("dim", line, look)), ...state];
}

function alertLines(alerts: readonly FeedItem[], most: number, look: TableLook): string[] {
  const told = alerts.slice(-most).reverse();
  if (told.length === 0) return [];
  const lines = told.flatMap((item) => wrapped(alertText(item), look.columns, "  "));
  return [styled("bold", "Told while watching, newest first", look), ...lines];
}

/** The screen's lines: fewer ranges a meeting, then fewer meetings, where the window is not tall enough for all. */
export function watchFrame(shell: Shell, watched: Watched): string[] {
  const now = shell.now();
  const look: TableLook = { ...lookOf(shell, shell.out), now };
  const rows = shell.out.rows ?? USUAL_ROWS;
  const top = topLines(watched, now, look);
  const { view } = watched;
  if (view === null) return [...top, "", "No odds are stored yet"].slice(0, rows);
  const repricings = repricingLines(view.repricings, null, view.odds, look);
  const block = (lines: readonly string[]) => (lines.length === 0 ? [] : ["", ...lines]);
  const frameOf = (mostAlerts: number, changes: Partial<TableLook>) => [
    ...top,
    ...block(alertLines(watched.alerts, mostAlerts, look)),
    ...block(oddsLines(view, { ...look, ...changes })),
    ...block(repricings),
  ];
  const meetings = view.odds.meetings.filter(({ unsolved }) => unsolved === null).length;
  const tries = [
    ...RANGES.map((mostRanges) => () => frameOf(MOST_ALERTS, { mostRanges })),
    ...Array.from(
      { length: meetings },
      (_, i) => () => frameOf(FEWEST_ALERTS, { mostRanges: 1, mostMeetings: meetings - i }),
    ),
  ];
  for (const attempt of tries) {
    const frame = attempt();
    if (frame.length <= rows) return frame;
  }
  return frameOf(FEWEST_ALERTS, { mostRanges: 1, mostMeetings: 1 }).slice(0, rows);
}
