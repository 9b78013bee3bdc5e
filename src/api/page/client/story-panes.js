// @ts-check
/** The panes of a story: the odds, the expected rate beside the range in force, and the assets laid over. */
import { bpWords, dateWords, oddsWords, percentWords, plain, rangeWords, signed } from "./story-words.js";

/**
 * @typedef {import("./story-data.js").Story} Story
 * @typedef {import("./chart.js").Pane} Pane
 * @typedef {import("./story-model.js").Cut} Cut
 */

/**
 * Values by date, on the chart's dates: `undefined` where nothing was expected, `null` where a figure is missing.
 *
 * @param {readonly string[]} dates
 * @param {ReadonlyMap<string, number | null>} byDate
 */
function onDates(dates, byDate) {
  return dates.map((date) => byDate.get(date));
}

/** @param {Story["readings"]} readings */
function originOf(readings) {
  const newest = readings.at(-1);
  if (newest === undefined) return "";
  const sample = newest.sample ? ", built-in sample" : "";
  return `${plain(newest.basis)}, method ${newest.method}, source ${newest.source}${sample}`;
}

/**
 * @param {Story["readings"]} readings
 * @param {readonly string[]} dates
 * @param {(reading: Story["readings"][number]) => number | null} pick
 */
function column(readings, dates, pick) {
  return onDates(dates, new Map(readings.map((reading) => [reading.trade_date, pick(reading)])));
}

/**
 * @param {Story["readings"]} readings
 * @param {readonly string[]} dates
 * @param {Cut} cut
 * @returns {Pane}
 */
function oddsPane(readings, dates, { measure, range }) {
  const label = oddsWords(measure, range);
  return {
    key: "odds",
    title: `${label.replace(/^o/, "O")}, in per cent`,
    share: 3,
    // Above 100 % there is room for the names of repricings, and no line crosses them.
    domain: [0, 1.12],
    axisWords: (value) => (value > 1 ? "" : (value * 100).toFixed(0)),
    series: [
      {
        key: "odds",
        label,
        origin: originOf(readings),
        values: column(readings, dates, (reading) => reading.probability),
        words: percentWords,
        color: "odds",
      },
    ],
    band: null,
  };
}

/**
 * @param {Story["readings"]} readings
 * @param {readonly string[]} dates
 * @returns {Pane}
 */
function ratePane(readings, dates) {
  const targets = new Map(readings.map((reading) => [reading.trade_date, reading.target]));
  const bound = { label: "range in force", origin: "", color: "inforce", stepped: true };
  return {
    key: "rate",
    title: "Expected rate and range in force, bp",
    share: 2,
    domain: null,
    axisWords: (value) => value.toFixed(0),
    series: [
      { ...bound, key: "lower", values: column(readings, dates, ({ target }) => target.lower_bp), words: () => "" },
      {
        ...bound,
        key: "upper",
        values: column(readings, dates, ({ target }) => target.upper_bp),
        // One line tells of both ends.
        words: (upper, index) => rangeWords(targets.get(dates[index] ?? "") ?? { lower_bp: upper, upper_bp: upper }),
      },
      {
        key: "rate",
        label: "expected rate",
        origin: originOf(readings),
        values: column(readings, dates, (reading) => reading.expected_rate_bp),
        words: bpWords,
        color: "rate",
      },
    ],
    band: [2, 1],
  };
}

/**
 * Where assets whose last closes are of different days start.
 *
 * @param {readonly { readonly base: string }[]} rebased
 * @param {string | null} from
 */
function startWords(rebased, from) {
  return from !== null && rebased.every(({ base }) => base <= from)
    ? `the last of each up to ${dateWords(from)}`
    : "the first of each";
}

/**
 * @param {Story["assets"]} assets
 * @param {readonly string[]} dates
 * @param {string | null} from
 * @returns {Pane}
 */
function assetsPane(assets, dates, from) {
  const rebased = assets.map((asset) => rebase(asset, from));
  const bases = [...new Set(rebased.map(({ base }) => base))];
  const start = bases.length === 1 ? dateWords(bases[0] ?? "") : startWords(rebased, from);
  return {
    key: "assets",
    title: `Closes, ${start} = 100`,
    share: 2,
    domain: null,
    axisWords: (value) => value.toFixed(0),
    series: rebased.map(({ symbol, source, byDate }) => ({
      key: symbol,
      label: symbol,
      origin: `daily closes, source ${source ?? "unknown"}`,
      values: onDates(dates, byDate),
      words: (value) => `${value.toFixed(1)} (${signed(value - 100)} %)`,
      color: `asset-${symbol.toLowerCase()}`,
    })),
    band: null,
  };
}

/**
 * @param {Story} story
 * @param {readonly string[]} dates
 * @param {Cut} cut
 * @returns {Pane[]}
 */
export function panesOf({ readings, assets }, dates, cut) {
  const shown = assets.filter(({ closes }) => closes.length > 0);
  return [
    oddsPane(readings, dates, cut),
    ratePane(readings, dates),
    ...(shown.length === 0 ? [] : [assetsPane(shown, dates, cut.from)]),
  ];
}

/**
 * Closes as 100 at the last one on or before a date, so that assets whose markets keep different holidays share a start; at
 * the first there is where none is as old.
 *
 * @param {Story["assets"][number]} asset
 * @param {string | null} from
 */
export function rebase({ symbol, source, closes }, from) {
  const known = closes.filter(({ close }) => close !== null);
  const base = known.findLast(({ date }) => from !== null && date <= from) ?? known[0];
  const unit = base?.close ?? null;
  return {
    symbol,
    source,
    base: base?.date ?? "",
    byDate: new Map(
      closes.map(({ date, close }) => [date, close === null || unit === null ? null : (100 * close) / unit]),
    ),
  };
}
