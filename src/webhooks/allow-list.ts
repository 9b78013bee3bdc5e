import ipaddr from "ipaddr.js";
import { type Address, isIn, type Network } from "./address-ranges.ts";

/** What the operator lets webhooks reach beyond the public internet. */
export interface AllowList {
  /** exact names, in lower case */
  readonly hosts: ReadonlySet<string>;
  readonly networks: readonly Network[];
}

const NOT_A_NAME = /^[\d.]*$|[/:\s]/;

function aloneOf(address: Address): Network {
  return [address, address.kind() === "ipv4" ? 32 : 128];
}

/**
 * Reads the items of CUTWATCH_WEBHOOK_ALLOW: host names, addresses and networks.
 *
 * @throws RangeError on an item that looks like an address or a network and is none
 */
export function allowList(items: readonly string[]): AllowList {
  const hosts = new Set<string>();
  const networks: Network[] = [];
  for (const item of items) {
    if (ipaddr.isValidCIDR(item)) networks.push(ipaddr.parseCIDR(item));
    else if (!NOT_A_NAME.test(item)) hosts.add(item.toLowerCase());
    else if (ipaddr.isValid(item)) networks.push(aloneOf(ipaddr.parse(item)));
    else throw new RangeError(`Cannot allow webhooks to "${item}": must be a host name, an address or a network`);
  }
  return { hosts, networks };
}

/** Whether an address lies in a network that the operator named. */
export function isAllowedAddress(address: Address, allow: AllowList): boolean {
  return allow.networks.some((network) => isIn(address, network));
}
