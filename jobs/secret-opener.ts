import { LRUCache } from "lru-cache";
import { openSecret, secretBytes } from "../src/webhooks/secret.ts";

// A fan-out signs with the same secrets again and again: opening one takes 25 us, a tenth of a whole delivery.
const KEPT = 1_000;

/** Opens sealed secrets, to the bytes that sign; those in use are kept open in memory. @throws Error for one that another key sealed */
export function secretOpener(key: Uint8Array): (sealed: Uint8Array) => Uint8Array {
  const open = new LRUCache<string, Uint8Array>({ max: KEPT });
  return (sealed) => {
    // By its own bytes, so that a rotated secret is never taken for the one before.
    const name = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength).toString("latin1");
    const known = open.get(name);
    if (known !== undefined) return known;
    const secret = secretBytes(openSecret(key, sealed));
    open.set(name, secret);
    return secret;
  };
}
