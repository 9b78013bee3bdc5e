/** Counts answers and how long they took to make, by route, method and status. */

// From an answer in memory (0.05 ms) to the longest that a statement may run (2 s) and the answer's own deadline (5 s).
const BUCKETS_MS = [0.5, 2, 10, 50, 200, 1_000, 5_000];
const METHODS = ["GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"];
const NAME = "cutwatch_http_request_duration_seconds";

interface Series {
  readonly labels: string;
  /** answers by the first bucket that holds them; the last one holds the rest */
  readonly counts: number[];
  sumMs: number;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function lines({ labels, counts, sumMs }: Series): string[] {
  let below = 0;
  const buckets = counts.map((count, i) => {
    below += count;
    const bound = BUCKETS_MS[i];
    return `${NAME}_bucket{le="${bound === undefined ? "+Inf" : bound / 1_000}",${labels}} ${below}`;
  });
  return [...buckets, `${NAME}_sum{${labels}} ${sumMs / 1_000}`, `${NAME}_count{${labels}} ${below}`];
}

/**
 * A histogram in the text format of Prometheus. Its own, since counting is in the way of every answer: the library looks
 * its series up by a text it makes of all labels each time, which costs 2 us where an answer in memory takes 15.
 */
export class RequestCounts {
  readonly #series = new Map<string, Series>();

  /** @param route pattern, so that there are as many series as routes */
  count(route: string, method: string, status: number, ms: number): void {
    const known = METHODS.includes(method) ? method : "other";
    const name = `${known}${status}${route}`;
    let series = this.#series.get(name);
    if (series === undefined) {
      const labels = `route="${escaped(route)}",method="${known}",status="${status}"`;
      series = { labels, counts: new Array(BUCKETS_MS.length + 1).fill(0), sumMs: 0 };
      this.#series.set(name, series);
    }
    let bucket = 0;
    while (ms > (BUCKETS_MS[bucket] ?? Number.POSITIVE_INFINITY)) bucket++;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sumMs += ms;
  }

  text(): string {
    const head = [
      `# HELP ${NAME} Time until an answer was ready to be sent, by route, method and status`,
      `# TYPE ${NAME} histogram`,
    ];
    return `${[...head, ...[...this.#series.values()].flatMap(lines)].join("\n")}\n`;
  }
}
