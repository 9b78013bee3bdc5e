/** A question the API answers: its path, its parameters, the form of its answer, and how it is read. */
import type { Sql } from "postgres";
import type { z } from "zod";
import type { KnownInstants } from "./known-instants.ts";
import { readParameters } from "./parameters.ts";
import type { ReadingFinder } from "./reading-finder.ts";
import type { SnapshotViews } from "./snapshot-views.ts";

/** What a question is read with. */
export interface Asked {
  readonly sql: Sql;
  readonly now: Date;
  /** until when what is read now may be used for other answers, epoch ms */
  readonly keepMs: number;
  /** address for links, without a trailing slash */
  readonly baseUrl: string;
  readonly instants: KnownInstants;
  readonly readings: ReadingFinder;
  readonly snapshots: SnapshotViews;
  /** the sources whose raw figures may be passed on to this client; null: nothing is withheld from it */
  readonly passable: () => Promise<ReadonlySet<string> | null>;
}

/** What a question of history is read with. */
export interface AskedOfHistory extends Asked {
  /** what could be seen at `known_at`: all that is stamped no later; null where the question has none */
  readonly knownBy: Date | null;
}

/** An answer (an object, or JSON text that is ready), and when the clock alone may make it another one (null: never). */
export interface Answer {
  readonly body: object | string;
  readonly until: Date | null;
}

/** An answer that is no list as rows for CSV, and their columns in order. */
export interface AnswerTable {
  readonly columns: readonly string[];
  readonly rows: (answer: unknown) => readonly object[];
}

interface Described {
  readonly path: `/v1/${string}`;
  readonly summary: string;
  readonly description: string;
  readonly answer: z.ZodType;
  /** one row, for lists, which also come as CSV */
  readonly item: z.ZodType | null;
  /** for answers that are no list and come as CSV all the same */
  readonly table?: AnswerTable;
}

/** A resource whose parameters are checked inside. */
export interface Resource extends Described {
  readonly parameters: z.ZodObject;
  readonly read: (texts: Readonly<Record<string, string>>, asked: Asked) => Promise<Answer>;
}

/** Joins a resource's parameters to the function that reads it. */
export function defineResource<S extends z.ZodObject>(
  definition: Described & {
    readonly parameters: S;
    readonly read: (question: z.output<S>, asked: AskedOfHistory) => Promise<Answer>;
  },
): Resource {
  const { parameters, read } = definition;
  return {
    ...definition,
    read: async (texts, asked) => {
      const question = readParameters(parameters, texts);
      return read(question, { ...asked, knownBy: await knownByOf(question, asked) });
    },
  };
}

/** The only place that reads `known_at` for what was stored by then; what answers say of it is as it was asked. */
async function knownByOf(question: object, { instants, now, keepMs }: Asked): Promise<Date | null> {
  const knownAt = "known_at" in question ? question.known_at : null;
  return knownAt instanceof Date ? instants.knownBy(knownAt, { nowMs: now.getTime(), untilMs: keepMs }) : null;
}

/** Names of `{…}` parts of a path. */
export function pathNames(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
}

// Long enough to spare the database, short enough that nobody takes an old figure for a new one.
const MOVING_MS = 5_000;

/** The instant after which an answer that depends on the clock is made again, at the latest. */
export function soon(now: Date, ...changes: readonly (Date | null)[]): Date {
  let until = now.getTime() + MOVING_MS;
  for (const change of changes) if (change !== null && change > now) until = Math.min(until, change.getTime());
  return new Date(until);
}

/** The instant a question is asked from, by the clock: now, or `known_at` when that is earlier. */
export function viewpoint(now: Date, knownAt: Date | undefined): Date {
  return knownAt !== undefined && knownAt < now ? knownAt : now;
}
