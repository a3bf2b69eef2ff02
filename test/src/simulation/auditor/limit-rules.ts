import { buyerOf, householdOf } from "../workload/buyer.js";
import type { SkuLimit } from "../workload/limiting.js";
import type { Evidence } from "./auditor.js";
import type { Findings } from "./findings.js";
import { movementsOf } from "./movement-rules.js";

/** What carts hold, what one order and one customer may have, and how many orders a device leaves unpaid. */
export function limitRules(evidence: Evidence, findings: Findings): void {
  if (evidence.tables.orders === undefined) return;
  cartsHoldNoMoreThanTheySay(evidence, findings);
  cartsEndInTime(evidence, findings);
  nobodyHasMoreThanAllowed(evidence, findings);
  for (const source of ["device", "address"] as const) {
    nobodyLeavesTooManyUnpaid(evidence, source, findings);
    nobodyIsRefusedTooEarly(evidence, source, findings);
  }
}

function cartsHoldNoMoreThanTheySay(evidence: Evidence, findings: Findings): void {
  const open = new Map<string, number>();
  const released = new Map<string, number>();
  for (const { kind, reference, sku, legs } of movementsOf(evidence)) {
    if (reference.type !== "cart") continue;
    const key = `${sku} in ${reference.id}`;
    const pieces = legs.reduce((sum, leg) => (leg.bucket === "orderReserved" ? sum + leg.delta : sum), 0);
    open.set(key, (open.get(key) ?? 0) + pieces);
    if (kind === "RELEASE") released.set(key, (released.get(key) ?? 0) - pieces);
    findings.expect(open.get(key)! >= 0, "no cart gives back what it does not hold", () => key);
  }
  for (const [key, pieces] of open) {
    findings.expect(pieces === 0, "no hold of a cart outlives its time", () => `${key}: ${pieces}`);
  }
  const told = new Map<string, number>();
  const seen = new Set<string>();
  for (const { value } of evidence.history.records("CartHoldReleased")) {
    if (seen.has(value.eventId)) continue;
    seen.add(value.eventId);
    const key = `${value.sku} in ${value.cartId}`;
    told.set(key, (told.get(key) ?? 0) + value.quantity);
  }
  for (const key of new Set([...released.keys(), ...told.keys()])) {
    const shown = () => `${key}: ${released.get(key) ?? 0} given back, told ${told.get(key) ?? 0}`;
    findings.expect(released.get(key) === told.get(key), "whoever filled a cart is told what it gives back", shown);
  }
  const { cartHolds } = evidence.tables;
  findings.expect(cartHolds === 0, "at rest nothing is kept of carts", () => `${cartHolds} rows`);
}

function cartsEndInTime({ history }: Evidence, findings: Findings): void {
  const ends = new Map<string, number>();
  const heard = new Set<string>();
  for (const { record } of history.witnessed) {
    if (record?.name === "CartHeld") {
      const { cartId, sku, expiresAt } = record.value;
      const key = `${sku} in ${cartId}`;
      // Sent again by a displaced relay: what was said later holds.
      if (!heard.has(record.value.eventId)) ends.set(key, expiresAt);
      heard.add(record.value.eventId);
    }
    if (record?.name !== "CartHoldReleased" || record.value.reason !== "EXPIRED") continue;
    const { eventId, cartId, sku, occurredAt } = record.value;
    if (heard.has(eventId)) continue;
    heard.add(eventId);
    const end = ends.get(`${sku} in ${cartId}`);
    const shown = () => `${sku} in ${cartId} ends at ${end}, was given back at ${occurredAt}`;
    findings.expect(end !== undefined && occurredAt >= end, "no cart is emptied before its time", shown);
  }
}

function nobodyHasMoreThanAllowed(evidence: Evidence, findings: Findings): void {
  const limits = new Map<string, SkuLimit>();
  for (const { step, move } of evidence.script.moves) {
    if (move.do === "sellBy" && move.limit !== null && step === 0) limits.set(move.sku, move.limit);
  }
  for (const { move } of evidence.script.moves)
    if (move.do === "sellBy" && move.limit === null) limits.delete(move.sku);
  // What is in a bundle is not ordered by itself.
  const bundled = new Set(
    evidence.tables.lines.flatMap((row) => (row.parts === null ? [] : [`${row.order_id}/${row.line_id}`])),
  );
  const byOrder = new Map<string, number>();
  const byCustomer = new Map<string, number>();
  for (const { kind, reference, sku, legs, reverses } of movementsOf(evidence)) {
    const limit = limits.get(sku);
    const counted = kind === "RESERVE" || kind === "RELEASE" || kind.startsWith("PICK_");
    if (limit === undefined || reference.type !== "order" || !counted || reverses !== null) continue;
    if (bundled.has(`${reference.id}/${reference.line}`)) continue;
    const pieces = legs.reduce((sum, leg) => (leg.bucket === "orderReserved" ? sum + leg.delta : sum), 0);
    const { customerId } = buyerOf(reference.id);
    const order = `${sku} of ${reference.id}`;
    const customer = `${sku} of ${customerId}`;
    byOrder.set(order, (byOrder.get(order) ?? 0) + pieces);
    if (customerId !== null) byCustomer.set(customer, (byCustomer.get(customer) ?? 0) + pieces);
    const shown = (who: string, has: number | undefined) => () => `${who}: ${has}, allowed ${JSON.stringify(limit)}`;
    const [ofOrder, ofCustomer] = [byOrder.get(order) ?? 0, byCustomer.get(customer) ?? 0];
    findings.expect(ofOrder <= limit.perOrderPieces, "no order has more than one may have", shown(order, ofOrder));
    const within = ofCustomer <= limit.perCustomerPieces;
    findings.expect(within, "no customer has more than one may have", shown(customer, ofCustomer));
  }
}

type Source = "device" | "address";
const REFUSED_FOR: Readonly<Record<Source, string>> = { device: "DEVICE_VELOCITY", address: "IP_VELOCITY" };

/** Where an order came from, as far as unpaid ones are counted by it. */
function sourceOf(orderId: string, source: Source): string | null {
  const { deviceId, ipAddress } = buyerOf(orderId);
  if (source === "device") return deviceId;
  return ipAddress === null ? null : householdOf(ipAddress);
}

/** How many unpaid orders of a source the rules of the day allow; undefined: they said nothing for some time. */
function allowedOf({ script }: Evidence, source: Source): number | undefined {
  const ruled = script.moves.filter(({ move }) => move.do === "policy" && move.scope === "default");
  if (ruled[0]?.step !== 0) return undefined;
  const most = ruled.flatMap(({ move }) => {
    if (move.do !== "policy") return [];
    return [source === "device" ? move.perDevice : move.perAddress];
  });
  const said = most.filter((one) => one !== undefined);
  return said.length === most.length ? Math.max(...said) : undefined;
}

/** Whoever is unpaid at rest has been unpaid all the time: the last of them was taken while all others counted. */
function nobodyLeavesTooManyUnpaid(evidence: Evidence, source: Source, findings: Findings): void {
  const allowed = allowedOf(evidence, source);
  if (allowed === undefined) return;
  const unpaid = new Map<string, string[]>();
  for (const { order_id, state, paid } of evidence.tables.orders ?? []) {
    const name = sourceOf(order_id, source);
    if (name === null || paid || !["RESERVED", "AWAITING_PAYMENT", "EXPIRED"].includes(state)) continue;
    unpaid.set(name, [...(unpaid.get(name) ?? []), order_id]);
  }
  for (const [name, orders] of unpaid) {
    const shown = () => `${name}: ${orders.join(", ")}, allowed ${allowed}`;
    findings.expect(orders.length <= allowed, `no ${source} leaves more orders unpaid than one may`, shown);
  }
}

/** Nobody is refused for unpaid orders before so many were taken. */
function nobodyIsRefusedTooEarly(evidence: Evidence, source: Source, findings: Findings): void {
  const allowed = allowedOf(evidence, source);
  const taken = new Map<string, Set<string>>();
  for (const { record } of evidence.history.witnessed) {
    if (record?.name !== "OrderReserved" && record?.name !== "OrderAwaitingPayment") continue;
    const name = sourceOf(record.value.orderId, source);
    if (name !== null) taken.set(name, (taken.get(name) ?? new Set()).add(record.value.orderId));
  }
  for (const { value } of evidence.history.records("OrderReservationRejected")) {
    if (!value.reasons.some(({ code }) => code === REFUSED_FOR[source])) continue;
    const name = sourceOf(value.orderId, source);
    const others = [...(taken.get(name ?? "") ?? [])].filter((orderId) => orderId !== value.orderId);
    const shown = () => `${value.orderId} of ${name}: ${others.join(", ")} were taken, allowed ${allowed}`;
    const enough = name !== null && others.length >= (allowed ?? Number.POSITIVE_INFINITY);
    findings.expect(enough, `no order is refused before its ${source} has left so many unpaid`, shown);
  }
}
