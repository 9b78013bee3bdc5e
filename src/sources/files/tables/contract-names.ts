/** Contract months by the names that vendors give them. */
import type { IsoDate, Month } from "../../../calendar/calendar-date.ts";
import { parseContract } from "../../../pricing/contract.ts";

const CODES = "FGHJKMNQUVXZ";

/** The name in a form that `parseContract` reads; other text as it is. */
function plainName(text: string): string {
  const name = text
    .trim()
    .toUpperCase()
    .replace(/\s*\(.*\)$/, "")
    .replace(/ COMDTY$|\.CBT$/, "")
    .replace(/^\//, "");
  const month = /^((?:19|20)\d{2})-?(0[1-9]|1[0-2])(?:-?\d{2})?$/.exec(name);
  if (month !== null) return `${month[1]}-${month[2]}`;
  const symbol = new RegExp(`^(?:ZQ|FF)([${CODES}])(?:20)?(\\d{1,2})$`).exec(name);
  return symbol === null ? name : `ZQ${symbol[1]}${symbol[2]}`;
}

/**
 * The month of a fed-funds contract by any name that vendors use: `2026-12`, `202612`, `ZQZ26`, `ZQZ6`, `FFZ6 Comdty`, `/ZQZ26`,
 * `ZQZ26.CBT`, `ZQZ2026`, `ZQZ26 (Dec '26)`, `DEC 26`.
 *
 * @param tradeDate settles the decade of a one-digit year
 * @returns null for other text
 */
export function contractMonthNamed(text: string, tradeDate: IsoDate | null): Month | null {
  try {
    return parseContract(plainName(text), tradeDate ?? undefined);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The futures product that a symbol is of, such as `SR1` of `SR1U26`; null where it is no symbol of a future. */
export function productOf(text: string): string | null {
  const match = new RegExp(`^/?([A-Z0-9]{2,4})[${CODES}]\\d{1,2}(?:[ .]|$)`).exec(text.trim().toUpperCase());
  return match?.[1] ?? null;
}

/** The one fed-funds contract that a file's name carries, as in `CBOT_DL_ZQX2026, 1D.csv`; null for none or several. */
export function contractInName(fileName: string): string | null {
  const name = (fileName.split(/[\\/]/).at(-1) ?? "").toUpperCase();
  const found = new Set(
    [...name.matchAll(new RegExp(`(?<![A-Z0-9])(?:ZQ|FF)[${CODES}](?:20)?\\d{1,2}(?![0-9])`, "g"))].map(
      ([text]) => text,
    ),
  );
  const [only] = found;
  return found.size === 1 && only !== undefined ? only : null;
}
