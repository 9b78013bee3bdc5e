import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { generate } from "selfsigned";

/** A server on loopback that is closed, with all its connections, when the test is over. */
export interface Receiver {
  readonly port: number;
  /** connections so far */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

async function listening(server: Server, host: string, port: number): Promise<Receiver> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(port, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Answers bytes by bytes, whatever the bytes are. */
export function startRaw(onSocket: (socket: Socket) => void, host = "127.0.0.1", port = 0): Promise<Receiver> {
  return listening(createServer(onSocket), host, port);
}

/** Calls back with each whole request that arrives on a connection, headers and body as they came. */
export function onRequest(socket: Socket, answer: (request: string, count: number) => void): void {
  let text = "";
  let count = 0;
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    const head = text.indexOf("\r\n\r\n");
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
    if (head < 0 || text.length < head + 4 + length) return;
    const request = text.slice(0, head + 4 + length);
    text = text.slice(request.length);
    count += 1;
    answer(request, count);
  });
}

export function startHttp(listener: RequestListener, host = "127.0.0.1", port = 0): Promise<Receiver> {
  return listening(createHttpServer(listener), host, port);
}

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export function startHttps(
  certificate: Certificate,
  listener: RequestListener,
  host = "127.0.0.1",
  port = 0,
): Promise<Receiver> {
  return listening(createHttpsServer({ ...certificate }, listener), host, port);
}

/** A certificate that vouches for itself, for one name and, if given, one address. */
export async function certificateFor(
  name: string,
  options: { ip?: string; expired?: boolean } = {},
): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: "commonName", value: name }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date(options.expired ? "2020-01-01" : "2024-01-01"),
    notAfterDate: new Date(options.expired ? "2021-01-01" : "2120-01-01"),
    extensions: [
      { name: "basicConstraints", cA: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: name },
          ...(options.ip === undefined ? [] : [{ type: 7 as const, ip: options.ip }]),
        ],
      },
    ],
  });
  return { cert, key };
}
