import { z } from "zod";
import { quarantineCounts } from "../store/quarantine.ts";
import { type SourceHealth, sourceHealth } from "../store/source-health.ts";
import { pageOf } from "./cursor.ts";
import { LIST_PARAMETERS } from "./parameters.ts";
import { Instant } from "./provenance.ts";
import { defineResource, soon } from "./resource.ts";

export const STATUSES = ["ok", "stale", "failing", "off"] as const;

const Item = z.strictObject({
  source: z.string(),
  status: z.enum(STATUSES),
  last_success_at: Instant.nullable(),
  last_error: z.string().nullable().meta({ description: "Null once a later answer was good" }),
  missing: z.string().nullable().meta({ description: "What the last good answer lacked" }),
  newest_as_of: Instant.nullable(),
  expected_next_at: Instant.nullable(),
  redistributable: z.boolean(),
  what: z.string(),
  terms: z.string(),
  quarantined: z.number().meta({ description: "Rows put aside with a reason" }),
});

/** Off, failing since its last answer, late (or never asked yet: nothing of it is here), or as it should be. */
export function statusOf(source: SourceHealth, now: Date): (typeof STATUSES)[number] {
  if (!source.enabled) return "off";
  if (source.lastError !== null) return "failing";
  if (source.lastSuccessAt === null) return "stale";
  return source.expectedNextAt !== null && source.expectedNextAt < now ? "stale" : "ok";
}

/** Sources as they are answered, in order of name. */
export function sourceRows(
  sources: readonly SourceHealth[],
  refused: Awaited<ReturnType<typeof quarantineCounts>>,
  now: Date,
): z.output<typeof Item>[] {
  const quarantined = new Map<string, number>();
  for (const { source, count } of refused) quarantined.set(source, (quarantined.get(source) ?? 0) + count);
  return sources.map((source) => ({
    source: source.source,
    status: statusOf(source, now),
    last_success_at: source.lastSuccessAt?.toISOString() ?? null,
    last_error: source.lastError,
    missing: source.missing,
    newest_as_of: source.newestAsOf?.toISOString() ?? null,
    expected_next_at: source.expectedNextAt?.toISOString() ?? null,
    redistributable: source.redistributable,
    what: source.what,
    terms: source.terms,
    quarantined: quarantined.get(source.source) ?? 0,
  }));
}

export const sourcesResource = defineResource({
  path: "/v1/sources",
  summary: "Where figures come from, and how each source does",
  description:
    "`failing`: the last answer was an error. `stale`: the next observation is overdue, or the source was never asked yet. " +
    "`off`: not used here.",
  parameters: z.object(LIST_PARAMETERS),
  answer: z.strictObject({ data: z.array(Item), next_cursor: z.string().nullable() }),
  item: Item,
  read: async (question, { sql, now }) => {
    const [sources, refused] = await Promise.all([sourceHealth(sql), quarantineCounts(sql)]);
    const rows = sourceRows(sources, refused, now);
    return {
      body: pageOf("sources", rows, (row) => row.source, question),
      until: soon(now, ...sources.map((source) => source.expectedNextAt)),
    };
  },
});
