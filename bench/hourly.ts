/** The detector on hourly readings of a year, each judged as it comes: time must grow with the rows and no faster. */
import { indexPoints } from "../src/pricing/units.ts";
import { type IntradayObservation, provisionalAlerts } from "../src/repricing/intraday.ts";
import { PARAMETERS } from "../src/repricing/parameters.ts";
import { advance, initialSeries } from "../src/repricing/series.ts";
import { tradeDateAfter } from "../src/repricing/trade-date-count.ts";
import { median, report } from "./measure.ts";

const TARGETS = 5;
const HOURS = 23; // the session rests from 16:00 to 17:00 Chicago
const YEAR = 252; // trade dates
const ROUNDS = 7;
const MS_PER_HOUR = 3_600_000;
const QUARTERS = [1, 2, 3, 4] as const;

/** A year of a target, hour by hour: a walk that repeats, with a sharp day now and then. */
function readingsOf(tradeDate: string, day: number, target: number): IntradayObservation[] {
  const start = Date.parse(`${tradeDate}T00:00:00.000Z`);
  return Array.from({ length: HOURS }, (_, hour) => {
    const at = day + hour / HOURS;
    const expectedRateBp = 400 + 30 * Math.sin(at / 11 + target) + 3 * Math.sin(at * 5);
    const price = indexPoints(100 - expectedRateBp / 100);
    return {
      tradeDate,
      asOf: new Date(start + hour * MS_PER_HOUR).toISOString(),
      expectedRateBp,
      ownTickBp: 0.5,
      unusable: null,
      contracts: ["2035-11", "2036-01"].map((contractMonth) => ({ contractMonth, price })),
    };
  });
}

/** Judges the rows of so many trade dates one by one. @returns milliseconds and rows */
function judge(days: number): { readonly ms: number; readonly rows: number } {
  let rows = 0;
  let ms = 0;
  for (let target = 0; target < TARGETS; target++) {
    let settled = {
      state: initialSeries({ meeting: "2035-12-12", path: null }, PARAMETERS),
      contracts: [] as IntradayObservation["contracts"],
    };
    let tradeDate = "2034-01-03";
    for (let day = 0; day < days; day++) {
      const readings = readingsOf(tradeDate, day, target);
      const last = readings.at(-1);
      const start = performance.now();
      for (let known = 1; known <= readings.length; known++)
        provisionalAlerts(settled, readings.slice(0, known), PARAMETERS);
      if (last !== undefined) {
        settled = { state: advance(settled.state, last, PARAMETERS).state, contracts: last.contracts };
      }
      ms += performance.now() - start;
      rows += readings.length;
      tradeDate = tradeDateAfter(tradeDate, 1);
    }
  }
  return { ms, rows };
}

/** Prints what a row takes over a quarter, half and whole year, and the slope. */
export function hourlyGrid(): void {
  judge(YEAR / 4);
  const points = QUARTERS.map((quarters) => {
    const runs = Array.from({ length: ROUNDS }, () => judge((YEAR / 4) * quarters));
    return { rows: runs[0]?.rows ?? Number.NaN, ms: median(runs.map(({ ms }) => ms)) };
  });
  console.table(
    points.map(({ rows, ms }) => ({
      rows,
      ms: Number(ms.toFixed(1)),
      "µs a row": Number(((1000 * ms) / rows).toFixed(2)),
    })),
  );
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return;
  const slope = (1000 * (last.ms - first.ms)) / (last.rows - first.rows);
  report("hourly grid for a year, slope", slope, "µs a row", {
    what: "its first quarter",
    figure: (1000 * first.ms) / first.rows,
  });
}
