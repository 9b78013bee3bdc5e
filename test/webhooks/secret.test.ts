import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyFingerprint, newSecret, openSecret, sealSecret, secretBytes } from "../../src/webhooks/secret.ts";

const KEY = Buffer.alloc(32, 1);
const OTHER_KEY = Buffer.alloc(32, 2);

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("newSecret()", () => {
  it("is whsec_ and the base64 of 32 bytes, never the same twice", () => {
    const secrets = Array.from({ length: 1_000 }, newSecret);
    expect(new Set(secrets).size).toBe(1_000);
    for (const secret of secrets) expect(secretBytes(secret)).toHaveLength(32);
    expect(secrets[0]).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  });
});

describe("secretBytes()", () => {
  it("takes 24 to 64 bytes and does not repeat what it refuses", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = Buffer.from(bytes).toString("base64");
        if (bytes.length >= 24 && bytes.length <= 64) {
          expect(Buffer.from(secretBytes(`whsec_${text}`))).toEqual(Buffer.from(bytes));
        } else {
          const error = thrownBy(() => secretBytes(`whsec_${text}`));
          expect(error).toBeInstanceOf(RangeError);
          if (text.length > 8) expect(inspect(error)).not.toContain(text);
        }
      }),
      { seed: 2, numRuns: 500 },
    );
  });
});

describe("openSecret()", () => {
  it("gives back what sealSecret() sealed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.string({ minLength: 1 }), (key, secret) => {
        expect(openSecret(key, sealSecret(key, secret))).toBe(secret);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it("seals one secret differently each time, and shows nothing of it", () => {
    const secret = newSecret();
    const sealed = Buffer.from(sealSecret(KEY, secret));
    expect(Buffer.from(sealSecret(KEY, secret)).equals(sealed)).toBe(false);
    expect(sealed.includes(secret)).toBe(false);
    expect(sealed.includes(Buffer.from(secretBytes(secret)))).toBe(false);
    expect(sealed.includes(KEY)).toBe(false);
  });

  it("notices a change of any single bit, and any cut", () => {
    const secret = newSecret();
    const sealed = Buffer.from(sealSecret(KEY, secret));
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => openSecret(KEY, changed)).toThrow(/^Cannot open a webhook secret: /);
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => openSecret(KEY, sealed.subarray(0, length))).toThrow(/^Cannot open a webhook secret: /);
    }
  });

  it("says which key sealed it when another is in use, and tells neither key nor secret", () => {
    const [key, otherKey, secret] = [randomBytes(32), randomBytes(32), newSecret()];
    const error = thrownBy(() => openSecret(otherKey, sealSecret(key, secret)));
    expect(String(error)).toContain(`sealed with key ${keyFingerprint(key)}`);
    expect(String(error)).toContain(`the key in use is ${keyFingerprint(otherKey)}`);
    for (const hidden of [secret, key.toString("hex"), key.toString("base64"), otherKey.toString("base64")]) {
      expect(inspect(error)).not.toContain(hidden);
    }
  });
});

describe("keyFingerprint()", () => {
  it("is 16 hex digits, the same for the same key alone, and not a part of it", () => {
    expect(keyFingerprint(KEY)).toMatch(/^[0-9a-f]{16}$/);
    expect(keyFingerprint(KEY)).toBe(keyFingerprint(Buffer.alloc(32, 1)));
    expect(keyFingerprint(KEY)).not.toBe(keyFingerprint(OTHER_KEY));
    expect(KEY.toString("hex")).not.toContain(keyFingerprint(KEY));
  });

  it.each([0, 16, 31, 33])("refuses a key of %i bytes", (length) => {
    expect(() => keyFingerprint(Buffer.alloc(length))).toThrow(RangeError);
    expect(() => sealSecret(Buffer.alloc(length), newSecret())).toThrow(RangeError);
  });
});
