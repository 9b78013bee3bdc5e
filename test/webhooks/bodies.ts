/** One body of each type of message. The repricings are those of the built-in sample. */
import { disabledBody } from "../../src/webhooks/disabled-body.ts";
import type { MessageBody, RepricingBody } from "../../src/webhooks/message-body.ts";
import { noticeBody } from "../../src/webhooks/notice-bodies.ts";
import { ruleBody } from "../../src/webhooks/rule-body.ts";
import { sightBody } from "../../src/webhooks/sight-body.ts";
import { testBody } from "../../src/webhooks/test-body.ts";
import { ruleOn } from "./told.ts";

export const BASE_URL = "https://odds.example";
const RECORDED = new Date("2025-11-13T20:00:41.000Z");

/** Closes from 16 Oct to 13 Nov 2025. */
function asset(symbol: string, fraction: number | null, provisional = false) {
  return {
    symbol,
    return: fraction,
    from_at: "2025-10-16T20:00:00.000Z",
    to_at: "2025-11-13T21:00:00.000Z",
    provisional,
    return_1d: null,
    return_5d: null,
    drawdown: null,
    percentile: null,
  };
}

/** Severe, 13 Nov 2025, with the figures of the built-in sample. */
export function repricing(
  data: Partial<RepricingBody["data"]> = {},
  type: RepricingBody["type"] = "repricing.severe",
): RepricingBody {
  return {
    type,
    timestamp: RECORDED.toISOString(),
    data: {
      sequence: 6,
      supersedes: 5,
      resolves: null,
      resolved: null,
      id: 3,
      url: `${BASE_URL}/v1/repricings/3`,
      cluster_id: "6f1d2c7a90b3e458",
      meeting: "2025-12-10",
      path: null,
      direction: "hawkish",
      status: "open",
      state: "confirmed",
      severity: "severe",
      kind: "severe",
      alert_key: "k",
      reverses: null,
      trade_date: "2025-11-13",
      as_of: "2025-11-13T20:00:00.000Z",
      started_at: "2025-10-16T19:00:00.000Z",
      confirmed_at: "2025-10-23T19:00:00.000Z",
      start_rate_bp: 359.4704,
      expected_rate_bp: 374.9643,
      extreme_rate_bp: 374.9643,
      amplitude_bp: 15.4938,
      one_day_bp: 3.1964,
      at_most: { upper_bp: 375, probability_start: 1, probability_extreme: 0.501429, shift_pp: -49.8571 },
      unusual: { sigmas: 6.1975, percentile: null, past_legs: 3 },
      basis: "settlement",
      method: "cme",
      sample: true,
      historical: true,
      assets: [
        asset("BTC", -0.078463),
        asset("ETH", -0.16997),
        asset("NDX", 0.013636),
        asset("SPX", 0.016355),
        asset("NVDA", 0.027756),
        asset("GOLD", -0.021798),
        asset("HSI", 0.045755),
        asset("SSE", 0.028923),
      ],
      also: [],
      ...data,
    },
  };
}

const rule = ruleBody(
  {
    rule: ruleOn({ crossesPct: 50 }),
    meeting: "2025-12-10",
    match: {
      direction: "down",
      basis: "settlement",
      before: { asOf: "2025-11-13T20:00:00.000Z", value: 50.1429 },
      after: { asOf: "2025-11-14T20:00:00.000Z", value: 44.3571 },
    },
    reading: {
      meeting: "2025-12-10",
      tradeDate: "2025-11-14",
      asOf: new Date("2025-11-14T20:00:00Z"),
      recordedAt: new Date("2025-11-14T20:01:00Z"),
      grid: "settlement",
      basis: "settlement",
      method: "cme",
      source: "databento",
      isSample: false,
      target: { lowerBp: 375, upperBp: 400 },
      value: 0.443571,
      expectedRateBp: 376.4107,
      undecidedMeeting: null,
      unsolved: null,
    },
    crossesDecision: false,
  },
  { webhookId: 7, baseUrl: BASE_URL, recordedAt: new Date("2025-11-14T20:01:05Z") },
);

/** What last trades showed and the settlement does not, and a figure that was corrected. */
function takenBack(
  reason: "basis" | "corrected",
  told: { readonly basis: "last_trade" | "settlement"; readonly value: number },
) {
  const asOf = "2025-11-14T19:00:00.000Z";
  return {
    ...rule,
    data: {
      ...rule.data,
      takes_back: { ...{ reason, direction: "up" as const }, basis: told.basis, as_of: asOf, value: told.value },
    },
  };
}

const shifted = ruleBody(
  {
    rule: ruleOn({ measure: "expected_rate", range: null, shiftBp: 5, window: "1d" }),
    meeting: "2025-12-10",
    match: {
      direction: "up",
      basis: "last_trade",
      before: { asOf: "2025-11-18T21:00:00.000Z", value: 375.0 },
      after: { asOf: "2025-11-19T15:35:00.000Z", value: 380.0 },
    },
    reading: {
      meeting: "2025-12-10",
      tradeDate: "2025-11-19",
      asOf: new Date("2025-11-19T15:35:00Z"),
      recordedAt: new Date("2025-11-19T15:35:02Z"),
      grid: "intraday",
      basis: "last_trade",
      method: "cme",
      source: "yahoo",
      isSample: false,
      target: { lowerBp: 375, upperBp: 400 },
      value: 380,
      expectedRateBp: 380,
      undecidedMeeting: null,
      unsolved: null,
    },
    crossesDecision: true,
  },
  { webhookId: 7, baseUrl: null, recordedAt: new Date("2025-11-19T15:35:03Z") },
);

const sight = {
  webhookId: 7,
  rules: [ruleOn({ meeting: "next", crossesPct: 50 })],
  concerned: [{ rule: 0, meeting: "2025-12-10" }],
  undecidedMeeting: "2025-10-29",
};

/** The store adds its place in the feed to a notice. */
function numbered<Body extends { readonly data: object }>(body: Body, sequence: number): Body {
  return { ...body, data: { ...body.data, sequence, historical: false } };
}

const decided = noticeBody(
  "meeting.decided",
  {
    as_of: "2025-10-29T18:00:00.000Z",
    supersedes: null,
    url: `${BASE_URL}/v1/decisions?from=2025-10-29&to=2025-10-29`,
    meeting: "2025-10-29",
    effective_date: "2025-10-30",
    scheduled: true,
    outcome: { lower_bp: 375, upper_bp: 400 },
    change_bp: -25,
    surprise_bp: null,
    surprise_reason: "the settlement after the decision is still to come",
    odds_before: {
      trade_date: "2025-10-28",
      probability: 0.999,
      expected_rate_bp: 387.5,
      basis: "settlement",
      method: "cme",
      source: "databento",
    },
    source: "fed-press",
  },
  new Date("2025-10-29T18:01:00Z"),
);

const digest = noticeBody(
  "digest.daily",
  {
    as_of: "2025-11-17T20:00:00.000Z",
    trade_date: "2025-11-17",
    url: `${BASE_URL}/v1/probabilities?as_of=2025-11-17`,
    basis: "settlement",
    method: "cme",
    source: "databento",
    compared_with: { trade_date: "2025-11-14", as_of: "2025-11-14T20:00:00.000Z" },
    target: { lower_bp: 375, upper_bp: 400 },
    effr_bp: 388,
    priced_by_year_end_bp: -10.6,
    priced_by_year_end_shift_bp: 0.5,
    meetings: [
      {
        meeting: "2025-12-10",
        announced: false,
        expected_rate_bp: 376.9107,
        expected_rate_shift_bp: 0.5,
        ease: 0.423571,
        hold: 0.576429,
        hike: 0,
        crosses_decision: false,
        outcomes: [
          { lower_bp: 350, upper_bp: 375, probability: 0.423571, shift_pp: -2.0 },
          { lower_bp: 375, upper_bp: 400, probability: 0.576429, shift_pp: 2.0 },
        ],
      },
      {
        meeting: "2027-12-08",
        announced: false,
        expected_rate_bp: null,
        expected_rate_shift_bp: null,
        ease: null,
        hold: null,
        hike: null,
        crosses_decision: null,
        outcomes: [],
      },
    ],
    open_repricings: [
      {
        id: 3,
        url: `${BASE_URL}/v1/repricings/3`,
        meeting: "2025-12-10",
        path: null,
        direction: "hawkish",
        severity: "severe",
        started_at: "2025-10-16T19:00:00.000Z",
        start_rate_bp: 359.5,
        extreme_rate_bp: 376.9,
        amplitude_bp: 17.4,
      },
    ],
    alerts: [],
    summary: "nothing unusual",
  },
  new Date("2025-11-17T22:10:00Z"),
);

const outage = {
  as_of: "2025-11-17T23:30:00.000Z",
  url: `${BASE_URL}/v1/sources`,
  what: "futures",
  sources: ["yahoo"],
  expected_at: "2025-11-17T23:30:00.000Z",
  newest_as_of: "2025-11-14T22:00:00.000Z",
  last_success_at: "2025-11-14T22:20:00.000Z",
  last_error: "Cannot fetch quotes: HTTP 503",
} as const;

/** Each type once, and what reads otherwise within a type. */
export const BODIES = {
  raised: repricing(),
  provisional: repricing({
    state: "provisional",
    unusual: null,
    at_most: null,
    assets: [],
    sample: false,
    historical: false,
  }),
  confirmed: repricing(
    {
      kind: "confirmed",
      resolves: 6,
      resolved: { kind: "severe", severity: "severe", trade_date: "2025-11-13", alert_key: "k" },
      unusual: { sigmas: 6.1975, percentile: 0.93, past_legs: 212 },
      assets: [asset("BTC", -0.078463), asset("SPX", 0.016355, true), asset("HSI", null)],
      also: [
        {
          id: 10,
          meeting: "2026-01-28",
          path: null,
          kind: "confirmed",
          severity: "sharp",
          amplitude_bp: 12.3,
          expected_rate_bp: 361,
        },
        {
          id: 11,
          meeting: "2026-12-09",
          path: 2026,
          kind: "confirmed",
          severity: "notice",
          amplitude_bp: 9,
          expected_rate_bp: 301,
        },
      ],
    },
    "repricing.confirmed",
  ),
  withdrawn: repricing(
    {
      kind: "withdrawn",
      status: "closed",
      state: "withdrawn",
      resolves: 6,
      resolved: { kind: "severe", severity: "severe", trade_date: "2025-11-13", alert_key: "k" },
    },
    "repricing.withdrawn",
  ),
  withdrawnInPart: repricing(
    {
      kind: "withdrawn",
      expected_rate_bp: 380,
      resolves: 7,
      resolved: { kind: "extension", severity: "severe", trade_date: "2025-11-19", alert_key: "k1" },
    },
    "repricing.withdrawn",
  ),
  withdrawnToSharp: repricing(
    {
      kind: "withdrawn",
      severity: "sharp",
      extreme_rate_bp: 371.8,
      amplitude_bp: 12.3,
      resolves: 6,
      resolved: { kind: "severe", severity: "severe", trade_date: "2025-11-13", alert_key: "k" },
    },
    "repricing.withdrawn",
  ),
  extended: repricing({ kind: "extension", expected_rate_bp: 380, trade_date: "2025-11-19" }, "repricing.extended"),
  notice: repricing({ kind: "notice", severity: "notice" }, "repricing.notice"),
  sharp: repricing(
    { kind: "sharp", severity: "sharp", direction: "dovish", start_rate_bp: 380, expected_rate_bp: 369.7, reverses: 3 },
    "repricing.sharp",
  ),
  extreme: repricing({ kind: "extreme", severity: "extreme", path: 2026, meeting: "2026-12-09" }, "repricing.extreme"),
  rule,
  ruleByBasis: takenBack("basis", { basis: "last_trade", value: 56.3 }),
  ruleCorrected: takenBack("corrected", { basis: "settlement", value: 62.9 }),
  shifted,
  suspended: sightBody(
    "rule.suspended",
    { ...sight, since: new Date("2025-10-30T13:30:00Z"), asOf: new Date("2025-10-30T13:45:00Z") },
    { baseUrl: BASE_URL, recordedAt: new Date("2025-10-30T13:45:20Z") },
  ),
  resumed: sightBody(
    "rule.resumed",
    { ...sight, since: null, asOf: new Date("2025-10-30T15:00:00Z") },
    { baseUrl: BASE_URL, recordedAt: new Date("2025-10-30T15:00:20Z") },
  ),
  decided: numbered(decided, 4),
  digest: numbered(digest, 7),
  stale: numbered(noticeBody("data.stale", outage, new Date("2025-11-17T23:35:00Z")), 8),
  recovered: numbered(
    noticeBody(
      "data.recovered",
      { ...outage, newest_as_of: "2025-11-18T15:00:00.000Z", last_error: null },
      new Date("2025-11-18T15:01:00Z"),
    ),
    9,
  ),
  disabled: disabledBody(
    {
      webhookId: 12,
      description: "desk channel",
      reason: "every attempt has failed for 5 days",
      failingSince: new Date("2025-11-08T10:00:00Z"),
      lastSuccessAt: null,
      pending: 41,
    },
    RECORDED,
    BASE_URL,
  ),
  test: testBody(12, RECORDED, BASE_URL),
} as const satisfies Readonly<Record<string, MessageBody>>;
