/** How one meeting's odds came about: the contracts, the two rates, the moves between them. */
import { unknownOutcomeWords } from "../wording.ts";
import { NONE, rangeText, signedText, wide } from "./figures.ts";
import { type Html, html } from "./html.ts";
import type { MeetingOdds, Odds } from "./odds.ts";

const STEP_BP = 25;

const REASONS: Readonly<Record<string, string>> = {
  missing_contract: "A contract that the chain needs has no price in this reading.",
  no_free_month: "The chain starts from a listed month without a meeting; none follows this run of meeting months.",
  calendar_horizon: "The calendar of meetings is not known far enough ahead to tell which months have none.",
  late_month: "Too few days of the month follow the decision to tell its rate from the month's average.",
  beyond_limit: "Only the next sixteen meetings are solved.",
};

function pp(value: number | null): string {
  return value === null ? NONE : `${signedText(value, 2)} pp`;
}

/** In words: the split of the moves between two steps. */
function splitWords(moves: number): string {
  const whole = Math.trunc(moves);
  const rest = Math.abs(moves - whole);
  const next = whole + (moves < 0 ? -1 : 1);
  const step = (count: number) => (count === 0 ? "no change" : `${signedText(count * STEP_BP, 0)} bp`);
  return `${step(whole)} gets ${((1 - rest) * 100).toFixed(1)} %, ${step(next)} gets ${(rest * 100).toFixed(1)} %`;
}

function contractTable(meeting: MeetingOdds): Html {
  const rows = meeting.contracts.map(
    ({ symbol, contract, price, tick_sensitivity_pp }) =>
      html`<tr><th scope="row">${symbol}</th><td class="left">${contract}</td><td>${price === null ? "withheld" : price.toFixed(4)}</td><td>${price === null ? NONE : ((100 - price) * 100).toFixed(2)}</td><td>${pp(tick_sensitivity_pp)}</td></tr>
`,
  );
  return wide(
    "Contracts used",
    html`<table><thead><tr><th scope="col">Contract</th><th scope="col" class="left">month</th><th scope="col">price</th><th scope="col">implied average rate, bp</th><th scope="col">odds per tick</th></tr></thead><tbody>
${rows}</tbody></table>`,
  );
}

/** Why there are no odds. */
export function unsolvedNote({ reason, detail }: { readonly reason: string; readonly detail: string }): Html {
  return html`<div class="note"><p><strong>Why is this unsolved?</strong> ${detail}.</p><p>${REASONS[reason] ?? ""}
Odds come from a chain of contracts that is solved backwards from a month without a meeting; where the chain is broken there is no
figure rather than a guessed one.</p></div>`;
}

/** Why a meeting's odds are not to be relied on; null: they are. */
function unverifiedNote({ unverified }: MeetingOdds, { undecided_meeting: undecided }: Odds): Html | null {
  if (undecided !== null) {
    return html`<p class="note">The chain starts from a range that is assumed to be in force: ${unknownOutcomeWords(undecided)}.</p>`;
  }
  if (!unverified) return null;
  return html`<p class="note">This meeting rests on a rule for a month with two meetings that no published figure has confirmed.</p>`;
}

/** The working of a meeting that is solved; of published odds there is none. */
export function working(meeting: MeetingOdds, odds: Odds): Html {
  if (odds.method === "published" || meeting.moves === null) {
    return html`<p class="faint">These odds are as ${odds.source} published them, without the prices they rest on: there is no working to show.</p>`;
  }
  const { moves, start_rate_bp: start, end_rate_bp: end } = meeting;
  return html`${unverifiedNote(meeting, odds)}<ol class="steps">
<li>Average rate just before the decision takes effect: <strong>${start?.toFixed(2) ?? NONE} bp</strong>.</li>
<li>Average rate just after: <strong>${end?.toFixed(2) ?? NONE} bp</strong>.</li>
<li>Moves: (${end?.toFixed(2) ?? NONE} − ${start?.toFixed(2) ?? NONE}) / ${STEP_BP} bp = <strong>${signedText(moves, 4)}</strong>. At this meeting ${splitWords(moves)}.</li>
<li>Chained over all meetings from the range in force, ${rangeText(odds.target)}: the odds above.</li></ol>
${contractTable(meeting)}
<p class="faint">Tick sensitivity: one tick of one contract moves the odds of a range by up to ${meeting.tick_sensitivity_pp === null ? NONE : `${Math.abs(meeting.tick_sensitivity_pp).toFixed(2)} pp`}.
The band beside each figure is half a tick of one contract, up and down.</p>`;
}
