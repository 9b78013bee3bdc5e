import { excerpt, type ImportTally } from "./import-result.ts";

/**
 * Settles keys that stand in a file more than once: repeats of one content are kept once, and where two rows differ none
 * is kept, since nothing tells which is right.
 *
 * @param nameOf the key in words, for the reason
 * @param contentOf what must be equal for two rows to be repeats
 */
export function dropDuplicates<T>(
  result: ImportTally<T>,
  nameOf: (item: T) => string,
  contentOf: (item: T) => string,
): void {
  const first = new Map<string, number>();
  const conflicts = new Map<string, Set<string>>();
  const repeated = new Set<number>();
  for (const [index, item] of result.kept.entries()) {
    const name = nameOf(item);
    const earlier = first.get(name);
    const before = earlier === undefined ? undefined : result.kept[earlier];
    if (before === undefined) {
      first.set(name, index);
      continue;
    }
    repeated.add(index);
    const [a, b] = [contentOf(before), contentOf(item)];
    if (a !== b) conflicts.set(name, (conflicts.get(name) ?? new Set([a])).add(b));
  }
  if (repeated.size === 0) return;
  const [kept, lines] = [result.kept, result.lines];
  result.kept = [];
  result.lines = [];
  for (const [index, item] of kept.entries()) {
    const name = nameOf(item);
    const line = lines[index] ?? 0;
    const contents = conflicts.get(name);
    if (contents !== undefined) {
      const reason = `${name} stands in the file with different figures: ${excerpt([...contents].join(" and "))}`;
      result.rejected.push({ line, code: "conflicting_rows", reason, row: excerpt(`${name}: ${contentOf(item)}`) });
    } else if (repeated.has(index)) {
      result.duplicates += 1;
    } else {
      result.kept.push(item);
      result.lines.push(line);
    }
  }
}
