import { PANEL, type PanelSymbol } from "../../pricing/observations.ts";

/** Yahoo's names of the panel. Pairs against tether and funds on an index are other assets and have none. */
const YAHOO_NAMES: Readonly<Record<PanelSymbol, string>> = {
  BTC: "BTC-USD",
  ETH: "ETH-USD",
  NDX: "^NDX",
  SPX: "^GSPC",
  NVDA: "NVDA",
  GOLD: "GC=F",
  HSI: "^HSI",
  SSE: "000001.SS",
};

/** Names that stand in files' names: an exchange's pair is of one asset there, though in a column it may be another's. */
const PAIRS: readonly (readonly [string, PanelSymbol])[] = [
  ...["BTCUSD", "BTCUSDT", "BTC_USD", "XBTUSD"].map((name) => [name, "BTC"] as const),
  ...["ETHUSD", "ETHUSDT", "ETH_USD"].map((name) => [name, "ETH"] as const),
  ...[
    ["GSPC", "SPX"],
    ["SHCOMP", "SSE"],
  ].map(([name = "", symbol = ""]) => [name, symbol as PanelSymbol] as const),
];

const BY_NAME: ReadonlyMap<string, PanelSymbol> = new Map(
  PANEL.flatMap((symbol) => [[symbol, symbol] as const, [YAHOO_NAMES[symbol], symbol] as const]),
);

/** The accepted names in words, for a message. */
export const ACCEPTED_SYMBOLS = `${PANEL.join(" ")} and Yahoo's ${PANEL.map((symbol) => YAHOO_NAMES[symbol])
  .filter((name) => name !== "NVDA")
  .join(" ")}`;

/** The asset of the panel that a file's symbol means, in any case; null for another asset. */
export function panelSymbolOf(text: string): PanelSymbol | null {
  return BY_NAME.get(text.trim().toUpperCase()) ?? null;
}

/** The one asset that a file's name carries as a word of its own, as in `HSI_daily.csv`; null for none or several. */
export function panelSymbolInName(fileName: string): PanelSymbol | null {
  const name = (fileName.split(/[\\/]/).at(-1) ?? "").toUpperCase();
  const found = new Set<PanelSymbol>();
  for (const [word, symbol] of [...BY_NAME, ...PAIRS]) {
    const pattern = new RegExp(`(?<![A-Z0-9])${word.replace(/[\^.=-]/g, "\\$&")}(?![A-Z0-9])`);
    if (pattern.test(name)) found.add(symbol);
  }
  const [only] = found;
  return found.size === 1 && only !== undefined ? only : null;
}
