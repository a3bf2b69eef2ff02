import type { BenchOrder } from "./order-record.js";

export const BURST_DEVICES = 20;
export const BURST_NETWORKS = 5;

/**
 * Unpaid orders of one piece of one SKU, from few devices, each of which shows itself in every one of few IPv6 networks, under
 * an address of its own for every order.
 */
export function burstOrders(name: string, sku: string, count: number): BenchOrder[] {
  return Array.from({ length: count }, (_, n) => ({
    orderId: `${name}-${n}`,
    deviceId: `${name}-device-${n % BURST_DEVICES}`,
    ipAddress: `${networkOf(name, Math.floor(n / BURST_DEVICES) % BURST_NETWORKS)}::${(n + 1).toString(16)}`,
    lines: [{ sku, quantity: 1 }],
  }));
}

/** A /64 of the range for documentation (RFC 3849): another one for every burst, so that none inherits another's count. */
function networkOf(name: string, network: number): string {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + character.charCodeAt(0)) % 0x10000;
  return `2001:db8:${hash.toString(16)}:${network.toString(16)}`;
}
