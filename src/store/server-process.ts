import type { ServerUser } from "./server-user.ts";

/**
 * How a server program is run: by which account, from where, with which environment. Options for `spawn` and
 * `execFile`.
 */
export function serverProcess(user: ServerUser | null): {
  readonly uid?: number;
  readonly gid?: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
} {
  if (process.platform === "win32") return {};
  return {
    ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
    // The folder we are in may be closed to the account.
    cwd: "/",
    // Nothing of our environment, which may hold keys that the account must not read. initdb tries every zone of the
    // machine against the clock unless it is told one.
    env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C", TZ: "UTC" },
  };
}
