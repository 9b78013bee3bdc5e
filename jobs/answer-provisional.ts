import type { IsoDate } from "../src/calendar/calendar-date.ts";
import { settleProvisional } from "../src/repricing/intraday.ts";
import { PARAMETERS } from "../src/repricing/parameters.ts";
import type { SeriesState, SeriesStep } from "../src/repricing/series.ts";
import { isSameTarget, type Target, targetKey } from "../src/repricing/target.ts";
import type { ProvisionalRow } from "../src/store/provisional.ts";
import type { Detected } from "./detect-days.ts";

/** What the settlements of some days make of what was told during them. */
export interface ProvisionalAnswers {
  /** not answered before, and borne out */
  readonly confirmed: readonly (ProvisionalRow & {
    /** of the settlement that bears it out */
    readonly settledOn: IsoDate;
  })[];
  /** not answered before, and not borne out */
  readonly withdrawn: readonly ProvisionalRow[];
  /** legs that were there for those alone, by number */
  readonly goneLegs: readonly number[];
  /** alerts that are borne out, answered before or now, by number */
  readonly borneOut: ReadonlySet<number>;
}

/** The step that a usable settlement made of a target; null: the day has none. */
function settlementOn(found: Detected, day: Detected["days"][number], target: Target): SeriesStep | null {
  const { tradeDate, state } = day;
  const series = state.series.find((each) => isSameTarget(each.target, target));
  const isSettled = series === undefined || series.ended || series.track?.last.tradeDate === tradeDate;
  if (!isSettled) return null;
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

/** The first usable settlement of a target on a trade date or after it: some days never get one. */
function settlementFrom(found: Detected, target: Target, tradeDate: IsoDate): [IsoDate, SeriesStep] | null {
  for (const day of found.days) {
    const step = day.tradeDate < tradeDate ? null : settlementOn(found, day, target);
    if (step !== null) return [day.tradeDate, step];
  }
  return null;
}

/**
 * Judges provisional alerts by the settlement of their day or, where that has no usable one, by the next that is; at the
 * decision at the latest, when nothing can bear them out any more. Until then they wait.
 */
export function answerProvisional(found: Detected, provisional: readonly ProvisionalRow[]): ProvisionalAnswers {
  const confirmed: ProvisionalAnswers["confirmed"][number][] = [];
  const withdrawn: ProvisionalRow[] = [];
  const goneLegs: number[] = [];
  const borneOut = new Set<number>();
  for (const [{ target, tradeDate }, group] of groups(provisional)) {
    const first = settlementFrom(found, target, tradeDate);
    if (first === null) continue;
    const [settledOn, settlement] = first;
    const alerts = group.map(({ alert }) => alert);
    const outcome = settleProvisional(alerts, settlement, settledOn);
    for (const row of group) {
      if (outcome.confirmed.includes(row.alert)) {
        borneOut.add(row.id);
        if (!row.isAnswered) confirmed.push({ ...row, settledOn });
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
