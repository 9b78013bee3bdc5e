// @ts-check
/** Runs before the page is painted, so that a chosen theme does not flash: a classic script, not a module. */
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
})();
