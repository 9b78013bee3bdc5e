import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { Sql } from "postgres";
import { type CatchUpResult, catchUp, catchUpWords } from "../../jobs/catch-up.ts";
import { type ImportedFile, importAll } from "../../jobs/import-all.ts";
import type { ImportSummary } from "../../jobs/import-file.ts";
import { type SnapshotResult, snapshotOdds } from "../../jobs/snapshot-odds.ts";
import type { IsoDate } from "../calendar/calendar-date.ts";
import { publicUrl } from "../config.ts";
import type { ImportKind, ImportOptions } from "../sources/files/import-file.ts";
import { ImportFileError } from "../sources/files/import-result.ts";
import { errorCode } from "../store/store-error.ts";
import { EXIT, UsageError } from "./failure.ts";
import { summaryLines } from "./import-summary.ts";
import { prepareSources, refreshCatalog } from "./prepare.ts";
import { type Progress, progressOn } from "./progress.ts";
import type { Shell } from "./shell.ts";
import { withStore } from "./with-store.ts";

// Ten years of settlements are 5 MB; what is far beyond is no table of prices, and a text must fit in memory.
const MOST_BYTES = 256 * 1024 * 1024;

export interface ImportCommandOptions {
  readonly kind?: ImportKind | undefined;
  readonly map?: Readonly<Record<string, string>> | undefined;
  readonly dryRun: boolean;
  readonly again: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly meeting?: IsoDate | undefined;
  readonly symbol?: string | undefined;
  readonly tradeDate?: IsoDate | undefined;
}

const STATES: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "part of its path is a file",
  EACCES: "this user may not read it",
  EPERM: "this user may not read it",
};

/** What a folder's files are imported by: a stray picture or text is nobody's data. */
const DATA = /\.(?:csv|tsv|txt|json|xlsx|ics|zip|gz)$/i;

/** The files that are named, and the data in the folders that are: in order of name, hidden ones left out. */
async function filesOf(names: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const name of names) {
    const found = await stat(name).catch(() => null);
    if (found === null || !found.isDirectory()) {
      files.push(name);
      continue;
    }
    const inside = await readdir(name, { recursive: true, withFileTypes: true });
    const paths = inside.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const isHidden = (path: string) =>
      relative(name, path)
        .split(sep)
        .some((part) => /^\.|^node_modules$/.test(part));
    const shown = paths.filter((path) => DATA.test(path) && !isHidden(path)).sort();
    if (shown.length === 0) {
      throw new UsageError(`Cannot import ${name}: the folder has no csv, xlsx, json, ics, zip or gz files`);
    }
    files.push(...shown);
  }
  return files;
}

/** @throws ImportFileError where the file cannot be read */
async function readInput(fileName: string): Promise<Uint8Array> {
  try {
    const found = await stat(fileName);
    if (found.size > MOST_BYTES) {
      throw new ImportFileError(fileName, null, `it has ${found.size} bytes, at most ${MOST_BYTES} are accepted`);
    }
    return await readFile(fileName);
  } catch (error) {
    if (error instanceof ImportFileError) throw error;
    const state = STATES[errorCode(error) ?? ""] ?? (error instanceof Error ? error.message : String(error));
    throw new ImportFileError(fileName, null, state, { cause: error });
  }
}

async function snapshotsFor(shell: Shell, sql: Sql, progress: Progress): Promise<SnapshotResult> {
  try {
    return await snapshotOdds({ sql, now: shell.now, progress: progress.update });
  } finally {
    progress.stop();
  }
}

/**
 * Imports files and computes the odds of the dates they concern. A file that is not what it should be is refused by itself, with
 * its reason; the others are imported.
 *
 * @returns 2 when a file was refused, otherwise 0
 */
export async function importCommand(
  shell: Shell,
  names: readonly string[],
  options: ImportCommandOptions,
): Promise<number> {
  const { kind = null, dryRun, again } = options;
  const hints: ImportOptions = {
    ...(options.meeting === undefined ? {} : { meetingDate: options.meeting }),
    ...(options.symbol === undefined ? {} : { symbol: options.symbol }),
    ...(options.tradeDate === undefined ? {} : { tradeDate: options.tradeDate }),
    ...(options.map === undefined ? {} : { map: options.map }),
  };
  const files = await filesOf(names);
  return withStore(shell, { command: "import" }, async ({ sql }, config) => {
    await prepareSources(sql, config, shell.now);
    const done: ImportedFile[] = [];
    for (const fileName of files) {
      const parts = await readInput(fileName).then(
        (bytes) => importAll(sql, { fileName, bytes, kind, options: hints, dryRun, again }, shell.now),
        (error: unknown): ImportedFile[] => {
          if (!(error instanceof ImportFileError)) throw error;
          return [{ fileName, summary: null, refusal: error }];
        },
      );
      const [only] = parts;
      // One file that cannot be used is a command that cannot be.
      if (files.length === 1 && parts.length === 1 && only?.refusal != null) throw only.refusal;
      done.push(...parts);
      for (const part of parts) {
        if (part.refusal !== null) shell.err.write(`cutwatch: ${part.refusal.message}\n`);
        else if (part.summary !== null && !options.json)
          shell.out.write(summaryLines(part.fileName, part.summary, dryRun));
      }
    }
    const refused = done.filter(({ refusal }) => refusal !== null).length;
    const imported = done.flatMap(({ summary }) => summary ?? []);
    let snapshots: SnapshotResult | null = null;
    let followUp: CatchUpResult | null = null;
    if (!dryRun && imported.length > 0) {
      await refreshCatalog(sql, config);
      snapshots = await snapshotsFor(shell, sql, await progressOn(shell, "Computing, trade dates", options.quiet));
      const closesCame = imported.some((summary) => summary.kind === "closes" && summary.stored > 0);
      followUp = await catchUp({ sql, now: shell.now, baseUrl: publicUrl(config), closesCame });
    }
    if (options.json) {
      const body = {
        dry_run: dryRun,
        files: done.map(({ fileName, summary, refusal }) =>
          summary === null ? { file: fileName, refused: refusal?.message ?? null } : summaryJson(fileName, summary),
        ),
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
    if (refused > 0 && done.length > 1) shell.err.write(`${refused} of ${done.length} files refused\n`);
    return refused === 0 ? EXIT.done : EXIT.unusableInput;
  });
}

function summaryJson(file: string, summary: ImportSummary) {
  return {
    file,
    kind: summary.kind,
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
