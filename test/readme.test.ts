import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { messageText } from "../src/webhooks/message-text.ts";
import { BODIES } from "./webhooks/bodies.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const README = readFileSync(`${ROOT}README.md`, "utf8");
const SETTINGS = readFileSync(`${ROOT}.env.example`, "utf8");
const SCRIPTS: Record<string, string> = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")).scripts;

const found = (pattern: RegExp, text = README) => [...new Set([...text.matchAll(pattern)].map((m) => m[1] ?? ""))];

describe("README.md", () => {
  it.each(found(/\]\((?!https?:|#)([^)]+)\)/g))("the path %s exists", (path) => {
    expect(existsSync(`${ROOT}${path}`)).toBe(true);
  });

  it.each(found(/npm run ([a-z:]+)/g))("npm run %s exists", (script) => {
    expect(SCRIPTS[script]).toBeDefined();
  });

  it.each(found(/npm run bench:([a-z]+)/g))("bench/%s.ts exists", (bench) => {
    expect(existsSync(`${ROOT}bench/${bench}.ts`)).toBe(true);
  });

  it("quotes a message as it is written", () => {
    const { headline, lines } = messageText(BODIES.raised);
    expect(README).toContain(`\n${[headline, ...lines].join("\n")}\n`);
  });

  it.each(found(/`review\.([a-z_]+)/g))("review.%s is made by a migration", (name) => {
    const schema = readFileSync(`${ROOT}drizzle/schema.sql`, "utf8");
    expect(schema).toMatch(new RegExp(`review\\.${name}\\b`));
  });
});

describe(".env.example", () => {
  it("names every setting that config.ts reads", () => {
    const config = readFileSync(`${ROOT}src/config.ts`, "utf8");
    const read = found(/(?:env, "|env\.)([A-Z][A-Z_]+)/g, config);
    expect(read.length).toBeGreaterThan(15);
    expect(read.filter((name) => !SETTINGS.includes(`${name}=`))).toEqual([]);
  });
});
