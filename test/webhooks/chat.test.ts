import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderBody } from "../../src/webhooks/chat.ts";
import { disabledBody } from "../../src/webhooks/disabled-body.ts";
import { messageText } from "../../src/webhooks/message-text.ts";
import { BASE_URL, BODIES, repricing } from "./bodies.ts";

const SEED = { seed: 20251113, numRuns: 200 };
const CHATS = ["slack", "discord", "telegram"] as const;

const rendered = (format: (typeof CHATS)[number], body: object) => JSON.parse(renderBody(format, body));

/** A disabled webhook, whose description and reason other people wrote. */
function disabled(description: string, reason = "410 Gone") {
  const at = new Date("2025-11-13T12:00:00Z");
  const data = { webhookId: 12, description, reason, failingSince: null, lastSuccessAt: null, pending: 2 };
  return disabledBody(data, at, BASE_URL);
}

/** All text that a message shows, wherever it stands. */
function textsOf(message: unknown): string[] {
  if (typeof message === "string") return [message];
  return typeof message === "object" && message !== null ? Object.values(message).flatMap(textsOf) : [];
}

describe("renderBody() of a repricing", () => {
  it("gives Slack a first line, the rest and a link", () => {
    const first =
      "SEVERE hawkish repricing, 10 Dec 2025 meeting: expected rate 359.5 -&gt; 375.0 bp (+15.5) since 16 Oct; " +
      "odds of 3.50-3.75 % or lower 100 % -&gt; 50 %";
    expect(rendered("slack", BODIES.raised)).toEqual({
      text: first,
      blocks: [
        { type: "section", text: { type: "mrkdwn", text: `*${first}*`, verbatim: true } },
        {
          type: "section",
          text: {
            type: "mrkdwn",
            text:
              "+3.2 bp since the trade date before; 6.2 times a usual day's move; too few past repricings to rank it (3)\n" +
              "Since the close of 16 Oct: BTC -7.8 %, ETH -17.0 %, NDX +1.4 %, SPX +1.6 %, NVDA +2.8 %, GOLD -2.2 %, HSI +4.6 %, SSE +2.9 %\n" +
              "Settlement prices of 13 Nov 2025 20:00 UTC, method cme; built-in sample, history",
            verbatim: true,
          },
        },
        {
          type: "context",
          elements: [{ type: "mrkdwn", text: "<https://odds.example/repricings/3|Read on>", verbatim: true }],
        },
      ],
      unfurl_links: false,
      unfurl_media: false,
    });
  });

  it("gives Discord the same, with its own escapes, and pings nobody", () => {
    expect(rendered("discord", BODIES.raised)).toEqual({
      content:
        "**SEVERE hawkish repricing, 10 Dec 2025 meeting: expected rate 359.5 -\\> 375.0 bp \\(+15.5\\) since 16 Oct; " +
        "odds of 3.50-3.75 % or lower 100 % -\\> 50 %**",
      embeds: [
        {
          title: "Read on",
          url: "https://odds.example/repricings/3",
          description:
            "+3.2 bp since the trade date before; 6.2 times a usual day's move; too few past repricings to rank it \\(3\\)\n" +
            "Since the close of 16 Oct: BTC -7.8 %, ETH -17.0 %, NDX +1.4 %, SPX +1.6 %, NVDA +2.8 %, GOLD -2.2 %, HSI +4.6 %, SSE +2.9 %\n" +
            "Settlement prices of 13 Nov 2025 20:00 UTC, method cme; built-in sample, history",
          color: 0xc0392b,
        },
      ],
      allowed_mentions: { parse: [] },
    });
  });

  it("gives Telegram the same as HTML, the chat being named by the address", () => {
    expect(rendered("telegram", BODIES.raised)).toEqual({
      text:
        "<b>SEVERE hawkish repricing, 10 Dec 2025 meeting: expected rate 359.5 -&gt; 375.0 bp (+15.5) since 16 Oct; " +
        "odds of 3.50-3.75 % or lower 100 % -&gt; 50 %</b>\n" +
        "+3.2 bp since the trade date before; 6.2 times a usual day's move; too few past repricings to rank it (3)\n" +
        "Since the close of 16 Oct: BTC -7.8 %, ETH -17.0 %, NDX +1.4 %, SPX +1.6 %, NVDA +2.8 %, GOLD -2.2 %, HSI +4.6 %, SSE +2.9 %\n" +
        "Settlement prices of 13 Nov 2025 20:00 UTC, method cme; built-in sample, history\n" +
        '<a href="https://odds.example/repricings/3">Read on</a>',
      parse_mode: "HTML",
      link_preview_options: { is_disabled: true },
    });
  });
});

describe("messageText()", () => {
  const firstLines = {
    provisional:
      "PROVISIONAL SEVERE hawkish repricing, 10 Dec 2025 meeting: expected rate 359.5 -> 375.0 bp (+15.5) since 16 Oct",
    confirmed:
      "CONFIRMED: SEVERE hawkish repricing, 10 Dec 2025 meeting: expected rate 359.5 -> 375.0 bp (+15.5) since 16 Oct; odds of 3.50-3.75 % or lower 100 % -> 50 %",
    withdrawn:
      "WITHDRAWN: SEVERE hawkish repricing, 10 Dec 2025 meeting: expected rate 359.5 -> 375.0 bp (+15.5) since 16 Oct; odds of 3.50-3.75 % or lower 100 % -> 50 %",
    withdrawnInPart:
      "WITHDRAWN: extension of 19 Nov; SEVERE hawkish repricing stands, 10 Dec 2025 meeting: expected rate 359.5 -> 375.0 bp (+15.5) since 16 Oct",
    withdrawnToSharp:
      "WITHDRAWN: severe alert of 13 Nov; SHARP hawkish repricing stands, 10 Dec 2025 meeting: expected rate 359.5 -> 371.8 bp (+12.3) since 16 Oct",
    extended:
      "SEVERE hawkish repricing goes on, 10 Dec 2025 meeting: expected rate 359.5 -> 380.0 bp (+20.5) since 16 Oct; odds of 3.50-3.75 % or lower 100 % -> 50 %",
    extreme:
      "EXTREME hawkish repricing, end of 2026: expected rate 359.5 -> 375.0 bp (+15.5) since 16 Oct; odds of 3.50-3.75 % or lower 100 % -> 50 %",
    rule: "Your rule: 10 Dec 2025 meeting, odds of 3.50-3.75 % or lower fell to or through 50 %: 50.1 -> 44.4 %",
    ruleByBasis:
      "Your rule: 10 Dec 2025 meeting, odds of 3.50-3.75 % or lower below 50 % by settlement prices, whatever last trades " +
      "showed: 50.1 -> 44.4 %",
    ruleCorrected: "Your rule, corrected: 10 Dec 2025 meeting, odds of 3.50-3.75 % or lower below 50 %: 50.1 -> 44.4 %",
    shifted: "Your rule: 10 Dec 2025 meeting, expected rate moved +5.0 bp within a day: 375.0 -> 380.0 bp",
    decided: "Fed decision, 29 Oct 2025: 3.75-4.00 %, a cut of 25 bp",
    digest: "Digest of 17 Nov 2025: nothing unusual",
    stale: "Futures prices are missing: the newest are of 14 Nov 2025 22:00 UTC",
    recovered: "Futures prices are back: the newest are of 18 Nov 2025 15:00 UTC",
    disabled: "Webhook 12 (desk channel) was disabled: every attempt has failed for 5 days",
    test: "A test of this webhook: it arrives, and nothing has happened in the market",
  } as const satisfies Partial<Record<keyof typeof BODIES, string>>;

  it.each(Object.entries(firstLines))("begins with what happened: %s", (name, headline) => {
    expect(messageText(BODIES[name as keyof typeof firstLines]).headline).toBe(headline);
  });

  it.each([
    { name: "provisional", line: "The day's settlement will confirm or withdraw it" },
    { name: "withdrawn", line: "Later readings do not bear it out: what was told no longer stands" },
    {
      name: "withdrawnInPart",
      line: "Its extension of 19 Nov no longer stands; the repricing stands at severe",
    },
    {
      name: "withdrawnToSharp",
      line: "Its severe alert of 13 Nov no longer stands; the repricing stands at sharp",
    },
    { name: "sharp", line: "It reverses repricing 3" },
    {
      name: "confirmed",
      line: "+3.2 bp since the trade date before; 6.2 times a usual day's move; larger than 93 % of 212 past repricings",
    },
    { name: "confirmed", line: "Since the close of 16 Oct: BTC -7.8 %, SPX +1.6 % (closes still to come)" },
    { name: "confirmed", line: "With it: 28 Jan 2026 meeting sharp, 12.3 bp; end of 2026 notice, 9.0 bp" },
    { name: "provisional", line: "Settlement prices of 13 Nov 2025 20:00 UTC, method cme" },
    { name: "shifted", line: "A decision lies between: another range was in force then" },
    { name: "decided", line: "The market gave it >99 % at the settlement of 28 Oct 2025; expected rate 387.5 bp" },
    { name: "decided", line: "Surprise: not known, the settlement after the decision is still to come" },
    { name: "digest", line: "10 Dec 2025: 376.9 bp (+0.5); 3.50-3.75 %: 42 % (-2.0 pp); 3.75-4.00 %: 58 % (+2.0 pp)" },
    { name: "digest", line: "8 Dec 2027: not solved" },
    { name: "digest", line: "Priced by year's end: -10.6 bp (+0.5)" },
    { name: "digest", line: "Open: severe hawkish repricing, 10 Dec 2025 meeting, 359.5 -> 376.9 bp" },
    { name: "stale", line: "Last error: Cannot fetch quotes: HTTP 503" },
    { name: "disabled", line: "41 messages wait until it is enabled again" },
  ] as const)("goes on with what there is to know: $name", ({ name, line }) => {
    expect(messageText(BODIES[name]).lines).toContain(line);
  });

  it("names a single level before the Fed set ranges", () => {
    const atMost = { upper_bp: 100, probability_start: 0.2, probability_extreme: 0.004, shift_pp: -19.6 };
    const early = repricing({ trade_date: "2008-12-15", at_most: atMost });
    expect(messageText(early).headline).toContain("odds of 1.00 % or lower 20 % -> <1 %");
  });
});

describe("renderBody() of any message", () => {
  it("gives the standard format the body as it stands", () => {
    for (const body of Object.values(BODIES)) expect(renderBody("standard", body)).toBe(JSON.stringify(body));
  });

  it.each(CHATS)("is whole and short enough for a phone, whatever its type: %s", (format) => {
    for (const body of Object.values(BODIES)) {
      const message = rendered(format, body);
      expect(textsOf(message).join("\n")).not.toMatch(/undefined|NaN|null|\[object/);
      expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(2500);
    }
  });

  it.each(Object.entries(BODIES))("leads to a page and never to JSON: %s", (_, body) => {
    for (const format of CHATS) expect(renderBody(format, body)).not.toContain("/v1/");
    expect(body.data.url).toContain("/v1/");
  });

  it("shows a path where it is not known where cutwatch is served", () => {
    const { url } = messageText(BODIES.shifted);
    expect(url).toMatch(/^\/meetings\/2025-12-10\?as_of=/);
    for (const format of CHATS) expect(renderBody(format, BODIES.shifted)).toContain("/meetings/2025-12-10?");
    expect(rendered("discord", BODIES.shifted).embeds[0].url).toBeUndefined();
    expect(rendered("telegram", BODIES.shifted).text).not.toContain("<a ");
  });
});

// Built from what has a meaning somewhere, so that random text hits it.
const HOSTILE = [
  "@everyone",
  "@here",
  "<!channel>",
  "<!here|x>",
  "<@U024BE7LH>",
  "<@&123>",
  "<#C024BE7LR>",
  "<https://evil.example|click>",
  "[click](https://evil.example)",
  "https://evil.example/x",
  "*bold*",
  "**bold**",
  "__under__",
  "_it_",
  "~~gone~~",
  "`code`",
  "```block```",
  "||spoiler||",
  "# heading",
  "\n> quote",
  "<b>bold</b>",
  "</b><a href='x'>",
  '"',
  "&lt;",
  "\\",
  "\u202e",
  "\u0000",
  "\u2028",
  "é😀",
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: "grapheme", maxLength: 8 })), { maxLength: 40 })
  .map((parts) => parts.join(" "));

describe("renderBody() of other people's words", () => {
  it("lets no markup, link or mention into Slack", () => {
    fc.assert(
      fc.property(hostile, hostile, (description, reason) => {
        const { text, blocks } = rendered("slack", disabled(description, reason));
        const [first, rest, context] = blocks;
        expect(text).not.toMatch(/[<>*_~`\n\r]|&(?!amp;|lt;|gt;)|@(?!\u200b)|:\/\//);
        expect(first.text.text).toBe(`*${text}*`);
        expect(rest.text.text).not.toMatch(/[<>*_~`]/);
        expect(context.elements[0].text).toBe("<https://odds.example/webhooks|Read on>");
      }),
      SEED,
    );
  });

  it("lets no markup, link or mention into Discord", () => {
    fc.assert(
      fc.property(hostile, hostile, (description, reason) => {
        const { content, embeds, allowed_mentions } = rendered("discord", disabled(description, reason));
        expect(allowed_mentions).toEqual({ parse: [] });
        expect(content.startsWith("**") && content.endsWith("**")).toBe(true);
        // Every sign with a meaning stands behind a backslash that is not itself escaped.
        const bare = `${content.slice(2, -2)}\n${embeds[0].description}`.replace(/\\[^0-9A-Za-z\s]/g, "");
        expect(bare).not.toMatch(/[\\*_~`|<>#[\]()]|@(?!\u200b)|:\/\//);
        expect(content).not.toMatch(/[\n\r]/);
      }),
      SEED,
    );
  });

  it("lets no markup, link or mention into Telegram", () => {
    fc.assert(
      fc.property(hostile, hostile, (description, reason) => {
        const { text } = rendered("telegram", disabled(description, reason));
        const [first = "", ...lines] = text.split("\n");
        expect(first.startsWith("<b>") && first.endsWith("</b>")).toBe(true);
        expect(first.slice(3, -4)).not.toMatch(/[<>"]|&(?!amp;|lt;|gt;|quot;)|@(?!\u200b)|:\/\//);
        expect(lines).toHaveLength(2);
      }),
      SEED,
    );
  });

  it("keeps within every limit, however long they are, and cuts no character in two", () => {
    const long = fc.tuple(fc.constantFrom("<", "&", "*", "😀", "\\", "@", "x"), fc.integer({ min: 1, max: 30_000 }));
    fc.assert(
      fc.property(long, ([sign, times]) => {
        const words = sign.repeat(times);
        const error = { ...BODIES.stale, data: { ...BODIES.stale.data, last_error: words, sources: [words, words] } };
        for (const body of [disabled(words, words), error]) {
          const slack = rendered("slack", body);
          for (const block of slack.blocks)
            expect((block.text ?? block.elements[0]).text.length).toBeLessThanOrEqual(3000);
          const discord = rendered("discord", body);
          expect(discord.content.length).toBeLessThanOrEqual(2000);
          expect(discord.embeds[0].description.length).toBeLessThanOrEqual(4096);
          expect(rendered("telegram", body).text.length).toBeLessThanOrEqual(4096);
          for (const format of CHATS) expect(renderBody(format, body)).not.toMatch(/\\ud[89a-f][0-9a-f]{2}/i);
        }
      }),
      { ...SEED, numRuns: 40 },
    );
  });

  it("keeps what it says readable", () => {
    const { text } = rendered("telegram", disabled("a & b <c>"));
    expect(text).toContain("Webhook 12 (a &amp; b &lt;c&gt;) was disabled: 410 Gone");
  });
});
