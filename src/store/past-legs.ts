/**
 * Legs that are over, kept in memory between runs: with each alert a new one is compared with all of them. To read how 300 of
 * them stand took a tenth of the time from a snapshot to its alerts; what has changed since the last run is a few rows.
 *
 * States are numbered in the order in which they become visible, since their writers take turns, and never change.
 */
import type { Sql, TransactionSql } from "postgres";
import type { PastLeg } from "../repricing/unusual.ts";
import type { DetectorStream } from "./detector.ts";

/** A leg that is over, with its number. */
export type StoredPastLeg = PastLeg & { readonly id: number };

interface Memory {
  newest: number;
  readonly over: Map<number, StoredPastLeg>;
}

const memories = new WeakMap<Sql, Map<string, Memory>>();

function memoryOf(sql: Sql, key: string): Memory {
  const ofClient = memories.get(sql) ?? new Map<string, Memory>();
  memories.set(sql, ofClient);
  const memory = ofClient.get(key) ?? { newest: 0, over: new Map() };
  ofClient.set(key, memory);
  return memory;
}

interface StateRow {
  readonly stateId: number;
  readonly id: number;
  readonly key: string;
  readonly meeting: string;
  readonly path: number | null;
  readonly isOver: boolean;
  readonly endedOn: string | null;
  readonly endedAt: Date | null;
  readonly amplitudeBp: number;
}

/**
 * Confirmed legs of a stream that are over, with no more than it takes to compare a new one with them, ascending by number.
 * Callers hold the turn `repricings` and have stored no leg yet in this transaction, for it may be undone.
 *
 * @param sql the client that the memory belongs to
 * @param tx where to read
 */
export async function pastLegs(
  sql: Sql,
  tx: TransactionSql,
  stream: DetectorStream,
  version: string,
): Promise<readonly StoredPastLeg[]> {
  const memory = memoryOf(sql, `${stream.basis} ${stream.isSample} ${version}`);
  const rows = await tx<StateRow[]>`
    select distinct on (s.repricing_id) s.id as "stateId", r.id, r.leg_key as key, r.meeting_date as meeting,
      r.path_year as path, s.state = 'confirmed' and s.status = 'closed' as "isOver", s.ended_on as "endedOn",
      s.ended_at as "endedAt", s.amplitude_bp as "amplitudeBp"
    from cutwatch.repricing_states s
    join cutwatch.repricings r on r.id = s.repricing_id
    where s.id > ${memory.newest}::bigint and r.basis = ${stream.basis}::cutwatch.basis
      and r.is_sample = ${stream.isSample} and r.parameters_version = ${version}
    order by s.repricing_id, s.id desc
  `;
  for (const { stateId, id, key, meeting, path, isOver, endedOn, endedAt, amplitudeBp } of rows) {
    if (isOver && endedOn !== null && endedAt !== null) {
      const end = { tradeDate: endedOn, asOf: endedAt.toISOString() };
      memory.over.set(id, { id, key, target: { meeting, path }, state: "confirmed", endedAt: end, amplitudeBp });
    } else memory.over.delete(id);
    memory.newest = Math.max(memory.newest, stateId);
  }
  return [...memory.over.values()].sort((one, other) => one.id - other.id);
}
