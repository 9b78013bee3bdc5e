/** What the day's digest tells besides the odds. */
import type { Sql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { DigestAlert } from "../webhooks/digest.ts";
import { publishedInAlert } from "./published-figures.ts";

/** An alert that stands, and whose published figures it rests on; null: none. */
export interface StandingAlert extends DigestAlert {
  readonly published: string | null;
}

/** Alerts of a trade date that its settlement raised or bore out and that nothing has withdrawn since: one voice, no sample. */
export async function standingAlertsOn(sql: Sql, tradeDate: IsoDate): Promise<StandingAlert[]> {
  return sql<StandingAlert[]>`
    select a.id, r.meeting_date as meeting, r.path_year as path, r.direction, a.kind, a.severity,
      a.amplitude_bp, a.expected_rate_bp, ${publishedInAlert(sql)} as published
    from cutwatch.alerts a
    join cutwatch.repricings r on r.id = a.repricing_id
    where a.trade_date = ${tradeDate}::date and a.is_primary and not a.is_sample and a.kind <> 'withdrawn'
      and a.provisional is null
      and not exists (
        select from cutwatch.alerts w
        where w.repricing_id = a.repricing_id and w.id > a.id and w.kind = 'withdrawn'
          and (w.resolves_id = a.id or starts_with(w.key, r.leg_key || '/withdrawn/'))
      )
    order by a.id
  `;
}
