import { createHash } from "node:crypto";
import type { ClusteredAlert } from "../src/repricing/repricing.ts";
import { detectedKey } from "../src/repricing/told.ts";
import type { ToldRow } from "../src/store/alerts.ts";
import type { DetectorStream } from "../src/store/detector.ts";

const PROVISIONAL = /\/provisional\/[\d-]+$/;
const DIGITS = 16;

/** A name that is short and the same for ever. */
function hashOf({ basis, isSample }: DetectorStream, name: string): string {
  return createHash("sha256").update(`${basis} ${isSample} ${name}`).digest("hex").slice(0, DIGITS);
}

/**
 * The clusters' names as people see them. The detector names a cluster by the key of its first alert, and a correction may
 * make another alert the first: what was told under a name keeps it, and so does all that joins it.
 *
 * @param alerts found together, in the detector's clusters
 * @param told the alerts among them, and those that name their clusters, that were told before
 */
export function clusterNames(
  stream: DetectorStream,
  alerts: readonly { readonly alert: Pick<ClusteredAlert, "key" | "cluster"> }[],
  told: readonly Pick<ToldRow, "key" | "cluster">[],
): (cluster: string) => string {
  const toldIn = new Map(told.map(({ key, cluster }) => [detectedKey(key).replace(PROVISIONAL, ""), cluster]));
  const names = new Map<string, string>();
  for (const { alert } of alerts) {
    const name = toldIn.get(alert.cluster) ?? toldIn.get(alert.key);
    if (name !== undefined && !names.has(alert.cluster)) names.set(alert.cluster, name);
  }
  return (cluster) => names.get(cluster) ?? toldIn.get(cluster) ?? hashOf(stream, cluster);
}
