/** What a chat service's own addresses take: messages of another form are refused there, each time and not before. */
import type { WebhookFormat } from "./subscription.ts";

const TELEGRAM = "https://api.telegram.org/bot<token>/sendMessage?chat_id=<chat>";

/** Own hosts, such as Mattermost's or a proxy's, are not among them: what they take only they know. */
const SERVICES: readonly { readonly hosts: readonly string[]; readonly format: WebhookFormat }[] = [
  { hosts: ["hooks.slack.com", "hooks.slack-gov.com"], format: "slack" },
  { hosts: ["discord.com", "discordapp.com", "ptb.discord.com", "canary.discord.com"], format: "discord" },
  { hosts: ["api.telegram.org"], format: "telegram" },
];

// Methods are found whatever their case; /test is the service's test environment.
// https://core.telegram.org/bots/api#making-requests
const SEND_MESSAGE = /^\/bot[^/]+(?:\/test)?\/sendMessage\/?$/i;
// Discord takes Slack's form there: https://discord.com/developers/docs/resources/webhook#execute-slackcompatible-webhook
const DISCORD_AS_SLACK = /^\/api\/(?:v\d+\/)?webhooks\/[^/]+\/[^/]+\/slack\/?$/;

/** What does not go together, in words that complete "Cannot use url: " or "Cannot use format: ", and what would. */
export interface ChatFault {
  readonly parameter: "url" | "format";
  readonly reason: string;
  readonly accepted: string;
}

/** The form that an address takes; null: it is no chat service's own. */
function formatAt({ hostname, pathname }: URL): WebhookFormat | null {
  const host = hostname.replace(/\.$/, "");
  const service = SERVICES.find(({ hosts }) => hosts.includes(host));
  if (service?.format === "discord" && DISCORD_AS_SLACK.test(pathname)) return "slack";
  return service?.format ?? null;
}

/**
 * Why no message of a format could arrive at an address, as far as the address shows it: a chat service takes its own form
 * alone, and Telegram's bots are told with each message which method is called and which chat it is for, for which a
 * webhook's address is the one place.
 *
 * @param url one that may be called
 * @returns null where nothing speaks against it
 */
export function chatFault(url: string, format: WebhookFormat): ChatFault | null {
  const address = new URL(url);
  const wanted = formatAt(address);
  if (wanted !== null && wanted !== format) {
    const reason = `${address.hostname} refuses messages of format ${format}`;
    return { parameter: "format", reason, accepted: `${wanted} with this address` };
  }
  if (format !== "telegram") return null;
  const accepted = `such as ${TELEGRAM}`;
  if (wanted !== null && !SEND_MESSAGE.test(address.pathname)) {
    return { parameter: "url", reason: "with format telegram its path must be /bot<token>/sendMessage", accepted };
  }
  if ((address.searchParams.get("chat_id") ?? "").trim() !== "") return null;
  return { parameter: "url", reason: "with format telegram it must name the chat by ?chat_id=", accepted };
}
