/** The deliveries that this process holds, and for how long it still may. */

import { withDeadline } from "../src/store/deadline.ts";
import type { ClaimedDelivery } from "../src/store/delivery-claims.ts";
import { extendLeases, LEASE_MS } from "../src/store/delivery-leases.ts";
import type { DeliveryContext } from "./delivery-context.ts";

/** A POST takes 15 s at most: it is begun only while the lease will outlast it. */
const LEASE_NEEDED_MS = 16_000;
const EXTEND_WITHIN_MS = 10_000;

/** A delivery that this process holds: from its claim until its end is written down. */
export interface Flight {
  readonly claimed: ClaimedDelivery;
  /** its number among all that this process held */
  readonly number: number;
  leasedMs: number;
  leasedAtMs: number;
  lost: boolean;
  ended: boolean;
}

/** When something was, on two clocks: one that only goes forward but may stand still while the machine sleeps, and the day's. */
export interface Moment {
  readonly forwardMs: number;
  readonly at: Date;
}

export interface Flights {
  /** @param asked before the claim was sent, so that its lease ends no sooner than is thought here */
  board(claimed: ClaimedDelivery, asked: Moment): Flight;
  land(claimed: ClaimedDelivery): void;
  all(): readonly Flight[];
  /** whether the lease will outlast a POST that is begun now */
  maySend(flight: Flight): boolean;
  /** extends all leases by one statement; those that another process has taken over are marked as lost */
  showLife(): Promise<void>;
}

export function flightList({ sql, now, monotonicMs }: DeliveryContext): Flights {
  const flights = new Map<ClaimedDelivery, Flight>();
  let boarded = 0;
  return {
    board(claimed, { forwardMs, at }) {
      boarded += 1;
      const leasedAtMs = at.getTime();
      const flight = { claimed, number: boarded, leasedMs: forwardMs, leasedAtMs, lost: false, ended: false };
      flights.set(claimed, flight);
      return flight;
    },
    land: (claimed) => void flights.delete(claimed),
    all: () => [...flights.values()],
    maySend({ lost, leasedMs, leasedAtMs }) {
      const ageMs = Math.max(monotonicMs() - leasedMs, now().getTime() - leasedAtMs);
      return !lost && ageMs <= LEASE_MS - LEASE_NEEDED_MS;
    },
    async showLife() {
      const leasedMs = monotonicMs();
      const leasedAtMs = now().getTime();
      const held = [...flights.values()].filter(({ lost }) => !lost);
      if (held.length === 0) return;
      const claims = held.map(({ claimed }) => claimed);
      const kept = await withDeadline(extendLeases(sql, claims), EXTEND_WITHIN_MS, "extend leases");
      for (const flight of held) {
        if (kept.has(flight.claimed.id)) Object.assign(flight, { leasedMs, leasedAtMs });
        else flight.lost = true;
      }
    },
  };
}
