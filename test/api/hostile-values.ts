/** Values with ill will, for every place that takes something. */
import fc from "fast-check";

/** A body's text. */
export function jsonBody(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}

const LONG = "9".repeat(3_000);
const HOSTILE_TEXTS = [
  "",
  " ",
  "\u0000",
  "%00",
  "'",
  `' or 1=1 --`,
  `"; drop table cutwatch.snapshots; --`,
  "../../../../etc/passwd",
  "..%2f..%2fetc%2fpasswd",
  "%zz",
  "%",
  "%ff%fe",
  "\ud800",
  "\r\nSet-Cookie: a=b",
  "<script>alert(1)</script>",
  "$" + "{7*7}",
  "{{7*7}}",
  "__proto__",
  "constructor",
  "toString",
  "null",
  "undefined",
  "NaN",
  "Infinity",
  "-0",
  "1e400",
  "0x10",
  "١٢٣",
  "９９",
  "-1",
  "0",
  "99999999999999999999",
  "2025-02-30",
  "0000-00-00",
  "9999-12-31",
  "+275760-09-13",
  "2025-11-17T24:00:00Z",
  "2025-11-17T23:59:60Z",
  "2025-11-17T20:00:00+99:99",
  "0.0",
  "9".repeat(400),
  LONG,
  Buffer.from(JSON.stringify(["meetings", "2025-12-10"])).toString("base64url"),
  Buffer.from(JSON.stringify(["webhooks", "1e9"])).toString("base64url"),
  Buffer.from(JSON.stringify({ length: 1e9 })).toString("base64url"),
] as const;

export const hostileText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<string>(...HOSTILE_TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 60 }) },
);

const hostileJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  hostileText,
  fc.constantFrom<unknown>(null, [], {}, 1e308, -1, 0.1, true, "https://[::1]/", "http://169.254.169.254/", [[[[]]]]),
);

/** JSON that is read, and overflows the stack of whoever goes down into it. */
export const DEEP = "[".repeat(20_000) + "]".repeat(20_000);
export const hostileBody: fc.Arbitrary<string | Uint8Array<ArrayBuffer>> = fc.oneof(
  hostileJson.map(jsonBody),
  fc.constantFrom<string>(
    "",
    " ",
    "{",
    "nul",
    DEEP,
    `{"url":${"[".repeat(30_000)}`,
    '{"url":"a","url":"b"}',
    '{"__proto__":{"url":"x"}}',
  ),
  fc.constant(`{"description":"${"x".repeat(70_000)}"}`),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)),
);
