import { describe, expect, test } from "@jest/globals";
import { movementDraft } from "@septet/stock-contracts";
import fc from "fast-check";
import { type Command, heldPieces, type Order, type ReserveAt } from "../../src/domain/index.js";
import { MINUTE, placement, Shop } from "./shop.js";

const SKUS = ["cart", "order", "payment"];
const OWN = ["east", "west"];
const PLACES = [...OWN, "supplier:acme"];
const PER_CUSTOMER = 5;
const PER_DEVICE = 2;
const WEEK_SECONDS = 7 * 86_400;

/** Time passes, somebody does something, or an operator changes when a SKU is reserved. */
type Step = { minutes: number } | { command: Command } | { sku: string; reserveAt: ReserveAt };

const sku = fc.constantFrom(...SKUS);
const orderId = fc.constantFrom("o1", "o2", "o3", "o4", "o5");
const lineId = fc.constantFrom("l0", "l1");
const cartId = fc.constantFrom("c1", "c2");
const place = fc.constantFrom(...PLACES);
const some = fc.integer({ min: -4, max: 4 }).filter((n) => n !== 0);
const pieces = fc.integer({ min: 1, max: 4 });
const doing = (command: fc.Arbitrary<Command>): fc.Arbitrary<Step> => command.map((one) => ({ command: one }));

const placing = fc
  .record({
    orderId,
    cartId: fc.option(cartId),
    lines: fc.array(fc.tuple(sku, pieces), { minLength: 1, maxLength: 3 }),
    payment: fc.constantFrom("PENDING", "PAID"),
    allowPartial: fc.boolean(),
    channel: fc.constantFrom("web", "app"),
  })
  .map(({ lines, orderId: id, ...more }): Command => {
    const named = Object.fromEntries(lines.map((line, i) => [`l${i}`, line]));
    const who = { customerId: id === "o5" ? null : "ann", deviceId: "phone" };
    return { type: "PlaceOrder", placement: placement(id, named, { ...more, ...who }) };
  });
const cancelling = fc
  .record({ orderId, lines: fc.option(fc.tuple(lineId, pieces)) })
  .map(({ orderId: id, lines }): Command => {
    const line = lines === null ? null : [{ lineId: lines[0], quantity: lines[1] }];
    return { type: "CancelOrder", orderId: id, lines: line };
  });
const moving = fc.record({ orderId, lineId, from: place, to: place }).map(
  ({ orderId: id, ...move }): Command => ({
    type: "MoveReservation",
    orderId: id,
    moves: [{ ...move, quantity: null }],
  }),
);
const filling = fc
  .record({ cartId, sku, change: fc.oneof(fc.record({ by: some }), fc.record({ to: fc.nat(5) })) })
  .map((wish): Command => {
    const who = { customerId: null, customerClass: null, channel: "web", region: null };
    return { type: "HoldCart", wish: { ...wish, ...who } };
  });
const counting = fc.record({ sku, at: place, quantity: some }).map(({ at, ...about }): Command => {
  const reference = { type: "adjustment", id: "count" } as const;
  const movement = OWN.includes(at)
    ? movementDraft("COUNT_ADJUST", "sellable", { ...about, at, reference })
    : movementDraft("VIRTUAL_ADJUST", undefined, { ...about, supplier: at, reference });
  return { type: "ApplyMovement", movement };
});
const transferring = fc.record({ sku, quantity: pieces, allowPartial: fc.boolean() }).map((wish): Command => {
  const transfer = { transferId: "t1", lineId: "1", source: "east", destination: "west" };
  return { type: "ReserveTransfer", request: { ...transfer, ...wish } };
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: doing(placing) },
  { weight: 3, arbitrary: doing(fc.record({ type: fc.constant("PaymentSucceeded" as const), orderId })) },
  { weight: 3, arbitrary: doing(cancelling) },
  { weight: 2, arbitrary: doing(fc.record({ type: fc.constant("ExpireHold" as const), orderId })) },
  {
    weight: 2,
    arbitrary: doing(
      fc.record({ type: fc.constant("ExtendHold" as const), orderId, seconds: fc.integer({ min: 1, max: 3_000 }) }),
    ),
  },
  { weight: 2, arbitrary: doing(moving) },
  { weight: 4, arbitrary: doing(filling) },
  { weight: 1, arbitrary: doing(fc.record({ type: fc.constant("ExpireCart" as const), cartId, sku })) },
  { weight: 2, arbitrary: doing(counting) },
  { weight: 1, arbitrary: doing(transferring) },
  { weight: 2, arbitrary: fc.record({ minutes: fc.integer({ min: 1, max: 20 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ sku, reserveAt: fc.constantFrom<ReserveAt>("ON_CART", "ON_ORDER", "ON_PAYMENT") }),
  },
);
const RUNS = 50;
const shelves = fc.array(fc.nat(6), { minLength: 9, maxLength: 9 });

function shopWith(filled: readonly number[]): Shop {
  const shop = new Shop();
  let i = 0;
  for (const one of SKUS) for (const at of PLACES) shop.stock(one, at, filled[i++] ?? 0);
  shop.policies.set("sku:cart", { reserveAt: "ON_CART" }).set("sku:payment", { reserveAt: "ON_PAYMENT" });
  // Whatever is changed meanwhile, some SKU is reserved at the payment: the shop's own checks go by it.
  shop.policies.set("sku:another", { reserveAt: "ON_PAYMENT" });
  const limit = {
    perOrderPieces: 4,
    perCustomerPieces: PER_CUSTOMER,
    windowSeconds: WEEK_SECONDS,
    over: "WINDOW",
  } as const;
  shop.policies.set("sku:order", { limit });
  shop.policies.set("default", { velocity: { windowSeconds: WEEK_SECONDS, perDevice: PER_DEVICE, perIp: 100 } });
  return shop;
}

function act(shop: Shop, next: Step): void {
  if ("minutes" in next) shop.later(next.minutes * MINUTE);
  else if ("command" in next) shop.do(next.command, SKUS);
  else {
    const scope = `sku:${next.sku}`;
    shop.policies.set(scope, { ...shop.policies.get(scope), reserveAt: next.reserveAt });
  }
}

const COUNTED = ["RESERVED", "AWAITING_PAYMENT", "CONFIRMED", "FULFILLED"];

/** Nobody has more than one may have, nor leaves more unpaid. */
function checkLimits(shop: Shop): void {
  let bought = 0;
  let unpaid = 0;
  for (const { customerId, state, paid, lines } of shop.orders.values()) {
    if (!paid && (COUNTED.includes(state) || state === "EXPIRED")) unpaid += 1;
    if (customerId === null || !COUNTED.includes(state)) continue;
    for (const line of lines) if (line.sku === "order") bought += line.quantity - line.cancelled - line.shorted;
  }
  expect(bought).toBeLessThanOrEqual(PER_CUSTOMER);
  expect(unpaid).toBeLessThanOrEqual(PER_DEVICE);
}

/** Pieces that hold beyond their time. */
function overdue(shop: Shop, of: string): number {
  let found = 0;
  for (const { expiresAt, allocations } of shop.orders.values()) {
    if (expiresAt === null || expiresAt > shop.now) continue;
    for (const allocation of allocations) if (allocation.sku === of) found += allocation.open;
  }
  for (const hold of shop.carts.values()) if (hold.sku === of && hold.expiresAt <= shop.now) found += heldPieces(hold);
  return found;
}

/** An order is refused only for what there is not, and what holds beyond its time is in nobody's way. */
function checkRefusal(shop: Shop, order: Order): void {
  for (const { sku: of, code } of order.reasons) {
    if (code !== "OUT_OF_STOCK" || of === null || order.paid) continue;
    let wanted = 0;
    for (const line of order.lines) if (line.sku === of) wanted += line.quantity - line.cancelled;
    let there = heldPieces(shop.carts.get(`${order.cartId}\u0000${of}`) ?? NO_HOLD);
    for (const row of shop.rows.values()) if (row.sku === of) there += Math.max(0, row.sellable);
    expect(there).toBeLessThan(order.allowPartial ? 1 : wanted);
    expect(overdue(shop, of)).toBe(0);
  }
}
const NO_HOLD = { places: [], parts: null } as unknown as Parameters<typeof heldPieces>[0];

const sellables = (shop: Shop) => new Map([...shop.rows].map(([key, row]) => [key, row.sellable]));

/** What was told, in order. Which of several unpaid orders a warning names is of no weight. */
const told = (shop: Shop) =>
  shop.effects.map((effect) => {
    if (effect.kind === "movement") return effect.draft;
    const { name, value } = effect;
    return Array.isArray(value.warnings)
      ? { name, value: { ...value, warnings: value.warnings.length } }
      : { name, value };
  });

describe("whatever is ordered, paid, cancelled, extended, moved, put into carts and counted, under changing policies", () => {
  test("limits hold, nothing is promised that is not there, and nobody is refused what the stock of that moment could serve", () => {
    fc.assert(
      fc.property(shelves, fc.array(step, { maxLength: 50 }), (filled, steps) => {
        const shop = shopWith(filled);
        for (const next of steps) {
          const before = sellables(shop);
          const known = new Set(shop.orders.keys());
          act(shop, next);
          checkLimits(shop);
          if (!("command" in next) || next.command.type === "ApplyMovement") continue;
          for (const [key, sellable] of sellables(shop)) {
            expect(sellable).toBeGreaterThanOrEqual(Math.min(0, before.get(key) ?? 0));
          }
          const { command } = next;
          if (command.type !== "PlaceOrder" || known.has(command.placement.orderId)) continue;
          checkRefusal(shop, shop.order(command.placement.orderId));
        }
        shop.later(1_000 * MINUTE);
        for (const { cartId: cart, sku: one } of [...shop.carts.values()]) shop.expireCart(cart, one);
        for (const order of [...shop.orders.values()]) shop.expire(order.orderId);
        expect(shop.carts.size).toBe(0);
        for (const { paid, allocations } of shop.orders.values()) {
          if (!paid) expect(allocations.every(({ open }) => open === 0)).toBe(true);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test("a slice ends like its commands one by one, whatever went before", () => {
    fc.assert(
      fc.property(
        shelves,
        fc.array(step, { maxLength: 25 }),
        fc.array(step, { maxLength: 15 }),
        (filled, history, steps) => {
          const [together, oneByOne] = [shopWith(filled), shopWith(filled)];
          for (const next of history) for (const shop of [together, oneByOne]) act(shop, next);
          const commands = steps.flatMap((next) => ("command" in next ? [next.command] : []));
          together.slice(commands, SKUS);
          for (const command of commands) oneByOne.do(command, SKUS);
          expect(told(together)).toEqual(told(oneByOne));
          expect([...together.carts].sort()).toEqual([...oneByOne.carts].sort());
          expect([...together.orders].sort()).toEqual([...oneByOne.orders].sort());
        },
      ),
      { numRuns: RUNS },
    );
  });
});
