/** JSON as a person reads it: what fits on a line stays on one. */

const WIDTH = 120;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A list of things with several members each reads as a table, one a row, however short it is. */
function isTable(value: readonly unknown[]): boolean {
  return value.length > 1 && value.every((item) => isObject(item) && Object.keys(item).length > 1);
}

function isFlat(value: unknown): boolean {
  if (Array.isArray(value)) return !isTable(value) && value.every(isFlat);
  return !isObject(value) || Object.values(value).every(isFlat);
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${oneLine(member)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

function lines(value: unknown, indent: string, taken: number, width: number): string {
  const line = oneLine(value);
  const isAtom = !Array.isArray(value) && !isObject(value);
  if (isAtom || (isFlat(value) && taken + line.length <= width)) return line;
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((item) => inner + lines(item, inner, inner.length + 1, width))
    : Object.entries(value).map(([name, member]) => {
        const head = `${inner}${JSON.stringify(name)}: `;
        return head + lines(member, inner, head.length + 1, width);
      });
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${parts.join(",\n")}\n${indent}${close}`;
}

/**
 * A JSON value as text.
 *
 * @param width columns that a line may have, unless it cannot be broken
 * @example
 * compactJson({ target: { lower_bp: 375, upper_bp: 400 } }); // { "target": { "lower_bp": 375, "upper_bp": 400 } }
 */
export function compactJson(value: unknown, width = WIDTH): string {
  return lines(value, "", 0, width);
}
