/** The API in this process, asked by a command: what a person is shown here is what a program is given. */
import { createApp } from "../api/app.ts";
import type { Trusted } from "../api/write.ts";
import type { Config } from "../config.ts";
import { loadSecretKey } from "../webhooks/secret-key.ts";
import { EXIT, UsageError } from "./failure.ts";
import { prepareQuestion } from "./prepare.ts";
import type { Shell } from "./shell.ts";
import { programVersion } from "./version.ts";
import { withStore } from "./with-store.ts";

/** Whose webhooks a command makes unless it says. */
export const OWN_TENANT = "local";

/** An answer as it was written, and read. `answer` is null where there is none. */
export interface Answered<T> {
  readonly text: string;
  readonly answer: T;
}

export interface OwnApi {
  /** @throws UsageError for input it refuses, Error for what it does not have, each in the API's words */
  readonly ask: <T>(method: string, path: string, body?: object) => Promise<Answered<T>>;
}

interface ProblemAnswer {
  readonly detail: string;
}

const REFUSED_INPUT = [400, 413, 415];

async function answered<T>(response: Response): Promise<Answered<T>> {
  const text = await response.text();
  if (response.ok) return { text, answer: (text === "" ? null : JSON.parse(text)) as T };
  const { detail } = JSON.parse(text) as ProblemAnswer;
  throw REFUSED_INPUT.includes(response.status) ? new UsageError(detail) : new Error(detail);
}

/**
 * Runs a command that asks the API. It needs no key: who can run it can read the database.
 *
 * @param options.tenant whom it makes webhooks for; it sees those of every tenant
 * @param options.seals secrets are made: the key that seals them is loaded, and made on the first use
 * @param options.reads history is asked: the built-in sample is loaded where nothing has run on the database yet
 */
export async function withOwnApi(
  shell: Shell,
  options: { readonly command: string; readonly tenant?: string; readonly seals?: boolean; readonly reads?: boolean },
  work: (api: OwnApi) => Promise<number>,
): Promise<number> {
  const { command, tenant = OWN_TENANT } = options;
  return withStore(shell, { command }, async ({ sql }, config) => {
    if (options.reads === true) await prepareQuestion(sql, config, shell.now);
    const app = createApp({
      sql,
      now: shell.now,
      version: programVersion(),
      config,
      secretKey: options.seals === true ? await sealingKey(config) : null,
      changes: { onChange: () => undefined, isLive: () => false },
      isReady: async () => true,
      onError: (error) => shell.err.write(`cutwatch: ${error instanceof Error ? error.message : String(error)}\n`),
    });
    const env: Trusted = { identity: { tenant, scope: "admin" } };
    return work({
      ask: async <T>(method: string, path: string, body?: object) => {
        const sent = body === undefined ? {} : { body: JSON.stringify(body) };
        const headers = body === undefined ? {} : { "Content-Type": "application/json" };
        return answered<T>(await app.request(path, { method, headers, ...sent }, env));
      },
    });
  });
}

function sealingKey(config: Config): Promise<Uint8Array> {
  return loadSecretKey({ given: config.secretKey, dataDir: config.dataDir });
}

/** How a command prints an answer. */
export interface Printed {
  readonly json: boolean;
}

/** The API's own text, or the words of it. */
export function print<T>(
  shell: Shell,
  { json }: Printed,
  { text, answer }: Answered<T>,
  words: (answer: T) => string,
): number {
  shell.out.write(json ? `${text}\n` : words(answer));
  return EXIT.done;
}
