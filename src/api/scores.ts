import { z } from "zod";
import { meanScores, SCORE_HORIZONS, type ScoreHorizon } from "../pricing/horizon-scores.ts";
import { BASES, type Basis } from "../pricing/observations.ts";
import { type ScoreRow, scoresKnown } from "../store/scores.ts";
import { pageOf } from "./cursor.ts";
import { basis, knownAt, LIST_PARAMETERS, parameter } from "./parameters.ts";
import { CalendarDate, Instant, Range, rangeJson } from "./provenance.ts";
import { defineResource } from "./resource.ts";

const HORIZONS = SCORE_HORIZONS.map(String);

const horizon = parameter<ScoreHorizon>({
  accepted: `${HORIZONS.slice(0, -1).join(", ")} or ${HORIZONS.at(-1)}`,
  description: "Calendar days before the decision",
  example: 30,
  parse: (text) => SCORE_HORIZONS.find((days) => String(days) === text) ?? null,
  schema: { enum: HORIZONS },
});

const SourceClass = z.enum(["chain", "published"]).meta({ description: "Computed from prices, or FedWatch's own" });

const Item = z.strictObject({
  meeting: CalendarDate,
  horizon_days: z.number(),
  basis: z.enum(BASES),
  source_class: SourceClass,
  trade_date: CalendarDate.meta({ format: "date", description: "The reading that was scored" }),
  decided: Range,
  outcomes: z.number(),
  brier: z.number(),
  rps: z.number(),
  log_score: z.number(),
  recorded_at: Instant,
});

const Mean = z
  .strictObject({ mean: z.number(), standard_error: z.number().nullable() })
  .nullable()
  .meta({ description: "Null without a scored meeting; the standard error of one meeting is null" });

const Means = z.strictObject({
  basis: z.enum(BASES),
  source_class: SourceClass,
  horizon_days: z.number(),
  n: z.number().meta({ description: "Meetings scored" }),
  rankable: z.boolean().meta({ description: "From 24 meetings on; below, bases must not be ranked" }),
  brier: Mean,
  rps: Mean,
  log_score: Mean,
});

const classOf = (name: Basis) => (name === "published" ? "published" : "chain");

function meansOf(rows: readonly ScoreRow[], asked: ScoreHorizon | undefined) {
  return BASES.flatMap((name) => {
    const own = rows.filter((row) => row.basis === name);
    if (own.length === 0) return [];
    const scored = own.flatMap(({ horizonDays, tradeDate, brier, rps, log }) => {
      const known = SCORE_HORIZONS.find((days) => days === horizonDays);
      const rest = { targetDate: tradeDate, tradeDate, asOf: null, note: null };
      return known === undefined ? [] : [[{ ...rest, horizonDays: known, scores: { brier, rps, log } }]];
    });
    return meanScores(scored)
      .filter(({ horizonDays }) => asked === undefined || horizonDays === asked)
      .map(({ horizonDays, n, rankable, brier, rps, log }) => ({
        basis: name,
        source_class: classOf(name),
        horizon_days: horizonDays,
        n,
        rankable,
        brier: meanJson(brier),
        rps: meanJson(rps),
        log_score: meanJson(log),
      }));
  });
}

function meanJson(score: { readonly mean: number; readonly standardError: number | null } | null) {
  return score === null ? null : { mean: score.mean, standard_error: score.standardError };
}

export const scoresResource = defineResource({
  path: "/v1/scores",
  summary: "How good the odds were, once the decision is known",
  description:
    "Brier, ranked probability and log score of each decided meeting's odds 1, 7, 30, 60 and 90 days before, by basis; lower is " +
    "better in all three. `means` are over all meetings of the question, with the standard error of the mean. The sample is " +
    "not scored.",
  parameters: z.object({ basis: basis.optional(), horizon: horizon.optional(), known_at: knownAt, ...LIST_PARAMETERS }),
  answer: z.strictObject({ data: z.array(Item), means: z.array(Means), next_cursor: z.string().nullable() }),
  item: Item,
  read: async (question, { sql, knownBy }) => {
    const rows = await scoresKnown(sql, {
      basis: question.basis ?? null,
      horizonDays: question.horizon ?? null,
      knownAt: knownBy,
    });
    const items = rows.map((row) => ({
      meeting: row.meetingDate,
      horizon_days: row.horizonDays,
      basis: row.basis,
      source_class: classOf(row.basis),
      trade_date: row.tradeDate,
      decided: rangeJson(row.decided),
      outcomes: row.outcomes,
      brier: row.brier,
      rps: row.rps,
      log_score: row.log,
      recorded_at: row.recordedAt.toISOString(),
    }));
    const page = pageOf("scores", items, keyOf, question);
    return {
      body: { data: page.data, means: meansOf(rows, question.horizon), next_cursor: page.next_cursor },
      until: null,
    };
  },
});

function keyOf(row: { readonly meeting: string; readonly basis: Basis; readonly horizon_days: number }): string {
  return `${row.meeting} ${BASES.indexOf(row.basis)} ${String(row.horizon_days).padStart(3, "0")}`;
}
