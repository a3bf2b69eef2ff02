import { BlockList, isIP, isIPv4 } from "node:net";

/** Networks that are nobody's on the open internet: this machine, the house, the cloud's own metadata, documentation … */
const CLOSED_IPV4 = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"],
  ...["192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"],
  ...["224.0.0.0/4", "240.0.0.0/4"],
];
/** Of IPv6 only global unicast is open, without what carries an IPv4 address inside. */
const OPEN_IPV6 = ["2000::/3"];
const CLOSED_IPV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

/** Which addresses a connector may reach. */
export interface AllowedAddresses {
  includes(address: string): boolean;
}

/** A list of networks such as `10.20.0.0/16, fd00::/8`. @throws RangeError naming the one that is none. */
export function networksOf(list: string): readonly string[] {
  const networks = list
    .split(",")
    .map((network) => network.trim())
    .filter((network) => network !== "");
  blockList(networks);
  return networks;
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits = ""] = network.split("/");
    const family = isIP(address);
    if (family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) {
      throw new RangeError(`${network} is no network such as 10.20.0.0/16`);
    }
    list.addSubnet(address, Number(bits), family === 4 ? "ipv4" : "ipv6");
  }
  return list;
}

const closedIpv4 = blockList(CLOSED_IPV4);
const openIpv6 = blockList(OPEN_IPV6);
const closedIpv6 = blockList(CLOSED_IPV6);
const MAPPED_IPV4 = /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i;

/** Public addresses, and those of the networks that an operator allows. */
export function allowedAddresses(networks: readonly string[]): AllowedAddresses {
  const allowed = blockList(networks);
  return {
    includes(address) {
      const mapped = mappedIpv4(address);
      if (mapped !== undefined) return this.includes(mapped);
      if (isIPv4(address)) return allowed.check(address, "ipv4") || !closedIpv4.check(address, "ipv4");
      if (isIP(address) !== 6) return false;
      if (allowed.check(address, "ipv6")) return true;
      return openIpv6.check(address, "ipv6") && !closedIpv6.check(address, "ipv6");
    },
  };
}

/** The IPv4 address that an IPv6 address stands for. */
function mappedIpv4(address: string): string | undefined {
  const [, dotted, high, low] = MAPPED_IPV4.exec(address) ?? [];
  if (dotted !== undefined) return dotted;
  if (high === undefined || low === undefined) return undefined;
  const bits = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join(".");
}
