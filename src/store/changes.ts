import type { Sql } from "postgres";

/** A watch over the database's announcements of change. */
export interface ChangeWatch {
  /** true while announcements arrive; false where they cannot (a pooler in transaction mode) or not now */
  isLive(): boolean;
  close(): Promise<void>;
}

const SUBSCRIBE_WITHIN_MS = 3_000;

/**
 * Calls `onChange` when any process has committed something that may change an answer, and once more whenever the
 * connection comes back, since what was announced meanwhile is not known.
 *
 * @param sql a client of its own, or one that is not behind a transaction pooler
 */
export async function watchChanges(sql: Sql, onChange: (what: string) => void): Promise<ChangeWatch> {
  let live = false;
  const subscription = sql.listen(
    "cutwatch_data",
    (what) => onChange(what),
    () => {
      live = true;
      onChange("connected");
    },
  );
  // Through a pooler LISTEN may never be answered: then callers fall back to short-lived answers.
  let timer: NodeJS.Timeout | undefined;
  const given = await Promise.race([
    subscription,
    new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), SUBSCRIBE_WITHIN_MS);
    }),
  ]).catch(() => null);
  clearTimeout(timer);
  subscription.catch(() => {
    live = false;
  });
  return {
    isLive: () => live,
    close: async () => {
      live = false;
      if (given !== null) await given.unlisten();
    },
  };
}
