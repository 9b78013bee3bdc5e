import { addressOf, type Query } from "./address.ts";
import type { Page } from "./answers.ts";
import type { CallOptions, Exchange } from "./exchange.ts";

/**
 * A list of the API. Iterated, it gives every row of every page, asking for the next page when it is needed; `limit` of its
 * query is how many rows a page has.
 *
 * @example
 * for await (const repricing of client.repricings({ min_severity: "severe" })) console.log(repricing.meeting);
 */
export class List<Row, ItsPage extends Page<Row> = Page<Row>> implements AsyncIterable<Row> {
  readonly #exchange: Exchange;
  readonly #path: string;
  readonly #query: Query;
  readonly #options: CallOptions;

  constructor(exchange: Exchange, path: string, query: Query, options: CallOptions) {
    this.#exchange = exchange;
    this.#path = path;
    this.#query = query;
    this.#options = options;
  }

  /** One page: the first, or that of an earlier page's `next_cursor`. */
  page(cursor?: string | null): Promise<ItsPage> {
    const query = { ...this.#query, cursor: cursor ?? undefined };
    return this.#exchange.get<ItsPage>(this.#path, query, this.#options);
  }

  /** Page after page. */
  async *pages(): AsyncGenerator<ItsPage, void, undefined> {
    let cursor: string | null = null;
    do {
      const page: ItsPage = await this.page(cursor);
      yield page;
      // Asked for again and again, a server at fault would be asked for ever.
      if (page.next_cursor !== null && page.next_cursor === cursor) {
        throw new Error(`Cannot go on in ${this.#path}: the page at ${cursor} names itself as the next`);
      }
      cursor = page.next_cursor;
    } while (cursor !== null);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Row, void, undefined> {
    for await (const page of this.pages()) yield* page.data;
  }

  /** Every row of every page. */
  async all(): Promise<Row[]> {
    const rows: Row[] = [];
    for await (const page of this.pages()) rows.push(...page.data);
    return rows;
  }

  /** Every row as CSV, with one line of headings. */
  async csv(): Promise<string> {
    let { text, next } = await this.#exchange.text(this.#path, { ...this.#query, format: "csv" }, this.#options);
    while (next !== null) {
      const [, query = ""] = next.split("?");
      const more = await this.#exchange.text(this.#path, Object.fromEntries(new URLSearchParams(query)), this.#options);
      text += more.text.slice(more.text.indexOf("\n") + 1);
      next = more.next;
    }
    return text;
  }

  /** Where its first page is, for links. */
  get address(): string {
    return addressOf(this.#path, this.#query);
  }
}
