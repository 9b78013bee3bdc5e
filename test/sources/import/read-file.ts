import { readFileSync } from "node:fs";
import { basename } from "node:path";
import {
  type ImportKind,
  type ImportOptions,
  type ParsedFile,
  parseImport,
} from "../../../src/sources/files/import-file.ts";

export type Parsed<K extends ImportKind> = Extract<ParsedFile, { kind: K }>;

/** A text as a file of that kind; the answer is of that kind as well. */
export function parseText<K extends ImportKind>(
  kind: K,
  text: string,
  options: ImportOptions = {},
  fileName = "file.csv",
): Parsed<K> {
  return parseBytes(kind, new TextEncoder().encode(text), options, fileName);
}

export function parseBytes<K extends ImportKind>(
  kind: K,
  bytes: Uint8Array,
  options: ImportOptions = {},
  fileName = "file.csv",
): Parsed<K> {
  const parsed = parseImport(kind, fileName, bytes, options);
  if (!isOf(parsed, kind)) throw new Error(`parsed ${parsed.kind} where ${kind} was asked for`);
  return parsed;
}

/** A file below the fixtures. */
export function parseFixture<K extends ImportKind>(kind: K, name: string, options: ImportOptions = {}): Parsed<K> {
  const url = new URL(`../fixtures/import/${name}`, import.meta.url);
  return parseBytes(kind, readFileSync(url), options, basename(name));
}

function isOf<K extends ImportKind>(parsed: ParsedFile, kind: K): parsed is Parsed<K> {
  return parsed.kind === kind;
}

/** The message of what `run` throws; fails when it throws nothing. */
export function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("nothing was thrown");
}
