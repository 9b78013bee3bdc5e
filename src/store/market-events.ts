/** Events on the calendar, as notices: a change of plan is a further row. Repricings read them in `repricing-detail`. */
import type { TransactionSql } from "postgres";
import type { MarketEvent } from "../pricing/market-event.ts";
import { announceChange, type Provenance, takeTurn, type Written } from "./write.ts";

/** How a write of events behaves. */
export interface EventOptions {
  /** true: what others have said of an event is not overruled (a built-in list) */
  readonly onlyOwn: boolean;
}

/**
 * Stores notices that say something else than the latest of their event. Where a notice does not say when it was known, it
 * was when cutwatch learned it, or at the event itself if that is earlier.
 */
export async function recordEvents(
  tx: TransactionSql,
  events: readonly MarketEvent[],
  provenance: Pick<Provenance, "source" | "payloadId" | "recordedAt">,
  { onlyOwn }: EventOptions = { onlyOwn: false },
): Promise<Written> {
  if (events.length === 0) return { stored: 0, unchanged: 0 };
  await takeTurn(tx, "market_events");
  const { recordedAt } = provenance;
  const rows = events.map((event) => ({
    event_key: event.eventKey,
    what: event.what,
    scheduled_at: event.scheduledAt.toISOString(),
    status: event.status,
    known_at: (event.knownAt ?? new Date(Math.min(recordedAt.getTime(), event.scheduledAt.getTime()))).toISOString(),
  }));
  const stored = await tx`
    insert into cutwatch.market_events
      (event_key, what, scheduled_at, status, known_at, recorded_at, source, payload_id)
    select n.event_key, n.what, n.scheduled_at, n.status, n.known_at, ${recordedAt.toISOString()}::timestamptz,
      ${provenance.source}, ${provenance.payloadId}::bigint
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as n (
      event_key text, what text, scheduled_at timestamptz(3), status text, known_at timestamptz(3)
    )
    left join lateral (
      select what, scheduled_at, status, source
      from cutwatch.market_events e
      where e.event_key = n.event_key
      order by e.id desc
      limit 1
    ) latest on true
    where (n.what, n.scheduled_at, n.status) is distinct from (latest.what, latest.scheduled_at, latest.status)
      and (not ${onlyOwn}::boolean or latest.source is null or latest.source = ${provenance.source})
    returning id
  `;
  if (stored.length > 0) await announceChange(tx, "events");
  return { stored: stored.length, unchanged: events.length - stored.length };
}
