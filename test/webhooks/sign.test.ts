import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { webhookRequest } from "../../src/webhooks/request.ts";
import { signatures } from "../../src/webhooks/sign.ts";
import { acceptedAfterBitFlips, seededRandom } from "./bit-flips.ts";

// Standard Webhooks 1.0.0, as its own libraries test it.
const VECTOR = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  timestamp: 1614265330,
  body: '{"test": 2432232314}',
  signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};
const OTHER_SECRET = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
const SHARED_VECTOR = fileURLToPath(new URL("../../../shared/vectors/webhook-signature.json", import.meta.url));
const NOW = new Date(VECTOR.timestamp * 1000 + 400);

// The official library compares the time of a message with the clock.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("signatures()", () => {
  it("signs the standard's own vector", () => {
    expect(signatures({ ...VECTOR, secrets: [VECTOR.secret] })).toBe(VECTOR.signature);
  });

  it.skipIf(!existsSync(SHARED_VECTOR))("agrees with shared/vectors (skipped where that folder is absent)", () => {
    const shared = JSON.parse(readFileSync(SHARED_VECTOR, "utf8"));
    expect(signatures({ ...shared, secrets: [shared.secret] })).toBe(shared.signature);
  });

  it("signs with each secret, in order, separated by a space", () => {
    const [first, second, ...rest] = signatures({ ...VECTOR, secrets: [VECTOR.secret, OTHER_SECRET] }).split(" ");
    expect(first).toBe(VECTOR.signature);
    expect(second).toBe(signatures({ ...VECTOR, secrets: [OTHER_SECRET] }));
    expect(rest).toEqual([]);
  });

  it("signs text as the UTF-8 bytes it is sent as", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (body) => {
        expect(signatures({ ...VECTOR, body, secrets: [VECTOR.secret] })).toBe(
          signatures({ ...VECTOR, body: Buffer.from(body, "utf8"), secrets: [VECTOR.secret] }),
        );
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it.each([
    { why: "an id with a full stop", id: "msg_1.1614265330" },
    { why: "an empty id", id: "" },
    { why: "an id with a line end", id: "msg_1\r\nx: y" },
    { why: "half a second", timestamp: 1.5 },
    { why: "no time", timestamp: Number.NaN },
    { why: "milliseconds of a far year", timestamp: 1e300 },
    { why: "no secret", secrets: [] },
    { why: "a secret without its prefix", secrets: [VECTOR.secret.slice(6)] },
    { why: "a short secret", secrets: [`whsec_${Buffer.alloc(23).toString("base64")}`] },
    { why: "a long secret", secrets: [`whsec_${Buffer.alloc(65).toString("base64")}`] },
    { why: "a secret that is no base64", secrets: [`whsec_${"é".repeat(40)}`] },
  ])("refuses $why", ({ why: _, ...wrong }) => {
    expect(() => signatures({ ...VECTOR, secrets: [VECTOR.secret], ...wrong })).toThrow(RangeError);
  });
});

describe("webhookRequest()", () => {
  const request = (body: string, secrets = [VECTOR.secret]) =>
    webhookRequest({ messageId: VECTOR.id, body, secrets, now: NOW });

  it("gives the standard's headers, the time in whole seconds", () => {
    expect(request(VECTOR.body).headers).toEqual({
      "content-type": "application/json",
      "webhook-id": VECTOR.id,
      "webhook-timestamp": "1614265330",
      "webhook-signature": VECTOR.signature,
    });
  });

  it("is verified by the official library for 10,000 random payloads", () => {
    const anyBody = fc.oneof(fc.json(), fc.string({ unit: "binary", maxLength: 120 }), fc.constant(""));
    const anySecret = fc.uint8Array({ minLength: 24, maxLength: 64 });
    const anyId = fc.stringMatching(/^msg_[1-9][0-9]{0,9}_[anrt][a-z0-9]{1,32}$/);
    fc.assert(
      fc.property(anyBody, anySecret, anyId, (body, key, messageId) => {
        const secret = `whsec_${Buffer.from(key).toString("base64")}`;
        const sent = webhookRequest({ messageId, body, secrets: [OTHER_SECRET, secret], now: NOW });
        // Throws when it does not verify.
        new Webhook(secret).verify(Buffer.from(sent.body), { ...sent.headers }, { jsonParse: false });
      }),
      { seed: 20251210, numRuns: 10_000 },
    );
  }, 60_000);

  it("passes no message of which one bit was changed", () => {
    expect(acceptedAfterBitFlips(2_000, seededRandom(4), NOW)).toEqual({ whole: 2_000, changed: 0 });
  });
});
