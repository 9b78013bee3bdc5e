import type { Sql, TransactionSql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Meeting } from "../calendar/meetings.ts";
import type { meetingNotices } from "./tables.ts";
import { announceChange, dateSpan, type Provenance, requestSnapshots, takeTurn } from "./write.ts";

/** One thing learned about a meeting. */
export type MeetingNotice =
  | {
      readonly kind: "scheduled" | "unscheduled" | "cancelled";
      readonly meetingDate: IsoDate;
      readonly effectiveDate: IsoDate;
      readonly knownFrom: Date | null;
    }
  | {
      readonly kind: "decided";
      readonly meetingDate: IsoDate;
      readonly effectiveDate: IsoDate;
      readonly knownFrom: Date;
      readonly lowerBp: number;
      readonly upperBp: number;
    };

/** Readings before fed-funds futures traded cannot be asked for. */
const EARLIEST: IsoDate = "1988-10-03";

type NoticeRow = Readonly<Omit<typeof meetingNotices.$inferSelect, "id" | "payloadId">>;

/** The notices that describe a meeting, in the order in which they are recorded. */
export function noticesOf(meeting: Meeting): MeetingNotice[] {
  const { meetingDate, effectiveDate } = meeting;
  const notices: MeetingNotice[] = [
    { kind: meeting.scheduled ? "scheduled" : "unscheduled", meetingDate, effectiveDate, knownFrom: meeting.knownFrom },
  ];
  if (meeting.decision !== null) {
    const { lowerBp, upperBp, announcedAt } = meeting.decision;
    notices.push({ kind: "decided", meetingDate, effectiveDate, knownFrom: announcedAt, lowerBp, upperBp });
  }
  if (meeting.cancelledAt !== null) {
    notices.push({ kind: "cancelled", meetingDate, effectiveDate, knownFrom: meeting.cancelledAt });
  }
  return notices;
}

function saysTheSame(row: NoticeRow | undefined, notice: MeetingNotice): boolean {
  if (row === undefined) return false;
  if (notice.kind === "decided" && (row.lowerBp !== notice.lowerBp || row.upperBp !== notice.upperBp)) return false;
  return row.effectiveDate === notice.effectiveDate;
}

/** How a write of notices behaves. */
export interface NoticeOptions {
  /** true: a notice is new only when the database has none of its kind for the meeting (a built-in list) */
  readonly onlyMissing: boolean;
  /** last date whose readings a notice about this meeting may change */
  readonly reach: (meetingDate: IsoDate) => IsoDate;
}

/**
 * Stores what is new about meetings: a notice is new when the latest of its kind for that meeting, whoever gave it,
 * says something else. The readings it may change are requested.
 *
 * @returns the notices that were stored
 */
export async function recordNotices(
  tx: TransactionSql,
  notices: readonly MeetingNotice[],
  provenance: Provenance,
  options: NoticeOptions,
): Promise<MeetingNotice[]> {
  await takeTurn(tx, "meeting_notices");
  const latest = new Map<string, NoticeRow>();
  for (const row of await latestNotices(tx, null)) latest.set(`${row.meetingDate} ${row.kind}`, row);
  const fresh = notices.filter((notice) => {
    const known = latest.get(`${notice.meetingDate} ${notice.kind}`);
    return options.onlyMissing ? known === undefined : !saysTheSame(known, notice);
  });
  if (fresh.length === 0) return [];
  const decided = fresh.map((notice) => (notice.kind === "decided" ? notice : null));
  await tx`
    insert into cutwatch.meeting_notices
      (meeting_date, kind, effective_date, known_from, lower_bp, upper_bp, recorded_at, source, payload_id)
    select m, k, e, f, l, u, ${provenance.recordedAt.toISOString()}::timestamptz, ${provenance.source}, ${provenance.payloadId}
    from unnest(
      ${fresh.map((n) => n.meetingDate)}::text[]::date[],
      ${fresh.map((n) => n.kind)}::text[],
      ${fresh.map((n) => n.effectiveDate)}::text[]::date[],
      ${fresh.map((n) => n.knownFrom?.toISOString() ?? null)}::text[]::timestamptz[],
      ${decided.map((n) => n?.lowerBp ?? null)}::integer[],
      ${decided.map((n) => n?.upperBp ?? null)}::integer[]
    ) as t (m, k, e, f, l, u)
  `;
  const period = concerned(fresh, options.reach);
  if (period !== null) await requestSnapshots(tx, { grid: "settlement", ...period, at: null });
  await announceChange(tx, "meetings");
  return fresh;
}

/** A decision changes readings from when it was known; a meeting put on the calendar may change any before it. */
function concerned(
  notices: readonly MeetingNotice[],
  reach: (meetingDate: IsoDate) => IsoDate,
): { from: IsoDate; to: IsoDate } | null {
  return dateSpan(
    notices.flatMap((notice) => [
      notice.knownFrom === null ? EARLIEST : notice.knownFrom.toISOString().slice(0, 10),
      notice.meetingDate,
      reach(notice.meetingDate),
    ]),
  );
}

/** Raw SQL: nearly every answer of the API asks it, so nothing is spent on making its text. */
async function latestNotices(sql: Sql | TransactionSql, knownAt: Date | null): Promise<NoticeRow[]> {
  return sql<NoticeRow[]>`
    select distinct on (meeting_date, kind)
      meeting_date as "meetingDate", kind, effective_date as "effectiveDate", known_from as "knownFrom",
      lower_bp as "lowerBp", upper_bp as "upperBp", recorded_at as "recordedAt", source
    from cutwatch.meeting_notices
    where ${knownAt?.toISOString() ?? null}::timestamptz is null
      or recorded_at <= ${knownAt?.toISOString() ?? null}::timestamptz
    order by meeting_date, kind, recorded_at desc, id desc
  `;
}

/** A meeting with when cutwatch learned the newest thing about it, and from whom. */
export interface MeetingRow extends Meeting {
  readonly recordedAt: Date;
  readonly source: string;
}

/** What a meeting decided as last known, and who said so. */
export interface KnownOutcome {
  readonly lowerBp: number;
  readonly upperBp: number;
  readonly source: string;
}

/** The outcome of a meeting as it is known now; null: it is not. */
export async function knownOutcome(sql: Sql | TransactionSql, meetingDate: IsoDate): Promise<KnownOutcome | null> {
  const rows = await latestNotices(sql, null);
  const decided = rows.find((row) => row.meetingDate === meetingDate && row.kind === "decided");
  if (decided === undefined || decided.lowerBp === null || decided.upperBp === null) return null;
  return { lowerBp: decided.lowerBp, upperBp: decided.upperBp, source: decided.source };
}

/** All meetings as known at `knownAt` (null: now), by date. */
export async function meetingsKnown(sql: Sql | TransactionSql, knownAt: Date | null): Promise<MeetingRow[]> {
  const byDate = new Map<string, NoticeRow[]>();
  for (const row of await latestNotices(sql, knownAt)) {
    const rows = byDate.get(row.meetingDate);
    if (rows === undefined) byDate.set(row.meetingDate, [row]);
    else rows.push(row);
  }
  return [...byDate.values()].flatMap((rows) => meetingFrom(rows));
}

function meetingFrom(rows: readonly NoticeRow[]): MeetingRow[] {
  const listed = rows.filter((row) => row.kind === "scheduled" || row.kind === "unscheduled");
  const decided = rows.find((row) => row.kind === "decided");
  const base = listed.reduce<NoticeRow | undefined>(
    (a, b) => (a === undefined || b.recordedAt >= a.recordedAt ? b : a),
    undefined,
  );
  if (base === undefined) return [];
  const newest = rows.reduce((a, b) => (b.recordedAt > a.recordedAt ? b : a), base);
  const hasDecision =
    decided !== undefined && decided.lowerBp !== null && decided.upperBp !== null && decided.knownFrom !== null;
  return [
    {
      meetingDate: base.meetingDate,
      effectiveDate: hasDecision ? decided.effectiveDate : base.effectiveDate,
      scheduled: base.kind === "scheduled",
      knownFrom: base.knownFrom,
      cancelledAt: rows.find((row) => row.kind === "cancelled")?.knownFrom ?? null,
      decision: hasDecision
        ? {
            lowerBp: decided.lowerBp ?? 0,
            upperBp: decided.upperBp ?? 0,
            announcedAt: decided.knownFrom ?? new Date(Number.NaN),
          }
        : null,
      recordedAt: newest.recordedAt,
      source: newest.source,
    },
  ];
}
