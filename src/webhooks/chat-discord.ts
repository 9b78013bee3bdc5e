/** A message for Discord's webhooks. */
import { clipped, fitting, linkable, plain } from "./chat-text.ts";
import type { MessageText } from "./message-text.ts";

// Content holds 2,000 characters, an embed's description 4,096; every sign may take a backslash.
const MOST_HEADLINE = 900;
const MOST_DESCRIPTION = 4096;
const MOST_LINE = 900;
const COLOURS: Readonly<Record<MessageText["tone"], number>> = { bad: 0xc0392b, good: 0x27ae60, calm: 0x5f6b7a };

/** Markdown and mentions: each of their signs behind a backslash, which Discord drops again. */
function escaped(text: string): string {
  return plain(text).replace(/[\\*_~`|<>#[\]()]/g, (sign) => `\\${sign}`);
}

export function discordMessage({ headline, lines, url, tone }: MessageText) {
  const address = linkable(url);
  const description = fitting(
    [...lines.map((line) => clipped(line, MOST_LINE)), ...(address === null ? [url] : [])],
    escaped,
    MOST_DESCRIPTION,
  );
  return {
    content: `**${escaped(clipped(headline, MOST_HEADLINE))}**`,
    embeds: [
      {
        ...(address === null ? {} : { title: "Read on", url: address }),
        description,
        color: COLOURS[tone],
      },
    ],
    // Nobody is pinged, whatever the text says.
    allowed_mentions: { parse: [] },
  };
}
