/**
 * TypeScript types of the API's answers, queries and bodies, written from the forms that the API itself checks with. The
 * client's `answers.ts` is this text; `answers.test.ts` compares them.
 */
import { z } from "zod";
import {
  DecidedFeedBody,
  DigestFeedBody,
  FeedBody,
  OutageFeedBody,
  RepricingFeedBody,
} from "../../src/api/feed-bodies.ts";
import { Asset, Markets } from "../../src/api/market-json.ts";
import { RESOURCES } from "../../src/api/openapi.ts";
import { OPERATIONS } from "../../src/api/operations.ts";
import { WHEN } from "../../src/api/parameters.ts";
import { Range } from "../../src/api/provenance.ts";
import { ALERT_KINDS, Repricing } from "../../src/api/repricing-json.ts";
import { pathNames } from "../../src/api/resource.ts";
import { MeetingOdds } from "../../src/api/snapshot-views.ts";
import { WebhookAnswer, WebhookWithSecret } from "../../src/api/webhooks-json.ts";
import { RULES } from "../../src/api/webhooks-rules.ts";
import { BASES, GRIDS, METHODS, PANEL } from "../../src/pricing/observations.ts";
import { DIRECTIONS, SEVERITIES } from "../../src/repricing/repricing.ts";
import { EVENT_TYPES, FORMATS } from "../../src/webhooks/subscription.ts";

type Schema = Readonly<Record<string, unknown>>;

/** What a list's rows are called, and its page where it says more than rows; otherwise what the answer is called. */
const QUESTIONS: Readonly<Record<string, { readonly row?: string; readonly answer?: string; readonly query: string }>> =
  {
    "/v1/probabilities": { answer: "Probabilities", query: "ProbabilitiesQuery" },
    "/v1/shifts": { answer: "Shift", query: "ShiftQuery" },
    "/v1/meetings": { row: "Meeting", query: "MeetingsQuery" },
    "/v1/meetings/{meeting}/history": { row: "HistoryPoint", answer: "HistoryPage", query: "HistoryQuery" },
    "/v1/decisions": { row: "Decision", query: "DecisionsQuery" },
    "/v1/repricings": { answer: "RepricingsPage", query: "RepricingsQuery" },
    "/v1/repricings/{id}": { answer: "RepricingDetail", query: "KnownAtQuery" },
    "/v1/alerts": { query: "AlertsQuery" },
    "/v1/markets": { answer: "MarketsBetween", query: "MarketsQuery" },
    "/v1/scores": { row: "Score", answer: "ScoresPage", query: "ScoresQuery" },
    "/v1/assets": { row: "AssetSummary", query: "AssetsQuery" },
    "/v1/assets/{symbol}/closes": { row: "Close", query: "ClosesQuery" },
    "/v1/sources": { row: "Source", query: "SourcesQuery" },
    "/v1/quarantine": { row: "QuarantinedRow", query: "QuarantineQuery" },
  };

/** What is sent to and answered by operations. Absent: it has the form of something named already. */
const COMMANDS: Readonly<
  Record<string, { readonly answer?: string; readonly body?: string; readonly query?: string; readonly row?: string }>
> = {
  create_webhook: { body: "NewWebhook" },
  try_webhook: { body: "DryRunRequest", answer: "DryRun" },
  list_webhooks: { query: "WebhooksQuery" },
  read_webhook: {},
  update_webhook: { body: "WebhookChange" },
  delete_webhook: {},
  test_webhook: { answer: "QueuedDelivery" },
  rotate_webhook_secret: {},
  replay_webhook: { answer: "Replayed", query: "ReplayQuery" },
  list_deliveries: { row: "Delivery", query: "DeliveriesQuery" },
  read_delivery: {},
  redeliver: {},
};

/** Of lists the client pages through: where the page begins and its form are the client's own affair. */
const OWN_PARAMETERS: readonly string[] = ["cursor", "format"];

const HEAD = `/**
 * What the API answers and takes. Written from the API's own forms by \`npx vitest run test/client/answers.test.ts -u\`, and
 * compared with them by every run of that test: not to be edited. Rates in basis points (\`_bp\`), probabilities 0 to 1,
 * changes of probability in percentage points (\`_pp\`), instants ISO 8601 in UTC.
 */

/** A date such as 2025-11-17 (as an instant, that day's settlement or the last before it), or an instant. */
export type Time = string | Date;

/** A page of a list. \`next_cursor\` is null on the last one. */
export interface Page<Row> {
  readonly data: readonly Row[];
  readonly next_cursor: string | null;
}
`;

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const SAID_ONLY: ReadonlySet<string> = new Set(["description", "example", "examples", "$schema", "default"]);

/** The form alone, without words about it, in one order. */
function formOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(formOf);
  if (!isSchema(value)) return value;
  const members = Object.entries(value).filter(([name, member]) => !SAID_ONLY.has(name) || isSchema(member));
  return Object.fromEntries(members.sort().map(([name, member]) => [name, formOf(member)]));
}

function sameForm(a: Schema, b: Schema): boolean {
  return JSON.stringify(formOf(a)) === JSON.stringify(formOf(b));
}

// What the type says already, or the first comment of the file.
const SAID_ALREADY: readonly string[] = ["ISO 8601, UTC", String(z.toJSONSchema(Range).description)];

function comment({ description }: Schema): string {
  if (typeof description !== "string" || SAID_ALREADY.includes(description)) return "";
  const accepted = /: (?:[\w+.]+, )*[\w+.]+ or [\w+.]+$/;
  return `/** ${description.replace(`: ${WHEN}`, "").replace(accepted, "").replaceAll("*/", "* /")} */\n`;
}

function literal(value: unknown): string {
  return JSON.stringify(value);
}

/** Writes types; what has a name is named. */
class Types {
  readonly #named: { readonly name: string; readonly schema: Schema }[] = [];
  #isInput = false;
  text = HEAD;

  /** Writes a type by name, unless something of its form has one. */
  add(name: string, type: z.ZodType, io: "input" | "output" = "output"): void {
    const schema = z.toJSONSchema(type, { io });
    if (this.#nameOf(schema) !== null) return;
    this.#isInput = io === "input";
    const isObject = schema.type === "object" && schema.properties !== undefined;
    const words = isObject ? `interface ${name} ${this.#members(schema)}` : `type ${name} = ${this.#type(schema)};`;
    this.text += `\n${comment(schema)}export ${words}\n`;
    this.#named.push({ name, schema });
  }

  /** Writes what a question takes in its query. */
  addQuery(name: string, parameters: z.ZodObject, left: readonly string[]): void {
    const schema = z.toJSONSchema(parameters, { io: "input" });
    const required = schema.required ?? [];
    const members = Object.entries(schema.properties ?? {})
      .filter(([parameter]) => !left.includes(parameter))
      .map(([parameter, property]) => {
        if (!isSchema(property)) throw new TypeError(`Cannot write ${name}.${parameter}: it has no schema`);
        const { enum: words } = property;
        const type = Array.isArray(words) ? this.#words(words) : queryType(parameter, property);
        const isNeeded = required.includes(parameter);
        return `${comment(property)}readonly ${parameter}${isNeeded ? "" : "?"}: ${type}${isNeeded ? "" : " | undefined"};`;
      });
    this.text += `\nexport interface ${name} {\n${members.join("\n")}\n}\n`;
  }

  #nameOf(schema: Schema): string | null {
    return this.#named.find((known) => sameForm(known.schema, schema))?.name ?? null;
  }

  /** Words of a query are text there; numbers are written as such here. */
  #words(words: readonly unknown[]): string {
    const name = this.#nameOf({ type: "string", enum: words });
    if (name !== null) return name;
    return words.map((word) => (/^\d+$/.test(String(word)) ? String(word) : literal(word))).join(" | ");
  }

  #members(schema: Schema): string {
    const { properties = {}, required = [] } = schema as { properties?: Schema; required?: readonly string[] };
    const members = Object.entries(properties).map(([name, property]) => {
      if (!isSchema(property)) throw new TypeError(`Cannot write ${name}: it has no schema`);
      const isNeeded = required.includes(name);
      const absent = isNeeded || !this.#isInput ? "" : " | undefined";
      return `${comment(property)}readonly ${name}${isNeeded ? "" : "?"}: ${this.#type(property)}${absent};`;
    });
    return `{\n${members.join("\n")}\n}`;
  }

  #type(schema: Schema): string {
    const name = this.#nameOf(schema);
    if (name !== null) return name;
    const { anyOf, enum: words, type, items, additionalProperties } = schema;
    if (Array.isArray(type)) return type.map((one) => this.#type({ ...schema, type: one })).join(" | ");
    if ("const" in schema) return literal(schema.const);
    if (Array.isArray(words)) return words.map(literal).join(" | ");
    if (isTime(schema)) return "Time";
    if (Array.isArray(anyOf) && type === undefined)
      return [...new Set(anyOf.map((one) => this.#type(one)))].join(" | ");
    if (type === "object" && schema.properties !== undefined) return this.#members(schema);
    if (type === "object" && isSchema(additionalProperties)) {
      return `Readonly<Record<string, ${this.#type(additionalProperties)}>>`;
    }
    if (type === "array" && isSchema(items)) {
      const item = this.#type(items);
      return /^\w+$/.test(item) ? `readonly ${item}[]` : `readonly (${item})[]`;
    }
    return simpleType(schema);
  }
}

/** A date or an instant, as it is asked for. */
function isTime({ type, anyOf }: Schema): boolean {
  return type === "string" && Array.isArray(anyOf) && anyOf.some((one) => isSchema(one) && one.format === "date-time");
}

function simpleType({ type }: Schema): string {
  if (type === "string" || type === "number" || type === "boolean" || type === "null") return type;
  if (type === "integer") return "number";
  return "unknown";
}

/** Written with commas between; the client joins them. */
const LISTS: Readonly<Record<string, string>> = { types: 'readonly FeedItem["type"][]' };

function queryType(name: string, schema: Schema): string {
  if (LISTS[name] !== undefined) return LISTS[name];
  return isTime(schema) ? "Time" : simpleType(schema);
}

/** The whole text of the client's `answers.ts`, before it is formatted. */
export function answerTypes(): string {
  const types = new Types();
  types.add("Basis", z.enum(BASES));
  types.add("Grid", z.enum(GRIDS));
  types.add("Method", z.enum(METHODS));
  types.add("PanelSymbol", z.enum(PANEL));
  types.add("Direction", z.enum(DIRECTIONS));
  types.add("Severity", z.enum(SEVERITIES));
  types.add("AlertKind", z.enum(ALERT_KINDS));
  types.add("WebhookFormat", z.enum(FORMATS));
  types.add("EventType", z.enum(EVENT_TYPES));
  types.add("Range", Range);
  types.add("Figure", Asset.shape.percentiles.shape.leg);
  types.add("AtMost", Repricing.shape.at_most.unwrap());
  types.add("Rule", RULES.element, "input");
  types.add("MeetingOdds", MeetingOdds);
  types.add("Repricing", Repricing);
  types.add("MarketAsset", Asset);
  types.add("Markets", Markets);
  types.add("RepricingItem", RepricingFeedBody);
  types.add("DecidedItem", DecidedFeedBody);
  types.add("DigestItem", DigestFeedBody);
  types.add("OutageItem", OutageFeedBody);
  types.add("FeedItem", FeedBody);
  types.add("Webhook", WebhookAnswer);
  types.add("WebhookWithSecret", WebhookWithSecret);
  for (const resource of RESOURCES) {
    const names = QUESTIONS[resource.path];
    if (names === undefined) throw new Error(`Cannot write types of ${resource.path}: name them in answer-types.ts`);
    if (names.row !== undefined && resource.item !== null) types.add(names.row, resource.item);
    if (names.answer !== undefined) types.add(names.answer, resource.answer);
    types.addQuery(names.query, resource.parameters, [...pathNames(resource.path), ...OWN_PARAMETERS]);
  }
  for (const operation of OPERATIONS) {
    const names = COMMANDS[operation.operationId];
    if (names === undefined) throw new Error(`Cannot write types of ${operation.operationId}: name them here`);
    if (names.body !== undefined && operation.body !== null) types.add(names.body, operation.body, "input");
    if (names.row !== undefined && operation.answer instanceof z.ZodObject) {
      const { data } = operation.answer.shape;
      if (data instanceof z.ZodArray) types.add(names.row, data.element as z.ZodType);
    }
    if (names.answer !== undefined && operation.answer !== null) types.add(names.answer, operation.answer);
    if (names.query !== undefined) {
      types.addQuery(names.query, operation.parameters, [...pathNames(operation.path), ...OWN_PARAMETERS]);
    }
  }
  return types.text;
}
