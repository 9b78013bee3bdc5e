/**
 * Who is sent to at once. Endpoints that hang must never delay those that answer: an attempt occupies a place of the
 * narrow lane only while it is young, an endpoint that keeps one waiting gets no second one, and endpoints known to
 * fail have a lane of their own, in which one that recovered does not wait for those that hang.
 */

/** Of one endpoint at once; one of one that fails. */
export const ENDPOINT_PLACES = 8;
/** An attempt is young for this long: most that end are ended by then. */
export const YOUNG_MS = 100;
/**
 * Young attempts at once: as many as connections to one machine are kept (`MOST_IDLE`), for beyond that most messages need one
 * of their own. With half as many a warm process waited for its next claim a sixth of the time. Of endpoints that hang
 * 2,560 a second pass.
 */
export const YOUNG_PLACES = 256;
/** Fewer free places than this are left for a moment: to claim one message costs as much as to claim twenty. */
export const FEWEST_PLACES = 32;
/** An endpoint that keeps an attempt waiting for this long gets no other one. */
export const HELD_MS = 1_000;
/** Young attempts at once to endpoints known to fail, and how long they count as such: 256 a second pass. */
export const FAILING_PLACES = 64;
export const FAILING_YOUNG_MS = 250;
/** Attempts to them in all, so that some places are always left to the others. */
export const FAILING_TOTAL_PLACES = 3_072;
/** Attempts in all: sockets of one process. */
export const TOTAL_PLACES = 4_096;

/** An attempt that occupies places. */
export interface Occupant {
  readonly id: number;
  readonly webhookId: number;
  /** the endpoint was known to fail when the attempt was claimed */
  readonly failing: boolean;
  /** on a clock that only goes forward, in ms */
  readonly startedMs: number;
}

export interface Lanes {
  enter(occupant: Occupant): void;
  leave(id: number): void;
  /** how many attempts may be begun now; 0 also where it would be only a few */
  room(atMs: number, failing: boolean): number;
  /** how many more each endpoint may have that has any */
  free(atMs: number): Map<number, number>;
  readonly size: number;
}

/** Lanes with nobody in them. */
export function deliveryLanes(): Lanes {
  // In order of entering, so that the young ones are the last.
  const occupants = new Map<number, Occupant>();
  const byWebhook = new Map<number, Map<number, Occupant>>();
  let failingCount = 0;

  const youngCount = (atMs: number, ofFailing: boolean): number => {
    const youngMs = ofFailing ? FAILING_YOUNG_MS : YOUNG_MS;
    let count = 0;
    for (const { failing, startedMs } of occupants.values()) {
      if (failing === ofFailing && atMs - startedMs < youngMs) count += 1;
    }
    return count;
  };
  return {
    get size() {
      return occupants.size;
    },
    enter(occupant) {
      occupants.set(occupant.id, occupant);
      const beside = byWebhook.get(occupant.webhookId) ?? new Map<number, Occupant>();
      byWebhook.set(occupant.webhookId, beside.set(occupant.id, occupant));
      if (occupant.failing) failingCount += 1;
    },
    leave(id) {
      const occupant = occupants.get(id);
      if (occupant === undefined) return;
      occupants.delete(id);
      const beside = byWebhook.get(occupant.webhookId);
      beside?.delete(id);
      if (beside?.size === 0) byWebhook.delete(occupant.webhookId);
      if (occupant.failing) failingCount -= 1;
    },
    room(atMs, failing) {
      const left = TOTAL_PLACES - occupants.size;
      if (failing) {
        const most = Math.min(left, FAILING_TOTAL_PLACES - failingCount);
        return Math.max(0, Math.min(most, FAILING_PLACES - youngCount(atMs, true)));
      }
      const young = YOUNG_PLACES - youngCount(atMs, false);
      return young < FEWEST_PLACES ? 0 : Math.min(left, young);
    },
    free(atMs) {
      const free = new Map<number, number>();
      for (const [webhookId, beside] of byWebhook) {
        const all = [...beside.values()];
        const held = all.some(({ failing, startedMs }) => failing || atMs - startedMs >= HELD_MS);
        free.set(webhookId, held ? 0 : Math.max(0, ENDPOINT_PLACES - all.length));
      }
      return free;
    },
  };
}
