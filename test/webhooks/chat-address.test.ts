import { describe, expect, it } from "vitest";
import { chatFault } from "../../src/webhooks/chat-address.ts";
import { FORMATS } from "../../src/webhooks/subscription.ts";

const SLACK = "https://hooks.slack.com/services/T000/B000/XXXX";
const DISCORD = "https://discord.com/api/webhooks/1234/token";
const TELEGRAM = "https://api.telegram.org/bot123:ABC/sendMessage?chat_id=-1001";

describe("chatFault()", () => {
  it.each([
    ["slack", SLACK],
    ["slack", "https://hooks.slack-gov.com/services/T000/B000/XXXX"],
    ["discord", DISCORD],
    ["discord", "https://canary.discord.com/api/v10/webhooks/1234/token?thread_id=5"],
    // Where Discord takes Slack's form.
    ["slack", `${DISCORD}/slack`],
    ["telegram", TELEGRAM],
    ["telegram", "https://api.telegram.org/bot123:ABC/test/sendmessage?chat_id=@desk&disable_notification=true"],
  ] as const)("lets the service's own form alone through: %s at %s", (own, url) => {
    for (const format of FORMATS) {
      const fault = chatFault(url, format);
      if (format === own) expect(fault).toBeNull();
      else expect(fault).toMatchObject({ parameter: "format", accepted: `${own} with this address` });
    }
  });

  it.each(["", "/", "/bot123:ABC", "/bot123:ABC/", "/bot/sendMessage", "/bot123:ABC/sendPhoto", "/sendMessage"])(
    "wants the method of a bot of Telegram: %j",
    (path) => {
      expect(chatFault(`https://api.telegram.org${path}?chat_id=7`, "telegram")).toEqual({
        parameter: "url",
        reason: "with format telegram its path must be /bot<token>/sendMessage",
        accepted: "such as https://api.telegram.org/bot<token>/sendMessage?chat_id=<chat>",
      });
    },
  );

  it.each(["", "?chat_id=", "?chat_id=%20", "?chat=7"])("wants the chat of Telegram: %j", (search) => {
    const reason = "with format telegram it must name the chat by ?chat_id=";
    for (const host of ["api.telegram.org", "telegram.desk.example"]) {
      expect(chatFault(`https://${host}/bot123:ABC/sendMessage${search}`, "telegram")).toMatchObject({ reason });
    }
  });

  it("lets hosts of one's own take what they take", () => {
    for (const format of FORMATS) {
      expect(chatFault("https://mattermost.desk.example/hooks/x?chat_id=7", format)).toBeNull();
      expect(chatFault("https://hooks.slack.com.desk.example/services/x?chat_id=7", format)).toBeNull();
    }
  });
});
