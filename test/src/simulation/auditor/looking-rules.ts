import type { StockMovement } from "@septet/stock-contracts";
import type { Exchange } from "../world/history.js";
import type { Evidence } from "./auditor.js";
import type { Findings } from "./findings.js";
import { movementsOf } from "./movement-rules.js";

type Position = { readonly contiguous: number; readonly ahead: readonly [number, number][] };
interface Balances {
  readonly items: readonly { sku: string; location: string; bucket: string; quantity: number }[];
  readonly positions: Readonly<Record<string, Readonly<Record<string, Position>>>>;
}
type Shown = Readonly<Record<string, number>>;
interface Stock {
  readonly sku: string;
  readonly identityHolds: boolean;
  readonly network: Shown;
  readonly locations: readonly (Shown & { location: string })[];
}

const OWNED: Readonly<Record<string, readonly string[]>> = {
  "order-reservation": ["sellable", "orderReserved", "locked"],
  warehouse: ["total", "unsellable"],
  transfer: ["transferReserved", "inTransit"],
};
/** What would let a shop compute what we have left. */
const OURS = /^(sellable|total|unsellable|locked|virtual|onHand|available|remaining|left|stock)$/i;

/** Whoever looks something up sees what is so, at any moment. */
export function lookingRules(evidence: Evidence, findings: Findings): void {
  const movements = movementsOf(evidence);
  for (const exchange of evidence.history.exchanges) {
    const { service, path, answers } = exchange;
    if (path.startsWith("/v1/reservations")) tellsNoQuantity(exchange, findings);
    if (exchange.move.do !== "look") continue;
    for (const { status, body } of answers) {
      const shown = () => `${service} ${path}: ${status} ${JSON.stringify(body)}`;
      findings.expect(status === 200 || status === 404, "whoever looks something up is answered", shown);
      if (status !== 200) continue;
      if (path.startsWith("/v1/balances")) balancesAreTheFold(service, body as Balances, movements, findings);
      if (service === "ledger" && path.startsWith("/v1/stock") && !path.includes("/movements")) {
        const stocks = path === "/v1/stock" ? (body as { items: Stock[] }).items : [body as Stock];
        for (const stock of stocks) stockAddsUp(stock, findings);
      }
    }
  }
}

function tellsNoQuantity({ path, answers }: Exchange, findings: Findings): void {
  for (const { body } of answers) {
    const named = namesIn(body).filter((name) => OURS.test(name));
    const shown = () => `${path} tells ${named.join(", ")}: ${JSON.stringify(body)}`;
    findings.expect(named.length === 0, "no answer to a shop carries our quantity", shown);
  }
}

function namesIn(body: unknown): string[] {
  if (typeof body !== "object" || body === null) return [];
  const own = Array.isArray(body) ? [] : Object.keys(body);
  return [...own, ...Object.values(body).flatMap(namesIn)];
}

function balancesAreTheFold(
  service: string,
  { items, positions }: Balances,
  movements: readonly StockMovement[],
  findings: Findings,
): void {
  const buckets = OWNED[service] ?? [];
  const folded = new Map<string, number>();
  for (const { recordedBy, sku, sequence, legs } of movements) {
    if (!covers(positions[recordedBy]?.[sku], sequence)) continue;
    for (const { location, bucket, delta } of legs) {
      if (!buckets.includes(bucket)) continue;
      const key = JSON.stringify([sku, location, bucket]);
      folded.set(key, (folded.get(key) ?? 0) + delta);
    }
  }
  const said = new Map(items.map((item) => [JSON.stringify([item.sku, item.location, item.bucket]), item.quantity]));
  for (const key of new Set([...folded.keys(), ...said.keys()])) {
    const has = said.get(key) ?? 0;
    const shown = () =>
      `${service} says ${has} of ${key}, the movements up to its positions say ${folded.get(key) ?? 0}`;
    findings.expect(has === (folded.get(key) ?? 0), "balances are what the movements up to their positions say", shown);
  }
}

const covers = (position: Position | undefined, sequence: number): boolean =>
  position !== undefined &&
  (sequence <= position.contiguous || position.ahead.some(([from, to]) => from <= sequence && sequence <= to));

function stockAddsUp({ sku, identityHolds, network, locations }: Stock, findings: Findings): void {
  const shown = () => JSON.stringify({ sku, identityHolds, network, locations });
  findings.expect(identityHolds, "the seven buckets add up at every moment that somebody looks", shown);
  for (const place of [network, ...locations]) {
    const rest = place.sellable! + place.orderReserved! + place.unsellable! + place.locked! + place.transferReserved!;
    const adds = place.total === rest - place.inTransit! - place.virtual!;
    findings.expect(
      adds && place.bookTotal === place.total! + place.inTransit!,
      "the seven buckets add up at every moment that somebody looks",
      shown,
    );
  }
  for (const bucket of Object.keys(network)) {
    const sum = locations.reduce((pieces, place) => pieces + place[bucket]!, 0);
    findings.expect(sum === network[bucket], "the network is the sum of its locations", () => `${bucket}: ${shown()}`);
  }
}
