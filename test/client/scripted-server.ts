/** A server in the shape of `fetch` that answers what it is told to, and remembers what it was asked. */

export interface Asked {
  readonly method: string;
  readonly address: string;
  readonly headers: Headers;
  readonly signal: AbortSignal | null;
  readonly body: string | null;
}

type Reply = Response | Error | ((asked: Asked) => Response | Promise<Response>);

export interface ScriptedServer {
  readonly fetch: typeof globalThis.fetch;
  readonly asked: Asked[];
}

/** Answers with one reply after the other; asked once more than that, it fails the test. */
export function scriptedServer(...replies: readonly Reply[]): ScriptedServer {
  const asked: Asked[] = [];
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const one: Asked = {
      method: init.method ?? "GET",
      address: String(input).replace(/^https?:\/\/[^/]*/, ""),
      headers: new Headers(init.headers),
      signal: init.signal ?? null,
      body: typeof init.body === "string" ? init.body : null,
    };
    const reply = replies[asked.length];
    asked.push(one);
    if (reply === undefined) throw new TypeError(`asked once too often: ${one.method} ${one.address}`);
    if (reply instanceof Error) throw reply;
    return typeof reply === "function" ? reply(one) : reply;
  };
  return { fetch, asked };
}

export function json(body: unknown, headers: Record<string, string> = {}, status = 200): Response {
  const type = status < 400 ? "application/json" : "application/problem+json";
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": type, ...headers } });
}

export function problem(status: number, detail: string, headers: Record<string, string> = {}): Response {
  return json({ type: "about:blank", title: "Error", status, detail }, headers, status);
}

/** Never answers, until it is told to stop. */
export function hanging({ signal }: Asked): Promise<Response> {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Server-sent events of which nothing more comes once the texts are read; `ends`: it is closed then. */
export function events(texts: readonly string[], { ends = true } = {}): (asked: Asked) => Response {
  return ({ signal }) => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (const text of texts) controller.enqueue(new TextEncoder().encode(text));
        if (ends) controller.close();
        else signal?.addEventListener("abort", () => controller.error(signal.reason), { once: true });
      },
    });
    return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
  };
}
