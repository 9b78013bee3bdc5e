/** The files that pages load: style sheets, client modules and the charting library, each under an address of its bytes. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { isUnchanged } from "../answer-cache.ts";
import { Problem, SECURITY_HEADERS } from "../problem.ts";

/** Where they are served. */
export const ASSETS_PATH = "/assets/page/";

// The compiler copies no style sheet and no plain JavaScript: the compiled program reads them where they are written.
const FOLDER = new URL(
  import.meta.url.includes("/dist/src/api/page/") ? "../../../../src/api/page/" : "./",
  import.meta.url,
);

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
};

// An address that holds the hash of all files never changes its answer, so it is never asked for again.
const FOR_EVER = "public, max-age=31536000, immutable";
const ASK_EACH_TIME = "public, no-cache";

interface Asset {
  readonly contentType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** made when it is first asked for: the first page does not wait for all of them */
  readonly gzip: () => Uint8Array<ArrayBuffer>;
  readonly tag: string;
}

interface Assets {
  readonly byName: ReadonlyMap<string, Asset>;
  /** hash of all of them: modules import each other by relative addresses, so they change together */
  readonly version: string;
}

// uPlot's module build is 145 KB because it is not minified; its minified build, 51 KB, sets a variable instead.
function uplotModule(): string {
  const path = createRequire(import.meta.url).resolve("uplot/dist/uPlot.iife.min.js");
  return `${readFileSync(path, "utf8")}\nexport default uPlot;\n`;
}

function assetOf(name: string, text: string): Asset {
  const bytes = new Uint8Array(Buffer.from(text, "utf8"));
  let zipped: Uint8Array<ArrayBuffer> | null = null;
  const gzip = () => {
    zipped ??= new Uint8Array(gzipSync(bytes, { level: 9 }));
    return zipped;
  };
  return {
    contentType: CONTENT_TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream",
    bytes,
    gzip,
    tag: createHash("sha256").update(bytes).digest("base64url").slice(0, 22),
  };
}

function loadAssets(): Assets {
  const own = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => /^(?:[\w-]+\.css|client\/[\w-]+\.js)$/.test(name))
    .map((name) => [name, readFileSync(new URL(name, FOLDER), "utf8")] as const);
  const style = createRequire(import.meta.url).resolve("uplot/dist/uPlot.min.css");
  const texts = [...own, ["uplot.js", uplotModule()] as const, ["uplot.css", readFileSync(style, "utf8")] as const];
  const byName = new Map(texts.toSorted().map(([name, text]) => [name, assetOf(name, text)]));
  const hash = createHash("sha256");
  for (const [name, { tag }] of byName) hash.update(`${name} ${tag}\n`);
  return { byName, version: hash.digest("base64url").slice(0, 12) };
}

let loaded: Assets | null = null;

/** Read when the first page is asked for, not when the program starts. */
function assets(): Assets {
  loaded ??= loadAssets();
  return loaded;
}

/**
 * The address of a file: `client/page.js`, `style.css`, `uplot.js`, `uplot.css`.
 *
 * @throws RangeError for a name that is not there
 */
export function assetUrl(name: string): string {
  const { byName, version } = assets();
  if (!byName.has(name)) throw new RangeError(`Cannot link ${name}: the pages have no such file`);
  return `${ASSETS_PATH}${version}/${name}`;
}

function acceptsGzip(request: Request): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(request.headers.get("accept-encoding") ?? "");
}

/**
 * Answers an address under {@link ASSETS_PATH}, with or without the hash in it.
 *
 * @throws Problem 404
 */
export function assetResponse(request: Request): Response {
  const { byName, version } = assets();
  const asked = new URL(request.url).pathname.slice(ASSETS_PATH.length);
  const isPinned = asked.startsWith(`${version}/`);
  // A page that was opened before an update still asks for the old hash: it gets today's file, and not for ever.
  const name = byName.has(asked) ? asked : asked.replace(/^[\w-]{12}\//, "");
  const asset = byName.get(name);
  if (asset === undefined) throw new Problem(404, `Cannot find ${name.slice(0, 100)}: the pages have no such file`);
  const zipped = acceptsGzip(request);
  const etag = `"${asset.tag}${zipped ? "-gzip" : ""}"`;
  const headers = {
    ...SECURITY_HEADERS,
    ETag: etag,
    "Cache-Control": isPinned ? FOR_EVER : ASK_EACH_TIME,
    Vary: "Accept-Encoding",
  };
  if (isUnchanged(request.headers.get("if-none-match"), etag)) return new Response(null, { status: 304, headers });
  const body = zipped ? asset.gzip() : asset.bytes;
  return new Response(body, {
    headers: {
      ...headers,
      "Content-Type": asset.contentType,
      "Content-Length": String(body.byteLength),
      ...(zipped ? { "Content-Encoding": "gzip" } : {}),
    },
  });
}
