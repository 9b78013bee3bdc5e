/** What `cutwatch webhooks` does with messages: sends them, sends them again, and tells what became of them. */
import { setTimeout as sleep } from "node:timers/promises";
import { EXIT } from "./failure.ts";
import { type Answered, type OwnApi, type Printed, print, withOwnApi } from "./own-api.ts";
import type { Shell } from "./shell.ts";
import { type DeliveryShown, deliveriesTable, outcomeOf } from "./webhooks-text.ts";

type Queued = { readonly delivery_id: number; readonly message_id: string };

const COMMAND = "webhooks";

// Long enough for a name to be resolved, a connection, and an answer that takes its time: 5, 5 and 15 s at most.
const POLLS = 100;
const POLL_MS = 300;

/** @returns null when nothing happened to it: no process sends, or a receiver that is slower than any may be */
async function waitFor(api: OwnApi, deliveryId: number): Promise<Answered<DeliveryShown> | null> {
  for (let poll = 0; poll < POLLS; poll++) {
    const delivery = await api.ask<DeliveryShown>("GET", `/v1/deliveries/${deliveryId}`);
    if (outcomeOf(delivery.answer) !== null) return delivery;
    await sleep(POLL_MS);
  }
  return null;
}

async function followed(
  shell: Shell,
  api: OwnApi,
  queued: Answered<Queued>,
  options: Printed & { readonly wait: boolean },
): Promise<number> {
  const { delivery_id: id, message_id: messageId } = queued.answer;
  if (!options.wait) {
    return print(
      shell,
      options,
      queued,
      () => `Delivery ${id} (${messageId}) is queued: a process that serves or works sends it\n`,
    );
  }
  const delivery = await waitFor(api, id);
  if (delivery === null) {
    throw new Error(`Cannot tell what became of delivery ${id}: it still waits; is cutwatch serve or worker running`);
  }
  const outcome = outcomeOf(delivery.answer);
  print(shell, options, delivery, () => `Delivery ${id} (${messageId}) ${outcome?.text}\n`);
  return outcome?.arrived === true ? EXIT.done : EXIT.failed;
}

export async function testWebhookCommand(
  shell: Shell,
  id: number,
  options: Printed & { readonly wait: boolean },
): Promise<number> {
  return withOwnApi(shell, { command: COMMAND }, async (api) =>
    followed(shell, api, await api.ask<Queued>("POST", `/v1/webhooks/${id}/test`), options),
  );
}

export async function redeliverCommand(
  shell: Shell,
  deliveryId: number,
  options: Printed & { readonly wait: boolean },
): Promise<number> {
  return withOwnApi(shell, { command: COMMAND }, async (api) =>
    followed(shell, api, await api.ask<Queued>("POST", `/v1/deliveries/${deliveryId}/redeliver`), options),
  );
}

export async function replayCommand(
  shell: Shell,
  id: number,
  options: Printed & { readonly since: string; readonly missing: boolean },
): Promise<number> {
  const question = new URLSearchParams({ since: options.since, ...(options.missing ? { only: "missing" } : {}) });
  return withOwnApi(shell, { command: COMMAND, reads: true }, async (api) => {
    type Replayed = { readonly queued: number; readonly since: string };
    const replayed = await api.ask<Replayed>("POST", `/v1/webhooks/${id}/replay?${question}`);
    return print(
      shell,
      options,
      replayed,
      ({ queued, since }) =>
        `${queued} ${queued === 1 ? "message" : "messages"} since ${since} queued for webhook ${id}: a process that serves or works sends them\n`,
    );
  });
}

export async function listDeliveriesCommand(
  shell: Shell,
  id: number,
  options: Printed & { readonly state?: string; readonly limit?: number },
): Promise<number> {
  const { state, limit } = options;
  const given = { ...(state === undefined ? {} : { state }), ...(limit === undefined ? {} : { limit: String(limit) }) };
  return withOwnApi(shell, { command: COMMAND }, async (api) => {
    type List = { readonly data: readonly DeliveryShown[]; readonly next_cursor: string | null };
    const list = await api.ask<List>("GET", `/v1/webhooks/${id}/deliveries?${new URLSearchParams(given)}`);
    return print(shell, options, list, ({ data, next_cursor: next }) => {
      if (data.length === 0)
        return `Nothing was sent to webhook ${id}${state === undefined ? "" : ` that is ${state}`}\n`;
      const older = next === null ? "" : "There are older ones: --limit shows up to 1000\n";
      return `${deliveriesTable(data, shell.out.columns)}${older}`;
    });
  });
}
