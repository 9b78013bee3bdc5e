import { describe, expect, it } from "vitest";
import { publishedInBody } from "../../src/webhooks/published-body.ts";
import { BODIES } from "./bodies.ts";

const { rule, suspended, test } = BODIES;
const withData = (data: object) => ({ ...rule, data: { ...rule.data, ...data } });

describe("publishedInBody()", () => {
  it("is null for what tells no published figure", () => {
    for (const body of [rule, suspended, test, {}, { data: null }]) expect(publishedInBody(body)).toBeNull();
  });

  it("names the sources of a match on published odds, and nobody where it does not say", () => {
    expect(publishedInBody(withData({ basis: "published", source: "a+b" }))).toBe("a+b");
    expect(publishedInBody({ data: { basis: "published" } })).toBe("");
  });

  it("knows nobody for a figure that is taken back", () => {
    expect(publishedInBody(withData({ takes_back: { basis: "published", value: 50.1 } }))).toBe("");
    expect(publishedInBody(withData({ takes_back: { basis: "last_trade", value: 50.1 } }))).toBeNull();
  });
});
