// @ts-check
/** The page of webhooks: a key, what it has, and a form for one more. */
import { element, note, tableOf } from "./elements.js";
import { say } from "./say.js";
import { ask, storedKey, storeKey, wordsOf } from "./webhook-api.js";
import { bodyOf, startRules } from "./webhook-form.js";
import { secretNote, showWebhooks } from "./webhook-list.js";

const SHOWN = 50;

/** @template {HTMLElement} T @param {string} id @param {new () => T} kind @returns {T} */
function part(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`Cannot find ${id}: the page has no such part`);
  return found;
}

const keyForm = part("key-form", HTMLFormElement);
const keyField = part("key-field", HTMLInputElement);
const forget = part("key-forget", HTMLButtonElement);
const yours = part("yours", HTMLElement);
const list = part("list", HTMLElement);
const form = part("new-form", HTMLFormElement);
const result = part("new-result", HTMLElement);

/** Shows the webhooks of the key at hand, or what is wrong with it. */
async function load() {
  const has = storedKey() !== null;
  yours.hidden = !has;
  forget.hidden = !has;
  if (!has) return;
  try {
    await showWebhooks(list);
  } catch (error) {
    note(list, `${wordsOf(error)}.`);
  }
}

/** @typedef {{type: string, as_of: string, meeting: string | null, severity: string | null, summary: string}} Message */

async function dryRun() {
  const { url, ...subscription } = bodyOf(form);
  const tried = await ask("POST", "/v1/webhooks/dry-run", url === "" ? subscription : { ...subscription, url });
  const { messages, per_year: perYear, not_judged: notJudged, unjudged, withheld } = tried;
  const rate = typeof perYear === "number" ? `, some ${perYear.toFixed(0)} a year` : "";
  const count = messages.length === 1 ? "1 message" : `${messages.length} messages`;
  const period = `${String(tried.from).slice(0, 10)} to ${String(tried.to).slice(0, 10)}`;
  note(result, `From ${period} it would have been sent ${count}${rate}.`);
  for (const { rule, reason } of notJudged) {
    result.append(element("p", {}, `Rule ${rule + 1} was not judged: ${reason}.`));
  }
  const never = notJudged.map((/** @type {{rule: number}} */ { rule }) => rule);
  for (const { rule, from, to, reason } of unjudged) {
    if (never.includes(rule)) continue;
    const when = `from ${from.slice(0, 10)} to ${to.slice(0, 10)}`;
    result.append(element("p", {}, `Rule ${rule + 1} was not judged ${when}: ${reason}.`));
  }
  if (withheld > 0) {
    const words = `${withheld} more would be kept back: their figures may not be passed on (CUTWATCH_WITHHOLD).`;
    result.append(element("p", {}, words));
  }
  if (messages.length === 0) return;
  const newest = messages.toReversed().slice(0, SHOWN);
  const rows = newest.map((/** @type {Message} */ message) => [
    message.as_of.slice(0, 10),
    message.type,
    // As it is sent, with the page's arrows: an arrow of two characters may be torn at the end of a line.
    message.summary.replaceAll("->", "→").replaceAll(" %", "\u00a0%"),
  ]);
  result.append(tableOf("What it would have been sent, newest first", ["as of", "type", "message"], rows));
  if (messages.length > SHOWN) result.append(element("p", { class: "faint" }, `The newest ${SHOWN} are shown.`));
}

async function create() {
  const webhook = await ask("POST", "/v1/webhooks", bodyOf(form));
  result.replaceChildren(element("div", { class: "note" }, secretNote(webhook.secret)));
  say("The webhook was created; its secret is shown once");
  form.reset();
  part("rules", HTMLElement).replaceChildren();
  await load();
}

/** @param {() => Promise<void>} act */
async function tried(act) {
  const buttons = [...form.querySelectorAll("button")];
  for (const button of buttons) button.disabled = true;
  try {
    await act();
  } catch (error) {
    note(result, `${wordsOf(error)}.`);
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

keyForm.addEventListener("submit", (event) => {
  event.preventDefault();
  storeKey(keyField.value.trim());
  keyForm.reset(); // unlike an emptied field it is not marked as missing
  void load();
});
forget.addEventListener("click", () => {
  storeKey(null);
  list.replaceChildren();
  void load();
  keyField.focus();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void tried(create);
});
part("dry-run", HTMLButtonElement).addEventListener("click", () => {
  // The address need not be known yet; rules that are half filled in are named by the browser.
  const broken = form.querySelector("#rules :invalid");
  if (broken instanceof HTMLInputElement) broken.reportValidity();
  else void tried(dryRun);
});
startRules(form);
void load();
