/** Who asks, by API key: `Authorization: Bearer cw_…`, or for reads in a browser HTTP Basic with the key as password. */
import { timingSafeEqual } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Sql } from "postgres";
import { activeKey, noteKeyUse, SCOPES, type Scope } from "../store/api-keys.ts";
import { withDeadline } from "../store/deadline.ts";
import { KEY_PREFIX, keyForm, keySha256 } from "./api-key.ts";
import { Problem } from "./problem.ts";

/** Who asks, and what they may do. Keys of one tenant share its webhooks. */
export interface Identity {
  readonly tenant: string;
  readonly scope: Scope;
}

/** How a request may carry its key. Basic is sent by a browser on its own, so it opens reads only. */
export type Schemes = "bearer" | "bearer or basic";

// A revoked key stops working within 10 s everywhere: no answer of the database is believed longer than this.
const BELIEVED_MS = 5_000;
const MOST_KEPT = 10_000;
const NOTED_EVERY_MS = 60_000;
const DEADLINE_MS = 3_000;
const REALM = 'realm="cutwatch"';

interface Looked {
  /** null: unknown or revoked */
  readonly identity: Promise<Identity | null>;
  readonly untilMs: number;
}

/** Tells who asks. Answers of the database are kept for 5 s, also that it knows no such key. */
export class Authenticator {
  readonly #sql: Sql;
  readonly #now: () => Date;
  readonly #report: (error: unknown) => void;
  readonly #looked = new LRUCache<string, Looked>({ max: MOST_KEPT });

  /** @param report told when a key's use could not be noted, which stops nobody */
  constructor(given: {
    readonly sql: Sql;
    readonly now: () => Date;
    readonly report: (error: unknown) => void;
  }) {
    this.#sql = given.sql;
    this.#now = given.now;
    this.#report = given.report;
  }

  /**
   * The identity a request's key stands for.
   *
   * @throws Problem 401 without a key, or with one that is mistyped, unknown or revoked
   */
  async identify(headers: Headers, schemes: Schemes): Promise<Identity> {
    const challenge = challengeOf(headers, schemes);
    const key = keyOf(headers.get("authorization"), schemes);
    if (key === null) {
      const basic = schemes === "bearer" ? "" : ", or HTTP Basic with the key as password";
      throw new Problem(401, `Cannot answer without an API key: send "Authorization: Bearer ${KEY_PREFIX}…"${basic}`, {
        headers: { "WWW-Authenticate": challenge },
      });
    }
    const refused = (why: string) =>
      new Problem(401, `Cannot use this API key: ${why}`, {
        headers: {
          "WWW-Authenticate": challenge.startsWith("Basic") ? challenge : `${challenge}, error="invalid_token"`,
        },
      });
    const form = keyForm(key);
    if (form === "other") throw refused(`keys begin with ${KEY_PREFIX}`);
    if (form === "mistyped") throw refused("its checksum is wrong, so it was cut off or mistyped");
    const identity = await this.#look(key);
    if (identity === null) throw refused("it is not known here, or was revoked");
    return identity;
  }

  /** Whether a request carries a key that is good, in either way. */
  async isKnown(headers: Headers): Promise<boolean> {
    const key = keyOf(headers.get("authorization"), "bearer or basic");
    return key !== null && keyForm(key) === "key" && (await this.#look(key)) !== null;
  }

  #look(key: string): Promise<Identity | null> {
    const sha256 = keySha256(key);
    const kept = sha256.toString("base64url");
    const nowMs = this.#now().getTime();
    const known = this.#looked.get(kept);
    if (known !== undefined && known.untilMs > nowMs) return known.identity;
    const identity = withDeadline(this.#ask(sha256), DEADLINE_MS, "check an API key");
    // The limit counts from before the question, however long its answer takes.
    const looked = { identity, untilMs: nowMs + BELIEVED_MS };
    this.#looked.set(kept, looked);
    identity.catch(() => {
      if (this.#looked.peek(kept) === looked) this.#looked.delete(kept);
    });
    return identity;
  }

  async #ask(sha256: Buffer): Promise<Identity | null> {
    const key = await activeKey(this.#sql, sha256);
    if (key === null || !timingSafeEqual(Buffer.from(key.sha256), sha256)) return null;
    const now = this.#now();
    const since = new Date(now.getTime() - NOTED_EVERY_MS);
    if (key.lastUsedAt === null || key.lastUsedAt <= since) {
      // A database that cannot write (a full disk, a replica that was promoted late) still lets its readers in.
      await noteKeyUse(this.#sql, key.id, now, since).catch(this.#report);
    }
    return { tenant: key.tenant, scope: key.scope };
  }
}

/** @throws Problem 403 when the key may do less */
export function requireScope(identity: Identity, least: Scope): void {
  if (SCOPES.indexOf(identity.scope) >= SCOPES.indexOf(least)) return;
  throw new Problem(403, `Cannot do this with a key of scope ${identity.scope}: needs scope ${least}`);
}

/** Which tenant's webhooks someone sees; null: everybody's. */
export function tenantSeen(identity: Identity): string | null {
  return identity.scope === "admin" ? null : identity.tenant;
}

function keyOf(authorization: string | null, schemes: Schemes): string | null {
  const [, scheme, given] = /^\s*(bearer|basic)\s+(\S+)\s*$/i.exec(authorization ?? "") ?? [];
  if (scheme === undefined || given === undefined) return null;
  if (scheme.toLowerCase() === "bearer") return given;
  if (schemes === "bearer") return null;
  const pair = Buffer.from(given, "base64").toString("utf8");
  return pair.slice(pair.indexOf(":") + 1);
}

/** A browser that wants a page is asked for the key in its own dialog; a program is told of Bearer. */
function challengeOf(headers: Headers, schemes: Schemes): string {
  const wantsPage = schemes !== "bearer" && (headers.get("accept") ?? "").includes("text/html");
  return wantsPage ? `Basic ${REALM}, charset="UTF-8"` : `Bearer ${REALM}`;
}
