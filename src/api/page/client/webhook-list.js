// @ts-check
/** A person's webhooks: how each does, what can be done with it, and its delivery log. */
import { askFirst } from "./ask-first.js";
import { actionButton, element, instantText, note, tableOf } from "./elements.js";
import { ask, wordsOf } from "./webhook-api.js";
import { sendTest } from "./webhook-test.js";

/**
 * @typedef {{id: number, url: string, min_severity: string, meetings: string[] | null, rules: object[], events: string[] | null,
 *   format: string, max_age_s: number | null, description: string, enabled: boolean, disabled_reason: string | null,
 *   failing_since: string | null, last_success_at: string | null,
 *   previous_secret_until: string | null,
 *   rules_not_judged: {rule: number, meeting: string | null, since: string | null, reason: string}[],
 *   health: {pending: number, delivered_24h: number, failed_24h: number}}} Webhook
 * @typedef {{id: number, type: string, state: string, as_of: string, created_at: string, due_at: string | null,
 *   last_status: number | null, last_error: string | null, attempt_count: number}} Delivery
 */

/** The secret, which is shown this once. @param {string} secret */
export function secretNote(secret) {
  return element(
    "div",
    {},
    element("p", {}, "The signing secret, shown this once. Keep it where your receiver reads it:"),
    element("p", {}, element("code", { class: "secret" }, secret)),
    element("button", { type: "button", class: "copy", "data-copy": secret }, "Copy the secret"),
  );
}

/** @param {Webhook} webhook */
function wants({ min_severity, meetings, rules, events, format, max_age_s }) {
  return [
    events === null ? `repricings, ${min_severity} or worse` : events.join(", "),
    meetings === null ? "all meetings" : meetings.join(", "),
    rules.length === 0 ? null : rules.length === 1 ? "1 rule" : `${rules.length} rules`,
    `format ${format}`,
    max_age_s === null ? null : `nothing older than ${max_age_s} s`,
  ]
    .filter((part) => part !== null)
    .join(" · ");
}

/** @param {Webhook} webhook */
function health({ enabled, disabled_reason, failing_since, last_success_at, health: counts }) {
  if (!enabled) return ["failing", `disabled${disabled_reason === null ? "" : `: ${disabled_reason}`}`];
  const sent = `${counts.delivered_24h} delivered and ${counts.failed_24h} failed in 24 h, ${counts.pending} waiting`;
  if (failing_since !== null) return ["stale", `failing since ${instantText(failing_since)}; ${sent}`];
  return [
    "ok",
    `${last_success_at === null ? "nothing sent yet" : `last success ${instantText(last_success_at)}`}; ${sent}`,
  ];
}

/** Rules that say nothing since no reading is shown to them. @param {Webhook} webhook */
function blindNote({ rules_not_judged: blind }) {
  if (blind.length === 0) return null;
  const words = blind.map(({ rule, meeting, since, reason }) => {
    const named = `Rule ${rule + 1}${meeting === null ? "" : ` (meeting of ${meeting})`}`;
    return element(
      "p",
      {},
      `${named} is not judged${since === null ? "" : ` since ${instantText(since)}`}: ${reason}.`,
    );
  });
  return element("div", { class: "note" }, ...words);
}

/** @param {Delivery} delivery */
function answerWords({ last_status, last_error, state, due_at }) {
  const last = [last_status, last_error].filter((part) => part !== null).join(": ");
  return state === "pending" && due_at !== null
    ? `${last === "" ? "" : `${last}; `}next ${instantText(due_at)}`
    : last || "–";
}

/** @param {number} id @param {Element} place @param {string | null} cursor */
async function showLog(id, place, cursor) {
  const path = `/v1/webhooks/${id}/deliveries?limit=20${cursor === null ? "" : `&cursor=${cursor}`}`;
  const { data, next_cursor: next } = await ask("GET", path);
  if (data.length === 0) {
    note(place, "Nothing was sent yet.");
    return;
  }
  const rows = data.map((/** @type {Delivery} */ delivery) => [
    String(delivery.id),
    delivery.type,
    delivery.state,
    instantText(delivery.as_of),
    instantText(delivery.created_at),
    String(delivery.attempt_count),
    answerWords(delivery),
    guarded("Send again", place, async () => {
      await ask("POST", `/v1/deliveries/${delivery.id}/redeliver`);
      await showLog(id, place, cursor);
    }),
  ]);
  const heads = ["number", "type", "state", "as of", "queued", "attempts", "last answer", ""];
  place.replaceChildren(tableOf(`Deliveries of webhook ${id}`, heads, rows));
  if (next !== null) place.append(guarded("Older ones", place, () => showLog(id, place, next)));
}

/** A button whose failure is told in a place. @param {string} label @param {Element} place @param {() => Promise<void>} act */
function guarded(label, place, act) {
  return actionButton(label, async () => {
    try {
      await act();
    } catch (error) {
      note(place, `${wordsOf(error)}.`);
    }
  });
}

/** @param {Webhook} webhook @param {Element} place @param {() => Promise<void>} reload */
function deleteButton({ id, url }, place, reload) {
  return guarded("Delete", place, async () => {
    const words = [url, "Messages that wait for it are not sent any more."];
    if (!(await askFirst("Delete this webhook?", words, { yes: "Yes, delete it", no: "Keep it" }))) return;
    await ask("DELETE", `/v1/webhooks/${id}`);
    await reload();
  });
}

/**
 * Another secret. While the one before the last rotation still signs, another rotation would end it at once: that is asked
 * first, of the webhook as it stands now.
 *
 * @param {number} id
 * @param {Element} place
 */
function secretButton(id, place) {
  return guarded("New secret", place, async () => {
    const { previous_secret_until: until } = await ask("GET", `/v1/webhooks/${id}`);
    if (until !== null) {
      const words = [
        `Messages are signed with two secrets now: the present one, and until ${instantText(until)} the one before it.`,
        "A new secret ends the one before at once. A receiver that still checks with it refuses every message from then on, " +
          "until it has the present secret or the new one.",
        "The present secret goes on to sign beside the new one for 24 hours.",
      ];
      const answers = { yes: "End it, make a new secret", no: "Keep both" };
      if (!(await askFirst("End the secret before now?", words, answers))) return;
    }
    const { secret } = await ask("POST", `/v1/webhooks/${id}/rotate-secret${until === null ? "" : "?force=true"}`);
    place.replaceChildren(
      secretNote(secret),
      element("p", {}, "For 24 hours messages carry two signatures: by this secret, and by the one before it."),
    );
  });
}

/** @param {Webhook} webhook @param {Element} place */
function replayForm(webhook, place) {
  const since = element("input", { type: "date", name: "since", required: true });
  const form = element(
    "form",
    { class: "row" },
    element("label", {}, "Send again all since ", since),
    element("button", {}, "Replay"),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const { queued } = await ask("POST", `/v1/webhooks/${webhook.id}/replay?since=${since.value}`);
      note(place, `${queued} messages were queued.`);
    } catch (error) {
      note(place, `${wordsOf(error)}.`);
    }
  });
  place.replaceChildren(form);
  since.focus();
}

/** @param {Webhook} webhook @param {() => Promise<void>} reload */
function card(webhook, reload) {
  const { id, enabled } = webhook;
  const place = element("div", { role: "status" });
  const state = element("p", {});
  /** @param {Webhook} now */
  const showHealth = (now) => {
    const [mark, words] = health(now);
    state.replaceChildren(element("span", { class: `dot ${mark}` }), words ?? "");
  };
  showHealth(webhook);
  const renew = async () => showHealth(await ask("GET", `/v1/webhooks/${id}`));
  const actions = element(
    "p",
    { class: "actions" },
    guarded("Send a test", place, () => sendTest(id, place, renew)),
    guarded("Deliveries", place, async () => {
      await Promise.all([showLog(id, place, null), renew()]);
    }),
    guarded("Replay", place, async () => replayForm(webhook, place)),
    guarded(enabled ? "Disable" : "Enable", place, async () => {
      await ask("PATCH", `/v1/webhooks/${id}`, { enabled: !enabled });
      await reload();
    }),
    secretButton(id, place),
    deleteButton(webhook, place, reload),
  );
  return element(
    "article",
    { class: "webhook" },
    element("h3", {}, webhook.url),
    element(
      "p",
      { class: "faint" },
      `number ${id}${webhook.description === "" ? "" : ` · ${webhook.description}`} · ${wants(webhook)}`,
    ),
    state,
    blindNote(webhook),
    actions,
    place,
  );
}

/** Reads and shows them all. @param {Element} list */
export async function showWebhooks(list) {
  const { data } = await ask("GET", "/v1/webhooks?limit=100");
  if (data.length === 0) {
    note(list, "There is none yet.");
    return;
  }
  list.replaceChildren(...data.map((/** @type {Webhook} */ webhook) => card(webhook, () => showWebhooks(list))));
}
