import { createHash } from "node:crypto";
import type { TransactionSql } from "postgres";
import { type LegEnd, type MarketBlock, marketBlock } from "../src/markets/market-block.ts";
import { pathChanges } from "../src/markets/path-changes.ts";
import { addDays, type IsoDate } from "../src/pricing/calendar-date.ts";
import type { Leg } from "../src/repricing/repricing.ts";
import type { DetectorStream } from "../src/store/detector.ts";
import {
  type BlockDraft,
  closesBetween,
  pathRates,
  provisionalBlocks,
  recordBlocks,
} from "../src/store/repricing-blocks.ts";
import type { AssetPart } from "../src/webhooks/payload.ts";

/** Ranks look five years back; a session's grace on either side. */
const HISTORY_DAYS = 366 * 5 + 60;
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

async function blocksOf(
  tx: TransactionSql,
  stream: DetectorStream,
  evaluations: readonly Evaluation[],
  knownAt: Date,
): Promise<{ readonly evaluation: Evaluation; readonly block: MarketBlock }[]> {
  if (evaluations.length === 0) return [];
  const dates = evaluations.map((each) => each.to.date).sort();
  const [first, last] = [dates[0] ?? "", dates.at(-1) ?? ""];
  const period = { from: addDays(first, -HISTORY_DAYS), to: addDays(last, AFTER_DAYS) };
  const closes = await closesBetween(tx, { ...period, isSample: stream.isSample });
  const rates = await pathRates(tx, stream, period);
  const years = [...new Set(rates.map((rate) => rate.year))];
  const path = years.flatMap((year) => pathChanges(rates.filter((rate) => rate.year === year)));
  return evaluations.map((evaluation) => ({
    evaluation,
    block: marketBlock({
      from: evaluation.from,
      to: evaluation.to,
      closes: inReach(closes, evaluation.to.date),
      path: inReach(path, evaluation.to.date),
      knownAt,
    }),
  }));
}

/** Closes of long before change nothing but cost a pass. */
function inReach<Row extends { readonly date: IsoDate }>(rows: readonly Row[], to: IsoDate): Row[] {
  const [from, until] = [addDays(to, -HISTORY_DAYS), addDays(to, AFTER_DAYS)];
  return rows.filter((row) => row.date >= from && row.date <= until);
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

/**
 * Stores what assets did from each leg's start to its alerts, as far as their closes exist.
 *
 * @returns the assets' part of each alert, keyed `leg key trade date`
 */
export async function storeBlocks(
  tx: TransactionSql,
  stream: DetectorStream,
  found: {
    readonly ids: ReadonlyMap<string, number>;
    readonly alerts: readonly {
      readonly alert: { readonly legKey: string; readonly tradeDate: IsoDate; readonly asOf: string };
      readonly leg: Leg;
    }[];
    readonly recordedAt: Date;
  },
): Promise<Map<string, AssetPart[]>> {
  const evaluations = found.alerts.map(({ alert, leg }) => ({
    repricingId: found.ids.get(alert.legKey) ?? 0,
    legKey: alert.legKey,
    from: { date: leg.startedAt.tradeDate, asOf: new Date(leg.startedAt.asOf) },
    to: { date: alert.tradeDate, asOf: new Date(alert.asOf) },
  }));
  const blocks = await blocksOf(tx, stream, evaluations, found.recordedAt);
  await recordBlocks(
    tx,
    blocks.map(({ evaluation, block }) => draftOf(evaluation, block)),
    found.recordedAt,
  );
  return new Map(
    blocks.map(({ evaluation, block }) => [`${evaluation.legKey} ${evaluation.to.date}`, assetParts(block)]),
  );
}

/** Computes provisional blocks again when closes may have come; one that changed is a new row. */
export async function completeBlocks(tx: TransactionSql, now: Date): Promise<number> {
  let stored = 0;
  for (const { stream, blocks } of await provisionalBlocks(tx)) {
    const evaluations = blocks.map(({ repricingId, from, to }) => ({ repricingId, legKey: "", from, to }));
    const computed = await blocksOf(tx, stream, evaluations, now);
    stored += await recordBlocks(
      tx,
      computed.map(({ evaluation, block }) => draftOf(evaluation, block)),
      now,
    );
  }
  return stored;
}
