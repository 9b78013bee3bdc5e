/** Column names as files have them, and ours: one table for all kinds. */

/** What a column can be. */
export type Column =
  | "trade_date"
  | "contract"
  | "symbol"
  | "settle"
  | "close"
  | "open"
  | "high"
  | "low"
  | "volume"
  | "open_interest"
  | "effr_pct"
  | "target_lower_pct"
  | "target_upper_pct"
  | "rate_type";

/** Names in lower case, without spaces, dots, underscores and what stands in brackets at the end. */
const ALIASES: Readonly<Record<Column, readonly string[]>> = {
  trade_date: [
    "tradedate",
    "date",
    "bizdt",
    "time",
    "timestamp",
    "datetime",
    "observationdate",
    "effectivedate",
    "snappedat",
    "asofdate",
    "businessdate",
    "reportdate",
    "sessionenddate",
    "day",
  ],
  contract: ["contract", "mmy", "contractmonth", "deliverymonth", "expiry", "expiration", "month", "instrument"],
  symbol: ["symbol", "ticker", "asset", "name", "pair"],
  settle: [
    "settle",
    "settlement",
    "settleprice",
    "settlementprice",
    "pxsettle",
    "dailysettlement",
    "sett",
    "finalsettlement",
  ],
  close: ["close", "last", "latest", "price", "pxlast", "closelast", "closingprice", "lastprice", "schlusskurs"],
  open: ["open", "openingprice", "pxopen"],
  high: ["high", "dhighprice", "pxhigh"],
  low: ["low", "dlowprice", "pxlow"],
  volume: ["volume", "vol", "pxvolume", "totalvolume", "volumeusdt", "volumebtc"],
  open_interest: ["openinterest", "openint", "oi", "prevdayoi"],
  effr_pct: ["effrpct", "effr", "dff", "fedfunds", "rate", "percentrate"],
  target_lower_pct: ["targetlowerpct", "targetlower", "dfedtarl", "targetratefrom"],
  target_upper_pct: ["targetupperpct", "targetupper", "dfedtaru", "targetrateto"],
  rate_type: ["ratetype"],
};

const BY_NAME: ReadonlyMap<string, Column> = new Map(
  (Object.entries(ALIASES) as [Column, readonly string[]][]).flatMap(([column, names]) =>
    names.map((name) => [name, column] as const),
  ),
);

/** The column that a heading names; null for one that no kind uses. */
export function columnOf(heading: string): Column | null {
  const plain = heading
    .trim()
    .toLowerCase()
    .replace(/\s*\([^)]*\)$/, "")
    .replace(/[\s._/-]+/g, "");
  return BY_NAME.get(plain) ?? null;
}
