import { describe, expect, it, onTestFinished } from "vitest";
import { allowList } from "../../src/webhooks/allow-list.ts";
import { checkUrl, resolveTarget } from "../../src/webhooks/guard.ts";
import { hostResolver } from "../../src/webhooks/host-resolver.ts";
import { startDnsServer, type Zone } from "./dns-server.ts";
import { HOSTILE_ADDRESSES, hostileUrls } from "./hostile-urls.ts";

const NONE = allowList([]);
const PUBLIC_V4 = "93.184.216.34";
const PUBLIC_V6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c";
const HOSTILE = hostileUrls({ address: "127.9.8.7", port: 8443 });

describe("checkUrl()", () => {
  it("has over 300 hostile URLs to judge", () => {
    expect(HOSTILE.length).toBeGreaterThan(300);
  });

  it.each(HOSTILE.map((url) => [url.slice(0, 90), url]))("refuses %j", (_, url) => {
    const check = checkUrl(url, NONE);
    expect(check.ok).toBe(false);
    if (!check.ok) expect(check.reason).toMatch(/^it(?:s)? [^\n]+[^.\n]$/);
  });

  it.each([
    "https://hooks.example.com/x",
    "https://hooks.example.com:443/x?y=%20z",
    "https://hooks.example.com:8443/",
    "HTTPS://Hooks.Example.COM/x",
    "https://hooks.slack.com/services/T000/B000/XXXX",
    "https://api.telegram.org/bot123:ABC/sendMessage?chat_id=1",
    "https://müller.example.com/",
    "https://xn--mller-kva.example.com/",
    "https://a_b.example.com/",
    "https://localhost.example.com/",
    "https://127.0.0.1.example.com/",
  ])("takes %s", (url) => {
    expect(checkUrl(url, NONE)).toMatchObject({ ok: true, url: new URL(url) });
  });

  it.each([
    { allow: ["n8n.internal"], url: "http://n8n.internal:5678/webhook/1" },
    { allow: ["N8N.internal"], url: "http://n8n.internal/" },
    { allow: ["n8n"], url: "https://n8n:8080/" },
    { allow: ["hooks.example.com"], url: "http://hooks.example.com:25/" },
    { allow: ["127.0.0.0/8"], url: "http://127.0.0.1:9000/" },
    { allow: ["127.0.0.1"], url: "https://127.0.0.1/" },
    { allow: ["10.0.0.0/8"], url: "http://10.1.2.3:8080/" },
    { allow: ["fd00::/8"], url: "http://[fd00::5]:8080/" },
    { allow: ["::1"], url: "http://[::1]:8080/" },
    { allow: ["127.0.0.0/8"], url: "http://localhost:9000/" },
    { allow: ["localhost"], url: "http://localhost:9000/" },
  ])("takes $url where the operator allows $allow", ({ allow, url }) => {
    expect(checkUrl(url, allowList(allow)).ok).toBe(true);
    expect(checkUrl(url, NONE).ok).toBe(false);
  });

  it.each([
    { allow: ["n8n.internal"], url: "http://x.n8n.internal/" },
    { allow: ["internal"], url: "http://n8n.internal/" },
    { allow: ["127.0.0.0/8"], url: "http://10.0.0.1/" },
    { allow: ["127.0.0.0/8"], url: "http://[::ffff:127.0.0.1]/" },
    { allow: ["127.0.0.0/8"], url: "http://0x7f.1/" },
    { allow: ["127.0.0.0/8"], url: "http://2130706433/" },
    { allow: ["127.0.0.0/8"], url: "http://n8n.lan/" },
    { allow: ["127.0.0.0/8"], url: "http://hooks.example.com/" },
    { allow: ["127.0.0.0/8"], url: "http://user@127.0.0.1/" },
    { allow: ["0.0.0.0/0"], url: "http://[::1]/" },
    { allow: ["127.0.0.0/8"], url: "ftp://127.0.0.1/" },
    { allow: ["10.0.0.0/8"], url: "http://localhost/" },
  ])("refuses $url though the operator allows $allow", ({ allow, url }) => {
    expect(checkUrl(url, allowList(allow)).ok).toBe(false);
  });
});

describe("allowList()", () => {
  it.each(["http://n8n.internal", "10.0.0.0/33", "300.1.1.1", "", "n8n:80", "a b"])("refuses %j", (item) => {
    expect(() => allowList([item])).toThrow(`Cannot allow webhooks to "${item}"`);
  });
});

describe("resolveTarget()", () => {
  async function resolve(
    zone: Zone,
    url = "https://hooks.example.com/",
    allow: readonly string[] = [],
    timeoutMs = 5_000,
  ) {
    const dns = await startDnsServer(zone);
    onTestFinished(dns.close);
    const resolver = hostResolver([dns.address]);
    const target = await resolveTarget(url, { resolver, allow: allowList(allow), timeoutMs });
    return { target, queries: dns.queries };
  }
  const both: Zone = (_, type) => (type === "A" ? [PUBLIC_V4] : [PUBLIC_V6]);

  it("gives public addresses, IPv4 first, and asks once for each family", async () => {
    const { target, queries } = await resolve(both);
    expect(target).toMatchObject({ ok: true, addresses: [PUBLIC_V4, PUBLIC_V6] });
    expect(queries.sort()).toEqual(["A hooks.example.com", "AAAA hooks.example.com"]);
  });

  it.each(["A", "AAAA"] as const)("does without %s records", async (absent) => {
    const { target } = await resolve((name, type, query) => (type === absent ? [] : both(name, type, query)));
    expect(target).toMatchObject({ ok: true, addresses: [absent === "A" ? PUBLIC_V6 : PUBLIC_V4] });
  });

  it.each(HOSTILE_ADDRESSES)("refuses a name that leads to %s, alone or among public addresses", async (address) => {
    const family = address.includes(":") ? "AAAA" : "A";
    const dns = await startDnsServer((name, type, query) => {
      const others = name.startsWith("mixed") ? both(name, type, query) : [];
      return typeof others === "string" || type !== family ? others : [...others, address];
    });
    onTestFinished(dns.close);
    const options = { resolver: hostResolver([dns.address]), allow: NONE };
    for (const name of ["alone", "mixed"]) {
      const target = await resolveTarget(`https://${name}.example.com/`, options);
      expect(target).toMatchObject({ ok: false, refused: true, reason: expect.stringMatching(/that is not public/) });
      expect(JSON.stringify(target)).not.toContain(address);
    }
  });

  it.each([
    { what: "a name that does not exist", zone: () => "NXDOMAIN", code: "ENOTFOUND" },
    { what: "a name server that fails", zone: () => "SERVFAIL", code: "ESERVFAIL" },
    {
      what: "a failure for AAAA alone",
      zone: (_, type) => (type === "A" ? [PUBLIC_V4] : "SERVFAIL"),
      code: "ESERVFAIL",
    },
    {
      what: "a failure for A alone",
      zone: (_, type) => (type === "AAAA" ? [PUBLIC_V6] : "SERVFAIL"),
      code: "ESERVFAIL",
    },
    { what: "no AAAA name", zone: (_, type) => (type === "A" ? [PUBLIC_V4] : "NXDOMAIN"), code: "ENOTFOUND" },
  ] satisfies { what: string; zone: Zone; code: string }[])("fails on $what", async ({ zone, code }) => {
    const { target } = await resolve(zone);
    expect(target).toEqual({ ok: false, refused: false, reason: `its host cannot be resolved (${code})` });
  });

  it("fails when one family never answers", async () => {
    const { target } = await resolve((_, type) => (type === "A" ? [PUBLIC_V4] : "silence"), undefined, [], 150);
    expect(target).toEqual({
      ok: false,
      refused: false,
      reason: "its host cannot be resolved (no answer within 0.15 s)",
    });
  });

  it("fails on a name without addresses", async () => {
    const { target } = await resolve(() => []);
    expect(target).toEqual({ ok: false, refused: false, reason: "its host has no address" });
  });

  it("lets an allowed network be reached by a name, beside public addresses, but nothing else private", async () => {
    const lan: Zone = (_, type) => (type === "A" ? ["10.1.2.3", PUBLIC_V4] : []);
    const worse: Zone = (_, type) => (type === "A" ? ["10.1.2.3", "192.168.0.1"] : []);
    const url = "https://hooks.example.com/";
    expect((await resolve(lan, url, ["10.0.0.0/8"])).target).toMatchObject({ ok: true });
    expect((await resolve(lan, url, ["10.1.2.4"])).target).toMatchObject({ ok: false, refused: true });
    expect((await resolve(worse, url, ["10.0.0.0/8"])).target).toMatchObject({ ok: false, refused: true });
  });

  it("asks no name server for a literal, for localhost, or for what it refuses at sight", async () => {
    const allowed = ["127.0.0.0/8"];
    for (const url of ["http://127.0.0.1:9/", "http://localhost:9/", "http://a.localhost:9/"]) {
      const { target, queries } = await resolve(both, url, allowed);
      expect(target).toMatchObject({ ok: true, addresses: ["127.0.0.1"] });
      expect(queries).toEqual([]);
    }
    const { target, queries } = await resolve(both, "https://printer.local/", allowed);
    expect(target).toMatchObject({ ok: false, refused: true });
    expect(queries).toEqual([]);
  });

  it.each([
    { address: "10.0.0.7", ok: true },
    { address: "::1", ok: true },
    { address: "169.254.169.254", ok: false },
    { address: "0.0.0.0", ok: false },
    { address: "::ffff:127.0.0.1", ok: false },
    { address: "not an address", ok: false },
    { address: "0x7f.1", ok: false },
  ])(
    "asks the system for a named host, which may be at a private address but not at a special one: $address",
    async ({ address, ok }) => {
      const never = () => Promise.reject(new Error("must not be asked"));
      const resolver = { resolve4: never, resolve6: never, lookup: async () => [address] };
      const target = await resolveTarget("http://n8n.internal/", { resolver, allow: allowList(["n8n.internal"]) });
      expect(target.ok).toBe(ok);
    },
  );

  it("judges each answer anew when a name server flips", async () => {
    const dns = await startDnsServer((_, type, query) =>
      type === "AAAA" ? [] : query % 2 === 0 ? [PUBLIC_V4] : ["127.0.0.1"],
    );
    onTestFinished(dns.close);
    const resolver = hostResolver([dns.address]);
    const verdicts: boolean[] = [];
    for (let n = 0; n < 6; n += 1) {
      const target = await resolveTarget("https://flip.example.com/", { resolver, allow: NONE });
      if (target.ok) expect(target.addresses).toEqual([PUBLIC_V4]);
      verdicts.push(target.ok);
    }
    expect(verdicts).toEqual([true, false, true, false, true, false]);
    expect(dns.queries.filter((query) => query.startsWith("A "))).toHaveLength(6);
  });

  it("asks once for all that ask while the question is under way, and keeps neither an answer nor a failure", async () => {
    const dns = await startDnsServer((name, type, query) => {
      if (name.startsWith("gone") && query === 0) return "SERVFAIL";
      return type === "AAAA" ? [] : query === 0 ? [PUBLIC_V4] : ["127.0.0.1"];
    });
    onTestFinished(dns.close);
    const resolver = hostResolver([dns.address]);
    const burst = (host: string, count: number) =>
      Promise.all(Array.from({ length: count }, () => resolveTarget(`https://${host}/`, { resolver, allow: NONE })));
    const first = await burst("burst.example.com", 1_000);
    expect(new Set(first.map(({ ok }) => ok))).toEqual(new Set([true]));
    expect(dns.queries.toSorted()).toEqual(["A burst.example.com", "AAAA burst.example.com"]);
    const second = await burst("burst.example.com", 3);
    expect(second).toMatchObject([{ refused: true }, { refused: true }, { refused: true }]);
    expect(dns.queries).toHaveLength(4);
    expect((await burst("gone.example.com", 2)).map(({ ok }) => ok)).toEqual([false, false]);
    // Each family failed once for both; now the name has an address, which may not be called.
    expect(await burst("gone.example.com", 1)).toMatchObject([{ ok: false, refused: true }]);
    expect(dns.queries).toHaveLength(8);
  });
});
