import type { TransactionSql } from "postgres";
import type { IsoDate } from "../src/pricing/calendar-date.ts";
import type { DetectorState } from "../src/repricing/detector.ts";
import { settleProvisional } from "../src/repricing/intraday.ts";
import { PARAMETERS } from "../src/repricing/parameters.ts";
import type { ClusteredAlert } from "../src/repricing/repricing.ts";
import type { SeriesState, SeriesStep } from "../src/repricing/series.ts";
import { isSameTarget, type Target, targetKey } from "../src/repricing/target.ts";
import type { DetectorStream } from "../src/store/detector.ts";
import { type PendingAlert, pendingAlerts } from "../src/store/provisional.ts";
import { recordAlerts, withdrawLegs } from "../src/store/repricings.ts";
import { answerBody } from "../src/webhooks/payload.ts";

/** What the settlements of some days found, as far as it matters here. */
interface Settled {
  readonly days: readonly { readonly tradeDate: IsoDate; readonly state: DetectorState }[];
  readonly alerts: readonly { readonly alert: ClusteredAlert }[];
}

function settlementOf(found: Settled, target: Target, tradeDate: IsoDate): SeriesStep | null {
  const day = found.days.find((each) => each.tradeDate === tradeDate);
  if (day === undefined) return null;
  const series = day.state.series.find((each) => isSameTarget(each.target, target));
  // A series that is no longer there has ended with its decision: nothing can bear the alert out.
  const ended: SeriesState = {
    target,
    parametersVersion: PARAMETERS.version,
    track: null,
    open: null,
    former: null,
    ended: true,
  };
  const alerts = found.alerts
    .map(({ alert }) => alert)
    .filter((alert) => alert.tradeDate === tradeDate && isSameTarget(alert.target, target));
  return { state: series ?? ended, legs: [], alerts };
}

/**
 * Confirms or withdraws the provisional alerts of days that now have their settlement, each once, by an alert of its own.
 *
 * @returns the keys of settled alerts that receivers know already
 */
export async function answerProvisional(
  tx: TransactionSql,
  stream: DetectorStream,
  found: Settled,
  recordedAt: Date,
): Promise<{ readonly confirmedKeys: ReadonlySet<string>; readonly stored: number }> {
  const { version } = PARAMETERS;
  const dates = found.days.map((day) => day.tradeDate);
  const pending = await pendingAlerts(tx, stream, version, dates);
  const confirmedKeys = new Set<string>();
  let stored = 0;
  for (const group of groups(pending)) {
    const [first] = group;
    if (first === undefined) continue;
    const { target, tradeDate } = first.alert;
    const settlement = settlementOf(found, target, tradeDate);
    if (settlement === null) continue;
    const outcome = settleProvisional(
      group.map((each) => each.alert),
      settlement,
      tradeDate,
    );
    const answer = async (kind: "confirmed" | "withdrawn", { alert, ...kept }: PendingAlert): Promise<void> => {
      const key = kind === "confirmed" ? alert.settledKey : `${alert.key}/withdrawn`;
      const body = answerBody(kept.body, kind, { id: kept.id, recordedAt });
      const draft = {
        alert: { ...alert, key, kind, cluster: kept.cluster },
        historical: kept.historical,
        isPrimary: kept.isPrimary,
        reversesId: null,
        provisional: null,
        resolvesId: kept.id,
        body,
        parametersVersion: version,
      };
      const ids = new Map([[alert.legKey, kept.repricingId]]);
      stored += (await recordAlerts(tx, stream, [draft], ids, recordedAt)).length;
    };
    for (const each of group) {
      if (outcome.confirmed.includes(each.alert)) {
        await answer("confirmed", each);
        confirmedKeys.add(each.alert.settledKey);
      } else if (outcome.withdrawn.includes(each.alert)) {
        await answer("withdrawn", each);
        const standing = settlement.state.open?.leg.key === each.alert.legKey;
        if (!standing)
          await withdrawLegs(tx, [each.repricingId], { states: ["provisional"], reason: "withdrawn", recordedAt });
      }
    }
  }
  return { confirmedKeys, stored };
}

/** Pending alerts of one target and trade date together. */
function groups(pending: readonly PendingAlert[]): PendingAlert[][] {
  const byKey = new Map<string, PendingAlert[]>();
  for (const each of pending) {
    const key = `${targetKey(each.alert.target)} ${each.alert.tradeDate}`;
    const group = byKey.get(key);
    if (group === undefined) byKey.set(key, [each]);
    else group.push(each);
  }
  return [...byKey.values()];
}
