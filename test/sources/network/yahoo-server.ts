import type { ServerResponse } from "node:http";
import { addDays, daysBetween } from "../../../src/calendar/calendar-date.ts";
import { isTradeDate } from "../../../src/calendar/trade-dates.ts";
import type { Seen } from "./loopback.ts";

/** What a loopback Yahoo sells: prices by symbol, traded at `at`; bars of each trade date from `since`. */
export interface YahooStock {
  readonly prices: Readonly<Record<string, number>>;
  readonly at: () => Date;
  readonly since: string;
  /** whether anything traded in the session; always when absent */
  readonly trades?: () => boolean;
  readonly zone?: Readonly<Record<string, string>>;
}

const NOT_FOUND = {
  chart: { result: null, error: { code: "Not Found", description: "No data found, symbol may be delisted" } },
};

function send(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function chartOf(symbol: string, price: number, stock: YahooStock, seen: Seen): unknown {
  const now = stock.at();
  const today = now.toISOString().slice(0, 10);
  const range = seen.query.get("range");
  const from = range === "5d" ? addDays(today, -7) : stock.since;
  const days = Array.from({ length: daysBetween(from, today) + 1 }, (_, i) => addDays(from, i)).filter(isTradeDate);
  const times = days.map((day) => Date.parse(`${day}T15:00:00Z`) / 1000);
  const flat = days.map(() => price);
  const zone = stock.zone?.[symbol] ?? "America/New_York";
  const meta = { symbol, exchangeTimezoneName: zone, dataGranularity: "1d" };
  const quote = { open: flat, high: flat, low: flat, close: flat, volume: days.map(() => 1000) };
  return {
    chart: {
      result: [{ meta, timestamp: times, indicators: { quote: [quote], adjclose: [{ adjclose: flat }] } }],
      error: null,
    },
  };
}

/** Answers as Yahoo's chart and spark endpoints do; whoever does not call himself like a browser is refused. */
export function playYahoo(stock: YahooStock): (seen: Seen, response: ServerResponse) => void {
  return (seen, response) => {
    if (!String(seen.headers["user-agent"]).startsWith("Mozilla/5.0 ")) {
      response.writeHead(429, { "content-type": "text/html" });
      response.end("Edge: Too Many Requests");
    } else if (seen.path === "/v8/finance/spark") {
      const time = Math.floor(stock.at().getTime() / 300_000) * 300;
      const known = (seen.query.get("symbols") ?? "").split(",").flatMap((symbol) => {
        const price = stock.prices[symbol];
        return price === undefined || stock.trades?.() === false
          ? []
          : [[symbol, { symbol, timestamp: [time], close: [price] }]];
      });
      send(response, Object.fromEntries(known));
    } else {
      const symbol = decodeURIComponent(seen.path.split("/").at(-1) ?? "");
      const price = stock.prices[symbol];
      if (price === undefined) send(response, NOT_FOUND, 404);
      else send(response, chartOf(symbol, price, stock, seen));
    }
  };
}
