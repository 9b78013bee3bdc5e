/**
 * What people have been told of legs, and what of it still stands. The feed is append only: what a correction undoes is taken
 * back by an alert of its own, and what it brings back is told again under a key of its own.
 */
import type { IsoDate } from "../pricing/calendar-date.ts";
import type { Alert, AlertKind } from "./repricing.ts";

/** One alert of the feed. */
export interface Told {
  readonly id: number;
  /** as {@link Alert.key} has it, with what was added to tell it apart from an earlier one */
  readonly key: string;
  readonly legKey: string;
  readonly kind: AlertKind | "confirmed" | "withdrawn";
  readonly tradeDate: IsoDate;
  /** told during the day, for the settlement to confirm or withdraw */
  readonly isProvisional: boolean;
  /** the alert that this one confirms or withdraws */
  readonly resolvesId: number | null;
}

const AGAIN = /\/again\/\d+$/;
const WITHDRAWN = "/withdrawn/";

/** The key that the detector gives an alert, however often it was told. */
export function detectedKey(key: string): string {
  return key.replace(AGAIN, "");
}

/** Key of the alert with that number when it withdraws another alert, or a whole leg, by its key. */
export function withdrawalKey(key: string, id: number): string {
  return `${key}${WITHDRAWN}${id}`;
}

/** Whether a withdrawal takes back an alert of its leg: it names that one, or the whole leg with all that was told before. */
function takesBack(withdrawal: Told, alert: Told): boolean {
  if (withdrawal.kind !== "withdrawn" || withdrawal.id < alert.id) return false;
  return withdrawal.resolvesId === alert.id || withdrawal.key.startsWith(`${alert.legKey}${WITHDRAWN}`);
}

function byLeg<Row extends Told>(told: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of told) {
    const group = groups.get(row.legKey);
    if (group === undefined) groups.set(row.legKey, [row]);
    else group.push(row);
  }
  return groups;
}

/** Alerts that settlements bear out as far as anybody was told: neither provisional nor taken back, by number. */
export function standingAlerts<Row extends Told>(told: readonly Row[]): Row[] {
  const standing = [...byLeg(told).values()].flatMap((ofLeg) =>
    ofLeg
      .filter((alert) => alert.kind !== "withdrawn" && !alert.isProvisional)
      .filter((alert) => !ofLeg.some((withdrawal) => takesBack(withdrawal, alert))),
  );
  return standing.sort((a, b) => a.id - b.id);
}

/** The key to tell an alert with: the detector's, or one of its own where that was told before. */
export function keyToTell(key: string, told: readonly Told[]): string {
  const times = told.filter(
    (row) => row.kind !== "withdrawn" && !row.isProvisional && detectedKey(row.key) === key,
  ).length;
  return times === 0 ? key : `${key}/again/${times}`;
}

/**
 * Those of the alerts found that nobody was told of, or that were told and taken back since. Asking again when they have been
 * told gives none.
 *
 * @param found with the detector's keys
 * @param told all that was told of their legs
 * @returns with the keys to tell them with
 * @example
 * // told: k, then k/withdrawn/7 resolving it; found: k. It is told again as k/again/1
 */
export function freshAlerts<Item extends { readonly alert: Pick<Alert, "key" | "legKey"> }>(
  found: readonly Item[],
  told: readonly Told[],
): Item[] {
  const standing = new Set(standingAlerts(told).map(({ key }) => detectedKey(key)));
  const ofLegs = byLeg(told);
  return found
    .filter(({ alert }) => !standing.has(alert.key))
    .map((item) => {
      const { alert } = item;
      return { ...item, alert: { ...alert, key: keyToTell(alert.key, ofLegs.get(alert.legKey) ?? []) } };
    });
}

/**
 * Alerts that were told and that the same days, looked at again, no longer give.
 *
 * @param again the first day looked at again, the keys found on it and after, and the provisional alerts, by number, that
 *   those days' settlements bear out still (a confirmation stands for a leg that is as bad or worse)
 */
export function voidAlerts<Row extends Told>(
  told: readonly Row[],
  again: { readonly from: IsoDate; readonly keys: ReadonlySet<string>; readonly borneOut: ReadonlySet<number> },
): Row[] {
  return standingAlerts(told).filter(({ kind, key, tradeDate, resolvesId }) => {
    if (tradeDate < again.from || again.keys.has(detectedKey(key))) return false;
    return kind !== "confirmed" || resolvesId === null || !again.borneOut.has(resolvesId);
  });
}
