import { z } from "zod";
import { settlementInstant, tradeDateOnOrBefore } from "../calendar/trade-dates.ts";
import { isAtLeast, SEVERITIES } from "../repricing/repricing.ts";
import { alertsOf, type RepricingAlert, repricingsKnown } from "../store/repricing-reads.ts";
import { CHOSEN_COLUMNS } from "./csv.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import {
  basis,
  choice,
  dateParameter,
  knownAt,
  LIST_PARAMETERS,
  type MarketTime,
  marketTimeParameter,
  parameter,
} from "./parameters.ts";
import { badParameter } from "./problem.ts";
import { REPRICING_COLUMNS } from "./repricing-columns.ts";
import { Repricing, repricingJson, STATES, STATUSES } from "./repricing-json.ts";
import { Unjudged, unjudgedOf } from "./repricings-unjudged.ts";
import { defineResource } from "./resource.ts";
import { timeText } from "./shift-period.ts";

const LIST = "repricings";
const STANDING = STATES.filter((state) => state !== "withdrawn");

const path = parameter<number | "none">({
  accepted: "a year such as 2025, or none for meetings' own series only",
  description: "Only repricings of the path to that year's end",
  example: "2025",
  parse: (text) => (text === "none" ? text : /^(19|20)\d{2}$/.test(text) ? Number(text) : null),
  schema: { pattern: "^((19|20)\\d{2}|none)$" },
});

function readMark(cursor: string) {
  const isMark = ([startedAt = "", id = ""]: readonly string[]) =>
    /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(startedAt) && !Number.isNaN(Date.parse(startedAt)) && /^\d{1,15}$/.test(id);
  const [startedAt = "", id = ""] = decodeCursor(LIST, cursor, isMark);
  return { startedAt: new Date(startedAt), id: Number(id) };
}

function instantOf(time: MarketTime): Date {
  return "instant" in time ? time.instant : settlementInstant(tradeDateOnOrBefore(time.tradeDate));
}

/** Alerts by the number of their repricing. */
export function byRepricing(alerts: readonly RepricingAlert[]): ReadonlyMap<number, readonly RepricingAlert[]> {
  const groups = new Map<number, RepricingAlert[]>();
  for (const alert of alerts) {
    const group = groups.get(alert.repricingId);
    if (group === undefined) groups.set(alert.repricingId, [alert]);
    else group.push(alert);
  }
  return groups;
}

export const repricingsResource = defineResource({
  path: "/v1/repricings",
  summary: "When the market changed its mind: moves of the expected rate from one extreme to the next",
  description:
    "Latest start first. Of each meeting, and of each path, the repricings of one basis only, real before sample, then the " +
    "one with readings on most trade dates, so that a move is listed once; `basis` fixes it. `from` and `to` keep what was " +
    "going on in that period: started by `to` and not ended before `from`; an open one has no end. Withdrawn ones are left out " +
    "unless `state=withdrawn` asks for them. `unjudged` says which days are left out because nothing could be said of them.",
  parameters: z.object({
    meeting: dateParameter("Decision day of the meeting").optional(),
    path: path.optional(),
    from: marketTimeParameter("Not ended before; a date is a trade date").optional(),
    to: marketTimeParameter("Started by then; a date is a trade date").optional(),
    min_severity: choice("The mildest to list; absent: all", SEVERITIES).optional(),
    status: choice("Absent: both", STATUSES).optional(),
    state: choice("Absent: all but withdrawn", STATES).optional(),
    basis: basis.optional(),
    known_at: knownAt,
    ...LIST_PARAMETERS,
  }),
  answer: z.strictObject({ data: z.array(Repricing), next_cursor: z.string().nullable(), unjudged: Unjudged }),
  item: Repricing.register(CHOSEN_COLUMNS, { columns: REPRICING_COLUMNS }),
  read: async (question, { sql, passable, knownBy: known }) => {
    const { min_severity: least, from, to } = question;
    if (from !== undefined && to !== undefined && instantOf(from) > instantOf(to)) {
      throw badParameter("from", timeText(from), `at or before to, ${timeText(to)}`);
    }
    const period = { meeting: question.meeting ?? null, from: from ?? null, to: to ?? null };
    const asked = { ...period, basis: question.basis ?? null, knownAt: known };
    const after = question.cursor === undefined ? null : readMark(question.cursor);
    const [rows, unjudged] = await Promise.all([
      repricingsKnown(sql, {
        ...asked,
        path: question.path ?? null,
        severities: SEVERITIES.filter((severity) => least === undefined || isAtLeast(severity, least)),
        states: question.state === undefined ? STANDING : [question.state],
        status: question.status ?? null,
        after,
        limit: question.limit + 1,
      }),
      unjudgedOf(sql, asked),
    ]);
    const page = rows.slice(0, question.limit);
    const last = page.at(-1);
    const ids = page.map(({ id }) => id);
    const [alerts, allowed] = await Promise.all([alertsOf(sql, ids, known), passable()]);
    const groups = byRepricing(alerts);
    return {
      body: {
        data: page.map((row) => repricingJson(row, groups.get(row.id) ?? [], allowed)),
        next_cursor:
          rows.length > page.length && last !== undefined
            ? encodeCursor(LIST, [last.startedAt.toISOString(), String(last.id)])
            : null,
        unjudged,
      },
      until: null,
    };
  },
});
