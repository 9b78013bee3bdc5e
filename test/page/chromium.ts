/** The browser that tests of pages run in: Debian's Chromium, where it is installed. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";

const PATH = "/usr/bin/chromium";

/** Why tests in a browser are skipped; null: they are not. */
export const NO_BROWSER = existsSync(PATH) ? null : `skipped, for ${PATH} is not installed`;

/** Starts it. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: PATH, args: ["--no-sandbox"] });
}

/** What a page complains of: refused scripts and styles, errors, answers that are missing. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  return complaints;
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Rules whose outcome a change of theme can change. */
const COLOURS = ["color-contrast", "link-in-text-block"];

/** What axe finds wrong with a page, each with where; with `only: "colours"` what another theme may have spoiled. */
export async function axeViolations(page: Page, only: "all" | "colours" = "all"): Promise<string[]> {
  const options = { resultTypes: ["violations"], ...(only === "all" ? {} : { runOnly: COLOURS }) };
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(AXE);
  const { violations } = (await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`)) as {
    violations: readonly Violation[];
  };
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ""}`),
  );
}
