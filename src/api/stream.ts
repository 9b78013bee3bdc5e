/** `GET /v1/stream`: what is recorded, as it is recorded, as server-sent events. */
import type { Context } from "hono";
import { z } from "zod";
import { type Connection, isOwnMachine } from "./client.ts";
import { parameter, readParameters } from "./parameters.ts";
import { badParameter, SECURITY_HEADERS } from "./problem.ts";
import { queryTexts } from "./question.ts";
import { STREAM_EVENTS, type StreamEventName } from "./stream-event.ts";
import type { StreamHub } from "./stream-hub.ts";
import { type Place, parsePlace } from "./stream-place.ts";

const ACCEPTED_PLACE = "the id of an event of this stream, or 0.0 for all that is stored";

function parseEvents(text: string): ReadonlySet<StreamEventName> | null {
  const names = text.split(",");
  const known = STREAM_EVENTS.filter((name) => names.includes(name));
  return known.length === names.length ? new Set(known) : null;
}

/** The stream as the document describes it. */
export const STREAM = {
  path: "/v1/stream",
  summary: "What is recorded, as it is recorded: server-sent events",
  description:
    "`snapshot`: a new reading with the expected rate of each meeting and its address. `alert`: an item of `/v1/alerts`, exactly " +
    "as it is there. `source`: a row of `/v1/sources` whose status changed. The `id` of each event says how far the stream was " +
    "told: given as `Last-Event-ID` (which browsers do by themselves), to any process and after any restart, the stream goes on " +
    "there, with nothing lost and nothing twice. Without it the stream begins now. What an import or a recomputation records is " +
    "told too. `reset`, told whatever `events` asks for: the place given is ahead of all that is stored (10 s are waited for a " +
    "replica that is behind), as after a restore from a backup; what was told before may not hold, read it again, the stream goes " +
    "on from now. A comment every 15 s shows that the connection lives; a client that reads too slowly is cut off and may come back.",
  parameters: z.object({
    events: parameter<ReadonlySet<StreamEventName>>({
      accepted: `some of ${STREAM_EVENTS.join(", ")}, separated by commas`,
      description: "Events to be told, all when absent",
      example: "alert,snapshot",
      parse: parseEvents,
      schema: {},
    }).optional(),
    last_event_id: parameter<Place>({
      accepted: ACCEPTED_PLACE,
      description: "Where to go on, for clients that cannot send the header Last-Event-ID, which comes first",
      parse: parsePlace,
      schema: {},
    }).optional(),
  }),
} as const;

const HEADERS: Readonly<Record<string, string>> = {
  ...SECURITY_HEADERS,
  "Content-Type": "text/event-stream; charset=utf-8",
  "Cache-Control": "no-store, no-transform",
  // nginx keeps back what it is sent otherwise, until there is enough of it.
  "X-Accel-Buffering": "no",
};

function placeOf(header: string | undefined): Place | null {
  if (header === undefined || header === "") return null;
  const place = parsePlace(header);
  if (place === null) throw badParameter("Last-Event-ID", header, ACCEPTED_PLACE);
  return place;
}

/** Answers `/v1/stream`. */
export function streamAnswer(hub: StreamHub, { withhold }: { readonly withhold: boolean }) {
  const known = Object.keys(STREAM.parameters.shape);
  return (c: Context): Response => {
    const asked = readParameters(STREAM.parameters, queryTexts(new URL(c.req.url).search.slice(1), known));
    const after = placeOf(c.req.header("last-event-id")) ?? asked.last_event_id ?? null;
    // Hono answers HEAD with the handler of GET and drops the body, which nobody would ever end.
    if (c.req.method === "HEAD") return new Response(null, { status: 200, headers: HEADERS });
    const { outgoing } = (c.env ?? {}) as { outgoing?: { destroy(): void } };
    const body = hub.open({
      events: asked.events ?? new Set(STREAM_EVENTS),
      after,
      outsider: withhold && !isOwnMachine(c.env as Connection | undefined, c.req.raw.headers),
      ...(outgoing === undefined ? {} : { cut: () => outgoing.destroy() }),
    });
    return new Response(body, { status: 200, headers: HEADERS });
  };
}
