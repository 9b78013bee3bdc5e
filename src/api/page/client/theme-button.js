// @ts-check
/** The button that changes between the system's theme, light and dark. */

const NEXT = new Map([
  ["system", "light"],
  ["light", "dark"],
  ["dark", "system"],
]);

/** Shows the button and lets it work. Charts redraw on the event `cutwatch:theme`. */
export function startThemeButton() {
  const button = document.getElementById("theme");
  if (button === null) return;
  const root = document.documentElement;
  const show = () => {
    const theme = root.dataset.theme ?? "system";
    button.textContent = `Theme: ${theme}`;
  };
  button.addEventListener("click", () => {
    const next = NEXT.get(root.dataset.theme ?? "system") ?? "system";
    if (next === "system") {
      delete root.dataset.theme;
      localStorage.removeItem("theme");
    } else {
      root.dataset.theme = next;
      localStorage.setItem("theme", next);
    }
    show();
    document.dispatchEvent(new CustomEvent("cutwatch:theme"));
  });
  show();
  button.hidden = false;
}
