import { z } from "zod";
import { PANEL } from "../pricing/observations.ts";
import { assetSummaries } from "../store/closes.ts";
import { pageOf } from "./cursor.ts";
import { knownAt, LIST_PARAMETERS } from "./parameters.ts";
import { CalendarDate } from "./provenance.ts";
import { defineResource } from "./resource.ts";
import { mayPass } from "./withholding.ts";

const Item = z.strictObject({
  symbol: z.enum(PANEL),
  first_date: CalendarDate.nullable(),
  last_date: CalendarDate.nullable(),
  last_close: z.number().nullable(),
  count: z.number(),
  source: z.string().nullable(),
  sample: z.boolean().nullable(),
  withheld: z.literal(true).optional(),
});

export const assetsResource = defineResource({
  path: "/v1/assets",
  summary: "The assets followed beside the odds",
  description: "The whole panel by name; an asset without closes has nulls.",
  parameters: z.object({ known_at: knownAt, ...LIST_PARAMETERS }),
  answer: z.strictObject({ data: z.array(Item), next_cursor: z.string().nullable() }),
  item: Item,
  read: async (question, { sql, passable, knownBy }) => {
    const summaries = new Map((await assetSummaries(sql, knownBy)).map((row) => [row.symbol, row]));
    const allowed = await passable();
    const rows = PANEL.toSorted().map((symbol) => {
      const row = summaries.get(symbol);
      const withheld = row !== undefined && !mayPass(row.source, allowed);
      return {
        symbol,
        first_date: row?.first ?? null,
        last_date: row?.last ?? null,
        last_close: row === undefined || withheld ? null : Number(row.lastClose),
        count: row?.count ?? 0,
        source: row?.source ?? null,
        sample: row?.isSample ?? null,
        ...(withheld ? { withheld: true as const } : {}),
      };
    });
    return { body: pageOf("assets", rows, (row) => row.symbol, question), until: null };
  },
});
