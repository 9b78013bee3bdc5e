/** The text of a question: its parameters by name, each given once and each known. */
import { badParameter, Problem } from "./problem.ts";

/**
 * The parameters of a query string.
 *
 * @param search without the question mark
 * @param known names that the resource takes
 * @throws Problem 400 for a name it does not take, and for one given twice
 */
export function queryTexts(search: string, known: readonly string[]): Record<string, string> {
  const texts: Record<string, string> = {};
  if (search === "") return texts;
  for (const [name, text] of new URLSearchParams(search)) {
    if (!known.includes(name)) {
      throw new Problem(
        400,
        `Cannot use the parameter ${JSON.stringify(name.slice(0, 40))}: ${known.length === 0 ? "none is taken here" : `known here are ${known.join(", ")}`}`,
        { members: { parameter: name.slice(0, 40), accepted: known.join(", ") } },
      );
    }
    if (Object.hasOwn(texts, name)) {
      throw badParameter(name, `${texts[name]}" and "${text}`, "given once");
    }
    texts[name] = text;
  }
  return texts;
}

/** The same text for the same question, whatever the order of its parameters. */
export function canonicalQuery(texts: Readonly<Record<string, string>>): string {
  return new URLSearchParams(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1))).toString();
}
