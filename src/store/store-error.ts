/** What went wrong in the store, for the callers that act on it: the command line's exit code, a retry, a 503. */
export type StoreErrorCode =
  | "unsupported_platform"
  | "folder_unusable"
  | "folder_version"
  | "port_in_use"
  | "server_failed"
  | "bad_url"
  | "unreachable"
  | "login_refused"
  | "missing_database"
  | "old_server"
  | "deadline"
  | "busy"
  | "migration_name"
  | "migration_edited"
  | "migration_failed"
  | "newer_database";

/** An error of the store whose message is one line that a person can act on, without any password. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreError";
    this.code = code;
  }
}

/** The `code` of a Node or Postgres error, such as `ENOENT` or `28P01`; null when it has none. */
export function errorCode(error: unknown): string | null {
  if (typeof error !== "object" || error === null || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}
