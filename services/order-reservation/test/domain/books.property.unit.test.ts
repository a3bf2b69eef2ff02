import { describe, expect, test } from "@jest/globals";
import { movementDraft } from "@septet/stock-contracts";
import fc from "fast-check";
import { type Command, type Outcome, placeKey } from "../../src/domain/index.js";
import { MINUTE, placement, Shop } from "./shop.js";

const SKUS = ["hat", "shoe", "sock"];
const PLACES = ["east", "west", "supplier:acme"];
const ORDERS = ["o1", "o2", "o3", "o4", "o5", "o6", "o7", "o8"];

type Step =
  | { do: "place"; order: string; lines: [sku: string, quantity: number][]; paid: boolean; partial: boolean }
  | { do: "pay" | "cancel" | "expire"; order: string }
  | { do: "cancelLine"; order: string; line: number; quantity: number }
  | { do: "wait"; minutes: number }
  | { do: "count"; sku: string; place: string; difference: number }
  | { do: "pick"; kind: "SHIP" | "PICK_SHORT" | "PICK_DAMAGE"; order: string; which: number; quantity: number }
  | { do: "answer"; order: string; given: number };

const order = fc.constantFrom(...ORDERS);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("place" as const),
      order,
      lines: fc.array(fc.tuple(fc.constantFrom(...SKUS), fc.integer({ min: 1, max: 6 })), {
        minLength: 1,
        maxLength: 3,
      }),
      paid: fc.boolean(),
      partial: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom("pay" as const, "cancel" as const, "expire" as const), order }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("cancelLine" as const),
      order,
      line: fc.nat(2),
      quantity: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const), minutes: fc.integer({ min: 1, max: 40 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("count" as const),
      sku: fc.constantFrom(...SKUS),
      place: fc.constantFrom("east", "west"),
      difference: fc.integer({ min: -6, max: 6 }).filter((n) => n !== 0),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("pick" as const),
      kind: fc.constantFrom("SHIP" as const, "PICK_SHORT" as const, "PICK_DAMAGE" as const),
      order,
      which: fc.nat(5),
      quantity: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("answer" as const), order, given: fc.nat(6) }) },
);

/** Turns a step into what a shopper or warehouse could really do now; undefined when it could not. */
function commandOf(shop: Shop, step: Step): Command | undefined {
  switch (step.do) {
    case "place": {
      const lines = Object.fromEntries(step.lines.map((line, i) => [`l${i}`, line]));
      const payment = step.paid ? "PAID" : "PENDING";
      return { type: "PlaceOrder", placement: placement(step.order, lines, { payment, allowPartial: step.partial }) };
    }
    case "pay":
      return { type: "PaymentSucceeded", orderId: step.order };
    case "cancel":
      return { type: "CancelOrder", orderId: step.order, lines: null };
    case "cancelLine":
      return {
        type: "CancelOrder",
        orderId: step.order,
        lines: [{ lineId: `l${step.line}`, quantity: step.quantity }],
      };
    case "expire":
      return { type: "ExpireHold", orderId: step.order };
    case "wait":
      shop.later(step.minutes * MINUTE);
      return undefined;
    case "count": {
      const reference = { type: "adjustment", id: "count" } as const;
      const about = { sku: step.sku, at: step.place, quantity: step.difference, reference };
      return { type: "ApplyMovement", movement: movementDraft("COUNT_ADJUST", "sellable", about) };
    }
    case "pick":
      return pickOf(shop, step);
    case "answer":
      return answerOf(shop, step);
  }
}

function pickOf(shop: Shop, step: Extract<Step, { do: "pick" }>): Command | undefined {
  const sent = shop.orders.get(step.order)?.allocations.filter((a) => a.open > 0 && a.fulfilmentId !== null) ?? [];
  const allocation = sent[step.which % Math.max(1, sent.length)];
  if (allocation === undefined || allocation.location.startsWith("supplier:")) return undefined;
  const { sku, location, lineId } = allocation;
  const reference = { type: "order", id: step.order, line: lineId } as const;
  const quantity = Math.min(step.quantity, allocation.open);
  const movement = movementDraft(step.kind, undefined, { sku, at: location, quantity, reference });
  return { type: "ApplyMovement", movement };
}

function answerOf(shop: Shop, step: Extract<Step, { do: "answer" }>): Command | undefined {
  const asked = shop.orders.get(step.order)?.allocations.find((a) => a.asks.length > 0);
  if (asked?.fulfilmentId == null) return undefined;
  const quantity = Math.min(step.given, asked.asks[0]!.quantity, asked.open);
  const lines = [{ lineId: asked.lineId, quantity }];
  return { type: "FulfilmentCancelled", orderId: step.order, fulfilmentId: asked.fulfilmentId, lines };
}

function shopWith(stock: readonly number[]): Shop {
  const shop = new Shop();
  let i = 0;
  for (const sku of SKUS) for (const place of PLACES) shop.stock(sku, place, stock[i++] ?? 0);
  return shop;
}

const stock = fc.array(fc.nat(10), { minLength: 9, maxLength: 9 });

/** Runs one command and holds every rule of selling against what it did. */
function checked(shop: Shop, command: Command, outside: Map<string, number>): Outcome {
  const running = new Map([...shop.rows].map(([key, row]) => [key, row.sellable]));
  const reachable = reachablePieces(shop);
  if (command.type === "ApplyMovement") {
    for (const leg of command.movement.legs) {
      const key = placeKey(command.movement.sku, leg.location);
      if (leg.bucket === "sellable") running.set(key, (running.get(key) ?? 0) + leg.delta);
      if (leg.bucket === "sellable" || leg.bucket === "orderReserved") {
        outside.set(key, (outside.get(key) ?? 0) + leg.delta);
      }
    }
  }
  const before = shop.effects.length;
  const outcome = shop.do(command);
  for (const effect of shop.effects.slice(before)) {
    if (effect.kind !== "movement") continue;
    for (const leg of effect.draft.legs) {
      if (leg.bucket !== "sellable") continue;
      const key = placeKey(effect.draft.sku, leg.location);
      const sellable = running.get(key) ?? 0;
      if (effect.draft.kind === "RESERVE") expect(-leg.delta).toBeLessThanOrEqual(Math.max(0, sellable));
      running.set(key, sellable + leg.delta);
    }
  }
  if (command.type === "PlaceOrder" && outcome.type === "DECIDED") checkFirstOutcome(command, outcome, reachable);
  return outcome;
}

/** What could be sold of each SKU now: sellable everywhere and what expired holds keep. */
function reachablePieces(shop: Shop): Map<string, number> {
  const pieces = new Map<string, number>();
  for (const { sku, sellable } of shop.rows.values()) pieces.set(sku, (pieces.get(sku) ?? 0) + Math.max(0, sellable));
  for (const held of shop.orders.values()) {
    if (held.expiresAt === null || held.expiresAt > shop.now) continue;
    for (const { sku, location, open } of held.allocations) {
      const below = Math.min(0, shop.rows.get(placeKey(sku, location))?.sellable ?? 0);
      if (below === 0) pieces.set(sku, (pieces.get(sku) ?? 0) + open);
    }
  }
  return pieces;
}

function checkFirstOutcome(
  command: Extract<Command, { type: "PlaceOrder" }>,
  outcome: Extract<Outcome, { type: "DECIDED" }>,
  reachable: ReadonlyMap<string, number>,
): void {
  const wanted = new Map<string, number>();
  for (const { sku, quantity, cancelled } of outcome.order.lines) {
    wanted.set(sku, (wanted.get(sku) ?? 0) + quantity - cancelled);
  }
  const lacking = [...wanted].filter(([sku, quantity]) => quantity > (reachable.get(sku) ?? 0));
  const { state, reasons, lines } = outcome.order;
  if (state === "REJECTED" && reasons[0]?.code === "OUT_OF_STOCK") expect(lacking).not.toEqual([]);
  const shorted = lines.some((line) => line.shorted > 0);
  if (shorted) expect(lacking).not.toEqual([]);
  if (state === "RESERVED" && !command.placement.allowPartial) expect(shorted).toBe(false);
}

describe("whatever happens, in whatever order", () => {
  test("books add up, nobody is promised what is not there, and nobody is refused what is", () => {
    fc.assert(
      fc.property(stock, fc.array(step, { maxLength: 60 }), (start, steps) => {
        const shop = shopWith(start);
        const atStart = new Map([...shop.rows].map(([key, row]) => [key, row.sellable]));
        const outside = new Map<string, number>();
        const decided = new Map<string, number>();
        for (const next of steps) {
          const command = commandOf(shop, next);
          if (command === undefined) continue;
          const outcome = checked(shop, command, outside);
          if (outcome.type !== "DECIDED") continue;
          decided.set(outcome.order.orderId, (decided.get(outcome.order.orderId) ?? 0) + 1);
        }
        for (const [key, row] of shop.rows) {
          expect(row.sellable + row.orderReserved).toBe((atStart.get(key) ?? 0) + (outside.get(key) ?? 0));
        }
        for (const times of decided.values()) expect(times).toBe(1);
      }),
      { numRuns: 400 },
    );
  });

  test("a slice ends like its commands one by one", () => {
    const unhurried = step.filter((s) => s.do !== "wait" && s.do !== "pick" && s.do !== "answer");
    fc.assert(
      fc.property(stock, fc.array(unhurried, { maxLength: 30 }), (start, steps) => {
        const together = shopWith(start);
        const oneByOne = shopWith(start);
        const commands = steps.map((next) => commandOf(together, next)).filter((c) => c !== undefined);
        together.slice(commands, SKUS);
        for (const command of commands) oneByOne.do(command, SKUS);
        expect([...together.orders.values()].sort(byId)).toEqual([...oneByOne.orders.values()].sort(byId));
        const withoutCause = (shop: Shop) => shop.effects.map(({ by: _by, ...effect }) => effect);
        expect(withoutCause(together)).toEqual(withoutCause(oneByOne));
      }),
      { numRuns: 200 },
    );
  });

  test("the same world and commands give the same decision", () => {
    fc.assert(
      fc.property(stock, fc.array(step, { maxLength: 30 }), (start, steps) => {
        const run = () => {
          const shop = shopWith(start);
          for (const next of steps) {
            const command = commandOf(shop, next);
            if (command !== undefined) shop.do(command);
          }
          return shop.effects;
        };
        expect(run()).toEqual(run());
      }),
      { numRuns: 100 },
    );
  });
});

const byId = (a: { orderId: string }, b: { orderId: string }) => (a.orderId < b.orderId ? -1 : 1);
