import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compactJson } from "../../src/api/compact-json.ts";
import { type Exchange, exchangeOf } from "../../src/api/examples.ts";
import { MESSAGE_TYPES } from "../../src/webhooks/subscription.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { BODIES } from "../webhooks/bodies.ts";
import { seedDocumented } from "./documented-sample.ts";
import { askedCommands, askedQuestions, QUESTIONS } from "./example-requests.ts";
import { storedKey } from "./keys.ts";
import { describedOperations, type OpenApi, schemaCheck } from "./openapi-reader.ts";
import { ASKED } from "./sample-repricings.ts";
import { readJson, type Served, serveTest } from "./served.ts";

const FOLDER = fileURLToPath(new URL("../../src/api/examples/", import.meta.url));

let database: TestDatabase;
let served: Served;
let document: OpenApi;
const now = new Map<string, Exchange>();

beforeAll(async () => {
  database = await testDatabase();
  await seedDocumented(database.sql);
  served = serveTest(database.sql, { now: ASKED, secretKey: new Uint8Array(32).fill(7) });
  document = await readJson<OpenApi>(served.app, "/openapi.json");
  const { headers } = await storedKey(database.sql, "webhooks", "desk");
  for await (const [id, exchange] of askedQuestions(served.app)) now.set(id, exchange);
  for await (const [id, exchange] of askedCommands(served.app, database.sql, { headers, now: served.now })) {
    now.set(id, exchange);
  }
});
afterAll(() => database.drop());

describe("what is recorded for the document", () => {
  // `npx vitest run test/api/openapi-examples.test.ts -u` records what the server says now.
  it("is what the server says now", async () => {
    for (const [id, exchange] of now) {
      await expect(`${compactJson(exchange)}\n`, id).toMatchFileSnapshot(`${FOLDER}${id}.json`);
    }
  });

  it("has a message of each type as it is made now", async () => {
    const bodies = new Map<string, object>(
      Object.values(BODIES)
        .toReversed()
        .map((body) => [body.type, body]),
    );
    for (const type of MESSAGE_TYPES) {
      await expect(`${compactJson(bodies.get(type))}\n`, type).toMatchFileSnapshot(`${FOLDER}message.${type}.json`);
    }
  });

  it("is nothing else", () => {
    const wanted = [...now.keys(), ...MESSAGE_TYPES.map((type) => `message.${type}`)].map((name) => `${name}.json`);
    expect(readdirSync(FOLDER).toSorted()).toEqual([...wanted, "receiver.mjs"].toSorted());
  });
});

describe("each operation of the document", () => {
  it("was asked", () => {
    const ids = describedOperations(document).map(({ operationId }) => operationId);
    expect([...ids, "problem"].toSorted()).toEqual([...now.keys()].toSorted());
    expect(ids.length).toBeGreaterThan(Object.keys(QUESTIONS).length);
  });

  it("shows a request by which anybody gets the answer it shows", () => {
    for (const operation of describedOperations(document)) {
      const exchange = exchangeOf(operation.operationId);
      const values = operation.parameters.flatMap(({ name, in: where, examples }) =>
        examples === undefined ? [] : [[where, name, String(examples.example?.value)] as const],
      );
      const path = values.reduce(
        (text, [where, name, value]) => (where === "path" ? text.replace(`{${name}}`, value) : text),
        operation.path,
      );
      const query = new URLSearchParams();
      for (const [where, name, value] of values) if (where === "query") query.append(name, value);
      const asked = query.size === 0 ? path : `${path}?${query}`;
      expect([operation.operationId, asked]).toEqual([operation.operationId, exchange?.request.path]);
      expect(operation.bodyExamples.example?.value ?? null).toEqual(exchange?.request.body);
      const answer = operation.answers.find(({ status }) => status === exchange?.answer.status);
      expect(answer?.examples.example?.value ?? null).toEqual(exchange?.answer.body);
    }
  });

  it("shows an answer of the form it describes", () => {
    const forms = describedOperations(document).flatMap(({ operationId, answers }) =>
      answers.flatMap(({ status, contentType, schema, examples }) =>
        contentType === "application/json" && "example" in examples
          ? [[`${operationId} ${status}`, schemaCheck(document, schema)(examples.example?.value)] as const]
          : [],
      ),
    );
    expect(forms.length).toBeGreaterThan(20);
    for (const [name, faults] of forms) expect([name, faults]).toEqual([name, []]);
  });

  it("shows bodies of the form it describes", () => {
    const bodies = describedOperations(document).filter(({ body }) => body !== null);
    const ids = bodies.map(({ operationId }) => operationId);
    expect(ids.toSorted()).toEqual(["create_webhook", "try_webhook", "update_webhook"]);
    for (const { operationId, body, bodyExamples } of bodies) {
      const check = schemaCheck(document, body);
      for (const { value } of Object.values(bodyExamples))
        expect([operationId, check(value)]).toEqual([operationId, []]);
    }
  });
});

describe("each type of message", () => {
  it("is a webhook of the document, with a body of the form it describes", () => {
    expect(Object.keys(document.webhooks)).toEqual([...MESSAGE_TYPES]);
    for (const [type, { post }] of Object.entries(document.webhooks)) {
      const { schema, examples = {} } = post.requestBody.content["application/json"];
      const value = examples.example?.value;
      expect(value).toMatchObject({ type });
      expect([type, schemaCheck(document, schema)(value)]).toEqual([type, []]);
    }
  });
});

describe("the form of a problem", () => {
  it("fits one", () => {
    const { Problem } = document.components.schemas;
    const check = schemaCheck(document, Problem);
    expect(check(now.get("problem")?.answer.body)).toEqual([]);
    expect(check({ title: "no status" })).not.toEqual([]);
  });
});
