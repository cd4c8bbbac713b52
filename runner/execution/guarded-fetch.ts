import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { ParityError } from "@parity-protocol/sdk";

/** Networks that a stranger must not make this runner call: this host, its neighbours, and the cloud's own services. */
const inside = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const)
  inside.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of [
  ["::", 127],
  ["64:ff9b::", 96],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const)
  inside.addSubnet(network, prefix, "ipv6");

/** Says whether an address belongs to a network that is not the public one. */
export function isInsideAddress(address: string): boolean {
  const family = isIP(address);
  // BlockList checks an IPv4 address that is mapped into IPv6 against the IPv4 rules.
  return family === 0 || inside.check(address, family === 4 ? "ipv4" : "ipv6");
}

/**
 * A fetch for stores and registries that a task names: refuses hosts that are, or resolve to, addresses inside a network, and follows
 * no redirect. What it throws carries LOCATION_REFUSED as its cause.
 */
export const guardedFetch: typeof fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(host) ? [host] : (await lookup(host, { all: true })).map(({ address }) => address);
  if (addresses.some(isInsideAddress))
    throw new ParityError("LOCATION_REFUSED", `The location ${url.host} is inside a private network.`, { details: { host: url.host } });
  // A caller that follows by itself passes each hop through here again.
  return fetch(input, { ...init, redirect: init?.redirect === "manual" ? "manual" : "error" });
};
