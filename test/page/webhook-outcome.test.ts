import { describe, expect, it } from "vitest";
import { clientModule } from "./client-module.ts";

interface Tested {
  readonly state: string;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly attempt_count: number;
  readonly attempts: readonly { readonly duration_ms: number | null }[];
}
const { outcomeWords } = await clientModule<{ outcomeWords: (delivery: Tested) => string | null }>("webhook-test.js");

const WAITING: Tested = { state: "pending", last_status: null, last_error: null, attempt_count: 0, attempts: [] };

describe("outcomeWords()", () => {
  it("says nothing while a test waits, or is on its way", () => {
    expect(outcomeWords(WAITING)).toBeNull();
    expect(outcomeWords({ ...WAITING, attempt_count: 1, attempts: [{ duration_ms: null }] })).toBeNull();
  });

  it.each([
    {
      delivery: { state: "delivered", last_status: 204, attempts: [{ duration_ms: 11.6 }] },
      words: "The test was delivered: answered 204 after 12 ms.",
    },
    {
      delivery: { state: "pending", last_status: 503, attempts: [{ duration_ms: 40 }] },
      words: "The test was not delivered: answered 503 after 40 ms. It will be tried again.",
    },
    {
      delivery: { state: "pending", last_error: "connection refused", attempts: [{ duration_ms: 2 }] },
      words: "The test was not delivered: connection refused after 2 ms. It will be tried again.",
    },
    {
      delivery: { state: "failed", last_error: "the address may not be called" },
      words: "The test was not delivered: the address may not be called.",
    },
    { delivery: { state: "expired" }, words: "The test was not delivered: expired." },
  ])("$words", ({ delivery, words }) => {
    expect(outcomeWords({ ...WAITING, attempt_count: 1, ...delivery })).toBe(words);
  });
});
