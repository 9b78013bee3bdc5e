/** A message for `sendMessage` of Telegram's bots. The chat is named in the webhook's address: `…/sendMessage?chat_id=…` */
import { clipped, fitting, linkable, plain } from "./chat-text.ts";
import type { MessageText } from "./message-text.ts";

// 4,096 characters after the markup is read; counted here with it, so that it always fits.
const MOST_TEXT = 4096;
const MOST_HEADLINE = 500;
const MOST_LINE = 500;
const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escaped(text: string): string {
  return plain(text).replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? "");
}

export function telegramMessage({ headline, lines, url }: MessageText) {
  const first = `<b>${escaped(clipped(headline, MOST_HEADLINE))}</b>`;
  const address = linkable(url);
  const link = address === null ? escaped(url) : `<a href="${address.replaceAll("&", "&amp;")}">Read on</a>`;
  const room = MOST_TEXT - first.length - link.length - 2;
  const rest = fitting(
    lines.map((line) => clipped(line, MOST_LINE)),
    escaped,
    room,
  );
  return {
    text: [first, ...(rest === "" ? [] : [rest]), link].join("\n"),
    parse_mode: "HTML",
    link_preview_options: { is_disabled: true },
  };
}
