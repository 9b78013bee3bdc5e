/** What became of an imported file, in words. */
import type { ImportSummary } from "../../jobs/import-file.ts";
import type { RejectedRow } from "../sources/files/import-result.ts";

const EXAMPLES = 3;

function groups(rows: readonly RejectedRow[]): Map<string, RejectedRow[]> {
  const byCode = new Map<string, RejectedRow[]>();
  for (const row of rows) {
    const group = byCode.get(row.code);
    if (group === undefined) byCode.set(row.code, [row]);
    else group.push(row);
  }
  return byCode;
}

function counted(count: number, one: string): string {
  return count === 0 ? "" : `, ${count} ${one}`;
}

/** A line of counts, then the quarantined rows by reason with the first few of each, then the notes. */
export function summaryLines(file: string, summary: ImportSummary, dryRun: boolean): string {
  const { rowsRead, stored, unchanged, flagged, blank, quarantined } = summary;
  const counts =
    `${rowsRead} rows read, ${stored} ${dryRun ? "would be stored" : "stored"}, ${unchanged} unchanged` +
    `${counted(flagged, "flagged")}${counted(blank, "blank")}, ${quarantined.length} quarantined`;
  const lines = [`${file} (${summary.source}): ${counts}`];
  if (summary.importedBefore !== null) {
    const when = summary.importedBefore.toISOString().slice(0, 16).replace("T", " ");
    lines.push(`  the same bytes were imported on ${when} UTC and left alone; --again applies them once more`);
  }
  for (const [code, rows] of groups(quarantined)) {
    lines.push(`  ${code}: ${rows.length}`);
    for (const { line, reason, row } of rows.slice(0, EXAMPLES))
      lines.push(`    ${reason.startsWith(`line ${line}: `) ? "" : `line ${line}: `}${reason} [${row}]`);
    if (rows.length > EXAMPLES) lines.push(`    and ${rows.length - EXAMPLES} more`);
  }
  for (const note of summary.notes) lines.push(`  ${note}`);
  return `${lines.join("\n")}\n`;
}
