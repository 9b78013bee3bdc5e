/** The repricing detector on market history: what it finds and when, what it leaves alone, how often it speaks, how fast it is. */
import { daysBetween } from "../src/calendar/calendar-date.ts";
import { type DayReadings, detect } from "../src/repricing/detector.ts";
import { PARAMETERS } from "../src/repricing/parameters.ts";
import { type ClusteredAlert, isAtLeast, type Leg, SEVERITIES, type Severity } from "../src/repricing/repricing.ts";
import { advance, initialSeries } from "../src/repricing/series.ts";
import { tradeDateAfter, tradeDatesBetween } from "../src/repricing/trade-date-count.ts";
import { BUILT_IN_CALENDAR } from "../src/sources/built-in/fomc-meetings.ts";
import { type HistoryDay, readPrices, readPublications } from "./history-readings.ts";
import { hourlyGrid } from "./hourly.ts";
import { historyFile, median, report } from "./measure.ts";
import { toldOnce } from "./told.ts";

// Of two dates either will do.
const MUST_FIRE: readonly (readonly string[])[] = [
  ["2022-06-13", "2022-06-14"],
  ["2022-07-13"],
  ["2022-09-13"],
  ["2022-10-13"],
  ["2022-11-10"],
  ["2023-03-07"],
  ["2023-03-10", "2023-03-13"],
  ["2025-04-03", "2025-04-04"],
  ["2025-04-09"],
  ["2025-05-02"],
  ["2025-05-12"],
  ["2025-07-03"],
  ["2025-07-30"],
  ["2025-08-01"],
  ["2025-09-05"],
  ["2025-10-29"],
  ["2025-11-19"],
  ["2025-11-21"],
];
const MUST_STAY_SILENT = ["2022-08-26", "2025-08-12", "2025-10-10", "2025-10-24", "2025-10-30"];
// Clusters that reach `sharp`, last trades, by an independent implementation of the same rules.
const EXPECTED_CLUSTERS: Readonly<Record<string, number>> = { "2022": 42, "2023": 32, "2024": 32, "2025": 30 };
const LIMIT_MS = 150;
const ROUNDS = 20;
const TEN_YEARS = 2600; // trade dates
const TARGETS = 5;

interface History {
  readonly basis: string;
  readonly days: readonly HistoryDay[];
  readonly legs: readonly Leg[];
  readonly alerts: readonly ClusteredAlert[];
}

function historyOf(basis: string, days: readonly HistoryDay[]): History {
  return { basis, days, ...detect(days, BUILT_IN_CALENDAR) };
}

const fixings = historyFile("fed_funds_daily_2000_2026.csv");
const histories = [
  historyOf("settlement", readPrices(historyFile("zq_settle_2015_2022.csv"), fixings)),
  historyOf("last_trade", readPrices(historyFile("zq_daily_utc_2015_2025.csv"), fixings)),
  historyOf("published", readPublications(historyFile("fedwatch_published_meetings_2025.csv"), fixings)),
];

const atLeast = (alerts: readonly ClusteredAlert[], least: Severity) =>
  alerts.filter(({ severity }) => isAtLeast(severity, least));
const clusterCount = (alerts: readonly ClusteredAlert[]) => new Set(alerts.map(({ cluster }) => cluster)).size;
/** One message a cluster and snapshot, as an endpoint gets them. */
const messageCount = (alerts: readonly ClusteredAlert[]) =>
  new Set(alerts.map(({ cluster, tradeDate }) => `${cluster} ${tradeDate}`)).size;
const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(0)} %`;

function labelledDays({ basis, days, alerts }: History): void {
  const covered = new Set(days.map(({ tradeDate }) => tradeDate));
  const first = days[0]?.tradeDate ?? "";
  const last = days.at(-1)?.tradeDate ?? "";
  // A year that the basis has only the start of is not judged.
  const fire = MUST_FIRE.filter((either) => either.some((date) => covered.has(date) && date > first));
  const silent = MUST_STAY_SILENT.filter((date) => covered.has(date) && date > first);
  const rows = ["notice", "sharp"].map((least) => {
    const dates = new Set(atLeast(alerts, least as Severity).map(({ tradeDate }) => tradeDate));
    const near = new Set([...dates].flatMap((date) => [date, tradeDateAfter(date, 1)]));
    for (const { tradeDate } of days) if (dates.has(tradeDateAfter(tradeDate, 1))) near.add(tradeDate);
    const judged = days.filter(({ tradeDate }) => tradeDate >= "2022");
    return {
      basis,
      "alerts of": `${least} or worse`,
      "hit on the day": `${fire.filter((either) => either.some((date) => dates.has(date))).length} of ${fire.length}`,
      "hit within 1 day": `${fire.filter((either) => either.some((date) => near.has(date))).length} of ${fire.length}`,
      "silent days kept": `${silent.filter((date) => !dates.has(date)).length} of ${silent.length}`,
      "days with an alert since 2022": percent(
        judged.filter(({ tradeDate }) => dates.has(tradeDate)).length,
        judged.length,
      ),
      "within 1 day of one": percent(judged.filter(({ tradeDate }) => near.has(tradeDate)).length, judged.length),
    };
  });
  console.log(`\n${basis}: ${days.length} trade dates, ${first} to ${last}`);
  console.table(rows);
  const sharpDates = new Set(atLeast(alerts, "sharp").map(({ tradeDate }) => tradeDate));
  const missed = fire.filter((either) => !either.some((date) => sharpDates.has(date)));
  if (missed.length > 0) console.log(`  not sharp on the day: ${missed.map((either) => either.join("/")).join(", ")}`);
}

function yearsOf({ days, alerts }: History): void {
  const years = [...new Set(days.map(({ tradeDate }) => tradeDate.slice(0, 4)))];
  console.table(
    years.map((year) => {
      const ofYear = alerts.filter(({ tradeDate }) => tradeDate.startsWith(year));
      const cells = SEVERITIES.map((least) => {
        const some = atLeast(ofYear, least);
        return [
          `${least}+ clusters / messages / alerts`,
          `${clusterCount(some)} / ${messageCount(some)} / ${some.length}`,
        ];
      });
      return { year, ...Object.fromEntries(cells) };
    }),
  );
}

/** From the extreme a leg starts at to the first alert of a severity, in trade dates; and how far it had gone of its whole way. */
function delaysOf({ legs, alerts, basis }: History): void {
  const rows = SEVERITIES.map((least) => {
    const delays: number[] = [];
    const shares: number[] = [];
    for (const leg of legs) {
      const first = alerts.find(({ legKey, severity }) => legKey === leg.key && isAtLeast(severity, least));
      if (first === undefined) continue;
      delays.push(tradeDatesBetween(leg.startedAt.tradeDate, first.tradeDate));
      shares.push(first.amplitudeBp / leg.amplitudeBp);
    }
    const onFirstDay = delays.filter((delay) => delay === 1).length;
    return {
      basis,
      "first alert of": `${least} or worse`,
      legs: delays.length,
      "median delay, trade dates": median(delays),
      "one day": percent(onFirstDay, delays.length),
      "median share of the leg by then": percent(median(shares), 1),
    };
  });
  console.table(rows);
}

function expectedClusters({ alerts }: History): void {
  for (const [year, expected] of Object.entries(EXPECTED_CLUSTERS)) {
    const ofYear = atLeast(alerts, "sharp").filter(({ tradeDate }) => tradeDate.startsWith(year));
    report(`last_trade ${year}: sharp clusters`, clusterCount(ofYear), "", { what: "expected", figure: expected });
  }
}

for (const history of histories) {
  labelledDays(history);
  yearsOf(history);
  delaysOf(history);
}

console.log("");
const lastTrades = histories[1];
if (lastTrades !== undefined) expectedClusters(lastTrades);

/** Five series of ten years each, random walks. */
function steps(): number {
  let count = 0;
  for (let target = 0; target < TARGETS; target++) {
    let state = initialSeries({ meeting: "2035-12-12", path: null }, PARAMETERS);
    let tradeDate = "2015-01-02";
    for (let i = 0; i < TEN_YEARS; i++) {
      const expectedRateBp = 400 + 40 * Math.sin(i / 17 + target) + 3 * Math.sin(i * 1.7);
      const asOf = `${tradeDate}T20:00:00.000Z`;
      const step = advance(state, { tradeDate, asOf, expectedRateBp, ownTickBp: 0.5, unusable: null }, PARAMETERS);
      state = step.state;
      count += step.alerts.length;
      tradeDate = tradeDateAfter(tradeDate, 1);
    }
  }
  return count;
}

function medianMs(work: () => unknown): { readonly first: number; readonly usual: number } {
  const figures = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return { first: figures[0] ?? Number.NaN, usual: median(figures) };
}

console.log("");
const limit = { what: "limit", figure: LIMIT_MS };
const synthetic = medianMs(steps);
report(`${TARGETS} targets x ${TEN_YEARS} days, first run`, synthetic.first, "ms", limit);
report(`${TARGETS} targets x ${TEN_YEARS} days, median of ${ROUNDS}`, synthetic.usual, "ms", limit);
if (lastTrades !== undefined) {
  const days: readonly DayReadings[] = lastTrades.days;
  const years = (daysBetween(days[0]?.tradeDate ?? "", days.at(-1)?.tradeDate ?? "") / 365.25).toFixed(0);
  report(
    `last trades of ${years} years with targets and clusters, median of ${ROUNDS}`,
    medianMs(() => detect(days, BUILT_IN_CALENDAR)).usual,
    "ms",
    limit,
  );
}

console.log("");
hourlyGrid();
await toldOnce();
