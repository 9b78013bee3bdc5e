/** A message for Slack's incoming webhooks. */
import { clipped, fitting, linkable, plain } from "./chat-text.ts";
import type { MessageText } from "./message-text.ts";

// A section of blocks holds 3,000 characters; one escaped character takes five at most.
const MOST_SECTION = 3000;
const MOST_HEADLINE = 500;
const MOST_LINE = 500;
const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
// There is no escape for these: look-alikes.
const LOOK_ALIKES: Readonly<Record<string, string>> = { "*": "∗", _: "＿", "~": "∼", "`": "ˋ" };

/** @see https://api.slack.com/docs/message-formatting: `&`, `<` and `>` are all that controls links and mentions */
function escaped(text: string): string {
  return plain(text)
    .replace(/[&<>]/g, (sign) => ENTITIES[sign] ?? "")
    .replace(/[*_~`]/g, (sign) => LOOK_ALIKES[sign] ?? "");
}

export function slackMessage({ headline, lines, url }: MessageText) {
  const first = escaped(clipped(headline, MOST_HEADLINE));
  const rest = fitting(
    lines.map((line) => clipped(line, MOST_LINE)),
    escaped,
    MOST_SECTION,
  );
  const address = linkable(url);
  const link = address === null ? escaped(url) : `<${address.replaceAll("&", "&amp;")}|Read on>`;
  const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text, verbatim: true } });
  return {
    // What a notification shows; the blocks are what the channel shows.
    text: first,
    blocks: [
      section(`*${first}*`),
      ...(rest === "" ? [] : [section(rest)]),
      { type: "context", elements: [{ type: "mrkdwn", text: link, verbatim: true }] },
    ],
    unfurl_links: false,
    unfurl_media: false,
  };
}
