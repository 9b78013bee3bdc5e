import type { TransactionSql } from "postgres";
import type { MeetingCalendar } from "../src/calendar/meetings.ts";
import { isSameMove, toTellAfterAll } from "../src/repricing/one-telling.ts";
import { detectedKey, keyToTell } from "../src/repricing/told.ts";
import { feedNumbers, toldAlerts } from "../src/store/alerts.ts";
import type { DetectorStream } from "../src/store/detector.ts";
import { type AgainRow, recordAgain, type StoredRow, storedBeside } from "../src/store/told-moves.ts";
import { ALERT_TYPES, toldAfterAllBody } from "../src/webhooks/payload.ts";
import { queueAlerts, type RecordedAlert } from "./queue-alerts.ts";

/** What was taken back, or borne out without having been told. */
export interface TakenBack {
  readonly stream: DetectorStream;
  readonly version: string;
  readonly calendar: Pick<MeetingCalendar, "meetings">;
  readonly recordedAt: Date;
  /** alerts of the stream, by number */
  readonly alertIds: readonly number[];
  /** numbers of the repricings of which something is taken back that was sent; of the others it was history */
  readonly newsOf: ReadonlySet<number>;
}

function recordedAlert(row: StoredRow, id: number, recordedAt: Date, historical: boolean): RecordedAlert {
  return {
    id,
    type: ALERT_TYPES[row.kind],
    kind: row.kind,
    severity: row.severity,
    meeting: row.meeting,
    path: row.path,
    clusterId: row.cluster,
    asOf: row.asOf.toISOString(),
    recordedAt,
    historical,
    isPrimary: true,
  };
}

/**
 * Tells what other streams found of a repricing and kept to themselves, once what was told of it is taken back and no better
 * stream says that it was nothing: a repricing that stands is never left untold. It is history where the withdrawal is.
 *
 * @returns how many alerts were recorded
 */
export async function tellAfterAll(tx: TransactionSql, taken: TakenBack): Promise<number> {
  if (taken.alertIds.length === 0) return 0;
  const { legs, stored } = await storedBeside(tx, taken.alertIds);
  const chosen = toTellAfterAll(legs, stored);
  if (chosen.length === 0) return 0;
  const repricingIds = [...new Set(chosen.map((row) => row.repricingId))];
  const [numbers, told] = await Promise.all([
    feedNumbers(tx, chosen.length),
    toldAlerts(tx, taken.stream, taken.version, { repricingIds, keys: [] }),
  ]);
  const last = new Map(told.map(({ repricingId, id }) => [repricingId, id]));
  const isHistory = (row: StoredRow) => !legs.some((leg) => taken.newsOf.has(leg.id) && isSameMove(leg, row));
  const rows = chosen.map((row, i): AgainRow => {
    const id = numbers[i] ?? 0;
    const key = keyToTell(
      detectedKey(row.key),
      told.filter(({ repricingId }) => repricingId === row.repricingId),
    );
    const supersedes = last.get(row.repricingId) ?? null;
    last.set(row.repricingId, id);
    const place = { id, supersedes, also: [] };
    const { recordedAt } = taken;
    const historical = isHistory(row);
    const body = toldAfterAllBody(row.body, { kind: row.kind, key, leg: row.leg, place, historical, recordedAt });
    return { id, ofId: row.id, key, kind: row.kind, historical, body };
  });
  const alerts = chosen.map((row, i) => recordedAlert(row, rows[i]?.id ?? 0, taken.recordedAt, isHistory(row)));
  await Promise.all([
    recordAgain(tx, rows, taken.recordedAt),
    queueAlerts(tx, alerts, taken.calendar, taken.recordedAt),
  ]);
  return rows.length;
}
