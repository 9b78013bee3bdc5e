import { describe, expect, it } from "vitest";
import { MESSAGE_BODIES, messageSchema } from "../../src/api/message-schemas.ts";
import { MESSAGE_TYPES } from "../../src/webhooks/subscription.ts";
import { BODIES, repricing } from "../webhooks/bodies.ts";

const faults = (body: { readonly type: (typeof MESSAGE_TYPES)[number] }) =>
  MESSAGE_BODIES.get(body.type)
    ?.safeParse(JSON.parse(JSON.stringify(body)))
    .error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);

describe("messageSchema()", () => {
  it.each(MESSAGE_TYPES)("is a schema of its own for %s, closed to unknown members", (type) => {
    const schema = messageSchema(type);
    expect(schema).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: type,
      type: "object",
      required: ["type", "timestamp", "data"],
      additionalProperties: false,
      properties: { type: { const: type }, data: { type: "object", additionalProperties: false } },
    });
  });

  it.each(Object.entries(BODIES))("fits the body: %s", (_, body) => {
    expect(faults(body)).toBeUndefined();
  });

  it("has a body of every type to fit", () => {
    expect(new Set(Object.values(BODIES).map(({ type }) => type))).toEqual(new Set(MESSAGE_TYPES));
  });

  it("refuses a body of another type, with a member too many, or one too few", () => {
    const right = repricing();
    expect(MESSAGE_BODIES.get("repricing.sharp")?.safeParse(right).success).toBe(false);
    expect(faults({ ...right, more: 1 } as typeof right)).toHaveLength(1);
    const { cluster_id: _, ...rest } = right.data;
    expect(faults({ ...right, data: rest } as typeof right)).toHaveLength(1);
  });
});
