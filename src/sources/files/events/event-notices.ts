/** Several notices of one event in one file: each counts from when it was known. */
import type { MarketEvent } from "../../../pricing/market-event.ts";
import { dropDuplicates } from "../file-duplicates.ts";
import { excerpt, type ImportTally } from "../import-result.ts";

/** Settles notices that stand in a file twice: of one event, known at one time. */
export function finishEvents(result: ImportTally<MarketEvent>): void {
  dropDuplicates(
    result,
    ({ eventKey, knownAt }) => `event ${eventKey}${knownAt === null ? "" : ` as known ${knownAt.toISOString()}`}`,
    ({ what, scheduledAt, status }) => `${what}, ${scheduledAt.toISOString()}, ${status}`,
  );
}

/** A notice of a calendar; `sequence` grows with each revision of its event (RFC 5545, section 3.8.7.4). */
export interface Revision {
  readonly event: MarketEvent;
  readonly sequence: number;
  /** where it begins in the file */
  readonly line: number;
}

/**
 * Takes revisions into a tally, in the order of the file. The highest SEQUENCE of an event is the last word: a lower one is
 * kept as what was known before, and refused where its own stamp does not say that it was.
 */
export function addRevisions(result: ImportTally<MarketEvent>, revisions: readonly Revision[]): void {
  const outdone = outdoneBy(revisions);
  for (const revision of revisions) {
    const { event, sequence, line } = revision;
    const higher = outdone.get(revision);
    if (higher === undefined) {
      result.kept.push(event);
      result.lines.push(line);
      continue;
    }
    const name = `event ${event.eventKey}`;
    const reason = `SEQUENCE ${sequence} of ${name} is not known to be earlier than its SEQUENCE ${higher}, which counts`;
    result.rejected.push({ line, code: "superseded", reason: excerpt(reason), row: excerpt(`${name}: ${event.what}`) });
  }
}

/** The revisions that a higher SEQUENCE leaves no time to have been true, with the highest of their event. */
function outdoneBy(revisions: readonly Revision[]): Map<Revision, number> {
  const byKey = new Map<string, Revision[]>();
  for (const revision of revisions) {
    const own = byKey.get(revision.event.eventKey);
    if (own === undefined) byKey.set(revision.event.eventKey, [revision]);
    else own.push(revision);
  }
  const outdone = new Map<Revision, number>();
  for (const own of byKey.values()) {
    own.sort((a, b) => b.sequence - a.sequence);
    const highest = own[0]?.sequence ?? 0;
    let level = highest;
    let knownAbove = Number.POSITIVE_INFINITY;
    let known = Number.POSITIVE_INFINITY;
    for (const revision of own) {
      if (revision.sequence < level) {
        level = revision.sequence;
        knownAbove = known;
      }
      const at = revision.event.knownAt?.getTime() ?? null;
      if (level < highest && (at === null || at >= knownAbove)) outdone.set(revision, highest);
      else if (at !== null) known = Math.min(known, at);
    }
  }
  return outdone;
}
