import ipaddr from "ipaddr.js";

export type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Network = readonly [Address, number];

/**
 * Who may be called at an address: anyone's webhook (`public`), one whose host the operator named (`private`), or one whose
 * network the operator named (`special`), since nobody runs a receiver there and cloud providers answer with credentials.
 */
export type Reach = "public" | "private" | "special";

export interface AddressRange {
  readonly network: string;
  readonly name: string;
  readonly reach: Exclude<Reach, "public">;
}

// IANA IPv4 Special-Purpose Address Registry (RFC 6890 and updates), and multicast. Blocks that the registry calls globally
// reachable (AS112, AMT, the anycast addresses in 192.0.0.0/24) are services of the network itself, not receivers.
const IPV4_RANGES: readonly AddressRange[] = [
  { network: "0.0.0.0/8", name: "this network", reach: "special" },
  { network: "10.0.0.0/8", name: "private use", reach: "private" },
  { network: "100.64.0.0/10", name: "shared by carriers", reach: "private" },
  { network: "127.0.0.0/8", name: "loopback", reach: "private" },
  { network: "168.63.129.16/32", name: "Azure's platform", reach: "special" },
  { network: "100.100.100.200/32", name: "Alibaba Cloud's metadata", reach: "special" },
  { network: "169.254.0.0/16", name: "link-local", reach: "special" },
  { network: "172.16.0.0/12", name: "private use", reach: "private" },
  { network: "192.0.0.0/24", name: "protocol assignments", reach: "special" },
  { network: "192.0.2.0/24", name: "documentation", reach: "special" },
  { network: "192.31.196.0/24", name: "AS112", reach: "special" },
  { network: "192.52.193.0/24", name: "multicast tunnels", reach: "special" },
  { network: "192.88.99.0/24", name: "6to4 relays", reach: "special" },
  { network: "192.168.0.0/16", name: "private use", reach: "private" },
  { network: "192.175.48.0/24", name: "AS112", reach: "special" },
  { network: "198.18.0.0/15", name: "benchmarking", reach: "special" },
  { network: "198.51.100.0/24", name: "documentation", reach: "special" },
  { network: "203.0.113.0/24", name: "documentation", reach: "special" },
  { network: "224.0.0.0/4", name: "multicast", reach: "special" },
  { network: "240.0.0.0/4", name: "reserved", reach: "special" },
];

// IANA IPv6 Special-Purpose Address Registry inside global unicast, 2000::/3. 2001::/23 holds Teredo, benchmarking, ORCHID,
// AS112 and whatever is assigned there next.
const IPV6_RANGES: readonly AddressRange[] = [
  { network: "::1/128", name: "loopback", reach: "private" },
  { network: "fc00::/7", name: "private use", reach: "private" },
  { network: "2001::/23", name: "protocol assignments", reach: "special" },
  { network: "2001:db8::/32", name: "documentation", reach: "special" },
  { network: "2002::/16", name: "6to4", reach: "special" },
  { network: "2620:4f:8000::/48", name: "AS112", reach: "special" },
  { network: "3fff::/20", name: "documentation", reach: "special" },
];

// Everything else is not given out or wraps an IPv4 address: mapped, compatible, NAT64, link-local, multicast.
const GLOBAL_UNICAST: Network = ipaddr.parseCIDR("2000::/3");

// The narrower range first: 100.100.100.200 lies in the carriers' block too.
const RANGES = [...IPV4_RANGES, ...IPV6_RANGES]
  .map((range) => ({ ...range, parsed: ipaddr.parseCIDR(range.network) satisfies Network }))
  .sort((one, other) => other.parsed[1] - one.parsed[1]);

/** Whether `address` lies in `network`; never across the two families. */
export function isIn(address: Address, [network, bits]: Network): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}

/**
 * What kind of place an address is, by IANA's special-purpose registries.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
export function classifyAddress(address: Address): { readonly reach: Reach; readonly name: string } {
  const range = RANGES.find(({ parsed }) => isIn(address, parsed));
  if (range !== undefined) return { reach: range.reach, name: range.name };
  if (address.kind() === "ipv6" && !isIn(address, GLOBAL_UNICAST)) {
    return { reach: "special", name: "outside of global unicast" };
  }
  return { reach: "public", name: "public" };
}
