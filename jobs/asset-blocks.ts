import { createHash } from "node:crypto";
import type { Sql, TransactionSql } from "postgres";
import { addDays, type IsoDate } from "../src/calendar/calendar-date.ts";
import { type AllCloses, allCloses, allExisted, appendCloses, type DailyClose } from "../src/markets/close-history.ts";
import { type LegEnd, type MarketBlock, marketBlocksTo } from "../src/markets/market-block.ts";
import { type PathChange, pathChanges } from "../src/markets/path-changes.ts";
import type { Leg } from "../src/repricing/repricing.ts";
import type { DetectorStream } from "../src/store/detector.ts";
import { historyWrite } from "../src/store/history-writes.ts";
import { closesKnown, type PanelCloses, pathRates } from "../src/store/market-inputs.ts";
import { type BlockDraft, openBlocks, recordBlocks } from "../src/store/repricing-blocks.ts";
import { announceChange, dateSpan, takeTurn } from "../src/store/write.ts";
import type { AssetPart } from "../src/webhooks/payload.ts";

/** Before any close. */
const FIRST: IsoDate = "1900-01-01";
/** A beta looks 252 trade dates back; that is 366 days, and some for dates without a reading. */
const PATH_DAYS = 450;
/** The next session and the five after an evaluation, with a holiday week between. */
const AFTER_DAYS = 21;

interface Evaluation {
  readonly repricingId: number;
  readonly legKey: string;
  readonly from: LegEnd;
  readonly to: LegEnd;
}

/** What a receiver is told of each asset. */
export function assetParts(block: MarketBlock): AssetPart[] {
  return block.assets.map((asset) => ({
    symbol: asset.symbol,
    return: asset.return,
    from_at: asset.fromAt?.toISOString() ?? null,
    to_at: asset.toAt?.toISOString() ?? null,
    provisional: asset.provisional,
    return_1d: asset.return1d,
    return_5d: asset.return5d,
    drawdown: asset.drawdown,
    percentile: asset.percentile,
  }));
}

/** The transaction to read and write in, and the client whose memory of closes is used. */
export interface Database {
  readonly sql: Sql;
  readonly tx: TransactionSql;
}

interface Evaluated {
  readonly evaluation: Evaluation;
  readonly block: MarketBlock;
}

async function blocksOf(
  { sql, tx }: Database,
  stream: DetectorStream,
  evaluations: readonly Evaluation[],
  knownAt: Date,
): Promise<Evaluated[]> {
  const span = dateSpan(evaluations.map((each) => each.to.date));
  if (span === null) return [];
  const [closes, rates] = await Promise.all([closesKnown(sql, tx, stream.isSample), pathRates(sql, tx, stream)]);
  const near = within(rates, addDays(span.from, -PATH_DAYS), span.to);
  const years = [...new Set(near.map((rate) => rate.year))];
  const path = years.flatMap((year) => pathChanges(near.filter((rate) => rate.year === year)));
  // What several legs share is computed once for the settlement at which they were evaluated.
  const byEnd = new Map<number, Evaluation[]>();
  for (const evaluation of evaluations) {
    const end = evaluation.to.asOf.getTime();
    byEnd.set(end, [...(byEnd.get(end) ?? []), evaluation]);
  }
  return [...byEnd.values()].flatMap((group) => blocksOfOneEnd(group, { closes, path, knownAt }));
}

function blocksOfOneEnd(
  group: readonly Evaluation[],
  known: { readonly closes: PanelCloses; readonly path: readonly PathChange[]; readonly knownAt: Date },
): Evaluated[] {
  const to = group[0]?.to;
  const starts = dateSpan(group.map((each) => each.from.date));
  if (to === undefined || starts === null) return [];
  const blockFrom = marketBlocksTo({
    earliest: starts.from,
    to,
    closes: closesFor(known.closes, to.date, known.knownAt),
    path: within(known.path, addDays(to.date, -PATH_DAYS), to.date),
    knownAt: known.knownAt,
  });
  return group.map((evaluation) => ({ evaluation, block: blockFrom(evaluation.from) }));
}

const sorted = new WeakMap<readonly DailyClose[], AllCloses>();

/** Closes in order. Those of a new day are added to what was put in order before, which is then of the new ones alone. */
function inOrder({ list, grown }: PanelCloses): AllCloses {
  const known = sorted.get(list);
  if (known !== undefined) return known;
  let all: AllCloses | undefined;
  if (grown !== null) {
    const before = sorted.get(grown.from);
    sorted.delete(grown.from);
    if (before !== undefined && appendCloses(before, grown.added)) all = before;
  }
  all ??= allCloses(list);
  sorted.set(list, all);
  return all;
}

/**
 * All that is stored before and shortly after, for a drawdown is from the record. Live there is nothing later to leave out:
 * then ten years of closes, 8 ms of sorting, are sorted once and not for each alert.
 */
function closesFor(closes: PanelCloses, to: IsoDate, knownAt: Date) {
  const through = addDays(to, AFTER_DAYS);
  const all = inOrder(closes);
  return allExisted(all, knownAt, through) ? all : within(closes.list, FIRST, through);
}

function within<Row extends { readonly date: IsoDate }>(rows: readonly Row[], from: IsoDate, to: IsoDate): Row[] {
  return rows.filter((row) => row.date >= from && row.date <= to);
}

function draftOf(evaluation: Evaluation, block: MarketBlock): BlockDraft {
  const content = JSON.stringify({ assets: block.assets, markets: block.markets, provisional: block.provisional });
  return {
    repricingId: evaluation.repricingId,
    evaluatedOn: evaluation.to.date,
    evaluatedAt: evaluation.to.asOf,
    provisional: block.provisional,
    contentSha256: createHash("sha256").update(content).digest(),
    markets: block.markets,
    assets: block.assets,
  };
}

/** An alert, as far as what assets did until then depends on it. */
export interface EvaluatedAlert {
  readonly alert: { readonly legKey: string; readonly tradeDate: IsoDate; readonly asOf: string };
  readonly leg: Leg;
}

/** What assets did until each alert, still to be stored. */
export interface AlertBlocks {
  /** the assets' part of an alert */
  partsOf(alert: EvaluatedAlert["alert"]): readonly AssetPart[];
  /** stores the blocks under the numbers of their legs, by key */
  store(ids: ReadonlyMap<string, number>): Promise<void>;
}

/** Computes what assets did from each leg's start to its alerts, as far as their closes exist. */
export async function alertBlocks(
  database: Database,
  stream: DetectorStream,
  alerts: readonly EvaluatedAlert[],
  knownAt: Date,
): Promise<AlertBlocks> {
  const name = (legKey: string, date: IsoDate) => `${legKey} ${date}`;
  const evaluations = alerts.map(({ alert, leg }) => ({
    repricingId: 0,
    legKey: alert.legKey,
    from: { date: leg.startedAt.tradeDate, asOf: new Date(leg.startedAt.asOf) },
    to: { date: alert.tradeDate, asOf: new Date(alert.asOf) },
  }));
  const blocks = await blocksOf(database, stream, evaluations, knownAt);
  const parts = new Map(
    blocks.map(({ evaluation, block }) => [name(evaluation.legKey, evaluation.to.date), assetParts(block)]),
  );
  return {
    partsOf: ({ legKey, tradeDate }) => parts.get(name(legKey, tradeDate)) ?? [],
    store: async (ids) => {
      const drafts = blocks.map(({ evaluation, block }) =>
        draftOf({ ...evaluation, repricingId: ids.get(evaluation.legKey) ?? 0 }, block),
      );
      await recordBlocks(database.tx, drafts, knownAt);
    },
  };
}

/**
 * Computes blocks again when closes have come: those that wait for one, and with `since` all that were evaluated from then
 * on (imported closes may be years old). One that changed is a new row.
 *
 * @returns how many are new
 */
export async function completeBlocks(sql: Sql, now: () => Date, since: IsoDate | null = null): Promise<number> {
  return historyWrite(sql, now, async (tx, recordedAt) => {
    await takeTurn(tx, "repricings");
    let stored = 0;
    for (const { stream, blocks } of await openBlocks(tx, since)) {
      const evaluations = blocks.map(({ repricingId, from, to }) => ({ repricingId, legKey: "", from, to }));
      const computed = await blocksOf({ sql, tx }, stream, evaluations, recordedAt);
      stored += await recordBlocks(
        tx,
        computed.map(({ evaluation, block }) => draftOf(evaluation, block)),
        recordedAt,
      );
    }
    if (stored > 0) await announceChange(tx, "repricings");
    return stored;
  });
}
