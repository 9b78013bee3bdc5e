import type { Sql, TransactionSql } from "postgres";
import { type ImportKind, type ImportOptions, type ParsedFile, parseImport } from "../src/sources/files/import-file.ts";
import { ImportFileError, type RejectedRow } from "../src/sources/files/import-result.ts";
import { historyWrite } from "../src/store/history-writes.ts";
import { meetingsKnown } from "../src/store/meetings.ts";
import { earlierImport, recordImport, recordPayload } from "../src/store/payloads.ts";
import { recordQuarantine } from "../src/store/quarantine.ts";
import { recordCheck } from "../src/store/source-health.ts";
import { dateSpan, type Written } from "../src/store/write.ts";
import { type CheckedFile, checkFile } from "./check-import.ts";
import { decisionsFromFixings } from "./decisions-from-fixings.ts";

/** A file to import, already read. */
export interface FileToImport {
  readonly fileName: string;
  readonly bytes: Uint8Array;
  /** null: as its content has it */
  readonly kind: ImportKind | null;
  readonly options: Omit<ImportOptions, "meetingDates">;
  /** true: count only, write nothing */
  readonly dryRun: boolean;
  /** true: apply bytes that were imported before once more, over what came since */
  readonly again: boolean;
}

/** What became of a file, as people are told. */
export interface ImportSummary {
  readonly kind: ImportKind;
  readonly source: string;
  readonly rowsRead: number;
  readonly stored: number;
  readonly unchanged: number;
  readonly flagged: number;
  readonly blank: number;
  readonly quarantined: readonly RejectedRow[];
  readonly notes: readonly string[];
  /** when the same bytes were imported before and left alone this time */
  readonly importedBefore: Date | null;
}

/** Undoes a dry run's transaction; carries what would have been written. */
class DryRun extends Error {
  readonly written: Written;
  constructor(written: Written) {
    super("dry run");
    this.written = written;
  }
}

/**
 * Imports one file, all of it or nothing. The same bytes again change nothing, even after a correction has come from
 * elsewhere; readings of the dates concerned are requested, not computed.
 *
 * @throws ImportFileError when the file as a whole cannot be used
 */
export async function importFile(sql: Sql, file: FileToImport, now: () => Date): Promise<ImportSummary> {
  const meetings = await meetingsKnown(sql, null);
  const meetingDates = meetings.map((meeting) => meeting.meetingDate);
  const parsed = parseImport(file.kind, file.fileName, file.bytes, { ...file.options, meetingDates });
  const checked = await checkFile(sql, parsed, now());
  const { result } = checked;
  const quarantined = [...result.rejected, ...checked.rejected, ...result.notTradeDates].sort(
    (a, b) => a.line - b.line,
  );
  refuseWhole(file.fileName, checked, quarantined);
  const { kind } = parsed;
  const options = JSON.stringify(file.options);
  let importedBefore: Date | null = null;

  const work = async (tx: TransactionSql, recordedAt: Date): Promise<Written> => {
    const payload = { source: parsed.source, url: file.fileName, retrievedAt: recordedAt, bytes: file.bytes };
    const payloadId = await recordPayload(tx, payload);
    const earlier = file.again ? null : await earlierImport(tx, { payloadId, kind, options });
    importedBefore = earlier?.recordedAt ?? null;
    if (earlier !== null) return { stored: 0, unchanged: checked.kept };
    const written = await checked.write(tx, { source: parsed.source, payloadId, isSample: false, recordedAt });
    const put = quarantined.map(({ line, code, reason, row }) => ({ line, reasonCode: code, reason, rowText: row }));
    await recordQuarantine(tx, put, { source: parsed.source, payloadId, recordedAt });
    await recordImport(tx, {
      payloadId,
      kind,
      options,
      fileName: file.fileName,
      recordedAt,
      rowsRead: result.rowsRead,
      stored: written.stored,
      unchanged: written.unchanged,
      quarantined: quarantined.length,
    });
    if (file.dryRun) throw new DryRun(written);
    return written;
  };
  const written = await historyWrite(sql, now, work).catch((error: unknown) => {
    if (error instanceof DryRun) return error.written;
    throw error;
  });
  if (!file.dryRun && importedBefore === null) await followUp(sql, parsed, checked, now);
  return {
    kind,
    source: parsed.source,
    rowsRead: result.rowsRead,
    stored: written.stored,
    unchanged: written.unchanged + result.duplicates + checked.duplicates,
    flagged: checked.flagged,
    blank: result.blank,
    quarantined,
    notes: result.notes,
    importedBefore,
  };
}

/**
 * A file of which every row is refused for one reason is another file than it is taken for: it is refused as a whole, and the
 * reason said once.
 *
 * @throws ImportFileError then
 */
function refuseWhole(fileName: string, checked: CheckedFile, quarantined: readonly RejectedRow[]): void {
  const [first] = quarantined;
  if (first === undefined || checked.kept > 0 || checked.duplicates > 0 || checked.result.duplicates > 0) return;
  if (quarantined.some(({ code }) => code !== first.code)) return;
  const rows =
    quarantined.length === 1 ? "its one row is refused" : `all ${quarantined.length} rows are refused, the first`;
  throw new ImportFileError(fileName, first.line, `${rows}: ${first.reason}`);
}

async function followUp(sql: Sql, parsed: ParsedFile, checked: CheckedFile, now: () => Date): Promise<void> {
  await recordCheck(sql, {
    source: parsed.source,
    checkedAt: now(),
    error: null,
    newestAsOf: checked.newest,
    expectedNextAt: null,
  });
  if (parsed.kind !== "effr") return;
  const span = dateSpan(parsed.fixings.kept.map((fixing) => fixing.date));
  if (span !== null) await decisionsFromFixings(sql, now, span);
}
