/** What happened, as server-sent events: pure text. */
import type { FeedItem } from "../store/alert-feed.ts";
import type { StreamedSnapshot } from "../store/stream.ts";
import { provenanceJson } from "./provenance.ts";
import { changedSources, type Place, placeText, type SourceStatus } from "./stream-place.ts";
import { mayPass } from "./withholding.ts";
import { pinnedTime } from "./wording.ts";

export const STREAM_EVENTS = ["snapshot", "alert", "source"] as const;
export type StreamEventName = (typeof STREAM_EVENTS)[number];

/** Something that happened: the place it leads to, and what is said of it. */
export interface StreamEvent {
  readonly name: StreamEventName;
  readonly place: Place;
  readonly data: object;
  /** what others than this machine are told where figures are withheld; null: nothing */
  readonly outsiderData: object | null;
}

/** Sets what a client gives as `Last-Event-ID`, and tells it nothing. */
export function placeFrame(place: Place): string {
  return `id: ${placeText(place)}\n\n`;
}

export function eventFrame(name: StreamEventName, place: Place, data: object): string {
  return `id: ${placeText(place)}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Tells a client that its place is ahead of all that is stored, and that it begins from now. */
export function resetFrame(from: Place, place: Place): string {
  const data = { last_event_id: placeText(from), reason: "ahead of all that is stored: begins from now" };
  return `id: ${placeText(place)}\nevent: reset\ndata: ${JSON.stringify(data)}\n\n`;
}

function snapshotData(snapshot: StreamedSnapshot, baseUrl: string, withheld: boolean): object {
  const pinned = new URLSearchParams({
    as_of: pinnedTime(snapshot),
    grid: snapshot.grid,
    basis: snapshot.basis,
    known_at: snapshot.recordedAt.toISOString(),
  });
  return {
    ...provenanceJson(snapshot),
    meetings: snapshot.meetings.map(({ meeting, expectedRateBp }) => ({
      meeting,
      expected_rate_bp: withheld ? null : expectedRateBp,
    })),
    url: `${baseUrl}/v1/probabilities?${pinned}`,
    ...(withheld ? { withheld: true } : {}),
  };
}

/** @param passable the sources whose figures others may be told; null: all */
export function snapshotEvent(
  snapshot: StreamedSnapshot,
  before: Place,
  { baseUrl, passable }: { readonly baseUrl: string; readonly passable: ReadonlySet<string> | null },
): StreamEvent {
  const data = snapshotData(snapshot, baseUrl, false);
  const withheld = snapshot.method === "published" && !mayPass(snapshot.source, passable);
  return {
    name: "snapshot",
    place: { ...before, snapshot: snapshot.id },
    data,
    outsiderData: withheld ? snapshotData(snapshot, baseUrl, true) : data,
  };
}

/** An item of the feed, exactly as the feed has it; a published distribution is told whole or not at all. */
export function alertEvent(item: FeedItem, before: Place, passable: ReadonlySet<string> | null): StreamEvent {
  const withheld = item.published !== null && !mayPass(item.published, passable);
  return {
    name: "alert",
    place: { ...before, feed: item.id },
    data: item.body,
    outsiderData: withheld ? null : item.body,
  };
}

/** Sources that do not stand as they did at a place, as `/v1/sources` has them. */
export function sourceEvents(
  rows: readonly { readonly source: string; readonly status: SourceStatus }[],
  before: Place,
): StreamEvent[] {
  return changedSources(rows, before.sources).map(({ source, sources }) => ({
    name: "source",
    place: { ...before, sources },
    data: source,
    outsiderData: source,
  }));
}
