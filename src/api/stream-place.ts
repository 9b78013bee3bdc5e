/**
 * How far a client of the stream has got, as the text of an event's `id`. It holds all there is to know, so that any
 * process can go on where another one stopped.
 */
import { createHash } from "node:crypto";
import type { Seen } from "../store/stream.ts";

/** Rows up to these numbers were told, and the sources stood like this. */
export interface Place extends Seen {
  /** a letter a source in order, after a mark of their names; empty: nothing was told of sources */
  readonly sources: string;
}

const LETTERS = { ok: "o", stale: "s", failing: "f", off: "x" } as const;
export type SourceStatus = keyof typeof LETTERS;

/** of a source that nothing was told of yet */
const UNTOLD = "n";
const PLACE = /^(\d{1,15})\.(\d{1,15})(?:\.([0-9a-f]{4}-[osfxn]{0,200}))?$/;

/** `1841.27.9f3e-oosx`: the last snapshot, the last item of the feed, how the sources stood. */
export function placeText({ snapshot, feed, sources }: Place): string {
  return sources === "" ? `${snapshot}.${feed}` : `${snapshot}.${feed}.${sources}`;
}

/** The place that a text names; null: none. `0.0` is before everything that is stored. */
export function parsePlace(text: string): Place | null {
  const [, snapshot, feed, sources = ""] = PLACE.exec(text) ?? [];
  return snapshot === undefined || feed === undefined
    ? null
    : { snapshot: Number(snapshot), feed: Number(feed), sources };
}

interface Standing {
  readonly source: string;
  readonly status: SourceStatus;
}

function markOf(sources: readonly Standing[]): string {
  const names = sources.map(({ source }) => source).join("\n");
  return createHash("sha256").update(names).digest("hex").slice(0, 4);
}

/** How sources stand, in the order given. */
export function standingOf(sources: readonly Standing[]): string {
  return `${markOf(sources)}-${sources.map(({ status }) => LETTERS[status]).join("")}`;
}

/**
 * The sources that do not stand as they were told to, each with the standing that is told once it was told; all of them
 * where there were others then.
 */
export function changedSources<S extends Standing>(
  sources: readonly S[],
  told: string,
): { readonly source: S; readonly sources: string }[] {
  const mark = markOf(sources);
  const [toldMark, toldLetters = ""] = told.split("-");
  const isSame = toldMark === mark && toldLetters.length === sources.length;
  const letters = isSame ? [...toldLetters] : sources.map(() => UNTOLD);
  return sources.flatMap((source, i) => {
    if (letters[i] === LETTERS[source.status]) return [];
    letters[i] = LETTERS[source.status];
    return [{ source, sources: `${mark}-${letters.join("")}` }];
  });
}
