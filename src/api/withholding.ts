/** Figures whose licence forbids passing them on, left out of answers to others. */
import type { MeetingReading } from "../pricing/reading.ts";
import type { SnapshotHeader } from "../store/readings.ts";
import { meetingOddsJson } from "./snapshot-views.ts";

// Messages are withheld by the same rule, outside of the API.
export { mayPass, passableSources } from "../store/passable-sources.ts";

/**
 * A meeting without its raw figures: of a computed reading the prices, of a published one the distribution itself, for
 * there the odds are the source's own figures.
 */
export function withheldOddsJson(reading: MeetingReading, header: Pick<SnapshotHeader, "method">) {
  const json = meetingOddsJson(reading);
  const contracts = json.contracts.map((use) => ({ ...use, price: null, withheld: true as const }));
  if (header.method !== "published") return { ...json, contracts };
  return {
    ...json,
    expected_rate_bp: null,
    outcomes: [],
    ease: null,
    hold: null,
    hike: null,
    contracts,
    withheld: true as const,
  };
}
