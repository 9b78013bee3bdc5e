/** What `cutwatch webhooks` does with webhooks themselves, each command by asking the API. */
import type { DryRun } from "../client/client.ts";
import { EXIT, UsageError } from "./failure.ts";
import { requireTenant } from "./keys.ts";
import { OWN_TENANT, type Printed, print, withOwnApi } from "./own-api.ts";
import type { Shell } from "./shell.ts";
import { dryRunText, type WebhookShown, webhooksTable, webhookText } from "./webhooks-text.ts";

/** A subscription in options. */
export interface SubscriptionOptions {
  readonly minSeverity?: string;
  readonly meeting?: readonly string[];
  readonly event?: readonly string[];
  readonly rule?: readonly string[];
  readonly format?: string;
  readonly maxAgeS?: number;
}

type WithSecret = WebhookShown & { readonly secret: string };

const COMMAND = "webhooks";

function ruleOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(
      `Cannot read --rule ${text.slice(0, 60)}: must be JSON such as {"meeting":"next","measure":"hold","crosses_pct":50}`,
    );
  }
}

/** The members that were given; the API says what is wrong with them. */
function subscriptionBody(options: SubscriptionOptions): object {
  const members = {
    min_severity: options.minSeverity,
    meetings: options.meeting,
    events: options.event,
    rules: options.rule?.map(ruleOf),
    format: options.format,
    max_age_s: options.maxAgeS,
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** @param options.url `-` reads it from standard input: those of chat services are secrets, and command lines are seen */
export async function createWebhookCommand(
  shell: Shell,
  options: SubscriptionOptions &
    Printed & { readonly url: string; readonly tenant?: string; readonly description?: string },
): Promise<number> {
  const url = options.url === "-" ? (await shell.readStdin()).trim() : options.url;
  const tenant = requireTenant(options.tenant ?? OWN_TENANT);
  const { description } = options;
  const body = { url, ...subscriptionBody(options), ...(description === undefined ? {} : { description }) };
  return withOwnApi(shell, { command: COMMAND, tenant, seals: true }, async (api) =>
    print(shell, options, await api.ask<WithSecret>("POST", "/v1/webhooks", body), (made) =>
      [
        webhookText(made, shell.out.columns),
        `\nSecret, shown this once: ${made.secret}\n`,
        `See that it arrives: cutwatch webhooks test ${made.id} --wait\n`,
      ].join(""),
    ),
  );
}

export async function listWebhooksCommand(shell: Shell, options: Printed): Promise<number> {
  return withOwnApi(shell, { command: COMMAND }, async (api) => {
    type List = { readonly data: readonly WebhookShown[] };
    return print(shell, options, await api.ask<List>("GET", "/v1/webhooks"), ({ data }) =>
      data.length === 0
        ? "No webhooks yet: cutwatch webhooks create --url https://… makes one\n"
        : webhooksTable(data, OWN_TENANT, shell.out.columns),
    );
  });
}

export async function showWebhookCommand(shell: Shell, id: number, options: Printed): Promise<number> {
  return withOwnApi(shell, { command: COMMAND }, async (api) =>
    print(shell, options, await api.ask<WebhookShown>("GET", `/v1/webhooks/${id}`), (webhook) =>
      webhookText(webhook, shell.out.columns),
    ),
  );
}

/** @param options.force also while the secret before the last rotation still signs, which ends that one at once */
export async function rotateSecretCommand(
  shell: Shell,
  id: number,
  options: Printed & { readonly force: boolean },
): Promise<number> {
  const path = `/v1/webhooks/${id}/rotate-secret${options.force ? "?force=true" : ""}`;
  return withOwnApi(shell, { command: COMMAND, seals: true }, async (api) =>
    print(shell, options, await api.ask<WithSecret>("POST", path), ({ secret }) =>
      [
        `Secret of webhook ${id}, shown this once: ${secret}\n`,
        "For 24 hours messages carry the signatures of both secrets\n",
      ].join(""),
    ),
  );
}

export async function switchWebhookCommand(
  shell: Shell,
  id: number,
  enabled: boolean,
  options: Printed,
): Promise<number> {
  return withOwnApi(shell, { command: COMMAND }, async (api) => {
    const changed = await api.ask<WebhookShown>("PATCH", `/v1/webhooks/${id}`, { enabled });
    return print(shell, options, changed, ({ health }) => {
      const waiting = health.pending === 0 ? "" : `; ${health.pending} waiting ${enabled ? "go on" : "stay"}`;
      return `Webhook ${id} is ${enabled ? "enabled" : "disabled"}${waiting}\n`;
    });
  });
}

export async function deleteWebhookCommand(shell: Shell, id: number, options: Printed): Promise<number> {
  return withOwnApi(shell, { command: COMMAND }, async (api) => {
    await api.ask<null>("DELETE", `/v1/webhooks/${id}`);
    shell.out.write(options.json ? `${JSON.stringify({ id, deleted: true })}\n` : `Webhook ${id} is deleted\n`);
    return EXIT.done;
  });
}

function subscriptionIn(webhook: WebhookShown): object {
  const { min_severity, meetings, rules, events, format, max_age_s } = webhook;
  return { min_severity, meetings, rules, events, format, max_age_s };
}

/** @param id a webhook whose subscription is tried; null: only the options */
export async function dryRunCommand(
  shell: Shell,
  id: number | null,
  options: SubscriptionOptions & Printed & { readonly from?: string; readonly to?: string },
): Promise<number> {
  const { from, to } = options;
  const period = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const given = subscriptionBody(options);
  return withOwnApi(shell, { command: COMMAND, reads: true }, async (api) => {
    const before = id === null ? {} : subscriptionIn((await api.ask<WebhookShown>("GET", `/v1/webhooks/${id}`)).answer);
    const tried = await api.ask<DryRun>("POST", "/v1/webhooks/dry-run", { ...before, ...given, ...period });
    return print(shell, options, tried, (run) => dryRunText(run, shell.out.columns));
  });
}
