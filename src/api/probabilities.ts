import { z } from "zod";
import { METHODS } from "../pricing/observations.ts";
import type { MeetingReading, Outcome } from "../pricing/reading.ts";
import type { SnapshotHeader } from "../store/readings.ts";
import { requireMeeting } from "./meeting-known.ts";
import { ODDS_TABLE } from "./odds-table.ts";
import { basis, choice, format, grid, knownAt, type MarketTime, marketTimeParameter, meeting } from "./parameters.ts";
import { badParameter, Problem } from "./problem.ts";
import { Provenance, provenanceJson, Range, rangeJson } from "./provenance.ts";
import { type AskedOfHistory, defineResource, soon, viewpoint } from "./resource.ts";
import { MeetingOdds, type SnapshotView } from "./snapshot-views.ts";
import { isStale, nextDue } from "./staleness.ts";
import { mayPass, withheldOddsJson } from "./withholding.ts";
import {
  assumedRangeWords,
  dateWords,
  momentWords,
  originWords,
  percentWords,
  pinnedTime,
  rangeWords,
} from "./wording.ts";

const ServedMethod = choice("How the odds were made; absent: the best at hand", METHODS);

/** The likeliest range; the lower one of two that are equal. */
function likeliest(reading: MeetingReading): Outcome | null {
  return reading.outcomes.reduce<Outcome | null>(
    (best, outcome) => (best === null || outcome.probability > best.probability ? outcome : best),
    null,
  );
}

/** One sentence about the meeting's likeliest range, with a link that gives the same figures again. Null: unsolved. */
function citation(header: SnapshotHeader, reading: MeetingReading | undefined, baseUrl: string): string | null {
  const outcome = reading === undefined ? null : likeliest(reading);
  if (reading === undefined || outcome === null) return null;
  const pinned = new URLSearchParams({
    meeting: reading.meetingDate,
    as_of: pinnedTime(header),
    grid: header.grid,
    basis: header.basis,
    known_at: header.recordedAt.toISOString(),
  });
  return (
    `On ${momentWords(header)} the market put ${percentWords(outcome.probability)} on a target range of ` +
    `${rangeWords(outcome)} after the ${dateWords(reading.meetingDate)} meeting (exact range, ` +
    `${originWords(header)}): ${baseUrl}/v1/probabilities?${pinned}${assumedRangeWords(header.undecidedMeeting)}`
  );
}

function absent(question: { readonly [name: string]: unknown }, asked: MarketTime | null): Problem {
  const before =
    asked === null ? "" : ` at or before ${"tradeDate" in asked ? asked.tradeDate : asked.instant.toISOString()}`;
  const narrowed = ["grid", "basis", "method", "known_at"].filter((name) => question[name] !== undefined);
  const within = narrowed.length === 0 ? "" : ` with this ${narrowed.join(" and ")}`;
  return new Problem(404, `Cannot find odds${before}: no reading${within} is stored`);
}

function meetingsText(
  view: SnapshotView,
  header: SnapshotHeader,
  only: string | undefined,
  passable: ReadonlySet<string> | null,
) {
  if (mayPass(header.source, passable)) return only === undefined ? view.text : (view.texts.get(only) ?? "");
  return view.readings
    .filter((reading) => only === undefined || reading.meetingDate === only)
    .map((reading) => JSON.stringify(withheldOddsJson(reading, header)))
    .join(",");
}

interface Head {
  readonly header: SnapshotHeader;
  readonly view: SnapshotView;
  readonly stale: boolean;
  readonly only: string | undefined;
  readonly passable: ReadonlySet<string> | null;
  readonly baseUrl: string;
}

/** The answer down to its meetings, made once for each snapshot and way of asking. */
function headText({ header, view, stale, only, passable, baseUrl }: Head): string {
  const withheld = header.method === "published" && !mayPass(header.source, passable);
  const name = `${only} ${stale} ${withheld}`;
  const known = view.made.get(name);
  if (known !== undefined) return known;
  const quoted = view.readings.find((reading) =>
    only === undefined ? !reading.announced && reading.unsolved === null : reading.meetingDate === only,
  );
  const head = JSON.stringify({
    ...provenanceJson(header),
    target: rangeJson(header.target),
    effr_bp: header.effrBp,
    stale,
    priced_by_year_end_bp: withheld ? null : header.pricedByYearEndBp,
    citation: withheld ? null : citation(header, quoted, baseUrl),
  });
  view.made.set(name, head);
  return head;
}

async function requireOdds(view: SnapshotView, header: SnapshotHeader, only: string, { sql, knownBy }: AskedOfHistory) {
  if (view.texts.has(only)) return;
  await requireMeeting(sql, only, knownBy);
  const covered = [view.readings[0], view.readings.at(-1)].flatMap((reading) => reading?.meetingDate ?? []);
  const state = covered.length === 0 ? "it covers no meeting" : `it covers the meetings from ${covered.join(" to ")}`;
  throw new Problem(404, `Cannot find odds of the meeting ${only} in the reading of ${header.tradeDate}: ${state}`, {
    members: { parameter: "meeting", was: only },
  });
}

export const probabilitiesResource = defineResource({
  path: "/v1/probabilities",
  summary: "Odds of each range after each coming meeting",
  description:
    "One reading: the newest one, or the last at or before `as_of`. Ease, hold and hike are against the range in force at " +
    "`as_of`; `meeting_move` is at the meeting itself. Figures are null where a meeting is unsolved, with the reason.",
  parameters: z.object({
    as_of: marketTimeParameter(
      "Time in the market; a date means that day's settlement, or the last before it",
    ).optional(),
    meeting: meeting.optional(),
    method: ServedMethod.optional(),
    grid: grid.optional(),
    basis: basis.optional(),
    known_at: knownAt,
    format,
  }),
  answer: z.strictObject({
    ...Provenance,
    target: Range.meta({ description: "The range in force at as_of" }),
    effr_bp: z.number().nullable().meta({ description: "Last fixing of EFFR that was public at as_of" }),
    stale: z.boolean().meta({ description: "A newer reading was already due" }),
    priced_by_year_end_bp: z.number().nullable().meta({ description: "Signed: below 0 is easing" }),
    citation: z.string().nullable(),
    meetings: z.array(MeetingOdds),
  }),
  item: null,
  table: ODDS_TABLE,
  read: async (question, asked) => {
    const { method, as_of: asOf = null } = question;
    if (method === "cme_article" || method === "aggregated") {
      throw badParameter(
        "method",
        method,
        "cme or published: that method is kept for its published example and no reading is stored",
      );
    }
    const at = viewpoint(asked.now, question.known_at);
    const meant = {
      at: asOf ?? { instant: at },
      grid: question.grid ?? null,
      basis: question.basis ?? null,
      method: method ?? null,
      knownAt: asked.knownBy,
      meeting: question.meeting ?? null,
    };
    const found = await asked.readings.find(meant, { nowMs: asked.now.getTime(), untilMs: asked.keepMs });
    if (found === null) throw absent(question, asOf);
    const { header, view } = found;
    if (question.meeting !== undefined) {
      await requireOdds(view, header, question.meeting, asked);
    }
    const passable = await asked.passable();
    const stale = isStale(header.tradeDate, asOf, at);
    const head = headText({ header, view, stale, only: question.meeting, passable, baseUrl: asked.baseUrl });
    return {
      body: `${head.slice(0, -1)},"meetings":[${meetingsText(view, header, question.meeting, passable)}]}`,
      until: at < asked.now ? null : soon(asked.now, nextDue(asked.now)),
    };
  },
});
