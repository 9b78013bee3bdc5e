#!/usr/bin/env node
// Starts the compiled program, compiling it first when dist/ is missing or older than its sources, so that a checkout
// runs without a build step. Plain JavaScript in the dialect of old Nodes, so that those read their one clear line.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import module from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const OLDEST_NODE = [20, 19];
const LOCK_STALE_MS = 60_000;
const LOCK_POLL_MS = 50;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
const entry = join(dist, "src", "cli.js");
const stamp = join(dist, ".built");
const lock = join(dist, ".building");
const compiler = join(root, "node_modules", "typescript", "bin", "tsc");

function fail(line) {
  process.stderr.write(`cutwatch: ${line}\n`);
  process.exit(1);
}

function modifiedMs(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? 0 : found.mtimeMs;
}

/** Newest change below a folder; a folder's own time tells of files that came or went. */
function newestMs(folder) {
  let newest = modifiedMs(folder);
  if (newest === 0) return 0;
  for (const item of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, item.name);
    newest = Math.max(newest, item.isDirectory() ? newestMs(path) : modifiedMs(path));
  }
  return newest;
}

function isFresh() {
  // Without sources, in an image that holds only dist/, there is nothing to compare with.
  if (!existsSync(join(root, "src", "cli.ts"))) return true;
  if (!existsSync(entry)) return false;
  // The compiler's own record counts too: `npm run build` and `npm ci` leave no stamp.
  const builtMs = Math.max(modifiedMs(stamp), modifiedMs(join(dist, ".tsbuildinfo")));
  const files = ["package.json", "tsconfig.json", "tsconfig.build.json"].map((name) => modifiedMs(join(root, name)));
  return builtMs >= Math.max(newestMs(join(root, "src")), newestMs(join(root, "jobs")), ...files);
}

/** Moves the files below `from` into `to` one by one: each is replaced in one step, and none is missing meanwhile. */
function moveInto(from, to) {
  mkdirSync(to, { recursive: true });
  for (const item of readdirSync(from, { withFileTypes: true })) {
    if (item.isDirectory()) moveInto(join(from, item.name), join(to, item.name));
    else renameSync(join(from, item.name), join(to, item.name));
  }
}

function compile() {
  const fresh = join(dist, `.fresh-${process.pid}`);
  const startedS = Date.now() / 1000;
  const project = ["-p", join(root, "tsconfig.build.json"), "--outDir", fresh, "--sourceMap", "false"];
  // Types are the business of `npm run types`: 0.4 s without them, 1.1 s with.
  const quick = ["--noCheck", "--incremental", "false", "--tsBuildInfoFile", "null"];
  try {
    // Loading it takes 6 ms, which a start that has nothing to compile saves.
    const { spawnSync } = module.createRequire(import.meta.url)("node:child_process");
    const done = spawnSync(process.execPath, [compiler, ...project, ...quick], { encoding: "utf8" });
    if (done.status !== 0) {
      throw new SyntaxError(
        `${done.stdout}${done.stderr}`.trim().split("\n")[0] || `the compiler ended with ${done.status}`,
      );
    }
    moveInto(fresh, dist);
    writeFileSync(stamp, "");
    // A source saved while the compiler ran is newer than this.
    utimesSync(stamp, startedS, startedS);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Compiles unless another process does so at this moment, and then waits for it. */
function build() {
  if (!existsSync(compiler)) throw new Error("typescript is not installed; npm ci without --omit=dev installs it");
  mkdirSync(dist, { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_POLL_MS);
    const lockedMs = modifiedMs(lock);
    if (lockedMs !== 0 && Date.now() - lockedMs > LOCK_STALE_MS) rmSync(lock, { recursive: true, force: true });
    if (lockedMs === 0 && isFresh()) return;
  }
  try {
    if (!isFresh()) compile();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
  fail(`Cannot run on Node ${process.versions.node}: ${OLDEST_NODE.join(".")} or newer is needed`);
}
if (!isFresh()) {
  try {
    build();
  } catch (error) {
    if (error instanceof SyntaxError || !existsSync(entry)) fail(`Cannot compile src/ to dist/: ${error.message}`);
    process.stderr.write(`cutwatch: Running dist/ as it is, older than src/: ${error.message}\n`);
  }
}
// From Node 22 on the compiled form of the modules is kept between runs.
if (module.enableCompileCache !== undefined) module.enableCompileCache();
import(pathToFileURL(entry).href).then(({ main }) => main(process.argv.slice(2)));
