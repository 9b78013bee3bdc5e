import { parse } from "node-html-parser";
import type { TargetRange } from "../../pricing/reading.ts";
import { SourceError } from "../http/source-error.ts";

const SOURCE = "fed-press";
const GRID_BP = 25;
const HIGHEST_BP = 2500;
const FRACTIONS: Readonly<Record<string, string>> = { "¼": "1/4", "½": "1/2", "¾": "3/4" };

// 3-3/4, 3 3/4, 3.75, 4, 1/4
const RATE = String.raw`(\d+\/\d+|\d+(?:\.\d+)?(?:[- ]\d\/\d)?)`;
// Only what the Committee itself decided: dissenters "preferred to lower the target range … to …" in the same words.
const DECISION = new RegExp(
  String.raw`\b(?:decided|voted|agreed|will)\b(?<between>[^.;]{0,60}?)\b(?:lower|raise|maintain|keep|leave|hold|reduce|increase|establish)\b` +
    String.raw` (?:the|its|a) target range for the federal funds rate(?: by (?:\d+|[\d\/ -]+) (?:percentage points?|basis points))?` +
    `,? (?:at|to|of) ${RATE}(?: percent)? (?:to|-) ${RATE} ?(?:percent|%)`,
  "giu",
);

/** The page's words on one line, with plain hyphens, spaces and fractions. */
function plainText(html: string): string {
  const root = parse(html);
  for (const node of root.querySelectorAll("script, style, nav, header, footer")) node.remove();
  return root.structuredText
    .replaceAll(/[\u00ad\u200b\u2060\ufeff]/g, "")
    .replaceAll(/[\u2010-\u2015\u2212]/g, "-")
    .replaceAll("\u2044", "/")
    .replaceAll(/(\d?)[ -]?([¼½¾])/g, (_, whole: string, sign: string) => {
      const fraction = FRACTIONS[sign] ?? "";
      return whole === "" ? fraction : `${whole}-${fraction}`;
    })
    .replaceAll(/\s+/g, " ");
}

/** "3-3/4" is 375. Null for a fraction by zero and the like. */
function rateBp(text: string): number | null {
  const match = /^(?:(\d+(?:\.\d+)?))?(?:[- ]?(\d+)\/(\d+))?$/.exec(
    /^\d+\/\d+$/.test(text) ? text.replace(/^/, "0-") : text,
  );
  if (match === null) return null;
  const bp = (Number(match[1] ?? 0) + Number(match[2] ?? 0) / Number(match[3] ?? 1)) * 100;
  const whole = Math.round(bp);
  return Number.isFinite(bp) && Math.abs(bp - whole) < 1e-6 ? whole : null;
}

function isRange(range: { lowerBp: number | null; upperBp: number | null }): range is TargetRange {
  const { lowerBp, upperBp } = range;
  if (lowerBp === null || upperBp === null) return false;
  return lowerBp % GRID_BP === 0 && upperBp % GRID_BP === 0 && lowerBp < upperBp && upperBp <= HIGHEST_BP;
}

/**
 * The target range that an FOMC statement sets.
 *
 * @param html the statement's page
 * @param what names the statement in errors
 * @returns null when the statement decides no rate (such as that of 23 March 2020)
 * @throws SourceError when the page is no statement, or speaks of the federal funds rate in words that cannot be read
 *   without guessing
 * @example
 * readStatement("<p>The Committee decided to lower the target range for the federal funds rate by 1/4 percentage point" +
 *   " to 3-3/4 to 4 percent.</p>", "the statement"); // { lowerBp: 375, upperBp: 400 }
 */
export function readStatement(html: string, what: string): TargetRange | null {
  const text = plainText(html);
  if (!/\bCommittee\b/.test(text)) {
    throw new SourceError(SOURCE, `Cannot read ${what}: the page does not speak of the Committee`);
  }
  const found = new Map<string, TargetRange>();
  for (const match of text.matchAll(DECISION)) {
    const [words, , lower = "", upper = ""] = match;
    if (/prefer/i.test(match.groups?.between ?? "")) continue;
    const range = { lowerBp: rateBp(lower), upperBp: rateBp(upper) };
    if (!isRange(range)) throw new SourceError(SOURCE, `Cannot read ${what}: no range on the 25 bp grid in "${words}"`);
    found.set(`${range.lowerBp}-${range.upperBp}`, range);
  }
  if (found.size > 1) {
    throw new SourceError(SOURCE, `Cannot read ${what}: it names several ranges, ${[...found.keys()].join(" and ")}`);
  }
  const [range] = found.values();
  if (range !== undefined) return range;
  if (/target range|federal funds rate/i.test(text)) {
    throw new SourceError(SOURCE, `Cannot read ${what}: it speaks of the federal funds rate but of no readable range`);
  }
  return null;
}
