import type { IsoDate } from "../src/pricing/calendar-date.ts";
import { settleProvisional } from "../src/repricing/intraday.ts";
import { PARAMETERS } from "../src/repricing/parameters.ts";
import type { SeriesState, SeriesStep } from "../src/repricing/series.ts";
import { isSameTarget, type Target, targetKey } from "../src/repricing/target.ts";
import type { ProvisionalRow } from "../src/store/provisional.ts";
import type { Detected } from "./detect-days.ts";

/** What the settlements of some days make of what was told during them. */
export interface ProvisionalAnswers {
  /** not answered before, and borne out */
  readonly confirmed: readonly ProvisionalRow[];
  /** not answered before, and not borne out */
  readonly withdrawn: readonly ProvisionalRow[];
  /** legs that were there for those alone, by number */
  readonly goneLegs: readonly number[];
  /** alerts that are borne out, answered before or now, by number */
  readonly borneOut: ReadonlySet<number>;
}

function settlementOf(found: Detected, target: Target, tradeDate: IsoDate): SeriesStep | null {
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

/** Judges the provisional alerts of days that now have their settlement; those of a day without a usable one wait. */
export function answerProvisional(found: Detected, provisional: readonly ProvisionalRow[]): ProvisionalAnswers {
  const confirmed: ProvisionalRow[] = [];
  const withdrawn: ProvisionalRow[] = [];
  const goneLegs: number[] = [];
  const borneOut = new Set<number>();
  for (const [{ target, tradeDate }, group] of groups(provisional)) {
    const settlement = settlementOf(found, target, tradeDate);
    if (settlement === null) continue;
    const alerts = group.map(({ alert }) => alert);
    const outcome = settleProvisional(alerts, settlement, tradeDate);
    for (const row of group) {
      if (outcome.confirmed.includes(row.alert)) {
        borneOut.add(row.id);
        if (!row.isAnswered) confirmed.push(row);
      } else if (outcome.withdrawn.includes(row.alert) && !row.isAnswered) {
        withdrawn.push(row);
        if (settlement.state.open?.leg.key !== row.alert.legKey) goneLegs.push(row.repricingId);
      }
    }
  }
  return { confirmed, withdrawn, goneLegs, borneOut };
}

/** Alerts of one target and trade date together. */
function groups(provisional: readonly ProvisionalRow[]): [ProvisionalRow["alert"], ProvisionalRow[]][] {
  const byKey = new Map<string, [ProvisionalRow["alert"], ProvisionalRow[]]>();
  for (const row of provisional) {
    const key = `${targetKey(row.alert.target)} ${row.alert.tradeDate}`;
    const group = byKey.get(key);
    if (group === undefined) byKey.set(key, [row.alert, [row]]);
    else group[1].push(row);
  }
  return [...byKey.values()];
}
