import { readFile, stat } from "node:fs/promises";
import type { Sql } from "postgres";
import { type CatchUpResult, catchUp, catchUpWords } from "../../jobs/catch-up.ts";
import { type ImportSummary, importFile } from "../../jobs/import-file.ts";
import { type SnapshotResult, snapshotOdds } from "../../jobs/snapshot-odds.ts";
import type { IsoDate } from "../calendar/calendar-date.ts";
import { publicUrl } from "../config.ts";
import { type ImportKind, type ImportOptions, parseImport } from "../sources/files/import-file.ts";
import { meetingsKnown } from "../store/meetings.ts";
import { errorCode } from "../store/store-error.ts";
import { UsageError } from "./failure.ts";
import { summaryLines } from "./import-summary.ts";
import { prepareSources, refreshCatalog } from "./prepare.ts";
import { type Progress, progressOn } from "./progress.ts";
import type { Shell } from "./shell.ts";
import { withStore } from "./with-store.ts";

// Ten years of settlements are 5 MB; what is far beyond is no table of prices, and a text must fit in memory.
const MOST_BYTES = 256 * 1024 * 1024;

export interface ImportCommandOptions {
  readonly kind: ImportKind;
  readonly dryRun: boolean;
  readonly again: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly meeting?: IsoDate | undefined;
  readonly symbol?: string | undefined;
  readonly tradeDate?: IsoDate | undefined;
}

interface ReadFile {
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

const STATES: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "part of its path is a file",
  EACCES: "this user may not read it",
  EPERM: "this user may not read it",
};

async function readInput(fileName: string): Promise<ReadFile> {
  try {
    const found = await stat(fileName);
    if (found.isDirectory()) throw new UsageError(`Cannot import ${fileName}: it is a folder, files are accepted`);
    if (found.size > MOST_BYTES) {
      throw new UsageError(`Cannot import ${fileName}: it has ${found.size} bytes, at most ${MOST_BYTES} are accepted`);
    }
    return { fileName, bytes: await readFile(fileName) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const state = STATES[errorCode(error) ?? ""] ?? (error instanceof Error ? error.message : String(error));
    throw new UsageError(`Cannot import ${fileName}: ${state}`, { cause: error });
  }
}

/** Refuses the whole command before anything is written when one of several files cannot be used. */
async function requireAllUsable(
  sql: Sql,
  files: readonly ReadFile[],
  kind: ImportKind,
  options: ImportOptions,
): Promise<void> {
  // A single file is all or nothing by itself: parsing it twice would only cost time.
  if (files.length < 2) return;
  const meetings = await meetingsKnown(sql, null);
  const meetingDates = meetings.map((meeting) => meeting.meetingDate);
  for (const { fileName, bytes } of files) parseImport(kind, fileName, bytes, { ...options, meetingDates });
}

async function snapshotsFor(shell: Shell, sql: Sql, progress: Progress): Promise<SnapshotResult> {
  try {
    return await snapshotOdds({ sql, now: shell.now, progress: progress.update });
  } finally {
    progress.stop();
  }
}

/**
 * Imports files and computes the odds of the dates they concern.
 *
 * @throws UsageError for a file that cannot be read; ImportFileError for one that is not what it should be. Either way
 *   nothing of any file is written
 */
export async function importCommand(
  shell: Shell,
  fileNames: readonly string[],
  options: ImportCommandOptions,
): Promise<number> {
  const { kind, dryRun, again } = options;
  const hints: ImportOptions = {
    ...(options.meeting === undefined ? {} : { meetingDate: options.meeting }),
    ...(options.symbol === undefined ? {} : { symbol: options.symbol }),
    ...(options.tradeDate === undefined ? {} : { tradeDate: options.tradeDate }),
  };
  const files: ReadFile[] = [];
  for (const fileName of fileNames) files.push(await readInput(fileName));
  return withStore(shell, { command: "import" }, async ({ sql }, config) => {
    await prepareSources(sql, config, shell.now);
    await requireAllUsable(sql, files, kind, hints);
    const done: { file: string; summary: ImportSummary }[] = [];
    for (const file of files) {
      const summary = await importFile(sql, { ...file, kind, options: hints, dryRun, again }, shell.now);
      done.push({ file: file.fileName, summary });
      if (!options.json) shell.out.write(summaryLines(file.fileName, summary, dryRun));
    }
    let snapshots: SnapshotResult | null = null;
    let followUp: CatchUpResult | null = null;
    if (!dryRun) {
      await refreshCatalog(sql, config);
      snapshots = await snapshotsFor(shell, sql, await progressOn(shell, "Computing, trade dates", options.quiet));
      const closesCame = kind === "closes" && done.some(({ summary }) => summary.stored > 0);
      followUp = await catchUp({ sql, now: shell.now, baseUrl: publicUrl(config), closesCame });
    }
    if (options.json) {
      const body = {
        dry_run: dryRun,
        files: done.map(({ file, summary }) => summaryJson(file, summary)),
        snapshots,
        repricings: followUp?.repricings ?? null,
      };
      shell.out.write(`${JSON.stringify(body, null, 2)}\n`);
    } else if (snapshots !== null) {
      shell.out.write(
        `odds: ${snapshots.dates} trade dates, ${snapshots.computed} readings computed, ${snapshots.stored} stored\n`,
      );
      if (followUp !== null) shell.out.write(`${catchUpWords(followUp)}\n`);
    }
    return 0;
  });
}

function summaryJson(file: string, summary: ImportSummary) {
  return {
    file,
    source: summary.source,
    rows_read: summary.rowsRead,
    stored: summary.stored,
    unchanged: summary.unchanged,
    flagged: summary.flagged,
    blank: summary.blank,
    quarantined: summary.quarantined,
    notes: summary.notes,
    imported_before: summary.importedBefore?.toISOString() ?? null,
  };
}
