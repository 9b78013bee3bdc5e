/**
 * What people have been told of legs, and what of it still stands. The feed is append only: what a correction undoes is taken
 * back by an alert of its own, and what it brings back is told again under a key of its own.
 */
import type { IsoDate } from "../calendar/calendar-date.ts";
import { type Alert, type AlertKind, isAtLeast, type Severity } from "./repricing.ts";

/** One alert of the feed. */
export interface Told {
  readonly id: number;
  /** as {@link Alert.key} has it, with what was added to tell it apart from an earlier one */
  readonly key: string;
  readonly legKey: string;
  readonly kind: AlertKind | "confirmed" | "withdrawn";
  readonly severity: Severity;
  /** of a confirmation: of the settlement that gave it */
  readonly tradeDate: IsoDate;
  /** told during the day, for the settlement to confirm or withdraw */
  readonly isProvisional: boolean;
  /** nobody was sent it by itself */
  readonly historical: boolean;
  /** the alert that this one confirms or withdraws */
  readonly resolvesId: number | null;
}

const AGAIN = /\/again\/\d+$/;
const PROVISIONAL = /\/provisional\/[\d-]+$/;
const WITHDRAWN = "/withdrawn/";

/** The key that the detector gives an alert, however often it was told. */
export function detectedKey(key: string): string {
  return key.replace(AGAIN, "");
}

/** What a row of the feed is about: the key that the settlement gives the alert, or the leg's where all of it is withdrawn. */
function subjectKey({ key }: Pick<Told, "key">): string {
  const [subject = key] = key.split(WITHDRAWN);
  return detectedKey(subject).replace(PROVISIONAL, "");
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

/**
 * Whether an alert brings back what people were sent a withdrawal of: the last that was told of it, or of its leg, is one that
 * is no history. Whoever was sent the withdrawal must be sent this too, however late it is.
 *
 * @param told of its leg, in order
 */
export function bringsBackNews(
  key: string,
  told: readonly (Pick<Told, "key" | "kind"> & { readonly historical: boolean })[],
): boolean {
  const subject = subjectKey({ key });
  const last = [told.at(-1), told.findLast((row) => subjectKey(row) === subject)];
  return last.some((row) => row !== undefined && row.kind === "withdrawn" && !row.historical);
}

/** The key to tell an alert with: the detector's, or one of its own where that was told before. */
export function keyToTell(key: string, told: readonly Pick<Told, "key" | "kind" | "isProvisional">[]): string {
  const times = told.filter(
    (row) => row.kind !== "withdrawn" && !row.isProvisional && detectedKey(row.key) === key,
  ).length;
  return times === 0 ? key : `${key}/again/${times}`;
}

/** What the same days, looked at again, give. */
export interface LookedAgain {
  /** the first of them */
  readonly from: IsoDate;
  /** the alerts found on it and after, in order: trade dates by the detector's key */
  readonly found: ReadonlyMap<string, IsoDate>;
}

/** Those of one leg that were told of an earlier day than they are found on now: what the corrected readings say was not so yet. */
function toldTooEarly(standing: readonly Told[], { from, found }: LookedAgain): Told[] {
  return standing.filter((row) => {
    const date = found.get(detectedKey(row.key));
    if (row.tradeDate < from || date === undefined || date <= row.tradeDate) return false;
    // To tell it again would make the leg look milder than it is.
    return !standing.some((other) => other.id > row.id && !isAtLeast(row.severity, other.severity));
  });
}

/** Those of one leg that were told of another day than they are found on now, or would stand before what is told only now. */
function toldOtherwise(legKey: string, standing: readonly Told[], { from, found }: LookedAgain): Told[] {
  const rows = new Map(standing.map((row) => [detectedKey(row.key), row]));
  const otherwise: Told[] = [];
  let isAnew = false;
  let lastId = 0;
  for (const [key, date] of found) {
    if (!key.startsWith(`${legKey}/`)) continue;
    const row = rows.get(key);
    if (row === undefined) isAnew = true;
    else if (row.tradeDate >= from) {
      if (row.tradeDate !== date || row.id < lastId) isAnew = true;
      if (isAnew) otherwise.push(row);
      lastId = row.id;
    }
  }
  return otherwise;
}

/**
 * Alerts that are to be taken back and told anew, since the days looked at again give them otherwise. Of a leg of which nobody
 * was sent anything the feed then reads as if the days had been right from the beginning. Of another one only what was told too
 * early is moved: whoever was told of it when it happened, or later, need not be told again.
 */
function movedAlerts(told: readonly Told[], again: LookedAgain): ReadonlySet<number> {
  const moved = [...byLeg(told)].flatMap(([legKey, ofLeg]) => {
    const standing = standingAlerts(ofLeg).filter(
      ({ key, tradeDate }) => tradeDate < again.from || again.found.has(detectedKey(key)),
    );
    const isHistory = ofLeg.every(({ historical }) => historical);
    return isHistory ? toldOtherwise(legKey, standing, again) : toldTooEarly(standing, again);
  });
  return new Set(moved.map(({ id }) => id));
}

/**
 * Those of the alerts found that nobody was told of, or that were told and taken back since. Asking again when they have been
 * told gives none.
 *
 * @param found with the detector's keys
 * @param told all that was told of their legs
 * @param again null: the days are looked at for the first time
 * @returns with the keys to tell them with
 * @example
 * // told: k, then k/withdrawn/7 resolving it; found: k. It is told again as k/again/1
 */
export function freshAlerts<Item extends { readonly alert: Pick<Alert, "key" | "legKey"> }>(
  found: readonly Item[],
  told: readonly Told[],
  again: LookedAgain | null,
): Item[] {
  const moved = again === null ? new Set<number>() : movedAlerts(told, again);
  const still = standingAlerts(told).filter(({ id }) => !moved.has(id));
  const standing = new Set(still.map(({ key }) => detectedKey(key)));
  const ofLegs = byLeg(told);
  return found
    .filter(({ alert }) => !standing.has(alert.key))
    .map((item) => {
      const { alert } = item;
      return { ...item, alert: { ...alert, key: keyToTell(alert.key, ofLegs.get(alert.legKey) ?? []) } };
    });
}

/**
 * Alerts that were told and that the same days, looked at again, no longer give, or give otherwise.
 *
 * @param again with the provisional alerts, by number, that those days' settlements bear out still (a confirmation stands for
 *   a leg that is as bad or worse)
 */
export function voidAlerts<Row extends Told>(
  told: readonly Row[],
  again: LookedAgain & { readonly borneOut: ReadonlySet<number> },
): Row[] {
  const moved = movedAlerts(told, again);
  return standingAlerts(told).filter(({ id, kind, key, tradeDate, resolvesId }) => {
    if (moved.has(id)) return true;
    if (tradeDate < again.from || again.found.has(detectedKey(key))) return false;
    return kind !== "confirmed" || resolvesId === null || !again.borneOut.has(resolvesId);
  });
}
