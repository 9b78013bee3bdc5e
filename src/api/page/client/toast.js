// @ts-check
/** Alerts that stay on the page until they are dismissed. */

const MOST = 4;

/** @param {string} text @param {string | null} path */
export function showToast(text, path) {
  const place = document.getElementById("toasts");
  if (place === null) return;
  const toast = document.createElement("div");
  toast.className = "toast";
  const words = document.createElement("p");
  words.textContent = `${text} `;
  if (path !== null) {
    const link = document.createElement("a");
    link.href = path;
    link.textContent = "See it";
    words.append(link);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "quiet";
  close.textContent = "Dismiss";
  close.addEventListener("click", () => {
    toast.remove();
    document.getElementById("main")?.focus({ preventScroll: true });
  });
  toast.append(words, close);
  place.append(toast);
  while (place.children.length > MOST) place.firstElementChild?.remove();
}
