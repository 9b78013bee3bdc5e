import { z } from "zod";
import { alertsAfter, FEED_TYPES, type FeedType } from "../store/alert-feed.ts";
import { feedColumns } from "./alerts-columns.ts";
import { CHOSEN_COLUMNS } from "./csv.ts";
import { FeedBody } from "./feed-bodies.ts";
import { basis, format, knownAt, limit, parameter } from "./parameters.ts";
import { defineResource } from "./resource.ts";
import { mayPass } from "./withholding.ts";

const place = {
  accepted: "the sequence of an item, a whole number",
  example: "0",
  parse: (text: string) => (/^\d{1,15}$/.test(text) ? Number(text) : null),
  schema: { type: "integer", minimum: 0 },
} as const;

const types = parameter<readonly FeedType[]>({
  accepted: `types separated by commas, of ${FEED_TYPES.join(", ")}`,
  description: "Only items of these types; absent: all",
  example: "repricing.severe,repricing.extreme,meeting.decided",
  parse: (text) => {
    const named = text.split(",").map((name) => FEED_TYPES.find((type) => type === name.trim()));
    return named.every((type) => type !== undefined) ? named : null;
  },
  schema: {},
});

export const alertsResource = defineResource({
  path: "/v1/alerts",
  summary: "The feed of all that was told: repricings, decisions, digests, outages, in order of recording",
  description:
    "Append only: an item is never changed and numbers only grow. Each item is the body that a webhook carries, as it was " +
    "known when it was recorded. `next_cursor` is the last number of the page, also on the newest page, and is given again as " +
    "`after` to ask for what came since; null: nothing did. Each repricing is told once a strength, by the best basis that " +
    "its day has and not again by another; `basis` asks for all that one basis found, told or not, and for repricings alone. As CSV the members of `data` are columns beside `type` and " +
    "`timestamp`, empty where a type has no such figure, and lists are left out.",
  parameters: z.object({
    after: parameter<number>({
      ...place,
      description: "Only items after this one; absent: from the first",
    }).optional(),
    types: types.optional(),
    basis: basis.optional(),
    known_at: knownAt,
    limit,
    cursor: parameter<number>({ ...place, description: "The same as after" }).optional(),
    format,
  }),
  answer: z.strictObject({ data: z.array(FeedBody), next_cursor: z.string().nullable() }),
  item: FeedBody.register(CHOSEN_COLUMNS, { columns: feedColumns(FeedBody.options) }),
  read: async (question, { sql, passable, knownBy }) => {
    const rows = await alertsAfter(sql, {
      after: question.cursor ?? question.after ?? 0,
      basis: question.basis ?? null,
      types: question.types ?? null,
      knownAt: knownBy,
      limit: question.limit,
    });
    const allowed = await passable();
    // A published distribution is its source's own figure, and a body is told whole or not at all.
    const told = rows.filter(({ published }) => published === null || mayPass(published, allowed));
    const last = rows.at(-1);
    return {
      body: { data: told.map((row) => row.body), next_cursor: last === undefined ? null : String(last.id) },
      until: null,
    };
  },
});
