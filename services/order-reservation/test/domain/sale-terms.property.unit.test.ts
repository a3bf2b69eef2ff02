import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Command, type Policy, placeKey } from "../../src/domain/index.js";
import { MINUTE, placement, Shop } from "./shop.js";

const PLACES = ["a", "b", "supplier:s"];
const CHANNELS = ["web", "vip", "market"];
const ORDERS = ["o1", "o2", "o3", "o4", "o5", "o6"];
const CARTS = ["c1", "c2"];

/** What one channel is told, in whole pieces so that it can be reckoned by hand. */
interface Told {
  safety: Record<string, number>;
  minimum: number;
  excluded: string[];
  share: number | null;
}

const told: fc.Arbitrary<Told> = fc.record({
  safety: fc.dictionary(fc.constantFrom(...PLACES), fc.nat(4)),
  minimum: fc.nat(2),
  excluded: fc.subarray(PLACES),
  share: fc.option(fc.constantFrom(0, 10, 33, 50, 100)),
});
const policies = fc.record({ web: told, vip: told, market: told });

type Step =
  | {
      do: "place";
      order: string;
      channel: string;
      quantity: number;
      paid: boolean;
      partial: boolean;
      cart: string | null;
    }
  | { do: "hold"; cart: string; to: number }
  | { do: "pay" | "cancel" | "expire" | "ship"; order: string }
  | { do: "move"; order: string; from: string; to: string }
  | { do: "transfer"; from: string; quantity: number }
  | { do: "wait"; minutes: number };

const order = fc.constantFrom(...ORDERS);
const place = fc.constantFrom(...PLACES);
const quantity = fc.integer({ min: 1, max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("place" as const),
      order,
      channel: fc.constantFrom(...CHANNELS),
      quantity,
      paid: fc.boolean(),
      partial: fc.boolean(),
      cart: fc.option(fc.constantFrom(...CARTS)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("hold" as const), cart: fc.constantFrom(...CARTS), to: fc.nat(4) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("pay" as const, "cancel" as const, "expire" as const, "ship" as const),
      order,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("move" as const), order, from: place, to: place }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("transfer" as const), from: fc.constantFrom("a", "b"), quantity }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait" as const), minutes: fc.integer({ min: 5, max: 40 }) }) },
);
const stock = fc.tuple(fc.nat(12), fc.nat(12), fc.nat(12));

type Policies = Record<string, Told>;

const policyOf = ({ safety, minimum, excluded, share }: Told): Policy => ({
  reserveAt: "ON_CART",
  safetyStock: { at: Object.fromEntries(Object.entries(safety).map(([at, pieces]) => [at, { pieces }])) },
  minimumLeft: { everywhere: { pieces: minimum } },
  excludedLocations: excluded,
  stockShare: share === null ? null : { everywhere: share },
});

function shopWith(start: readonly number[], rules: Policies): Shop {
  const shop = new Shop();
  PLACES.forEach((at, i) => {
    shop.stock("hat", at, start[i] ?? 0);
  });
  for (const [channel, said] of Object.entries(rules)) shop.policies.set(`channel:${channel}`, policyOf(said));
  return shop;
}

const cartChannel = (cart: string): string => (cart === "c1" ? "web" : "market");

function commandOf(shop: Shop, next: Exclude<Step, { do: "wait" }>): Command[] {
  switch (next.do) {
    case "place": {
      const { channel, paid, partial, cart } = next;
      const own = cart !== null && cartChannel(cart) === channel ? cart : null;
      const more = { channel, payment: paid ? "PAID" : "PENDING", allowPartial: partial, cartId: own } as const;
      return [{ type: "PlaceOrder", placement: placement(next.order, { h: ["hat", next.quantity] }, more) }];
    }
    case "hold": {
      const who = { customerId: null, customerClass: null, channel: cartChannel(next.cart), region: null };
      return [{ type: "HoldCart", wish: { cartId: next.cart, sku: "hat", ...who, change: { to: next.to } } }];
    }
    case "pay":
      return [{ type: "PaymentSucceeded", orderId: next.order }];
    case "cancel":
      return [{ type: "CancelOrder", orderId: next.order, lines: null }];
    case "expire":
      return [{ type: "ExpireHold", orderId: next.order }];
    case "move": {
      const moves = [{ lineId: "h", from: next.from, to: next.to, quantity: null }];
      return [{ type: "MoveReservation", orderId: next.order, moves }];
    }
    case "transfer": {
      const { from: source, quantity } = next;
      const about = { transferId: `t${shop.effects.length}`, lineId: "1", destination: "z", allowPartial: true };
      return [{ type: "ReserveTransfer", request: { ...about, sku: "hat", source, quantity } }];
    }
    case "ship": {
      const known = shop.orders.get(next.order);
      const part = known?.state === "CONFIRMED" ? known.allocations.find(({ open }) => open > 0) : undefined;
      if (part === undefined || part.location.startsWith("supplier:")) return [];
      const reference = { type: "order", id: next.order, line: "h" } as const;
      const legs = [
        { location: part.location, bucket: "total", delta: -part.open },
        { location: part.location, bucket: "orderReserved", delta: -part.open },
      ];
      return [{ type: "ApplyMovement", movement: { sku: "hat", kind: "SHIP", reference, legs, reverses: null } }];
    }
  }
}

/** What may be sold, reckoned from the rows and the words of the rules. */
function mayBeSold(shop: Shop, rules: Policies, channel: string, at: string): number {
  const row = shop.rows.get(placeKey("hat", at));
  if (row === undefined || rules[channel]?.excluded.includes(at)) return 0;
  let pieces = row.sellable - (rules[channel]?.minimum ?? 0);
  for (const [other, { safety }] of Object.entries(rules)) if (other !== channel) pieces -= safety[at] ?? 0;
  const share = rules[channel]?.share ?? null;
  if (share !== null) {
    const goods = row.sellable + row.orderReserved;
    pieces = Math.min(pieces, Math.floor((goods * share) / 100) - heldBy(shop, channel, at));
  }
  return Math.max(0, pieces);
}

function heldBy(shop: Shop, channel: string, at: string): number {
  let pieces = 0;
  for (const one of shop.orders.values()) {
    if (one.channel !== channel) continue;
    for (const { location, open } of one.allocations) if (location === at) pieces += open;
  }
  for (const { cartId, places } of shop.carts.values()) {
    if (cartChannel(cartId) !== channel) continue;
    for (const part of places) if (part.location === at) pieces += part.pieces;
  }
  return pieces;
}

interface Before {
  held: Map<string, number>;
  may: Map<string, number>;
}

const each = (reckon: (channel: string, at: string) => number): Map<string, number> =>
  new Map(CHANNELS.flatMap((channel) => PLACES.map((at) => [`${channel} at ${at}`, reckon(channel, at)] as const)));

const snapshot = (shop: Shop, rules: Policies): Before => ({
  held: each((channel, at) => heldBy(shop, channel, at)),
  may: each((channel, at) => mayBeSold(shop, rules, channel, at)),
});

/** No channel came to hold more than it might, but for what was given back in the same breath. */
function checkTaken(shop: Shop, before: Before, command: Command, givenBack: number): void {
  for (const [where, held] of each((channel, at) => heldBy(shop, channel, at))) {
    const more = held - (before.held.get(where) ?? 0);
    if (more > 0)
      expect([command, where, more <= (before.may.get(where) ?? 0) + givenBack]).toEqual([command, where, true]);
  }
}

/** Nobody is refused what the stock of that moment could serve. */
function checkRefused(shop: Shop, before: Before, command: Command): void {
  if (command.type !== "PlaceOrder") return;
  const { orderId, channel, lines, cartId } = command.placement;
  const after = shop.orders.get(orderId);
  if (after?.state !== "REJECTED" || cartId !== null) return;
  const there = PLACES.reduce((pieces, at) => pieces + (before.may.get(`${channel} at ${at}`) ?? 0), 0);
  expect([command, there < (lines[0]?.quantity ?? 0)]).toEqual([command, true]);
}

describe("whatever channels keep, leave out and share", () => {
  test("nobody takes more than may be sold, nor is refused what may", () => {
    fc.assert(
      fc.property(stock, policies, fc.array(step, { maxLength: 30 }), (start, rules, steps) => {
        const shop = shopWith(start, rules);
        for (const next of steps) {
          if (next.do === "wait") {
            shop.later(next.minutes * MINUTE);
            continue;
          }
          for (const command of commandOf(shop, next)) {
            const before = snapshot(shop, rules);
            const isNew = command.type === "PlaceOrder" && !shop.orders.has(command.placement.orderId);
            const effects = shop.effects.length;
            shop.do(command);
            let givenBack = 0;
            for (const effect of shop.effects.slice(effects)) {
              if (effect.kind !== "movement" || effect.draft.kind !== "RELEASE") continue;
              for (const { bucket, delta } of effect.draft.legs) if (bucket === "sellable") givenBack += delta;
            }
            checkTaken(shop, before, command, givenBack);
            if (isNew) checkRefused(shop, before, command);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test("safety stock that was there is there for its channel, whatever others do, until the channel takes it", () => {
    fc.assert(
      fc.property(stock, fc.nat(6), fc.array(step, { maxLength: 30 }), (start, pieces, steps) => {
        const none: Told = { safety: {}, minimum: 0, excluded: [], share: null };
        const rules = {
          web: none,
          market: none,
          vip: { ...none, safety: Object.fromEntries(PLACES.map((at) => [at, pieces])) },
        };
        const shop = shopWith(start, rules);
        for (const next of steps) {
          if (next.do === "wait") shop.later(next.minutes * MINUTE);
          else for (const command of commandOf(shop, next)) shop.do(command);
          for (const at of PLACES) {
            const initial = start[PLACES.indexOf(at)] ?? 0;
            const shipped = [...shop.orders.values()]
              .filter(({ channel }) => channel === "vip")
              .flatMap(({ allocations }) => allocations)
              .reduce((sum, part) => sum + (part.location === at ? part.shipped : 0), 0);
            const kept = (shop.rows.get(placeKey("hat", at))?.sellable ?? 0) + heldBy(shop, "vip", at) + shipped;
            expect(kept).toBeGreaterThanOrEqual(Math.min(pieces, initial));
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  test("a slice ends like its commands one by one", () => {
    fc.assert(
      fc.property(stock, policies, fc.array(step, { maxLength: 30 }), (start, rules, steps) => {
        const [together, oneByOne] = [shopWith(start, rules), shopWith(start, rules)];
        const commands: Command[] = [];
        for (const next of steps) {
          for (const command of next.do === "wait" ? [] : commandOf(oneByOne, next)) {
            commands.push(command);
            oneByOne.do(command, ["hat"]);
          }
        }
        together.slice(commands, ["hat"]);
        const told = (shop: Shop) => shop.effects.map(({ by: _by, ...effect }) => effect);
        expect(told(together)).toEqual(told(oneByOne));
        expect([...together.channelHolds()].sort()).toEqual([...oneByOne.channelHolds()].sort());
      }),
      { numRuns: 200 },
    );
  });
});
