// @ts-check
/** Asking before something that cannot be undone. */
import { element } from "./elements.js";

/**
 * Asks in a dialog over the page, with the focus on no. Escape is no as well.
 *
 * @param {string} title
 * @param {readonly string[]} words a paragraph each
 * @param {{yes: string, no: string}} answers
 * @returns {Promise<boolean>}
 */
export function askFirst(title, words, answers) {
  const yes = element("button", { type: "button", class: "quiet" }, answers.yes);
  const no = element("button", { type: "button", autofocus: true }, answers.no);
  const dialog = element(
    "dialog",
    { class: "ask", "aria-labelledby": "ask-title" },
    element("h2", { id: "ask-title" }, title),
    ...words.map((text) => element("p", {}, text)),
    element("p", { class: "actions" }, yes, no),
  );
  return new Promise((resolve) => {
    yes.addEventListener("click", () => dialog.close("yes"));
    no.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
