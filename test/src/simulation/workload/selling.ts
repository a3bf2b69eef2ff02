import { buyerOf } from "./buyer.js";
import { CURRENCY, priceOf, SUBSTITUTION_GROUP } from "./choosing.js";
import { holdsOf } from "./holds.js";
import { orderPlaced } from "./order-placed.js";
import type { OutsideWorld } from "./outside-world.js";
import { promotionOf } from "./promoting.js";
import type { Drawn, Shop } from "./shop.js";

export interface ScriptLine {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
}

/** What shops and payment providers do. */
export type SellingMove =
  | { readonly do: "list"; readonly sku: string; readonly active: boolean }
  | {
      readonly do: "place";
      readonly via: "topic" | "http";
      readonly orderId: string;
      readonly payment: "PENDING" | "PAID";
      readonly allowPartial: boolean;
      readonly lines: readonly ScriptLine[];
    }
  | { readonly do: "pay"; readonly orderId: string; readonly succeeded: boolean }
  | {
      readonly do: "cancel";
      readonly via: "topic" | "http";
      readonly orderId: string;
      /** null: the whole order. */
      readonly lines: readonly { readonly lineId: string; readonly quantity: number }[] | null;
    }
  /** Gives one of the last holds (the order itself where there is none) so much more time. */
  | {
      readonly do: "extend";
      readonly nth: number;
      readonly orderId: string;
      readonly seconds: number;
    };

/** Whoever gives a hold more time looks at the latest ones. */
const RECENT_HOLDS = 4;

export const SELLING: Readonly<Record<string, Drawn>> = {
  placeNew: { weight: 10, always: true, ample: true, moves: (shop) => [placement(shop, orderOf(shop, 0.25))] },
  placeAgain: {
    weight: 1.5,
    ample: true,
    moves: (shop) => (shop.orders.size === 0 ? [] : [placement(shop, orderOf(shop, 1))]),
  },
  pay: { weight: 7, always: true, ample: true, moves: (shop) => [payment(orderOf(shop, 0.95), true)] },
  fail: { weight: 0.5, ample: true, moves: (shop) => [payment(orderOf(shop, 0.9), false)] },
  cancel: { weight: 5, ample: true, moves: (shop) => [cancellation(shop)] },
  placeOther: { weight: 1, moves: (shop) => (shop.orders.size === 0 ? [] : [otherPlacement(shop)]) },
  extend: { weight: 2, ample: true, moves: (shop) => (shop.orders.size === 0 ? [] : [extension(shop)]) },
  outOfOrder: { weight: 1.5, ample: true, moves: outOfOrder },
};

/** An order that is known already, with this probability, or the next one. Its lines are settled here, before it is placed. */
export function orderOf(shop: Shop, known: number): string {
  const { random, orders } = shop;
  if (orders.size > 0 && random.chance(known)) return random.pick([...orders.keys()].slice(-8));
  const orderId = `o${orders.size + 1}`;
  orders.set(orderId, linesOf(shop));
  return orderId;
}

function linesOf({ random, skus, bundles, ample }: Shop): ScriptLine[] {
  const ordered = () => {
    if (bundles.length > 0 && random.chance(0.3)) return random.pick(bundles);
    return !ample && random.chance(0.03) ? "unheard-of" : random.pick(skus);
  };
  return Array.from({ length: random.chance(0.3) ? 2 : 1 }, (_, index) => ({
    lineId: `l${index + 1}`,
    sku: ordered(),
    quantity: random.between(1, 4),
  }));
}

/** On ample days the orders of even number are cancelled or not, the others are delivered: nothing races. */
const isDelivered = (orderId: string): boolean => Number(orderId.slice(1)) % 2 === 1;

/** An order to be delivered on an ample day; undefined when there is none yet. */
export function deliveredOrderOf({ random, orders }: Shop): string | undefined {
  const delivered = [...orders.keys()].filter(isDelivered).slice(-8);
  return delivered.length === 0 ? undefined : random.pick(delivered);
}

function placement({ random, orders }: Shop, orderId: string): Extract<SellingMove, { do: "place" }> {
  return {
    do: "place",
    via: random.chance(0.3) ? "http" : "topic",
    orderId,
    payment: random.chance(0.3) ? "PAID" : "PENDING",
    allowPartial: random.chance(0.2),
    lines: orders.get(orderId)!,
  };
}

/** A new order that somebody may hold elsewhere before it is paid. */
export const unpaidPlacement = (shop: Shop): SellingMove => ({
  ...placement(shop, orderOf(shop, 0)),
  payment: "PENDING",
  allowPartial: false,
});

/** Another order under an id that is taken, or about to be. */
function otherPlacement(shop: Shop): SellingMove {
  return { ...placement(shop, orderOf(shop, 1)), lines: linesOf(shop) };
}

const payment = (orderId: string, succeeded: boolean): SellingMove => ({ do: "pay", orderId, succeeded });

function cancellation(shop: Shop, orderId = orderOf(shop, 0.95)): SellingMove {
  const { random, ample } = shop;
  const via = random.chance(0.3) ? "http" : "topic";
  // Who must not cancel pays instead, which never hurts.
  if (ample && isDelivered(orderId)) return payment(orderId, true);
  if (random.chance(0.4)) return { do: "cancel", via, orderId, lines: null };
  const line = random.pick(shop.orders.get(orderId)!);
  const lines = [{ lineId: line.lineId, quantity: random.between(1, line.quantity) }];
  return { do: "cancel", via, orderId, lines };
}

function extension(shop: Shop): SellingMove {
  const { random } = shop;
  const seconds = random.pick([1, 60, 1_800, 3_600, 5_400, 7_200]);
  return { do: "extend", nth: random.below(1_000), orderId: orderOf(shop, 1), seconds };
}

/** All facts about a new order at once, in any order. */
function outOfOrder(shop: Shop): SellingMove[] {
  const orderId = orderOf(shop, 0);
  const facts = [placement(shop, orderId), payment(orderId, true), cancellation(shop, orderId)];
  return shop.random.shuffled(facts.slice(0, shop.random.between(2, 3)));
}

export const sellingDone = {
  list: (outside: OutsideWorld, { sku, active }: Extract<SellingMove, { do: "list" }>) => {
    const price = { unitPriceMinor: priceOf(sku), currency: CURRENCY };
    outside.send("SkuListed", { sku, name: sku, active, ...price, substitutionGroup: SUBSTITUTION_GROUP, parts: null });
  },
  place: (outside: OutsideWorld, move: Extract<SellingMove, { do: "place" }>) => {
    const { orderId, payment, allowPartial } = move;
    const lines = move.lines.map((line) => ({ ...line, unitPriceMinor: priceOf(line.sku) }));
    if (move.via === "topic") outside.send("OrderPlaced", { ...orderPlaced(orderId, payment, allowPartial), lines });
    else {
      const about = { ...buyerOf(orderId), promotionId: promotionOf(orderId), channel: "web", currency: CURRENCY };
      const body = { orderId, ...about, payment, allowPartial, lines };
      outside.request(move, "order-reservation", { method: "POST", path: "/v1/reservations", body });
    }
  },
  pay: (outside: OutsideWorld, { orderId, succeeded }: Extract<SellingMove, { do: "pay" }>) => {
    if (succeeded) outside.send("PaymentSucceeded", { orderId, paymentId: null });
    else outside.send("PaymentFailed", { orderId, paymentId: null, reason: null });
  },
  cancel: (outside: OutsideWorld, move: Extract<SellingMove, { do: "cancel" }>) => {
    const { orderId, lines } = move;
    if (move.via === "topic") outside.send("OrderCancelled", { orderId, lines, reason: null });
    else {
      const body = lines === null ? {} : { lines };
      outside.request(move, "order-reservation", { method: "POST", path: `/v1/reservations/${orderId}/cancel`, body });
    }
  },
  extend: (outside: OutsideWorld, move: Extract<SellingMove, { do: "extend" }>) => {
    const holds = holdsOf(outside.world).slice(-RECENT_HOLDS);
    const orderId = holds.at(-1 - (move.nth % Math.max(1, holds.length)))?.orderId ?? move.orderId;
    const path = `/v1/reservations/${orderId}/extend`;
    const body = { seconds: move.seconds };
    outside.request({ ...move, orderId }, "order-reservation", { method: "POST", path, body });
  },
};
