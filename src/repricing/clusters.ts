/** Alerts that are one piece of news: the same direction, on several targets or days, close together. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { DetectorParameters } from "./parameters.ts";
import { type Alert, type ClusteredAlert, DIRECTIONS, type Direction } from "./repricing.ts";
import { tradeDateAfter } from "./trade-date-count.ts";

/** The newest cluster of each direction. Plain JSON. */
export type Clusters = Readonly<Record<Direction, Cluster | null>>;

interface Cluster {
  /** key of the first alert */
  readonly name: string;
  /** last trade date on which an alert joins it */
  readonly openThrough: IsoDate;
}

export const NO_CLUSTERS: Clusters = { hawkish: null, dovish: null };

/**
 * Gives one trade date's alerts their clusters. Which target comes first makes no difference: a cluster is named by the
 * smallest key among the alerts that open it.
 *
 * @param clusters those of the trade dates before
 * @param alerts all of one trade date
 */
export function assignClusters(
  clusters: Clusters,
  alerts: readonly Alert[],
  { clusterTradeDates }: DetectorParameters,
): { readonly clusters: Clusters; readonly alerts: readonly ClusteredAlert[] } {
  if (alerts.length === 0) return { clusters, alerts: [] };
  const sorted = alerts.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const next = { ...clusters };
  for (const direction of DIRECTIONS) {
    const first = sorted.find((alert) => alert.direction === direction);
    if (first === undefined) continue;
    const current = next[direction];
    const joins = current !== null && first.tradeDate <= current.openThrough;
    next[direction] = {
      name: joins ? current.name : first.key,
      openThrough: tradeDateAfter(first.tradeDate, clusterTradeDates),
    };
  }
  return {
    clusters: next,
    alerts: sorted.map((alert) => ({ ...alert, cluster: next[alert.direction]?.name ?? alert.key })),
  };
}
