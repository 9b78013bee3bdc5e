/** Webhooks and their deliveries as a person reads them, at most as wide as the terminal. */
import type { DryRun } from "../client/client.ts";
import { wrappedTable } from "./table.ts";

/** What of a webhook is shown. */
export interface WebhookShown {
  readonly id: number;
  readonly tenant: string;
  readonly url: string;
  readonly min_severity: string;
  readonly meetings: readonly string[] | null;
  readonly rules: readonly object[];
  readonly rules_not_judged: readonly {
    readonly rule: number;
    readonly meeting: string | null;
    readonly since: string | null;
    readonly reason: string;
  }[];
  readonly events: readonly string[] | null;
  readonly format: string;
  readonly max_age_s: number | null;
  readonly description: string;
  readonly enabled: boolean;
  readonly disabled_reason: string | null;
  readonly disabled_at: string | null;
  readonly failing_since: string | null;
  readonly last_success_at: string | null;
  readonly previous_secret_until: string | null;
  readonly health: { readonly pending: number; readonly delivered_24h: number; readonly failed_24h: number };
  readonly created_at: string;
}

/** What of a delivery is shown. */
export interface DeliveryShown {
  readonly id: number;
  readonly message_id: string;
  readonly type: string;
  readonly as_of: string;
  readonly state: string;
  readonly due_at: string | null;
  readonly last_error: string | null;
  readonly attempt_count: number;
  readonly attempts: readonly {
    readonly number: number;
    readonly finished_at: string | null;
    readonly duration_ms: number | null;
    readonly status: number | null;
    readonly error: string | null;
  }[];
}

const NARROW = 12;

/** `2025-11-17T20:00:00.000Z` as `2025-11-17 20:00`. */
export function minuteText(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)}`;
}

function stateText(webhook: WebhookShown): string {
  if (!webhook.enabled) return "disabled";
  return webhook.failing_since === null ? "enabled" : "failing";
}

function meetingsText(meetings: WebhookShown["meetings"]): string {
  if (meetings === null) return "all";
  const all = meetings.join(" ");
  return all.length <= NARROW ? all : `${meetings.length} chosen`;
}

function blindText(count: number): string {
  if (count === 0) return "";
  return count === 1 ? "1 rule not judged" : `${count} rules not judged`;
}

/** The host alone: chat services put a secret in the rest. */
function whereText(webhook: WebhookShown, own: string): string {
  const host = URL.canParse(webhook.url) ? new URL(webhook.url).host : webhook.url;
  const notes = [
    webhook.format === "standard" ? "" : webhook.format,
    webhook.tenant === own ? "" : `tenant ${webhook.tenant}`,
    blindText(webhook.rules_not_judged.length),
    webhook.description,
  ].filter((note) => note !== "");
  return notes.length === 0 ? host : `${host} (${notes.join("; ")})`;
}

/** One line a webhook. @param own tenant that goes without saying */
export function webhooksTable(webhooks: readonly WebhookShown[], own: string, columns: number): string {
  const rows = webhooks.map((webhook) => [
    String(webhook.id),
    stateText(webhook),
    webhook.min_severity,
    meetingsText(webhook.meetings),
    String(webhook.health.pending),
    String(webhook.health.failed_24h),
    whereText(webhook, own),
  ]);
  const head = ["id", "state", "least", "meetings", "waits", "failed 24h", "where"];
  return wrappedTable([head, ...rows], columns);
}

/** All that is known of one webhook, its address whole. */
export function webhookText(webhook: WebhookShown, columns: number): string {
  const { health } = webhook;
  const instants = (instant: string | null) => (instant === null ? "never" : `${minuteText(instant)} UTC`);
  const disabled = webhook.disabled_reason ?? "by hand";
  const rows = [
    ["webhook", `${webhook.id}, tenant ${webhook.tenant}`],
    ["url", webhook.url],
    ["state", webhook.enabled ? stateText(webhook) : `disabled ${instants(webhook.disabled_at)}: ${disabled}`],
    ["least severity", webhook.min_severity],
    ["meetings", webhook.meetings?.join(", ") ?? "all"],
    ["events", webhook.events?.join(", ") ?? "repricings and matches of its rules"],
    ...webhook.rules.map((rule, i) => [`rule ${i + 1}`, JSON.stringify(rule)]),
    ...webhook.rules_not_judged.map(({ rule, meeting, since, reason }) => [
      "not judged",
      `rule ${rule + 1}${meeting === null ? "" : ` (${meeting})`}${since === null ? "" : ` since ${instants(since)}`}: ${reason}`,
    ]),
    ["format", webhook.format],
    ["oldest message", webhook.max_age_s === null ? "any age" : `${webhook.max_age_s} s`],
    ["description", webhook.description],
    ["made", instants(webhook.created_at)],
    ["last success", instants(webhook.last_success_at)],
    ["failing since", webhook.failing_since === null ? "" : instants(webhook.failing_since)],
    ["both secrets until", webhook.previous_secret_until === null ? "" : instants(webhook.previous_secret_until)],
    [
      "deliveries",
      `${health.pending} wait; in 24 hours ${health.delivered_24h} delivered, ${health.failed_24h} failed`,
    ],
  ];
  return wrappedTable(
    rows.filter(([, value]) => value !== ""),
    columns,
  );
}

/** How the last attempt went. */
function attemptText(delivery: DeliveryShown): string {
  const last = delivery.attempts.at(-1);
  if (last === undefined) return delivery.last_error ?? "not tried yet";
  if (last.finished_at === null) return "under way";
  const took = last.duration_ms === null ? "" : ` in ${Math.round(last.duration_ms)} ms`;
  return last.error ?? `HTTP ${last.status ?? "?"}${took}`;
}

/** One line a delivery. */
export function deliveriesTable(deliveries: readonly DeliveryShown[], columns: number): string {
  const rows = deliveries.map((delivery) => [
    String(delivery.id),
    delivery.as_of.slice(0, 10),
    delivery.type,
    delivery.state,
    String(delivery.attempt_count),
    attemptText(delivery),
  ]);
  return wrappedTable([["id", "as of", "type", "state", "tries", "last attempt"], ...rows], columns);
}

/** What became of a delivery that was waited for; null while nothing has. */
export function outcomeOf(delivery: DeliveryShown): { readonly text: string; readonly arrived: boolean } | null {
  const last = delivery.attempts.at(-1);
  if (delivery.state === "delivered") return { text: `delivered: ${attemptText(delivery)}`, arrived: true };
  if (delivery.state !== "pending") return { text: `${delivery.state}: ${attemptText(delivery)}`, arrived: false };
  if (last === undefined || last.finished_at === null || last.number < delivery.attempt_count) return null;
  const next = delivery.due_at === null ? "" : `; tried again at ${minuteText(delivery.due_at)} UTC`;
  return { text: `not delivered: ${attemptText(delivery)}${next}`, arrived: false };
}

function oftenText({ days_covered: days, per_year: perYear }: DryRun): string {
  if (perYear !== null) return `, ${perYear.toFixed(1)} a year`;
  const covered = Math.floor(days);
  return `; ${covered} ${covered === 1 ? "day is" : "days are"} too few to say how often`;
}

function periodText(from: string, to: string): string {
  const [first, last] = [from.slice(0, 10), to.slice(0, 10)];
  return first === last ? `on ${first}` : `from ${first} to ${last}`;
}

/** The messages of a dry run, how often they would come, and which rules could not be tried, counted as `show` counts them. */
export function dryRunText(run: DryRun, columns: number): string {
  const { messages } = run;
  const count = `${messages.length} ${messages.length === 1 ? "message" : "messages"}`;
  const never = new Set(run.not_judged.map(({ rule }) => rule));
  const untried = [
    ...run.not_judged.map(({ rule, reason }) => [`Rule ${rule + 1} was not judged:`, reason]),
    // Where it never was, the reason above says it all.
    ...run.unjudged
      .filter(({ rule }) => !never.has(rule))
      .map(({ rule, from, to, reason }) => [`Rule ${rule + 1} was not judged ${periodText(from, to)}:`, reason]),
  ];
  const blind = untried.length === 0 ? "" : wrappedTable(untried, columns);
  const kept = run.withheld === 0 ? "" : `; CUTWATCH_WITHHOLD would keep back ${run.withheld} more`;
  const total = `${count} from ${run.from.slice(0, 10)} to ${run.to.slice(0, 10)}${oftenText(run)}${kept}\n${blind}`;
  if (messages.length === 0) return total;
  const rows = messages.map(({ as_of: asOf, type, summary }) => [asOf.slice(0, 10), type, summary]);
  return `${wrappedTable([["as of", "type", "what"], ...rows], columns)}\n${total}`;
}
