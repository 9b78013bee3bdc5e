import { type ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { WebhookAgents } from "./agents.ts";
import { answerText, KEPT_BYTES } from "./answer-text.ts";
import { failureText } from "./exchange-failure.ts";

/** One POST to one literal address. */
export interface Exchange {
  readonly url: URL;
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly userAgent: string;
  readonly body: Uint8Array;
  readonly agents: WebhookAgents;
  readonly connectMs: number;
  readonly totalMs: number;
}

export type Exchanged =
  | { readonly answered: true; readonly status: number; readonly answer: string; readonly retryAfter: string | null }
  /** `reached`: a connection stood, so that the message may have arrived */
  | { readonly answered: false; readonly error: string; readonly reached: boolean };

/** How much of an answer's body is read at most. */
export const READ_BYTES = 64 * 1024;
const HEADER_BYTES = 16 * 1024;
// A server may announce its answer with 1xx as often as it likes; those who mean it do so once or twice.
const MOST_INTERIM = 16;

// The address is literal: nothing may be looked up again between the guard and the connect.
const noLookup: LookupFunction = (_host, _options, done) => done(new Error("no name may be looked up here"), "", 0);

function requestOptions({
  url,
  address,
  headers,
  userAgent,
  body,
  agents,
}: Exchange): RequestOptions & { servername: string } {
  const isTls = url.protocol === "https:";
  return {
    agent: isTls ? agents.https : agents.http,
    method: "POST",
    host: address,
    port: url.port === "" ? (isTls ? 443 : 80) : Number(url.port),
    path: url.pathname + url.search,
    // What the certificate must name; an address is never sent as a server name (RFC 6066, 3).
    servername: isIP(url.hostname.replace(/^\[|\]$/g, "")) === 0 ? url.hostname : "",
    setHost: false,
    headers: {
      ...headers,
      host: url.host,
      "content-length": body.length,
      "accept-encoding": "identity",
      "user-agent": userAgent,
    },
    lookup: noLookup,
    maxHeaderSize: HEADER_BYTES,
    insecureHTTPParser: false,
  };
}

/**
 * Sends one POST and reads its answer. Never follows, never decompresses, never sends twice, and never throws: a connection
 * that breaks after it stood may have carried the message, so what to do next is for the schedule.
 */
export function exchange(wire: Exchange): Promise<Exchanged> {
  return new Promise((resolve) => {
    const send = wire.url.protocol === "https:" ? httpsRequest : httpRequest;
    let reached = false;
    let request: ClientRequest | null = null;

    const settle = (result: Exchanged): void => {
      clearTimeout(connectTimer);
      clearTimeout(totalTimer);
      resolve(result);
    };
    const fail = (error: unknown): void => {
      settle({ answered: false, error: failureText(error), reached });
      request?.destroy();
    };
    const totalTimer = setTimeout(() => fail(`no whole answer within ${seconds(wire.totalMs)}`), wire.totalMs);
    let connectTimer: NodeJS.Timeout | undefined;

    try {
      request = send(requestOptions(wire));
    } catch (error) {
      fail(error);
      return;
    }
    const sent = request;
    sent.once("socket", (socket) => {
      if (sent.reusedSocket) {
        reached = true;
        return;
      }
      connectTimer = setTimeout(() => fail(`no connection within ${seconds(wire.connectMs)}`), wire.connectMs);
      socket.once("connect", () => {
        reached = true;
      });
      socket.once(wire.url.protocol === "https:" ? "secureConnect" : "connect", () => clearTimeout(connectTimer));
    });
    let interim = 0;
    sent.on("information", () => {
      interim += 1;
      if (interim > MOST_INTERIM) fail(`more than ${MOST_INTERIM} interim answers`);
    });
    sent.once("upgrade", (response, socket) => {
      settle({ answered: true, status: response.statusCode ?? 101, answer: "", retryAfter: null });
      socket.destroy();
    });
    let hasAnswer = false;
    sent.once("response", (response) => {
      hasAnswer = true;
      readAnswer(response, {
        whole: (answer) => settle(answer),
        cut: (answer) => {
          settle(answer);
          sent.destroy();
        },
        broken: fail,
      });
    });
    // Stays for the request's life: an error after the end is of no interest, but must have a listener.
    sent.on("error", fail);
    sent.once("close", () => {
      if (!hasAnswer) fail("connection closed before an answer");
    });
    sent.end(wire.body);
  });
}

interface AnswerEnds {
  readonly whole: (answer: Exchanged) => void;
  readonly cut: (answer: Exchanged) => void;
  readonly broken: (error: unknown) => void;
}

function readAnswer(response: IncomingMessage, ends: AnswerEnds): void {
  const kept: Buffer[] = [];
  let readBytes = 0;
  const answer = (): Exchanged => ({
    answered: true,
    status: response.statusCode ?? 0,
    answer: answerText(Buffer.concat(kept)),
    retryAfter: response.headers["retry-after"]?.slice(0, 100) ?? null,
  });
  response.on("data", (chunk: Buffer) => {
    if (readBytes < KEPT_BYTES) kept.push(chunk);
    readBytes += chunk.length;
    if (readBytes >= READ_BYTES) ends.cut(answer());
  });
  const brokeOff = `the answer broke off after status ${response.statusCode}`;
  response.once("end", () => (response.complete ? ends.whole(answer()) : ends.broken(brokeOff)));
  response.once("error", () => ends.broken(brokeOff));
  response.once("close", () => {
    if (!response.complete) ends.broken(brokeOff);
  });
}

function seconds(ms: number): string {
  return `${Math.round(ms / 10) / 100} s`;
}
