/** Answers `/metrics`. */
import type { Metrics, MetricsContext, Watched } from "./metrics.ts";
import { SECURITY_HEADERS } from "./problem.ts";

/**
 * The figures as they are scraped: of the metrics given, or of some made when they are first asked for, since the library
 * takes 50 ms to load and most commands never ask.
 */
export function metricsAnswer(
  context: MetricsContext & { readonly metrics?: Metrics },
  watched: Watched,
): () => Promise<Response> {
  context.metrics?.watch(watched);
  let made: Promise<Metrics> | null = context.metrics === undefined ? null : Promise.resolve(context.metrics);
  const make = async () => {
    const { Metrics } = await import("./metrics.ts");
    const metrics = new Metrics(context);
    metrics.watch(watched);
    return metrics;
  };
  return async () => {
    made ??= make();
    const { contentType, text } = await (await made).text();
    return new Response(text, {
      headers: { ...SECURITY_HEADERS, "Content-Type": contentType, "Cache-Control": "no-store" },
    });
  };
}
