import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Command, type Outcome, placeKey } from "../../src/domain/index.js";
import { commandOf, SKUS, shopWith, stepOf, stock } from "./random-steps.js";
import { Shop } from "./shop.js";

const step = stepOf(SKUS);

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
        const shop = shopWith(new Shop(), start);
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
        const together = shopWith(new Shop(), start);
        const oneByOne = shopWith(new Shop(), start);
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
          const shop = shopWith(new Shop(), start);
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
