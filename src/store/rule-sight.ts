/** Which rules of webhooks are not judged now, by the readings that are stored. */
import type { Sql, TransactionSql } from "postgres";
import { addDays } from "../calendar/calendar-date.ts";
import type { Meeting } from "../calendar/meetings.ts";
import { selectedMeeting } from "../webhooks/meeting-selection.ts";
import { type NotJudgedNow, rulesNotJudged } from "../webhooks/rule-sight.ts";
import type { Rule } from "../webhooks/subscription.ts";
import { meetingsKnown } from "./meetings.ts";
import { mayPassReading } from "./passable-sources.ts";
import { measuredReadings } from "./rule-readings.ts";

/** How far back "since when" can be told: two meetings are six weeks apart. */
const BACK_DAYS = 45;
const INTRADAY_BACK_MS = 5 * 86_400_000;
/** Evening trading belongs to a trade date up to a long weekend ahead. */
const AHEAD_DAYS = 5;
const ANY_FIGURE = { measure: "expected_rate", range: null } as const;

/** Rules to be looked at, by the number of their webhook. */
export interface RulesOf {
  readonly id: number;
  readonly rules: readonly Rule[];
}

/**
 * The rules that are not judged now, by webhook. One reading of what is stored, however many webhooks ask.
 *
 * @param options.passable the sources whose own figures rules may tell; null: all
 */
export async function notJudgedNow(
  sql: Sql | TransactionSql,
  webhooks: readonly RulesOf[],
  { now, passable }: { readonly now: Date; readonly passable: ReadonlySet<string> | null },
): Promise<ReadonlyMap<number, readonly NotJudgedNow[]>> {
  const withRules = webhooks.filter(({ rules }) => rules.length > 0);
  if (withRules.length === 0) return new Map();
  const meetings = await meetingsKnown(sql, null);
  const readings = await readingsOfMeant(sql, withRules, meetings, now);
  const seen = readings.map((reading) => ({ ...reading, withheld: !mayPassReading(reading, passable) }));
  return new Map(withRules.map(({ id, rules }) => [id, rulesNotJudged(rules, seen, meetings, now)]));
}

function readingsOfMeant(
  sql: Sql | TransactionSql,
  webhooks: readonly RulesOf[],
  meetings: readonly Meeting[],
  now: Date,
) {
  const rules = webhooks.flatMap((webhook) => webhook.rules);
  const selectors = new Set(rules.map(({ meeting }) => meeting));
  const meant = new Set([...selectors].flatMap((selector) => selectedMeeting(selector, meetings, now) ?? []));
  const today = now.toISOString().slice(0, 10);
  const period = { from: addDays(today, -BACK_DAYS), to: addDays(today, AHEAD_DAYS) };
  const spans = [...meant].filter((meeting) => meeting >= today).map((meeting) => ({ meeting, ...period }));
  const intradayFrom = new Date(now.getTime() - INTRADAY_BACK_MS);
  return measuredReadings(sql, { measure: ANY_FIGURE, spans, intradayFrom });
}
