import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../src/store/free-port.ts";
import { webhookRequest } from "../src/webhooks/request.ts";
import { newSecret } from "../src/webhooks/secret.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const README = readFileSync(`${ROOT}README.md`, "utf8");

/** The receiver as people copy it, changed in nothing but that it says when it listens. */
const receiver = /```js\n(\/\/ receiver\.mjs[\s\S]*?)```/.exec(README)?.[1] ?? "";
const listening = receiver.replace(/"127\.0\.0\.1"\);\s*$/, '"127.0.0.1", () => console.log("listening"));\n');

describe("the receiver in the README", () => {
  const secret = newSecret();
  let process_: ChildProcess;
  let url = "";
  let lines: AsyncIterator<string>;

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}/`;
    process_ = spawn(process.execPath, ["--input-type=module", "-"], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, WEBHOOK_SECRET: secret, PORT: String(port) },
      stdio: ["pipe", "pipe", "inherit"],
    });
    process_.stdin?.end(listening);
    if (process_.stdout === null) throw new Error("Cannot read the receiver: it has no output");
    lines = createInterface({ input: process_.stdout })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe("listening");
  });
  afterAll(() => {
    process_.kill();
  });

  async function post(messageId: string, type: string, tamper = false): Promise<number> {
    const body = JSON.stringify({ type, data: { meeting: "2025-12-10", url: "/v1/repricings/1" } });
    const signed = webhookRequest({ messageId, body, secrets: [secret], now: new Date() });
    const sent = tamper ? body.replace("2025-12-10", "2025-12-11") : body;
    return (await fetch(url, { method: "POST", headers: signed.headers, body: sent })).status;
  }

  it("takes what is signed with its secret, once, and refuses what was changed on the way", async () => {
    expect(receiver.trim().split("\n").length).toBeLessThanOrEqual(20);
    expect(await post("msg_1_a1", "repricing.sharp")).toBe(204);
    expect(await post("msg_1_a1", "repricing.sharp")).toBe(204);
    expect(await post("msg_1_a2", "repricing.severe", true)).toBe(400);
    expect(await post("msg_1_a3", "repricing.extended")).toBe(204);
    expect((await lines.next()).value).toBe("repricing.sharp 2025-12-10 /v1/repricings/1");
    expect((await lines.next()).value).toBe("repricing.extended 2025-12-10 /v1/repricings/1");
  });
});
