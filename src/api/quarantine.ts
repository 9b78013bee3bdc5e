import { z } from "zod";
import { quarantinedRows } from "../store/quarantine.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { knownAt, LIST_PARAMETERS, parameter } from "./parameters.ts";
import { Instant } from "./provenance.ts";
import { defineResource, soon } from "./resource.ts";
import { mayPass } from "./withholding.ts";

const LIST = "quarantine";

const Item = z.strictObject({
  id: z.number().int(),
  recorded_at: Instant,
  source: z.string(),
  line: z.number().nullable().meta({ description: "Line of the file; null where there is none" }),
  kind: z.string().meta({ description: "Kind of the reason" }),
  reason: z.string(),
  row: z.string().nullable().meta({ description: "As the source sent it, its first 2,000 characters" }),
  withheld: z.literal(true).optional(),
});

const source = parameter<string>({
  accepted: "the name of a source, as /v1/sources lists them",
  description: "Only rows of this source",
  example: "yahoo",
  parse: (text) => (/^[\w+-]{1,60}$/.test(text) ? text : null),
  schema: {},
});

export const quarantineResource = defineResource({
  path: "/v1/quarantine",
  summary: "Rows that were refused, each with its reason",
  description: "Newest first. A refused row is in no figure; the rest of its file or answer is.",
  parameters: z.object({ source: source.optional(), known_at: knownAt, ...LIST_PARAMETERS }),
  answer: z.strictObject({ data: z.array(Item), next_cursor: z.string().nullable() }),
  item: Item,
  read: async (question, { sql, now, passable, knownBy }) => {
    const isMark = ([id = "", ...more]: readonly string[]) => more.length === 0 && /^\d{1,15}$/.test(id);
    const [before] = question.cursor === undefined ? [] : decodeCursor(LIST, question.cursor, isMark);
    const [rows, allowed] = await Promise.all([
      quarantinedRows(sql, {
        source: question.source ?? null,
        before: before === undefined ? null : Number(before),
        limit: question.limit + 1,
        knownBy,
      }),
      passable(),
    ]);
    const page = rows.slice(0, question.limit);
    const last = page.at(-1);
    return {
      body: {
        data: page.map((row) => {
          // The row as it was sent holds the source's own figures, and its reason may repeat them.
          const withheld = !mayPass(row.source, allowed);
          return {
            id: row.id,
            recorded_at: row.recordedAt.toISOString(),
            source: row.source,
            line: row.line,
            kind: row.reasonCode,
            reason: withheld ? "withheld: the source's licence forbids passing its figures on" : row.reason,
            row: withheld ? null : row.rowText,
            ...(withheld ? { withheld: true as const } : {}),
          };
        }),
        next_cursor: rows.length > page.length && last !== undefined ? encodeCursor(LIST, [String(last.id)]) : null,
      },
      until: soon(now),
    };
  },
});
