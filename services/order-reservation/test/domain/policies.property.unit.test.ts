import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Command, placeKey } from "../../src/domain/index.js";
import { MINUTE, placement, Shop } from "./shop.js";

const SKUS = ["cart", "order", "payment"];
const ORDERS = ["o1", "o2", "o3", "o4"];
const CARTS = ["c1", "c2", "c3"];

type Step =
  | {
      do: "place";
      order: string;
      cart: string | null;
      lines: [sku: string, quantity: number][];
      paid: boolean;
      partial: boolean;
    }
  | { do: "pay" | "cancel" | "expire"; order: string }
  | { do: "put"; cart: string; sku: string; by: number }
  | { do: "hold"; cart: string; sku: string; to: number }
  | { do: "sweep"; cart: string; sku: string }
  | { do: "wait"; minutes: number };

const sku = fc.constantFrom(...SKUS);
const order = fc.constantFrom(...ORDERS);
const cart = fc.constantFrom(...CARTS);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("place" as const),
      order,
      cart: fc.option(cart),
      lines: fc.array(fc.tuple(sku, fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 3 }),
      paid: fc.boolean(),
      partial: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom("pay" as const, "cancel" as const, "expire" as const), order }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("put" as const),
      cart,
      sku,
      by: fc.integer({ min: -3, max: 4 }).filter((n) => n !== 0),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("hold" as const), cart, sku, to: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("sweep" as const), cart, sku }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait" as const), minutes: fc.integer({ min: 1, max: 20 }) }) },
);

/** One customer places two orders, one device three. */
const whoOf = (order: string) => ({
  customerId: order === "o1" || order === "o2" ? "ann" : null,
  deviceId: order === "o4" ? null : "phone",
});
const PER_CUSTOMER = 5;
const PER_DEVICE = 2;

function commandOf(step: Exclude<Step, { do: "wait" }>): Command {
  const who = { customerId: null, customerClass: null, channel: "web", region: null };
  switch (step.do) {
    case "place": {
      const lines = Object.fromEntries(step.lines.map((line, i) => [`l${i}`, line]));
      const payment = step.paid ? "PAID" : "PENDING";
      const more = { payment, allowPartial: step.partial, cartId: step.cart, ...whoOf(step.order) } as const;
      return { type: "PlaceOrder", placement: placement(step.order, lines, more) };
    }
    case "pay":
      return { type: "PaymentSucceeded", orderId: step.order };
    case "cancel":
      return { type: "CancelOrder", orderId: step.order, lines: null };
    case "expire":
      return { type: "ExpireHold", orderId: step.order };
    case "put":
      return { type: "HoldCart", wish: { cartId: step.cart, sku: step.sku, ...who, change: { by: step.by } } };
    case "hold":
      return { type: "HoldCart", wish: { cartId: step.cart, sku: step.sku, ...who, change: { to: step.to } } };
    case "sweep":
      return { type: "ExpireCart", cartId: step.cart, sku: step.sku };
  }
}

function shopWith(stock: readonly number[]): Shop {
  const shop = new Shop();
  let i = 0;
  for (const sku of SKUS) for (const place of ["east", "west"]) shop.stock(sku, place, stock[i++] ?? 0);
  shop.policies.set("sku:cart", { reserveAt: "ON_CART" });
  shop.policies.set("sku:payment", { reserveAt: "ON_PAYMENT" });
  const limit = {
    perOrderPieces: 4,
    perCustomerPieces: PER_CUSTOMER,
    windowSeconds: 7 * 86_400,
    over: "WINDOW",
  } as const;
  shop.policies.set("sku:order", { limit });
  shop.policies.set("default", { velocity: { windowSeconds: 7 * 86_400, perDevice: PER_DEVICE, perIp: 100 } });
  return shop;
}

const stock = fc.array(fc.nat(6), { minLength: 6, maxLength: 6 });

/** Pieces that are there for everybody, over all places. */
const forSale = (shop: Shop, sku: string): number =>
  [...shop.rows.values()]
    .filter((row) => row.sku === sku)
    .reduce((pieces, row) => pieces + Math.max(0, row.sellable), 0);

/** Nobody has more than one may have, nor leaves more unpaid, whatever was cancelled, expired or paid since. */
function checkLimits(shop: Shop): void {
  let pieces = 0;
  let unpaid = 0;
  for (const { orderId, state, paid, lines } of shop.orders.values()) {
    const { customerId, deviceId } = whoOf(orderId);
    const counts = ["RESERVED", "AWAITING_PAYMENT", "CONFIRMED", "FULFILLED"].includes(state);
    if (deviceId !== null && !paid && (state === "EXPIRED" || counts)) unpaid += 1;
    if (customerId === null || !counts) continue;
    for (const line of lines) {
      if (line.sku === "order") pieces += line.quantity - line.cancelled - line.shorted;
    }
  }
  expect(pieces).toBeLessThanOrEqual(PER_CUSTOMER);
  expect(unpaid).toBeLessThanOrEqual(PER_DEVICE);
}

/** What the books of carts say, and what nobody may be promised. */
function check(
  shop: Shop,
  atStart: ReadonlyMap<string, number>,
  command: Command,
  before: ReadonlyMap<string, number>,
  effectsBefore: number,
): void {
  for (const [key, row] of shop.rows) {
    expect(row.sellable).toBeGreaterThanOrEqual(0);
    expect(row.sellable + row.orderReserved).toBe(atStart.get(key));
  }
  for (const { wanted, places } of shop.carts.values()) {
    const held = places.reduce((pieces, place) => pieces + place.pieces, 0);
    expect(held).toBeLessThanOrEqual(Math.max(0, wanted));
  }
  for (const order of shop.orders.values()) {
    const waits = order.allocations.some((a) => a.sku === "payment" && a.open > 0) && !order.paid;
    expect(waits).toBe(false);
  }
  if (command.type !== "HoldCart") return;
  const refused = shop.effects
    .slice(effectsBefore)
    .some(
      (effect) => effect.kind === "event" && effect.name === "CartHoldRejected" && effect.value.code === "OUT_OF_STOCK",
    );
  const { cartId, sku, change } = command.wish;
  if (!refused) return;
  const hold = shop.carts.get(`${cartId}\u0000${sku}`);
  const asked = "to" in change ? change.to : (hold?.wanted ?? change.by);
  const own = hold?.places.reduce((pieces, place) => pieces + place.pieces, 0) ?? 0;
  expect(asked - own).toBeGreaterThan(before.get(sku) ?? 0);
}

describe("whatever is put into carts, ordered and paid, under all three policies", () => {
  test("books add up, nothing is held that nobody wants, and no cart is refused what there is", () => {
    fc.assert(
      fc.property(stock, fc.array(step, { maxLength: 50 }), (start, steps) => {
        const shop = shopWith(start);
        const atStart = new Map([...shop.rows].map(([key, row]) => [key, row.sellable]));
        for (const next of steps) {
          if (next.do === "wait") {
            shop.later(next.minutes * MINUTE);
            continue;
          }
          const before = new Map(SKUS.map((sku) => [sku, forSale(shop, sku)]));
          const command = commandOf(next);
          const effectsBefore = shop.effects.length;
          shop.do(command);
          checkLimits(shop);
          check(shop, atStart, command, before, effectsBefore);
        }
        // No hold outlives its time: then everything that was not paid for is for sale again.
        shop.later(1_000 * MINUTE);
        for (const { cartId, sku } of [...shop.carts.values()]) shop.expireCart(cartId, sku);
        for (const { orderId } of [...shop.orders.values()]) shop.expire(orderId);
        expect(shop.carts.size).toBe(0);
        for (const order of shop.orders.values()) {
          if (!order.paid) expect(order.allocations.every((allocation) => allocation.open === 0)).toBe(true);
        }
        for (const sku of SKUS) expect(shop.rows.has(placeKey(sku, "east"))).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test("a slice ends like its commands one by one", () => {
    fc.assert(
      fc.property(stock, fc.array(step, { maxLength: 30 }), (start, steps) => {
        const [together, oneByOne] = [shopWith(start), shopWith(start)];
        const commands = steps.flatMap((next) => (next.do === "wait" ? [] : [commandOf(next)]));
        together.slice(commands, SKUS);
        for (const command of commands) oneByOne.do(command, SKUS);
        const told = (shop: Shop) => shop.effects.map(({ by: _by, ...effect }) => effect);
        expect(told(together)).toEqual(told(oneByOne));
        expect([...together.carts].sort()).toEqual([...oneByOne.carts].sort());
      }),
      { numRuns: 100 },
    );
  });
});
