// @ts-check
/** The form of a subscription: rules that come and go, and the body that its fields make. */

/** @param {FormData} data @param {string} name */
function ticked(data, name) {
  const values = data.getAll(name).map(String);
  return values.length === 0 ? {} : { [name]: values };
}

/** @param {Element} rule @param {string} name */
function fieldOf(rule, name) {
  const field = rule.querySelector(`[name="${name}"]`);
  return field instanceof HTMLInputElement || field instanceof HTMLSelectElement ? field.value.trim() : "";
}

/** @param {string} measure */
function needsRange(measure) {
  return measure === "range" || measure === "at_most" || measure === "at_least";
}

/** Shows the fields that the chosen measure and kind need, and the unit. @param {Element} rule */
function fitFields(rule) {
  const measure = fieldOf(rule, "measure");
  const isShift = fieldOf(rule, "kind") === "shift";
  for (const part of rule.querySelectorAll("[data-needs]")) {
    if (!(part instanceof HTMLElement)) continue;
    part.hidden = part.dataset.needs === "range" ? !needsRange(measure) : !isShift;
    // A field that is not shown is not asked for.
    for (const field of part.querySelectorAll("input, select")) field.toggleAttribute("disabled", part.hidden);
  }
  const unit = rule.querySelector("[data-unit]");
  if (unit !== null) unit.textContent = measure === "expected_rate" ? "bp" : isShift ? "percentage points" : "%";
}

/** @param {Element} rule */
function ruleOf(rule) {
  const measure = fieldOf(rule, "measure");
  const isShift = fieldOf(rule, "kind") === "shift";
  const name = `${isShift ? "shift" : "crosses"}_${measure === "expected_rate" ? "bp" : isShift ? "pp" : "pct"}`;
  return {
    meeting: fieldOf(rule, "meeting"),
    measure,
    ...(needsRange(measure) ? { range: fieldOf(rule, "range") } : {}),
    [name]: Number(fieldOf(rule, "amount")),
    ...(isShift ? { window: fieldOf(rule, "window") } : {}),
  };
}

/**
 * The body of POST /v1/webhooks.
 *
 * @param {HTMLFormElement} form
 */
export function bodyOf(form) {
  const data = new FormData(form);
  const text = (/** @type {string} */ name) => String(data.get(name) ?? "").trim();
  const rules = [...form.querySelectorAll("#rules .rule")].map(ruleOf);
  return {
    url: text("url"),
    format: text("format"),
    min_severity: text("min_severity"),
    ...(text("description") === "" ? {} : { description: text("description") }),
    ...(text("max_age_s") === "" ? {} : { max_age_s: Number(text("max_age_s")) }),
    ...ticked(data, "meetings"),
    ...ticked(data, "events"),
    ...(rules.length === 0 ? {} : { rules }),
  };
}

/** Lets rules be added and removed. @param {HTMLFormElement} form */
export function startRules(form) {
  const template = document.getElementById("rule");
  const place = form.querySelector("#rules");
  const add = form.querySelector("#add-rule");
  if (!(template instanceof HTMLTemplateElement) || !(add instanceof HTMLElement) || place === null) return;
  add.addEventListener("click", () => {
    place.append(template.content.cloneNode(true));
    const rule = place.lastElementChild;
    if (rule === null) return;
    fitFields(rule);
    rule.addEventListener("input", () => fitFields(rule));
    rule.querySelector("[data-remove]")?.addEventListener("click", () => {
      rule.remove();
      add.focus();
    });
    rule.querySelector("select")?.focus();
  });
}
