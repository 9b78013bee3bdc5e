/** A repricing in words. */
import type { RepricingBody } from "./message-body.ts";
import type { MessageText } from "./message-text.ts";
import {
  basisWords,
  instantWords,
  oddsWords,
  rangeBelow,
  rangeWords,
  returnWords,
  shortDayWords,
  signed,
  targetWords,
} from "./words.ts";

type Data = RepricingBody["data"];

/** What has become of the alert, before its severity. */
function standing({ kind, state }: Data): string {
  if (kind === "confirmed") return "CONFIRMED: ";
  if (kind === "withdrawn") return "WITHDRAWN: ";
  return state === "provisional" ? "PROVISIONAL " : "";
}

/** What a withdrawal takes back of a repricing that stands; null: all of it, or the message is none. */
function takenBack({ kind, state, resolved }: Data): string | null {
  if (kind !== "withdrawn" || state === "withdrawn" || resolved === null) return null;
  const day = shortDayWords(resolved.trade_date);
  if (resolved.kind === "extension") return `extension of ${day}`;
  return `${resolved.severity} ${resolved.kind === "confirmed" ? "confirmation" : "alert"} of ${day}`;
}

/** `SEVERE hawkish repricing`, of an extension with its news first; an answer names what it answers. */
function whatWords(data: Data): string {
  const part = takenBack(data);
  const name = (severity: string) => `${severity.toUpperCase()} ${data.direction} repricing`;
  if (part !== null) return `${standing(data)}${part}; ${name(data.severity)} stands`;
  const goesOn = data.kind === "extension" ? " goes on" : "";
  return `${standing(data)}${name(data.resolved?.severity ?? data.severity)}${goesOn}`;
}

function headline(data: Data): string {
  const isPart = takenBack(data) !== null;
  // The rate and the odds of the alert are what no longer stands: what is left is the leg up to its extreme.
  const rateBp = isPart ? data.extreme_rate_bp : data.expected_rate_bp;
  const moved = signed(rateBp - data.start_rate_bp);
  const rates = `${data.start_rate_bp.toFixed(1)} -> ${rateBp.toFixed(1)} bp (${moved})`;
  const since = `since ${shortDayWords(data.started_at)}`;
  const { at_most: atMost } = data;
  const odds =
    atMost === null || isPart
      ? ""
      : `; odds of ${rangeWords(rangeBelow(atMost.upper_bp, data.trade_date))} or lower ` +
        `${oddsWords(atMost.probability_start)} -> ${oddsWords(atMost.probability_extreme)}`;
  return `${whatWords(data)}, ${targetWords(data)}: expected rate ${rates} ${since}${odds}`;
}

function unusualWords({ unusual, one_day_bp: oneDayBp }: Data): string[] {
  const oneDay = oneDayBp === null ? [] : [`${signed(oneDayBp)} bp since the trade date before`];
  if (unusual === null) return oneDay;
  const sigmas = `${unusual.sigmas.toFixed(1)} times a usual day's move`;
  const rank =
    unusual.percentile === null
      ? `too few past repricings to rank it (${unusual.past_legs})`
      : `larger than ${oddsWords(unusual.percentile)} of ${unusual.past_legs} past repricings`;
  return [...oneDay, sigmas, rank];
}

function assetWords({ assets, started_at: startedAt }: Data): string[] {
  const known = assets.flatMap((asset) =>
    asset.return === null ? [] : [`${asset.symbol} ${returnWords(asset.return)}`],
  );
  if (known.length === 0) return [];
  const waiting = assets.some(({ provisional }) => provisional) ? " (closes still to come)" : "";
  return [`Since the close of ${shortDayWords(startedAt)}: ${known.join(", ")}${waiting}`];
}

function alsoWords({ also }: Data): string[] {
  if (also.length === 0) return [];
  const others = also.map((other) => `${targetWords(other)} ${other.severity}, ${other.amplitude_bp.toFixed(1)} bp`);
  return [`With it: ${others.join("; ")}`];
}

/** What a reader must know of the message itself. */
function noteWords(data: Data): string[] {
  const notes: string[] = [];
  const part = takenBack(data);
  if (part !== null) notes.push(`Its ${part} no longer stands; the repricing stands at ${data.severity}`);
  else if (data.kind === "withdrawn" && data.resolved?.reason === "no_settlement")
    notes.push("No settlement has come that could bear it out: what was told no longer stands");
  else if (data.kind === "withdrawn") notes.push("Later readings do not bear it out: what was told no longer stands");
  else if (data.state === "provisional") notes.push("The day's settlement will confirm or withdraw it");
  if (data.reverses !== null) notes.push(`It reverses repricing ${data.reverses}`);
  return notes;
}

function originWords(data: Data): string {
  const marks = [data.sample ? "built-in sample" : "", data.historical ? "history" : ""].filter((mark) => mark !== "");
  const told = marks.length === 0 ? "" : `; ${marks.join(", ")}`;
  return `${basisWords(data.basis)} of ${instantWords(data.as_of)}, method ${data.method}${told}`;
}

/** Opens with a capital. */
function sentence(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

export function repricingText({ data }: RepricingBody): MessageText {
  // What no longer stands needs no colour.
  const isGone = data.kind === "withdrawn";
  const unusual = isGone ? [] : unusualWords(data);
  return {
    headline: headline(data),
    lines: [
      ...noteWords(data),
      ...(unusual.length === 0 ? [] : [sentence(unusual.join("; "))]),
      ...(isGone ? [] : assetWords(data)),
      ...alsoWords(data),
      sentence(originWords(data)),
    ],
    url: data.url,
    tone: isGone ? "calm" : "bad",
  };
}
