import type { Sql } from "postgres";
import type { Decision } from "../src/calendar/meetings.ts";
import { nextTradeDate, tradeDateAt } from "../src/calendar/trade-dates.ts";
import { bestSurprise, noSurprise } from "../src/repricing/best-surprise.ts";
import { type DecisionDates, oddsBefore, pricesAround } from "../src/store/decision-reads.ts";
import { type MeetingRow, meetingsKnown } from "../src/store/meetings.ts";
import { type ToldDecision, toldDecisions } from "../src/store/notices.ts";
import { mayPassReading, passableSources } from "../src/store/passable-sources.ts";
import { type DecidedData, noticeBody, rangeBody } from "../src/webhooks/notice-bodies.ts";
import { tellNotice } from "./tell-notice.ts";

export interface DecidedJob {
  readonly sql: Sql;
  readonly now: () => Date;
  readonly baseUrl: string | null;
  /** published odds that may not be passed on are left out, so that the decision itself can be told; absent: told with it */
  readonly withhold?: boolean;
}

/** Older decisions are no news, whoever brings them. */
const NEWS_MS = 24 * 3_600_000;
/** The Fed's own feed, a person, and the target range published with EFFR; the built-in list is history. */
const LIVE_SOURCES: ReadonlySet<string> = new Set(["fed-press", "by-hand", "effr-target"]);

type Decided = MeetingRow & { readonly decision: Decision };

function isNews({ decision, source }: MeetingRow, now: Date): boolean {
  if (decision === null || !LIVE_SOURCES.has(source)) return false;
  const ageMs = now.getTime() - decision.announcedAt.getTime();
  return ageMs >= 0 && ageMs <= NEWS_MS;
}

/** A decision that is corrected is told again, also back to what it was told as before. */
function keyOf({ meetingDate, decision: { lowerBp, upperBp } }: Decided, told: ToldDecision | null): string {
  const key = `meeting.decided/${meetingDate}/${lowerBp}-${upperBp}`;
  return told === null ? key : `${key}/after ${told.id}`;
}

function isTold({ decision }: Decided, told: ToldDecision | null): boolean {
  return told !== null && told.lowerBp === decision.lowerBp && told.upperBp === decision.upperBp;
}

/** What the market had expected; at the announcement its surprise is still to come, with the next settlement. */
async function expectations(sql: Sql, dates: DecisionDates, withhold: boolean) {
  const passable = withhold ? await passableSources(sql) : null;
  const [prices, odds] = await Promise.all([pricesAround(sql, [dates], null), oddsBefore(sql, [dates], null)]);
  const surprise = bestSurprise(
    dates,
    prices.filter(({ isSample }) => !isSample),
  );
  return { surprise, odds: odds.find((one) => !one.isSample && mayPassReading(one, passable)) ?? null };
}

async function decidedData(
  { sql, baseUrl, withhold = false }: DecidedJob,
  meeting: Decided,
  { before, told }: { readonly before: Decision | null; readonly told: ToldDecision | null },
): Promise<DecidedData> {
  const { meetingDate, decision } = meeting;
  const tradeDate = tradeDateAt(decision.announcedAt);
  const dates = { meeting: meetingDate, before: tradeDate, after: nextTradeDate(tradeDate), lowerBp: decision.lowerBp };
  const { surprise, odds } = await expectations(sql, dates, withhold);
  return {
    as_of: decision.announcedAt.toISOString(),
    url: `${baseUrl ?? ""}/v1/decisions?${new URLSearchParams({ from: meetingDate, to: meetingDate })}`,
    supersedes: told?.id ?? null,
    meeting: meetingDate,
    effective_date: meeting.effectiveDate,
    scheduled: meeting.scheduled,
    outcome: rangeBody(decision),
    change_bp: before === null ? null : decision.upperBp - before.upperBp,
    surprise_bp: surprise?.surpriseBp ?? null,
    surprise_reason: surprise === null ? noSurprise(dates) : null,
    odds_before:
      odds === null
        ? null
        : {
            trade_date: odds.tradeDate,
            probability: odds.probability,
            expected_rate_bp: odds.expectedRateBp,
            basis: odds.basis,
            method: odds.method,
            source: odds.source,
          },
    source: meeting.source,
  };
}

/**
 * Tells the decisions of the last day that nobody was told of, or of which something else was told last: what was decided,
 * how it surprised as far as that is known, and what the market had given it the day before.
 *
 * @returns how many
 */
export async function meetingDecided(job: DecidedJob): Promise<number> {
  const { sql, now } = job;
  const recordedAt = now();
  const decided = (await meetingsKnown(sql, null)).flatMap((row): Decided[] =>
    row.decision === null ? [] : [{ ...row, decision: row.decision }],
  );
  const news = decided.filter((meeting) => isNews(meeting, recordedAt));
  if (news.length === 0) return 0;
  const last = await toldDecisions(
    sql,
    news.map(({ meetingDate }) => meetingDate),
  );
  let told = 0;
  for (const meeting of news) {
    const before = last.get(meeting.meetingDate) ?? null;
    if (isTold(meeting, before)) continue;
    const key = keyOf(meeting, before);
    const former = decided.filter(({ meetingDate }) => meetingDate < meeting.meetingDate).at(-1)?.decision ?? null;
    const data = await decidedData(job, meeting, { before: former, told: before });
    const sources = [meeting.source, ...(data.odds_before === null ? [] : [data.odds_before.source])].join("+");
    const body = noticeBody("meeting.decided", data, recordedAt);
    const asOf = meeting.decision.announcedAt;
    if (await tellNotice(sql, { key, asOf, source: sources, body, meeting: meeting.meetingDate }, now)) told += 1;
  }
  return told;
}
