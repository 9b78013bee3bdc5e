import type { Sql, TransactionSql } from "postgres";
import type { MeetingCalendar } from "../src/calendar/meetings.ts";
import { settlementInstant } from "../src/calendar/trade-dates.ts";
import { tradeDateAfter } from "../src/repricing/trade-date-count.ts";
import { toldAlerts } from "../src/store/alerts.ts";
import { historyWrite } from "../src/store/history-writes.ts";
import { meetingsKnown } from "../src/store/meetings.ts";
import { type WaitingAlert, waitingAlerts } from "../src/store/provisional.ts";
import { withdrawLegs } from "../src/store/repricings.ts";
import { takeTurn } from "../src/store/write.ts";
import { completeThrough } from "./snapshot-inputs.ts";
import { tellAlerts } from "./tell-alerts.ts";

export interface UnsettledJob {
  readonly sql: Sql;
  readonly now: () => Date;
  readonly baseUrl: string | null;
}

// The daily reading comes up to four hours after its settlement, a published one the day after: by the second settlement after
// its own an alert has had two that could bear it out.
const SETTLEMENTS_AFTER = 2;

function isOverdue({ tradeDate }: WaitingAlert, now: Date): boolean {
  return now >= settlementInstant(tradeDateAfter(tradeDate, SETTLEMENTS_AFTER));
}

/** Of one stream and one table of parameters. */
function streamsOf(waiting: readonly WaitingAlert[]): WaitingAlert[][] {
  const groups = new Map<string, WaitingAlert[]>();
  for (const row of waiting) {
    const key = `${row.basis} ${row.isSample} ${row.version}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

async function withdrawOf(
  tx: TransactionSql,
  waiting: readonly WaitingAlert[],
  { baseUrl, recordedAt, calendar }: { baseUrl: string | null; recordedAt: Date; calendar: MeetingCalendar },
): Promise<number> {
  const overdue = waiting.filter((row) => isOverdue(row, recordedAt));
  const [first] = overdue;
  if (first === undefined) return 0;
  const { version, basis, isSample } = first;
  const stream = { basis, isSample };
  // A leg that was told on a later day too waits for that day's settlement.
  const kept = new Set(waiting.filter((row) => !overdue.includes(row)).map(({ repricingId }) => repricingId));
  const repricingIds = [...new Set(overdue.map(({ repricingId }) => repricingId))];
  const gone = repricingIds.filter((id) => !kept.has(id));
  const [told] = await Promise.all([
    toldAlerts(tx, stream, version, { repricingIds, keys: [] }),
    withdrawLegs(tx, gone, { states: ["provisional"], reason: "no_settlement", recordedAt }),
  ]);
  const answers = overdue.map(({ id, tradeDate, key }) => {
    return { kind: "withdrawn", resolvesId: id, tradeDate, key, reason: "no_settlement" } as const;
  });
  await tellAlerts(tx, { stream, calendar, baseUrl, live: true, recordedAt, told, answers, raised: [] });
  return overdue.length;
}

/**
 * Withdraws provisional alerts for which no usable settlement has come by the second settlement time after their own, once: a
 * stream that falls silent leaves nobody waiting. Whoever was told of the alert is told of this, and where another stream bears
 * the repricing out, of that. A settlement that comes later all the same raises the alert anew.
 *
 * @returns how many were withdrawn
 */
export async function withdrawUnsettled({ sql, now, baseUrl }: UnsettledJob): Promise<number> {
  const waiting = await waitingAlerts(sql);
  if (!waiting.some((row) => isOverdue(row, now()))) return 0;
  const meetings = await meetingsKnown(sql, null);
  const calendar = { meetings, completeThrough: completeThrough(meetings) };
  return historyWrite(sql, now, async (tx, recordedAt) => {
    await takeTurn(tx, "repricings");
    let withdrawn = 0;
    // Another process may have answered them meanwhile.
    for (const group of streamsOf(await waitingAlerts(tx))) {
      withdrawn += await withdrawOf(tx, group, { baseUrl, recordedAt, calendar });
    }
    return withdrawn;
  });
}
