import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, it } from "vitest";
import { classifyAddress } from "../../src/webhooks/address-ranges.ts";
import { HOSTILE_ADDRESSES } from "./hostile-urls.ts";

const reachOf = (text: string) => classifyAddress(ipaddr.parse(text)).reach;

// First and last address of each block of the IANA registries (as of 2025-10), and the neighbours that are public.
const BLOCKS_V4 = [
  ["0.0.0.0", "0.255.255.255", null, "1.0.0.0"],
  ["10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"],
  ["100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0"],
  ["127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0"],
  ["168.63.129.16", "168.63.129.16", "168.63.129.15", "168.63.129.17"],
  ["169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0"],
  ["172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0"],
  ["192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0"],
  ["192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"],
  ["192.31.196.0", "192.31.196.255", "192.31.195.255", "192.31.197.0"],
  ["192.52.193.0", "192.52.193.255", "192.52.192.255", "192.52.194.0"],
  ["192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0"],
  ["192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0"],
  ["192.175.48.0", "192.175.48.255", "192.175.47.255", "192.175.49.0"],
  ["198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0"],
  ["198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0"],
  ["203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0"],
  ["224.0.0.0", "255.255.255.255", "223.255.255.255", null],
] as const;
const BLOCKS_V6 = [
  ["::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null, null],
  ["2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::"],
  ["2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"],
  ["2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::"],
  ["2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff", "2620:4f:7fff:ffff::", "2620:4f:8001::"],
  ["3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::"],
  ["4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null],
] as const;

describe("classifyAddress()", () => {
  it.each([...BLOCKS_V4, ...BLOCKS_V6])(
    "keeps %s to %s from being public, and no more",
    (first, last, before, after) => {
      expect(reachOf(first)).not.toBe("public");
      expect(reachOf(last)).not.toBe("public");
      if (before !== null) expect(reachOf(before)).toBe("public");
      if (after !== null) expect(reachOf(after)).toBe("public");
    },
  );

  it.each(["1.1.1.1", "8.8.8.8", "93.184.216.34", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001:80b::200e"])(
    "knows %s for public",
    (text) => {
      expect(reachOf(text)).toBe("public");
    },
  );

  it.each(HOSTILE_ADDRESSES)("knows %s for not public", (text) => {
    expect(reachOf(text)).not.toBe("public");
  });

  it.each(["10.1.2.3", "127.0.0.1", "172.20.0.2", "192.168.1.5", "100.64.1.1", "::1", "fd12:3456::1"])(
    "lets a named host be at %s",
    (text) => {
      expect(reachOf(text)).toBe("private");
    },
  );

  it.each([
    "169.254.169.254",
    "100.100.100.200",
    "168.63.129.16",
    "0.0.0.0",
    "fe80::1",
    "::ffff:10.0.0.1",
    "ff02::1",
    "::",
  ])("lets no name lead to %s, only a named network", (text) => {
    expect(reachOf(text)).toBe("special");
  });

  it("calls nothing public that ipaddr.js has a special range for", () => {
    const anyAddress = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      // Inside of 2000::/3, where the special ranges are few.
      fc.uint8Array({ minLength: 14, maxLength: 14 }).map((rest) => Uint8Array.of(0x20, 0x01, ...rest)),
    );
    fc.assert(
      fc.property(anyAddress, (bytes) => {
        const address = ipaddr.fromByteArray([...bytes]);
        if (address.range() !== "unicast") expect(classifyAddress(address).reach).not.toBe("public");
      }),
      { seed: 9, numRuns: 5_000 },
    );
  });
});
