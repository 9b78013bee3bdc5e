/** What a job catches and records when an upstream cannot be read. */
export interface SourceErrorOptions {
  readonly cause?: unknown;
  /** asking again later may help: a timeout, a refusal for load, a server fault */
  readonly retryable?: boolean;
  /** HTTP status, where an answer came */
  readonly status?: number;
}

/** An upstream failed or sent something that is not what it promises. The message never holds a key or token. */
export class SourceError extends Error {
  override readonly name = "SourceError";
  /** catalog id, such as `nyfed` */
  readonly source: string;
  readonly retryable: boolean;
  readonly status: number | null;

  constructor(source: string, message: string, options: SourceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.source = source;
    this.retryable = options.retryable ?? false;
    this.status = options.status ?? null;
  }
}
