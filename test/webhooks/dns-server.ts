import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { decode, encode, type StringAnswer } from "dns-packet";

/** What a name has: addresses of either family, or an error in place of them. */
export type Zone = (
  name: string,
  type: "A" | "AAAA",
  query: number,
) => readonly string[] | "NXDOMAIN" | "SERVFAIL" | "silence";

const RCODES = { NXDOMAIN: 3, SERVFAIL: 2 } as const;

export interface DnsServer {
  /** `127.0.0.1:port`, as a resolver takes it */
  readonly address: string;
  /** queries so far, as `A name` */
  readonly queries: string[];
  readonly close: () => Promise<void>;
}

/** A name server on loopback that answers by `zone`; `query` counts the queries of one name and type, from 0. */
export async function startDnsServer(zone: Zone): Promise<DnsServer> {
  const socket = createSocket("udp4");
  const queries: string[] = [];
  socket.on("message", (bytes, from) => {
    const packet = decode(bytes);
    const question = packet.questions?.[0];
    if (question === undefined || (question.type !== "A" && question.type !== "AAAA")) return;
    const { name, type } = question;
    const asked = `${type} ${name}`;
    const found = zone(name, type, queries.filter((one) => one === asked).length);
    queries.push(asked);
    if (found === "silence") return;
    const isError = typeof found === "string";
    const answers = isError ? [] : found.map((data): StringAnswer => ({ type, name, ttl: 0, data }));
    const reply = { type: "response" as const, id: packet.id ?? 0, questions: [question], answers };
    socket.send(encode({ ...reply, flags: 0x0180 | (isError ? RCODES[found] : 0) }), from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    queries,
    async close() {
      socket.close();
      await once(socket, "close");
    },
  };
}
