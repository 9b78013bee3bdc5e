/**
 * The exact text of a message as each kind of endpoint wants it. Everything that is shown is escaped, whoever wrote it, so
 * that no description, error or name can add markup, a link or a mention.
 */
import { discordMessage } from "./chat-discord.ts";
import { slackMessage } from "./chat-slack.ts";
import { telegramMessage } from "./chat-telegram.ts";
import type { MessageBody } from "./message-body.ts";
import { messageText } from "./message-text.ts";
import type { WebhookFormat } from "./subscription.ts";

/**
 * A body as it is sent: as it stands, or as a chat service's own message.
 *
 * @param body as one of the functions of this room made it, or as it was read back from where it was stored
 */
export function renderBody(format: WebhookFormat, body: object): string {
  if (format === "standard") return JSON.stringify(body);
  // Stored bodies were made by this room's own functions; what is read back is taken at its word.
  const text = messageText(body as MessageBody);
  const render = { slack: slackMessage, discord: discordMessage, telegram: telegramMessage }[format];
  return JSON.stringify(render(text));
}
