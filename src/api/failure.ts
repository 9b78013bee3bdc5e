/** What an error of the database means to a caller: try again soon, or our mistake. */
import { errorCode, StoreError } from "../store/store-error.ts";
import { Problem } from "./problem.ts";

const RETRY_AFTER_S = "2";

// postgres.js and Node: the connection is not there. Postgres classes: 08 connection, 53 out of something,
// 57 shut down, starting up, or a statement cancelled by its timeout; 40 two that waited for each other; 55000 no connections let
// in; 55P03 a lock not got in time.
const AWAY =
  /^(CONNECTION_|CONNECT_TIMEOUT$|ECONN|EPIPE$|ENOTFOUND$|EAI_AGAIN$|ETIMEDOUT$|EHOSTUNREACH$|ENETUNREACH$|ENOENT$|08|53|57|40001$|40P01$|55000$|55P03$)/;

function isAway(error: unknown): boolean {
  if (error instanceof StoreError) return true;
  if (error instanceof AggregateError) return error.errors.some(isAway);
  return AWAY.test(errorCode(error) ?? "");
}

/** 503 with `Retry-After`. */
export function unavailable(detail: string): Problem {
  return new Problem(503, detail, { headers: { "Retry-After": RETRY_AFTER_S } });
}

/** The problem that an error becomes: its own, 503 when the database is away or out of room, otherwise 500. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isAway(error)) {
    return unavailable("Cannot answer now: the database does not answer, or not in time; try again in a moment");
  }
  return new Problem(500, "Cannot answer: an error of this server, which its log describes");
}
