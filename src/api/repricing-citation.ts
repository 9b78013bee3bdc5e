/** A repricing in one quotable sentence. */
import type { RepricingRow } from "../store/repricing-reads.ts";
import { methodOf } from "./repricing-json.ts";
import { dateWords, originWords, percentWords, signed } from "./wording.ts";

const BP_PER_PERCENT = 100;

/**
 * @param knownAt when the newest thing in the answer was recorded: the link gives the same figures again
 */
export function repricingCitation(row: RepricingRow, knownAt: Date, baseUrl: string): string {
  const about = row.path === null ? `after the ${dateWords(row.meeting)} meeting` : `at the end of ${row.path}`;
  const moved = row.direction === "hawkish" ? row.amplitudeBp : -row.amplitudeBp;
  const odds =
    row.atMostUpperBp === null || row.atMostStart === null || row.atMostExtreme === null
      ? ""
      : `, and the odds of a target range no higher than ${(row.atMostUpperBp / BP_PER_PERCENT).toFixed(2)} % from ` +
        `${percentWords(row.atMostStart)} to ${percentWords(row.atMostExtreme)}`;
  const standing = row.state === "confirmed" ? row.severity : `${row.severity}, ${row.state}`;
  const origin = originWords({ ...row, method: methodOf(row.basis) });
  const link = `${baseUrl}/v1/repricings/${row.id}?${new URLSearchParams({ known_at: knownAt.toISOString() })}`;
  return (
    `From ${dateWords(row.startedOn)} to ${dateWords(row.extremeOn)} the market's expected rate ${about} went from ` +
    `${row.startRateBp.toFixed(1)} to ${row.extremeRateBp.toFixed(1)} bp, ${signed(moved)} bp${odds} ` +
    `(${row.direction} repricing, ${standing}, ${row.status}; ${origin}): ${link}`
  );
}
