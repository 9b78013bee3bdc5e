/** Where figures come from, under which name, from which address and on what terms: a table, and as long as it must be. */
export interface CatalogEntry {
  readonly id: string;
  readonly name: string;
  /** what it gives */
  readonly what: string;
  /** one line for the README and the API; a caution, not legal advice */
  readonly terms: string;
  /** whether its figures may be passed on to others; `CUTWATCH_WITHHOLD` leaves the others out of answers */
  readonly redistributable: boolean;
  /** null for what does not come over the network */
  readonly defaultBaseUrl: string | null;
  /** environment variable that replaces the address; null where there is none */
  readonly baseUrlEnv: string | null;
}

/** An entry whose id is known to the compiler, so that nobody asks for one that is not there. */
type Named<Id extends string> = CatalogEntry & { readonly id: Id };

function upstream<const Id extends string>(
  entry: Omit<Named<Id>, "baseUrlEnv"> & { defaultBaseUrl: string },
): Named<Id> & { readonly defaultBaseUrl: string; readonly baseUrlEnv: string } {
  return { ...entry, baseUrlEnv: `CUTWATCH_${entry.id.toUpperCase().replaceAll("-", "_")}_URL` };
}

function local<const Id extends string>(entry: Omit<Named<Id>, "baseUrlEnv" | "defaultBaseUrl">): Named<Id> {
  return { ...entry, defaultBaseUrl: null, baseUrlEnv: null };
}

const CME_DERIVED = "Derived from CME prices: passing them on needs a licence of CME Group";

/** The upstreams that are asked over the network. */
export const UPSTREAMS = [
  upstream({
    id: "nyfed",
    name: "Federal Reserve Bank of New York",
    what: "EFFR and the target range of each day, with revisions",
    terms: "Free under the bank's terms of use: name the source, claim no endorsement",
    redistributable: true,
    defaultBaseUrl: "https://markets.newyorkfed.org",
  }),
  upstream({
    id: "fed-calendar",
    name: "Federal Reserve Board, FOMC calendar",
    what: "Dates of the FOMC's meetings",
    terms: "Public domain",
    redistributable: true,
    defaultBaseUrl: "https://www.federalreserve.gov",
  }),
  upstream({
    id: "fed-press",
    name: "Federal Reserve Board, press releases",
    what: "Decisions, from the FOMC's statements",
    terms: "Public domain",
    redistributable: true,
    defaultBaseUrl: "https://www.federalreserve.gov",
  }),
  upstream({
    id: "yahoo",
    name: "Yahoo Finance chart endpoint",
    what: "Last trades of fed-funds futures; closes of indices, NVDA and gold",
    terms: "Unofficial, no documented terms for programs: personal use at the operator's own risk, not to be passed on",
    redistributable: false,
    defaultBaseUrl: "https://query1.finance.yahoo.com",
  }),
  upstream({
    id: "cme-fedwatch",
    name: "CME FedWatch API",
    what: "FedWatch's own distributions, end of day and intraday",
    terms: "Paid subscription; passing figures on needs a licence of CME Group",
    redistributable: false,
    defaultBaseUrl: "https://markets.api.cmegroup.com",
  }),
  upstream({
    id: "coinbase",
    name: "Coinbase Exchange",
    what: "Daily closes of BTC and ETH in US dollars",
    terms: "Public endpoint; the exchange's market data terms restrict passing prices on",
    redistributable: false,
    defaultBaseUrl: "https://api.exchange.coinbase.com",
  }),
  upstream({
    id: "kraken",
    name: "Kraken",
    what: "Daily closes of BTC and ETH in US dollars, when Coinbase fails; 720 days",
    terms: "Public endpoint; the exchange's terms restrict passing prices on",
    redistributable: false,
    defaultBaseUrl: "https://api.kraken.com",
  }),
  upstream({
    id: "databento",
    name: "Databento GLBX.MDP3",
    what: "Settlements of fed-funds futures",
    terms: "Paid by the byte, internal use; passing settlements on needs a licence of CME Group",
    redistributable: false,
    defaultBaseUrl: "https://hist.databento.com",
  }),
  upstream({
    id: "fred",
    name: "FRED, Federal Reserve Bank of St. Louis",
    what: "EFFR and the target range, when the New York Fed fails",
    terms: "Free with a key under FRED's terms of use; these series are in the public domain",
    redistributable: true,
    defaultBaseUrl: "https://api.stlouisfed.org",
  }),
] as const satisfies readonly CatalogEntry[];

export type UpstreamId = (typeof UPSTREAMS)[number]["id"];

/** What ships with the project or comes from files. */
export const LOCAL_SOURCES = [
  local({
    id: "built-in",
    name: "Built-in list of meetings",
    what: "FOMC meetings and decisions since 2000",
    terms: "Facts of public record",
    redistributable: true,
  }),
  local({
    id: "by-hand",
    name: "Decision recorded by hand",
    what: "A decision that a person entered",
    terms: "Facts of public record",
    redistributable: true,
  }),
  local({
    id: "effr-target",
    name: "Target range published with EFFR",
    what: "Decisions learned from the target range",
    terms: "Public figures of the New York Fed",
    redistributable: true,
  }),
  local({
    id: "sample",
    name: "Built-in episode of December 2025",
    what: "Settlements, EFFR and closes from 18 Sep to 25 Nov 2025",
    terms: CME_DERIVED,
    redistributable: false,
  }),
  local({
    id: "sample-published",
    name: "Built-in episode of December 2025, as FedWatch published it",
    what: "FedWatch's distributions from 18 Sep to 25 Nov 2025",
    terms: CME_DERIVED,
    redistributable: false,
  }),
  local({
    id: "cme-settlements-file",
    name: "CME settlements, imported file",
    what: "Settlements of one trade date",
    terms: CME_DERIVED,
    redistributable: false,
  }),
  local({
    id: "settlements-csv",
    name: "Settlements, imported file",
    what: "Settlements of fed-funds futures",
    terms: CME_DERIVED,
    redistributable: false,
  }),
  local({
    id: "last-trades-csv",
    name: "Last trades, imported file",
    what: "Daily last trades of fed-funds futures",
    terms: CME_DERIVED,
    redistributable: false,
  }),
  local({
    id: "fedwatch-export",
    name: "FedWatch export, imported file",
    what: "FedWatch's distributions",
    terms: CME_DERIVED,
    redistributable: false,
  }),
  local({
    id: "published-csv",
    name: "Published distributions, imported file",
    what: "FedWatch's distributions",
    terms: CME_DERIVED,
    redistributable: false,
  }),
  local({
    id: "closes-csv",
    name: "Closes, imported file",
    what: "Daily closes of assets",
    terms: "As the file's origin has it; taken as not to be passed on",
    redistributable: false,
  }),
  local({
    id: "yahoo-csv",
    name: "Yahoo closes, imported file",
    what: "Daily closes of assets",
    terms: "Personal use, not to be passed on",
    redistributable: false,
  }),
  local({
    id: "effr-csv",
    name: "EFFR, imported file",
    what: "EFFR and the target range",
    terms: "Public figures of the New York Fed",
    redistributable: true,
  }),
  local({
    id: "events-csv",
    name: "Events, imported file",
    what: "Scheduled events that can move prices",
    terms: "Dates and names, as the file's origin has them",
    redistributable: true,
  }),
  local({
    id: "events-ics",
    name: "Events, imported calendar",
    what: "Scheduled events that can move prices",
    terms: "Dates and names, as the calendar's origin has them",
    redistributable: true,
  }),
] as const satisfies readonly CatalogEntry[];

/** The address to ask an upstream at: the operator's, where one is set, otherwise the upstream's own. */
export function baseUrlOf(id: UpstreamId, overrides: Readonly<Record<string, string>>): string {
  const entry = UPSTREAMS.find((each) => each.id === id);
  if (entry === undefined) throw new RangeError(`Cannot find the address of ${id}: no such upstream`);
  return overrides[id] ?? entry.defaultBaseUrl;
}

/** The FedWatch API's login stands on a host of its own. */
export const CME_AUTH = { defaultBaseUrl: "https://auth.cmegroup.com", baseUrlEnv: "CUTWATCH_CME_AUTH_URL" } as const;

const BY_ID: ReadonlyMap<string, CatalogEntry> = new Map(
  [...UPSTREAMS, ...LOCAL_SOURCES].map((entry) => [entry.id, entry]),
);

/** The entry of a source id as rows carry it; null for an id that the catalog does not know. */
export function catalogEntry(id: string): CatalogEntry | null {
  return BY_ID.get(id) ?? null;
}

/** Whether figures of a source may be passed on; an unknown source's may not. */
export function isRedistributable(id: string): boolean {
  return BY_ID.get(id)?.redistributable ?? false;
}
