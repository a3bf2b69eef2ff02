import { createHmac } from "node:crypto";
import { isIPv4, isIPv6 } from "node:net";
import type { Command, Source } from "./domain/index.js";
import type { AllowedSources } from "./store/velocity-allowed.js";

/** A key under which devices and addresses are hashed. */
export interface VelocityKey {
  id: number;
  /** Hex. */
  secret: string;
}

/** Keys that count now: those that rotate with the window, the newest first, and the lasting one of the allow-list. */
export interface VelocityKeys {
  rotating: readonly VelocityKey[];
  lasting: VelocityKey | undefined;
}

export const NO_KEYS: VelocityKeys = { rotating: [], lasting: undefined };

type Kind = Source["kind"];
type Named = readonly [kind: Kind, value: string];

const PREFIX = { DEVICE: "device", IP: "ip" } as const;

export const hashed = (key: VelocityKey, kind: Kind, value: string): string =>
  `${PREFIX[kind]}:${createHmac("sha256", Buffer.from(key.secret, "hex")).update(`${kind}\u0000${value}`).digest("base64url")}`;

/** What of device and address is hashed: an IPv6 address counts by its /64, because a household has all of it. */
export function namesOf(o: { deviceId: string | null; ipAddress: string | null }): Named[] {
  const names: Named[] = [];
  if (o.deviceId !== null && o.deviceId.trim() !== "") names.push(["DEVICE", o.deviceId.trim()]);
  if (o.ipAddress !== null && o.ipAddress.trim() !== "") names.push(["IP", networkOf(o.ipAddress.trim())]);
  return names;
}

/** An IPv4 address as it is, an IPv6 address as its /64; what is neither counts by its text. */
export function networkOf(address: string): string {
  const plain = address.replace(/%.*$/, "").toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1];
  if (mapped !== undefined && isIPv4(mapped)) return mapped;
  if (!isIPv6(plain)) return plain;
  const groups = groupsOf(plain);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return [groups[6]! >> 8, groups[6]! & 255, groups[7]! >> 8, groups[7]! & 255].join(".");
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":")}::/64`;
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const [, a = "0", b = "0", c = "0", d = "0"] = dotted ?? [];
  const tail = `${(Number(a) * 256 + Number(b)).toString(16)}:${(Number(c) * 256 + Number(d)).toString(16)}`;
  const hex = dotted === null ? address : address.slice(0, dotted.index) + tail;
  const [before = "", after] = hex.split("::");
  const list = (text: string) => (text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16)));
  const [head, rest] = [list(before), list(after ?? "")];
  return [...head, ...Array.from({ length: 8 - head.length - rest.length }, () => 0), ...rest];
}

/** Where the unpaid orders of a slice come from, as far as the keys tell, by order. */
export function sourcesOf(
  commands: readonly Command[],
  keys: VelocityKeys,
  allowed: AllowedSources = new Set(),
): Map<string, Source[]> {
  const sources = new Map<string, Source[]>();
  const known = new Map<string, Source>();
  for (const command of commands) {
    if (command.type !== "PlaceOrder" || command.placement.payment === "PAID") continue;
    const found = namesOf(command.placement).flatMap((name) => {
      const text = name.join("\u0000");
      const source = known.get(text) ?? sourceOf(name, keys, allowed);
      if (source !== undefined) known.set(text, source);
      return source ?? [];
    });
    const { orderId } = command.placement;
    if (found.length > 0 && !sources.has(orderId)) sources.set(orderId, found);
  }
  return sources;
}

function sourceOf([kind, value]: Named, keys: VelocityKeys, allowed: AllowedSources): Source | undefined {
  const [first, ...others] = keys.rotating.map((key) => hashed(key, kind, value));
  if (first === undefined) return undefined;
  const isAllowed = keys.lasting !== undefined && allowed.has(hashed(keys.lasting, kind, value));
  return { kind, ids: [first, ...others], allowed: isAllowed };
}

/** Hashes under the lasting key of everything that unpaid orders of a slice come from: to be looked up in the allow-list. */
export function lastingIdsOf(commands: readonly Command[], { lasting }: VelocityKeys): string[] {
  const ids = new Set<string>();
  if (lasting === undefined) return [];
  for (const command of commands) {
    if (command.type !== "PlaceOrder" || command.placement.payment === "PAID") continue;
    for (const [kind, value] of namesOf(command.placement)) ids.add(hashed(lasting, kind, value));
  }
  return [...ids];
}
