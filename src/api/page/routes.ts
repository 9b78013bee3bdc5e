/** The pages and the addresses they are at. */
import type { Context, Hono } from "hono";
import type { Answers, Document } from "../answers.ts";
import { ASSETS_PATH, assetResponse } from "./assets.ts";
import { meetingPage } from "./meeting-page.ts";
import { nowPage } from "./now-page.ts";
import type { Get } from "./read-api.ts";
import { repricingPage } from "./repricing-page.ts";
import { sourcesPage } from "./sources-page.ts";
import { storyPage } from "./story-page.ts";
import { webhooksPage } from "./webhooks-page.ts";

/** What a page is made with: its parameters, the public API, the time, and the last part of its path. */
interface Asked {
  readonly texts: Readonly<Record<string, string>>;
  readonly get: Get;
  readonly now: Date;
  readonly id: string;
}

interface PageRoute {
  readonly path: string;
  readonly parameters: readonly string[];
  readonly make: (asked: Asked) => Promise<Document>;
}

const WHEN = ["as_of", "known_at"] as const;
const STORY = [...WHEN, "meeting", "range", "measure", "from", "to", "asset"];

const PAGES: readonly PageRoute[] = [
  { path: "/", parameters: WHEN, make: ({ texts, get, now }) => nowPage(texts, get, now) },
  { path: "/meetings/:id", parameters: WHEN, make: ({ id, texts, get, now }) => meetingPage(id, texts, get, now) },
  { path: "/story", parameters: STORY, make: ({ texts, get, now }) => storyPage(texts, get, now) },
  {
    path: "/repricings/:id",
    parameters: ["known_at"],
    make: ({ id, texts, get, now }) => repricingPage(id, texts, get, now),
  },
  { path: "/sources", parameters: ["cursor"], make: ({ texts, get, now }) => sourcesPage(texts, get, now) },
  { path: "/webhooks", parameters: [], make: ({ get, now }) => webhooksPage(get, now) },
];

/** Asks the public API in this process, as the caller of the page: from where he calls, and with his key. */
function asCaller(app: Hono, c: Context): Get {
  const key = c.req.header("authorization");
  const options = key === undefined ? undefined : { headers: { Authorization: key } };
  return async (path) => app.request(path, options, c.env);
}

/** Adds the pages and their files. */
export function addPages(app: Hono, answers: Answers, { now }: { readonly now: () => Date }) {
  for (const { path, parameters, make } of PAGES) {
    const respond = answers.document(parameters, (texts, c) =>
      make({ texts, get: asCaller(app, c), now: now(), id: c.req.param("id") ?? "" }),
    );
    app.get(path, respond);
  }
  app.get(`${ASSETS_PATH}*`, (c) => assetResponse(c.req.raw));
}
