/** Events on the calendar, as notices: a change of plan is a further row. Repricings read them in `repricing-detail`. */
import type { Sql, TransactionSql } from "postgres";
import type { MarketEvent } from "../pricing/market-event.ts";
import { announceChange, type Provenance, takeTurn, type Written } from "./write.ts";

/** How a write of events behaves. */
export interface EventOptions {
  /** true: what others have said of an event is not overruled (a built-in list) */
  readonly onlyOwn: boolean;
}

/**
 * The order of an event's notices, the one that counts first: known last, whatever the order in which they came. The built-in
 * list yields to what anybody says of one of its events; nothing is known later than it was recorded, so a stamp in the
 * future wins nothing. `review.market_events` has the same order.
 *
 * @param notice alias of `cutwatch.market_events`
 */
export function latestNotice(sql: Sql | TransactionSql, notice: string) {
  const column = (name: string) => sql`${sql(`${notice}.${name}`)}`;
  return sql`
    (${column("source")} = 'built-in'), least(${column("known_at")}, ${column("recorded_at")}) desc,
    ${column("recorded_at")} desc, ${column("id")} desc
  `;
}

/**
 * Stores notices that are new: with `knownAt` every one that is not stored already, for one that came late may belong between
 * two others; without it what says something else than the notice that counts, known when cutwatch learned it, or at the
 * event itself if that is earlier, and not before the one that it corrects.
 *
 * @throws RangeError for an event that was released and is yet to come; nothing is stored then
 */
export async function recordEvents(
  tx: TransactionSql,
  events: readonly MarketEvent[],
  provenance: Pick<Provenance, "source" | "payloadId" | "recordedAt">,
  { onlyOwn }: EventOptions = { onlyOwn: false },
): Promise<Written> {
  const { recordedAt } = provenance;
  const early = events.find((event) => event.status === "released" && event.scheduledAt > recordedAt);
  if (early !== undefined) {
    const when = early.scheduledAt.toISOString();
    throw new RangeError(`Cannot record the event ${early.eventKey} as released: its time ${when} is yet to come`);
  }
  if (events.length === 0) return { stored: 0, unchanged: 0 };
  await takeTurn(tx, "market_events");
  const rows = events.map((event) => ({
    event_key: event.eventKey,
    what: event.what,
    scheduled_at: event.scheduledAt.toISOString(),
    status: event.status,
    known_at: event.knownAt?.toISOString() ?? null,
  }));
  const stored = await tx`
    insert into cutwatch.market_events
      (event_key, what, scheduled_at, status, known_at, recorded_at, source, payload_id)
    select n.event_key, n.what, n.scheduled_at, n.status,
      coalesce(n.known_at, greatest(least(own.recorded_at, n.scheduled_at), least(latest.known_at, own.recorded_at))),
      own.recorded_at, ${provenance.source}, ${provenance.payloadId}::bigint
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as n (
      event_key text, what text, scheduled_at timestamptz(3), status text, known_at timestamptz(3)
    )
    cross join (select ${recordedAt.toISOString()}::timestamptz as recorded_at) own
    left join lateral (
      select e.what, e.scheduled_at, e.status, e.source, e.known_at
      from cutwatch.market_events e
      where e.event_key = n.event_key
      order by ${latestNotice(tx, "e")}
      limit 1
    ) latest on true
    where (not ${onlyOwn}::boolean or latest.source is null or latest.source = ${provenance.source})
      and case
        when n.known_at is null
          then (n.what, n.scheduled_at, n.status) is distinct from (latest.what, latest.scheduled_at, latest.status)
        else not exists (
          select
          from cutwatch.market_events e
          where e.event_key = n.event_key
            and (e.what, e.scheduled_at, e.status, e.known_at) = (n.what, n.scheduled_at, n.status, n.known_at)
        )
      end
    returning id
  `;
  if (stored.length > 0) await announceChange(tx, "events");
  return { stored: stored.length, unchanged: events.length - stored.length };
}
