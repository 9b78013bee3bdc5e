/** A drawing the API answers with: its path, its parameters, and how it is made from what the API itself says. */
import type { z } from "zod";
import type { Document } from "./answers.ts";
import type { Get } from "./page/read-api.ts";
import { readParameters } from "./parameters.ts";

/** What a drawing is made with. */
export interface Drawn {
  /** asks the public API as the caller does */
  readonly get: Get;
  readonly now: Date;
  /** the parameters as they were given */
  readonly texts: Readonly<Record<string, string>>;
}

/** A drawing whose parameters are checked inside. */
export interface Drawing {
  readonly path: `/v1/${string}.svg`;
  readonly summary: string;
  readonly description: string;
  readonly parameters: z.ZodObject;
  readonly draw: (drawn: Drawn) => Promise<Document>;
}

/** Joins a drawing's parameters to the function that makes it. */
export function defineDrawing<S extends z.ZodObject>(
  definition: Pick<Drawing, "path" | "summary" | "description"> & {
    readonly parameters: S;
    readonly draw: (question: z.output<S>, drawn: Drawn) => Promise<Document>;
  },
): Drawing {
  const { parameters, draw } = definition;
  return { ...definition, draw: async (drawn) => draw(readParameters(parameters, drawn.texts), drawn) };
}
