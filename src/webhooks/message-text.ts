/** What a message says, for people: a first line that stands alone on a phone's lock screen, then the rest, then a link. */
import { decidedText } from "./decided-text.ts";
import { digestText } from "./digest-text.ts";
import type { DisabledBody, MessageBody, OutageBody, TestBody } from "./message-body.ts";
import { pageUrl } from "./page-url.ts";
import { repricingText } from "./repricing-text.ts";
import { ruleText } from "./rule-text.ts";
import { sightText } from "./sight-text.ts";
import { instantWords } from "./words.ts";

/** Plain text; what shows it escapes it. */
export interface MessageText {
  readonly headline: string;
  readonly lines: readonly string[];
  /** where to read on: a page; a path when it is not known where cutwatch is served */
  readonly url: string;
  /** how loud it is */
  readonly tone: "bad" | "good" | "calm";
}

function outageText({ type, data }: OutageBody): MessageText {
  const what = data.what === "futures" ? "Futures prices" : "EFFR fixings";
  const newest = data.newest_as_of === null ? "none so far" : `the newest are of ${instantWords(data.newest_as_of)}`;
  const sources = `Asked for: ${data.sources.join(", ")}`;
  if (type === "data.recovered") {
    return { headline: `${what} are back: ${newest}`, lines: [sources], url: data.url, tone: "good" };
  }
  return {
    headline: `${what} are missing: ${newest}`,
    lines: [
      `Expected by ${instantWords(data.expected_at)}. Until they are back odds stand still and no alert can come.`,
      sources,
      data.last_error === null
        ? "The last answer was good and brought nothing newer"
        : `Last error: ${data.last_error}`,
    ],
    url: data.url,
    tone: "bad",
  };
}

function disabledText({ data }: DisabledBody): MessageText {
  const name =
    data.description === "" ? `Webhook ${data.webhook_id}` : `Webhook ${data.webhook_id} (${data.description})`;
  const failing = data.failing_since === null ? [] : [`Failing since ${instantWords(data.failing_since)}`];
  const pending = data.pending === 1 ? "1 message waits" : `${data.pending} messages wait`;
  return {
    headline: `${name} was disabled: ${data.reason}`,
    lines: [...failing, `${pending} until it is enabled again`],
    url: data.url,
    tone: "bad",
  };
}

function testText({ data }: TestBody): MessageText {
  return { headline: data.message, lines: [`Webhook ${data.webhook_id}`], url: data.url, tone: "calm" };
}

/** With the link of the body, which is the API's. */
function textOf(body: MessageBody): MessageText {
  switch (body.type) {
    case "rule.matched":
      return ruleText(body);
    case "rule.suspended":
    case "rule.resumed":
      return sightText(body);
    case "digest.daily":
      return digestText(body);
    case "meeting.decided":
      return decidedText(body);
    case "data.stale":
    case "data.recovered":
      return outageText(body);
    case "webhook.disabled":
      return disabledText(body);
    case "webhook.test":
      return testText(body);
    default:
      return repricingText(body);
  }
}

/** A message of any type in words, with a link that a person can follow: to a page, where the body's leads to JSON. */
export function messageText(body: MessageBody): MessageText {
  const text = textOf(body);
  return { ...text, url: pageUrl(text.url) };
}
