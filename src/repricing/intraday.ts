/** Alerts before the settlement: at once when a threshold holds, and taken back when the settlement does not bear it out. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { ContractUse } from "../pricing/reading.ts";
import { signOf } from "./open-leg.ts";
import type { DetectorParameters } from "./parameters.ts";
import { type Alert, type Direction, type Leg, SEVERITIES } from "./repricing.ts";
import { advance, type Observation, type SeriesState, type SeriesStep } from "./series.ts";
import { targetKey } from "./target.ts";

const MINUTE_MS = 60_000;

type ContractPrice = Pick<ContractUse, "contractMonth" | "price">;

/** An observation during the day, with the contracts behind it; none behind a published distribution. */
export interface IntradayObservation extends Observation {
  readonly contracts: readonly ContractPrice[];
}

/** Where a series stood at its last settlement, and the contracts behind that reading. */
export interface SettledSeries {
  readonly state: SeriesState;
  readonly contracts: readonly ContractPrice[];
}

/** An alert that the settlement will confirm or withdraw. Its own key names the day, so that a later day can try again. */
export interface ProvisionalAlert extends Alert {
  /** key of the alert that the settlement would raise at this level */
  readonly settledKey: string;
  /** the leg as it would be; `provisional` unless the last settlement had it open already */
  readonly leg: Leg;
}

/** One reading and the alert that it would raise if it were the settlement. */
interface Candidate {
  readonly ms: number;
  readonly alert: Alert | null;
  readonly leg: Leg | null;
}

/**
 * The provisional alerts of one trade date so far. Each reading is judged as if it were the settlement; what at least two
 * consecutive readings, two minutes or more from first to last, agree on is told, once, when at least two contracts have
 * moved that way since the last settlement. A published distribution shows no contracts, so none are counted for it.
 *
 * More readings of the day only add alerts: those told before come out the same, with the same keys.
 *
 * @param readings of one trade date after the last settlement's, in any order; unusable ones are passed over
 * @throws RangeError for readings of several trade dates or two of one instant, and as `advance`
 * @see README, "When the market changes its mind"
 */
export function provisionalAlerts(
  settled: SettledSeries,
  readings: readonly IntradayObservation[],
  parameters: DetectorParameters,
): readonly ProvisionalAlert[] {
  const told = new Map<string, number>();
  const alerts: ProvisionalAlert[] = [];
  const candidates = candidatesOf(settled, readings, parameters);
  candidates.forEach(({ alert, leg }, i) => {
    if (alert === null || leg === null) return;
    const held = heldThrough(candidates, i, parameters);
    if (held === null || rankOf(held) <= (told.get(held.legKey) ?? -1)) return;
    told.set(held.legKey, rankOf(held));
    const { kind, severity, extension, key } = held;
    const isNew = settled.state.open?.leg.key !== leg.key;
    alerts.push({
      ...alert,
      kind,
      severity,
      extension,
      key: `${key}/provisional/${alert.tradeDate}`,
      settledKey: key,
      leg: { ...leg, severity, state: isNew ? "provisional" : leg.state },
    });
  });
  return alerts;
}

function candidatesOf(
  settled: SettledSeries,
  readings: readonly IntradayObservation[],
  parameters: DetectorParameters,
): readonly Candidate[] {
  const inTime = readings.toSorted((a, b) => (a.asOf < b.asOf ? -1 : 1));
  inTime.forEach((reading, i) => {
    const before = inTime[i - 1];
    if (before === undefined) return;
    const name = `Cannot judge the readings of ${targetKey(settled.state.target)} on ${reading.tradeDate}`;
    if (before.tradeDate !== reading.tradeDate) {
      throw new RangeError(`${name}: some are of ${before.tradeDate}, accepted is one trade date`);
    }
    if (before.asOf === reading.asOf) throw new RangeError(`${name}: two are of ${reading.asOf}, accepted is one`);
  });
  return inTime
    .filter((reading) => reading.unusable === null && reading.expectedRateBp !== null)
    .map((reading) => {
      const stepped = advance(settled.state, reading, parameters);
      const alert = stepped.alerts.at(-1) ?? null;
      const isShared = alert !== null && isSharedMove(settled, reading, alert.direction, parameters);
      const leg = stepped.state.open?.leg ?? null;
      return { ms: Date.parse(reading.asOf), alert: isShared ? alert : null, leg };
    });
}

/** Whether enough contracts have moved the same way. A rate rises when prices fall. */
function isSharedMove(
  settled: SettledSeries,
  { contracts }: IntradayObservation,
  direction: Direction,
  { intraday }: DetectorParameters,
): boolean {
  if (contracts.length === 0) return true;
  const before = new Map(settled.contracts.map(({ contractMonth, price }) => [contractMonth, price]));
  const moved = contracts.filter(({ contractMonth, price }) => {
    const settlement = before.get(contractMonth);
    return settlement !== undefined && signOf(direction) * (settlement - price) > 0;
  });
  return moved.length >= intraday.contracts;
}

/** The mildest alert on which the readings up to this one agree, for as many and as long as is asked; null: they do not. */
function heldThrough(candidates: readonly Candidate[], last: number, { intraday }: DetectorParameters): Alert | null {
  const newest = candidates[last];
  if (newest === undefined || newest.alert === null) return null;
  let held = newest.alert;
  for (let i = last; i >= 0; i--) {
    const candidate = candidates[i];
    if (candidate === undefined || candidate.alert === null || candidate.alert.legKey !== held.legKey) return null;
    if (rankOf(candidate.alert) < rankOf(held)) held = candidate.alert;
    const isLongEnough = newest.ms - candidate.ms >= intraday.minutes * MINUTE_MS;
    if (isLongEnough && last - i + 1 >= intraday.readings) return held;
  }
  return null;
}

// A leg is extended a handful of times at most: its theta is 5 bp or more.
const EXTENSIONS_PER_SEVERITY = 1000;

function rankOf({ severity, extension }: Pick<Alert, "severity" | "extension">): number {
  return SEVERITIES.indexOf(severity) * EXTENSIONS_PER_SEVERITY + extension;
}

/** What a settlement makes of the day's provisional alerts. */
export interface ProvisionalOutcome {
  readonly confirmed: readonly ProvisionalAlert[];
  readonly withdrawn: readonly ProvisionalAlert[];
  /** the trade date has no usable settlement yet */
  readonly pending: readonly ProvisionalAlert[];
  /** alerts of the settlement that nobody was told of during the day */
  readonly news: readonly Alert[];
}

/**
 * Confirms or withdraws the provisional alerts of one series: confirmed where the settlement has the same leg open, as bad
 * and as far extended or more.
 *
 * @param settlement the step that the trade date's settlement made
 * @param tradeDate of that settlement
 */
export function settleProvisional(
  provisional: readonly ProvisionalAlert[],
  settlement: SeriesStep,
  tradeDate: IsoDate,
): ProvisionalOutcome {
  const { open, track, ended } = settlement.state;
  const isSettled = ended || track?.last.tradeDate === tradeDate;
  const standing = open === null ? -1 : rankOf({ severity: open.leg.severity, extension: open.extension });
  const bears = (alert: ProvisionalAlert) => alert.legKey === open?.leg.key && rankOf(alert) <= standing;
  const confirmed = isSettled ? provisional.filter(bears) : [];
  return {
    confirmed,
    withdrawn: isSettled ? provisional.filter((alert) => !bears(alert)) : [],
    pending: isSettled ? [] : provisional,
    news: settlement.alerts.filter((alert) => !confirmed.some(({ settledKey }) => settledKey === alert.key)),
  };
}
