import { readEnvFile } from "./env-file.ts";

/** What a command has of the process around it; tests give it another one. */

/** A place to print. */
export interface Printer {
  readonly write: (text: string) => void;
  readonly isTty: boolean;
  /** characters a line; 80 where nothing tells. Changes when a window is made wider. */
  readonly columns: number;
  /** lines of the window; absent where there is none */
  readonly rows?: number | undefined;
  /** whether nobody reads any more what is printed */
  readonly isGone?: boolean;
}

export interface Shell {
  readonly out: Printer;
  readonly err: Printer;
  readonly readStdin: () => Promise<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly fetch: typeof globalThis.fetch;
  /** Calls `listener` at SIGTERM or SIGINT instead of ending; a second signal ends the process at once. */
  readonly onStop: (listener: () => void) => void;
  /** Ends the process, whatever is under way. */
  readonly exit: (code: number) => void;
}

const DEFAULT_COLUMNS = 80;
const SIGNAL_EXIT = { SIGTERM: 143, SIGINT: 130 } as const;

function printerOf(stream: NodeJS.WriteStream): Printer {
  let gone = false;
  // A reader that went away (`| head`) stops the printing, not the work: an import goes on to its end.
  stream.on("error", (error: NodeJS.ErrnoException) => {
    gone = true;
    if (error.code === "EPIPE") return;
    // A full disk: nobody can be told on this stream.
    if (stream !== process.stderr) process.stderr.write(`cutwatch: Cannot print: ${error.code ?? error.message}\n`);
    process.exit(1);
  });
  return {
    write: (text) => {
      if (!gone) stream.write(text);
    },
    isTty: stream.isTTY === true,
    get columns() {
      return stream.isTTY === true ? (stream.columns ?? DEFAULT_COLUMNS) : DEFAULT_COLUMNS;
    },
    get rows() {
      return stream.isTTY === true ? stream.rows : undefined;
    },
    get isGone() {
      return gone;
    },
  };
}

async function readAll(stream: NodeJS.ReadStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

function listenForSignals(listeners: readonly (() => void)[]): void {
  let signals = 0;
  for (const [signal, code] of Object.entries(SIGNAL_EXIT)) {
    process.on(signal, () => {
      signals += 1;
      if (signals > 1) process.exit(code);
      for (const listener of listeners) listener();
    });
  }
}

/** The shell of this process. */
export function processShell(): Shell {
  const listeners: (() => void)[] = [];
  return {
    out: printerOf(process.stdout),
    err: printerOf(process.stderr),
    readStdin: () => readAll(process.stdin),
    // What the process was given wins over the file.
    env: { ...readEnvFile(process.cwd()), ...process.env },
    now: () => new Date(),
    fetch: globalThis.fetch,
    onStop: (listener) => {
      if (listeners.length === 0) listenForSignals(listeners);
      listeners.push(listener);
    },
    exit: (code) => process.exit(code),
  };
}
