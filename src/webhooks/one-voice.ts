/** One message for what is one piece of news: of several alerts at once, the one that speaks for all. */
import { SEVERITIES } from "../repricing/repricing.ts";
import type { ToldAlert } from "./match.ts";

/** Alerts that one message can tell of: raised by one piece of news, at one snapshot, and saying the same sort of thing. */
export function voiceKey({ clusterId, asOf, recordedAt, kind }: ToldAlert): string {
  // A corrected reading is another snapshot of the same instant, and what it raises is news.
  const said = kind === "confirmed" || kind === "withdrawn" ? kind : "raised";
  return `${clusterId} ${new Date(asOf).getTime()} ${recordedAt.getTime()} ${said}`;
}

/** Whom to hear first: the worst, then the meeting nearest in time, its own series before a path, the lowest number. */
function byPrecedence(a: ToldAlert, b: ToldAlert): number {
  return (
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    a.meeting.localeCompare(b.meeting) ||
    Number(a.path !== null) - Number(b.path !== null) ||
    a.id - b.id
  );
}

/**
 * The alert that speaks for each cluster and snapshot, among those that one webhook wants. Their order does not matter.
 *
 * @returns by number, ascending
 */
export function leadAlerts<Told extends ToldAlert>(wanted: readonly Told[]): Told[] {
  const leads = new Map<string, Told>();
  for (const alert of wanted) {
    const key = voiceKey(alert);
    const lead = leads.get(key);
    if (lead === undefined || byPrecedence(alert, lead) < 0) leads.set(key, alert);
  }
  return [...leads.values()].sort((a, b) => a.id - b.id);
}
