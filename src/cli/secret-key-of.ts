import type { Logger } from "pino";
import type { Config } from "../config.ts";
import { loadSecretKey } from "../webhooks/secret-key.ts";

/** The key that seals webhook secrets; null, and a line in the log, when it cannot be had. Odds are served without it. */
export async function secretKeyOf(config: Config, log: Logger): Promise<Uint8Array | null> {
  try {
    return await loadSecretKey({ given: config.secretKey, dataDir: config.dataDir });
  } catch (error) {
    log.error({ err: error }, "webhooks are neither made nor sent by this process");
    return null;
  }
}
