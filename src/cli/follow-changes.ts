import type { Logger } from "pino";
import { watchChanges } from "../store/changes.ts";
import type { Leaving } from "./lifetime.ts";
import type { OpenStore } from "./open.ts";

type Listener = (what: string) => void;

/** Announcements of change. */
export interface Changes {
  onChange(listener: Listener): void;
  /** whether they arrive now */
  isLive(): boolean;
}

/** Announcements of change, from when the database first gives them; nothing waits for that. */
export function followChanges(store: OpenStore, log: Logger, { onLeave }: Leaving): Changes {
  const listeners: Listener[] = [];
  const tell: Listener = (what) => {
    for (const listener of listeners) listener(what);
  };
  let isLive = () => false;
  // A pooler in transaction mode passes no announcement on.
  if (!store.pooled) {
    const watching = watchChanges(store.sql, tell);
    watching.then(
      (watch) => {
        isLive = () => watch.isLive();
      },
      (error: unknown) => log.warn({ err: error }, "announcements of change cannot be heard"),
    );
    onLeave(async () => (await watching.catch(() => null))?.close());
  }
  return { onChange: (listener) => listeners.push(listener), isLive: () => isLive() };
}
