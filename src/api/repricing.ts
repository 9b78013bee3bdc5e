import { z } from "zod";
import { PANEL } from "../pricing/observations.ts";
import { sharpestDay } from "../repricing/sharpest-day.ts";
import { howUnusual } from "../repricing/unusual.ts";
import { blockKnown, eventsKnown, legsBeside, levelsOf } from "../store/repricing-detail.ts";
import { alertsOf, repricingKnown } from "../store/repricing-reads.ts";
import { Asset, assetJson, inPanelOrder, Markets, marketsJson } from "./market-json.ts";
import { knownAt, parameter } from "./parameters.ts";
import { Problem } from "./problem.ts";
import { CalendarDate, Instant } from "./provenance.ts";
import { repricingCitation } from "./repricing-citation.ts";
import { Repricing, repricingJson } from "./repricing-json.ts";
import { defineResource } from "./resource.ts";

const id = parameter<number>({
  accepted: "the id of a repricing, a whole number",
  description: "Which repricing",
  parse: (text) => (/^\d{1,15}$/.test(text) ? Number(text) : null),
  schema: { type: "integer", minimum: 0 },
});

const Answer = z.strictObject({
  ...Repricing.shape,
  citation: z.string().nullable(),
  sharpest_day: z
    .strictObject({ trade_date: CalendarDate, from_at: Instant, to_at: Instant, change_bp: z.number() })
    .nullable()
    .meta({
      description: "The day that moved most in its direction; null: no two readings a trade date apart show one",
    }),
  events: z
    .array(
      z.strictObject({
        what: z.string(),
        scheduled_at: Instant,
        status: z.string(),
        source: z.string(),
        known_at: Instant,
      }),
    )
    .meta({ description: "What was on the calendar inside the sharpest day, up to 100" }),
  events_left_out: z.int().min(0).meta({ description: "Events of that day beyond the 100 listed" }),
  unexplained: z
    .boolean()
    .meta({ description: "No known event lies inside the sharpest day; false where no day is the sharpest" }),
  unusual: z
    .strictObject({
      sigmas: z.number().meta({ description: "Amplitude in usual days' moves" }),
      percentile: z.number().nullable().meta({ description: "Share of earlier ones that were smaller; null: too few" }),
      past_legs: z.number(),
    })
    .nullable(),
  evaluated: z
    .strictObject({ on: CalendarDate, at: Instant, recorded_at: Instant, provisional: z.boolean() })
    .nullable()
    .meta({
      description:
        "Which closes assets and markets end with: those dated its extreme once it is over, until then its latest alert. Null: none yet",
    }),
  assets: z.array(Asset),
  markets: Markets.nullable(),
});

export const repricingResource = defineResource({
  path: "/v1/repricings/{id}",
  summary: "One repricing, with what assets did meanwhile",
  description:
    "`assets` and `markets` are from the closes dated its start to those dated its extreme, while it is open its latest " +
    "alert. With daily closes nobody can say who led, so `leader` says that, beside the earliest peak and the largest fall. Betas are associations.",
  parameters: z.object({ id, known_at: knownAt }),
  answer: Answer,
  item: null,
  read: async (question, { sql, baseUrl, passable, knownBy: known }) => {
    const row = await repricingKnown(sql, question.id, known);
    if (row === null) {
      const { known_at: at } = question;
      const when = at === undefined ? "" : ` that was known at ${at.toISOString()}`;
      throw new Problem(404, `Cannot find the repricing ${question.id}: none${when} has that id`, {
        members: { parameter: "id", was: String(question.id) },
      });
    }
    const [alerts, block, levels, legs, allowed] = await Promise.all([
      alertsOf(sql, [row.id], known),
      blockKnown(sql, row.id, known),
      levelsOf(sql, row, known),
      legsBeside(sql, row.id, known),
      passable(),
    ]);
    const leg = legs.get(row.id);
    const sharpest = sharpestDay(levels, row.direction);
    const recorded = [
      row.recordedAt,
      ...alerts.map((alert) => alert.recordedAt),
      ...(block === null ? [] : [block.recordedAt]),
    ];
    const newest = new Date(Math.max(...recorded.map((at) => at.getTime())));
    const json = repricingJson(row, alerts, allowed);
    const events =
      sharpest === null
        ? []
        : await eventsKnown(sql, {
            from: new Date(sharpest.from.asOf),
            to: new Date(sharpest.to.asOf),
            knownAt: known,
          });
    const body: z.output<typeof Answer> = {
      ...json,
      citation: json.withheld ? null : repricingCitation(row, newest, baseUrl),
      sharpest_day:
        sharpest === null
          ? null
          : {
              trade_date: sharpest.to.tradeDate,
              from_at: sharpest.from.asOf,
              to_at: sharpest.to.asOf,
              change_bp: sharpest.changeBp,
            },
      events: events.map((event) => ({
        what: event.what,
        scheduled_at: event.scheduledAt.toISOString(),
        status: event.status,
        source: event.source,
        known_at: event.knownAt.toISOString(),
      })),
      events_left_out: (events[0]?.ofAll ?? 0) - events.length,
      unexplained: sharpest !== null && events.length === 0,
      unusual: leg === undefined ? null : unusualJson(howUnusual(leg, [...legs.values()])),
      evaluated:
        block === null
          ? null
          : {
              on: block.evaluatedOn,
              at: block.evaluatedAt.toISOString(),
              recorded_at: block.recordedAt.toISOString(),
              provisional: block.provisional,
            },
      assets: block === null ? [] : inPanelOrder(block.assets, PANEL).map((asset) => assetJson(asset, allowed)),
      markets: block === null ? null : marketsJson(block.markets),
    };
    return { body, until: null };
  },
});

function unusualJson({ sigmas, percentile, pastLegs }: ReturnType<typeof howUnusual>) {
  return { sigmas, percentile, past_legs: pastLegs };
}
