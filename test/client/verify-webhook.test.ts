import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, expectTypeOf, it } from "vitest";
import { type RuleMatched, verifyWebhook, type WebhookDisabled, type WebhookTest } from "../../src/client/client.ts";
import type { DisabledBody, RuleMatchedBody, TestBody } from "../../src/webhooks/message-body.ts";

const SEED = 20251210;
/** The vector of the standard's own tests (Standard Webhooks 1.0.0). */
const VECTOR = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  body: '{"test": 2432232314}',
  headers: {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  },
  now: new Date(1614265330 * 1000),
} as const;
const OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error("it was trusted"),
    (thrown: Error) => thrown,
  );
  return `${error.name}: ${error.message}`;
}

const verify = (changes: Partial<{ body: string; headers: object; secret: string | string[]; now: Date }>) => {
  const { body, headers, secret, now } = { ...VECTOR, ...changes };
  return verifyWebhook(body, { ...headers }, secret, { now });
};

describe("verifyWebhook()", () => {
  it("reads the standard's own vector", async () => {
    expect(await verify({})).toEqual({ test: 2432232314 });
  });

  it("reads what the official library signed, in every form a request has", async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.uuid(), fc.uint8Array({ minLength: 24, maxLength: 64 }), async (text, id, key) => {
        const secret = `whsec_${Buffer.from(key).toString("base64")}`;
        const body = JSON.stringify({ type: "webhook.test", text });
        const signature = new Webhook(secret).sign(id, VECTOR.now, body);
        const headers = { "Webhook-Id": id, "Webhook-Timestamp": "1614265330", "Webhook-Signature": signature };
        const given = [headers, new Headers(headers), { ...headers, "Webhook-Signature": [signature] }];
        for (const one of given) {
          expect(await verifyWebhook(body, one, secret, { now: VECTOR.now })).toEqual(JSON.parse(body));
        }
        const bytes = new TextEncoder().encode(body);
        expect(await verifyWebhook(bytes, headers, [OTHER_SECRET, secret], { now: VECTOR.now })).toEqual(
          JSON.parse(body),
        );
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it("refuses every change of one bit: of the body, the id, the time, the signature", async () => {
    const parts = ["body", "webhook-id", "webhook-timestamp", "webhook-signature"] as const;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...parts), fc.nat(), fc.nat({ max: 6 }), async (part, at, bit) => {
        const flip = (text: string) => {
          const i = at % text.length;
          return text.slice(0, i) + String.fromCharCode(text.charCodeAt(i) ^ (1 << bit)) + text.slice(i + 1);
        };
        // The last digit of base64 has bits that say nothing: flipped, it is the same signature.
        const last = VECTOR.headers["webhook-signature"].length - 2;
        fc.pre(part !== "webhook-signature" || at % (last + 2) < last);
        const changed =
          part === "body"
            ? { body: flip(VECTOR.body) }
            : { headers: { ...VECTOR.headers, [part]: flip(VECTOR.headers[part]) } };
        expect(await refusal(verify(changed))).toMatch(/^WebhookVerificationError: Cannot trust the webhook: /);
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });

  it.each([
    [-301, "it was sent 301 s from now, 300 s are allowed"],
    [301, "it was sent 301 s ago, 300 s are allowed"],
  ])("refuses one that is %i s old", async (ageS, state) => {
    const now = new Date(VECTOR.now.getTime() + ageS * 1_000);
    expect(await refusal(verify({ now }))).toBe(`WebhookVerificationError: Cannot trust the webhook: ${state}`);
  });

  it.each([-300, 300])("takes one that is %i s old", async (ageS) => {
    expect(await verify({ now: new Date(VECTOR.now.getTime() + ageS * 1_000) })).toEqual({ test: 2432232314 });
  });

  it.each(["webhook-id", "webhook-timestamp", "webhook-signature"] as const)("refuses one without %s", async (name) => {
    const { [name]: _, ...rest } = VECTOR.headers;
    expect(await refusal(verify({ headers: rest }))).toContain(`the header ${name} is missing`);
  });

  it.each(["v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "v1,", "v1,!", "nonsense"])(
    "refuses the signature %s",
    async (signature) => {
      const headers = { ...VECTOR.headers, "webhook-signature": signature };
      expect(await refusal(verify({ headers }))).toMatch(/^WebhookVerificationError/);
    },
  );

  it.each(["NaN", "1e9", "-1", "99999999999999999999"])("refuses the time %s", async (timestamp) => {
    const headers = { ...VECTOR.headers, "webhook-timestamp": timestamp };
    expect(await refusal(verify({ headers }))).toMatch(/^WebhookVerificationError/);
  });

  it("takes any of several signatures, and refuses another secret", async () => {
    const both = { ...VECTOR.headers, "webhook-signature": `v1,AAAA ${VECTOR.headers["webhook-signature"]}` };
    expect(await verify({ headers: both })).toEqual({ test: 2432232314 });
    expect(await refusal(verify({ secret: OTHER_SECRET }))).toContain("its signature is not that of the secret");
    expect(await refusal(verify({ secret: [] }))).toMatch(/^WebhookVerificationError/);
  });

  it.each(["", "whsec_", "whsec_!!"])("says that %j is no secret", async (secret) => {
    expect(await refusal(verify({ secret }))).toMatch(/^TypeError: Cannot verify webhooks: the secret must be whsec_/);
  });
});

describe("WebhookMessage", () => {
  it("has the bodies that only a webhook's owner is told as they are made", () => {
    expectTypeOf<RuleMatchedBody>().toExtend<RuleMatched>();
    expectTypeOf<TestBody>().toExtend<WebhookTest>();
    expectTypeOf<DisabledBody>().toExtend<WebhookDisabled>();
  });
});
