import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { webhookAgents } from "../../src/webhooks/agents.ts";
import { hostResolver } from "../../src/webhooks/host-resolver.ts";
import { startDnsServer, type Zone } from "./dns-server.ts";
import { HOSTILE_ADDRESSES, hostileUrls } from "./hostile-urls.ts";
import { poster } from "./posting.ts";
import { type Certificate, certificateFor, type Receiver, startHttps, startRaw } from "./receivers.ts";

// Linux answers on the whole of 127.0.0.0/8: a network of this process's own, so that port 8443 is free in it.
const isLinux = process.platform === "linux";
const NETWORK = `127.${10 + (process.pid % 200)}.${1 + (Math.floor(process.pid / 200) % 250)}`;
const CANARY = isLinux ? `${NETWORK}.2` : "127.0.0.1";

describe("certificates", () => {
  async function postTo(certificate: Certificate, url: (port: number) => string, ca: readonly string[]) {
    const receiver = await startHttps(certificate, (_, response) => response.end("ok"));
    onTestFinished(receiver.close);
    return poster({ agents: webhookAgents({ ca }) })(url(receiver.port));
  }
  const byName = (port: number) => `https://localhost:${port}/`;
  const byAddress = (port: number) => `https://127.0.0.1:${port}/`;

  it("are taken when somebody trusted vouches for the name, or for the address where there is none", async () => {
    const certificate = await certificateFor("localhost", { ip: "127.0.0.1" });
    expect(await postTo(certificate, byName, [certificate.cert])).toMatchObject({ status: 200, error: null });
    expect(await postTo(certificate, byAddress, [certificate.cert])).toMatchObject({ status: 200, error: null });
  });

  it("are refused when nobody vouches for them", async () => {
    const other = await certificateFor("other.example.com");
    const result = await postTo(await certificateFor("localhost"), byName, [other.cert]);
    expect(result).toMatchObject({
      status: null,
      error: expect.stringMatching(/certificate that nobody vouches for$/),
    });
  });

  it("are refused for another name, and for an address they do not name", async () => {
    const certificate = await certificateFor("other.example.com");
    const error = expect.stringMatching(/certificate for another host$/);
    expect(await postTo(certificate, byName, [certificate.cert])).toMatchObject({ status: null, error });
    const named = await certificateFor("localhost");
    expect(await postTo(named, byAddress, [named.cert])).toMatchObject({ status: null, error });
  });

  it("are refused after their last day", async () => {
    const certificate = await certificateFor("localhost", { expired: true });
    const result = await postTo(certificate, byName, [certificate.cert]);
    expect(result).toMatchObject({ status: null, error: expect.stringMatching(/certificate expired$/) });
  });
});

describe("a canary on loopback", () => {
  let canary: Receiver;
  beforeAll(async () => {
    canary = await startRaw(
      (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"),
      CANARY,
      isLinux ? 8443 : 0,
    );
  });
  afterAll(() => canary.close());

  it("is there to be touched", async () => {
    const before = canary.connections();
    expect(await poster()(`http://${CANARY}:${canary.port}/`)).toMatchObject({ status: 200 });
    expect(canary.connections()).toBe(before + 1);
  });

  it("is not touched by over 300 hostile URLs", async () => {
    const before = canary.connections();
    const post = poster({ allow: [] });
    const urls = hostileUrls({ address: CANARY, port: canary.port });
    expect(urls.length).toBeGreaterThan(300);
    for (const url of urls) expect(await post(url), url).toMatchObject({ status: null, refused: true });
    expect(canary.connections()).toBe(before);
  });

  it("is not touched by names that lead to it, or to any other address that is not public", async () => {
    const before = canary.connections();
    const hostile = [...HOSTILE_ADDRESSES, CANARY];
    const dns = await startDnsServer((name, type) => {
      const address = hostile[Number(/^n(\d+)\./.exec(name)?.[1])] ?? "";
      return address.includes(":") === (type === "AAAA") ? [address] : [];
    });
    onTestFinished(dns.close);
    const post = poster({ allow: [], resolver: hostResolver([dns.address]) });
    for (let n = 0; n < hostile.length; n += 1) {
      const url = `https://n${n}.example.com:8443/`;
      expect(await post(url), hostile[n]).toMatchObject({ status: null, refused: true });
    }
    expect(canary.connections()).toBe(before);
  });
});

describe.skipIf(!isLinux)("a name server that flips between a receiver and a canary (Linux only)", () => {
  const HOST = "hooks.example.com";
  let certificate: Certificate;
  let good: Receiver;
  let canary: Receiver;
  beforeAll(async () => {
    certificate = await certificateFor(HOST);
    // Both have the name's certificate: only the address tells them apart.
    good = await startHttps(certificate, (_, response) => response.end("good"), `${NETWORK}.3`, 8443);
    canary = await startHttps(certificate, (_, response) => response.end("canary"), `${NETWORK}.4`, 8443);
  });
  afterAll(async () => {
    await good.close();
    await canary.close();
  });

  /** @param together how many begin at once */
  async function post(zone: Zone, times: number, together = 1) {
    const dns = await startDnsServer(zone);
    onTestFinished(dns.close);
    const send = poster({
      agents: webhookAgents({ ca: [certificate.cert] }),
      resolver: hostResolver([dns.address]),
      allow: [`${NETWORK}.3`],
    });
    const results: (string | null)[] = [];
    for (let n = 0; n < times; n += 1) {
      const sent = await Promise.all(Array.from({ length: together }, () => send(`https://${HOST}:8443/`)));
      results.push(...sent.map(({ answer }) => answer));
    }
    return { results, dns };
  }

  it("reaches the receiver when it is named, and never the canary, though a connection is kept", async () => {
    const flip: Zone = (_, type, query) => (type === "AAAA" ? [] : [query % 2 === 0 ? `${NETWORK}.3` : `${NETWORK}.4`]);
    const { results, dns } = await post(flip, 8);
    expect(results).toEqual(["good", null, "good", null, "good", null, "good", null]);
    // Asked again for each attempt, and once: what was judged is what is called.
    expect(dns.queries.filter((query) => query === `A ${HOST}`)).toHaveLength(8);
    expect(canary.connections()).toBe(0);
  });

  it("never reaches the canary in a burst either, which shares each question and no answer that came before", async () => {
    const flip: Zone = (_, type, query) => (type === "AAAA" ? [] : [query % 2 === 0 ? `${NETWORK}.3` : `${NETWORK}.4`]);
    const { results, dns } = await post(flip, 4, 25);
    const rounds = [0, 25, 50, 75].map((from) => new Set(results.slice(from, from + 25)));
    expect(rounds).toEqual([new Set(["good"]), new Set([null]), new Set(["good"]), new Set([null])]);
    expect(dns.queries.filter((query) => query === `A ${HOST}`)).toHaveLength(4);
    expect(canary.connections()).toBe(0);
  });

  it("reaches neither when it names both", async () => {
    const before = good.connections();
    const { results } = await post((_, type) => (type === "AAAA" ? [] : [`${NETWORK}.3`, `${NETWORK}.4`]), 4);
    expect(results).toEqual([null, null, null, null]);
    expect(good.connections()).toBe(before);
    expect(canary.connections()).toBe(0);
  });

  it("is only called by the name that the certificate has", async () => {
    const dns = await startDnsServer((_, type) => (type === "AAAA" ? [] : [`${NETWORK}.3`]));
    onTestFinished(dns.close);
    const agents = webhookAgents({ ca: [certificate.cert] });
    const send = poster({ agents, resolver: hostResolver([dns.address]), allow: [`${NETWORK}.3`] });
    expect(await send(`https://${HOST}:8443/`)).toMatchObject({ answer: "good" });
    // A connection kept for one name is not used for another at the same address.
    expect(await send("https://evil.example.com:8443/")).toMatchObject({ answer: null, status: null });
  });
});
