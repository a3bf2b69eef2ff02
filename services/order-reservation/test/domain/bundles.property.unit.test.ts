import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  type Command,
  dueOfLine,
  heldOfLine,
  heldOfPart,
  type Order,
  type OrderLine,
  openOfPart,
  shippedOfLine,
  takenBy,
} from "../../src/domain/index.js";
import { commandOf, SKUS, shopWith, stepOf, stock } from "./random-steps.js";
import { Shop } from "./shop.js";

const BUNDLES = {
  outfit: [
    { sku: "hat", quantity: 1 },
    { sku: "sock", quantity: 2 },
  ],
  pair: [{ sku: "shoe", quantity: 2 }],
  everything: [
    { sku: "hat", quantity: 1 },
    { sku: "shoe", quantity: 2 },
    { sku: "sock", quantity: 3 },
  ],
};
const step = stepOf([...Object.keys(BUNDLES), "outfit", "everything", "hat", "sock"]);

function shopOf(start: readonly number[]): Shop {
  const shop = shopWith(new Shop(), start);
  for (const [sku, parts] of Object.entries(BUNDLES)) shop.do({ type: "ListSku", sku, active: true, parts });
  return shop;
}

const sweep = (shop: Shop): void => {
  for (const { orderId, hasSpares } of shop.orders.values()) if (hasSpares) shop.do({ type: "DropSpares", orderId });
};

const HOLDS_WHAT_IS_DUE = new Set(["RESERVED", "CONFIRMED", "FULFILLED", "SHORTED", "CANCELLED"]);

/** Whatever is due of a bundle is held whole, and what is held beyond it is asked back, or cannot be given back any more. */
function checkBundle(order: Order, line: OrderLine): void {
  if (line.parts === null || !HOLDS_WHAT_IS_DUE.has(order.state)) return;
  const about = `${order.orderId}/${line.lineId}`;
  if (heldOfLine(order, line) !== dueOfLine(line)) throw new Error(`${about} holds other pieces than are due`);
  for (const { sku, quantity } of line.parts) {
    const due = quantity * (dueOfLine(line) - line.unwanted);
    const spare = Math.min(openOfPart(order, line.lineId, sku), heldOfPart(order, line.lineId, sku) - due);
    const mine = order.allocations.filter((a) => a.lineId === line.lineId && a.sku === sku);
    const sent = mine.filter((a) => a.fulfilmentId !== null);
    const asked = sent.flatMap((a) => a.asks).reduce((sum, ask) => sum + ask.quantity, 0);
    const tooLate = sent.filter((a) => a.tooLate).reduce((sum, a) => sum + a.open, 0);
    if (spare > asked + tooLate) throw new Error(`${about}: ${spare} ${sku} are nobody's, ${asked} are asked back`);
  }
}

function checkOrders(shop: Shop): void {
  for (const order of shop.orders.values()) {
    for (const line of order.lines) checkBundle(order, line);
    const anything = order.allocations.some((a) => a.open > 0);
    if (anything && (order.state === "FULFILLED" || order.state === "SHORTED" || order.state === "CANCELLED")) {
      throw new Error(`${order.orderId} is ${order.state} and holds something`);
    }
  }
}

/** What an order is refused for is not there: no part of it is refused that could be served whole. */
function checkRefusal(shop: Shop, command: Command, there: ReadonlyMap<string, number>): void {
  if (command.type !== "PlaceOrder") return;
  const order = shop.order(command.placement.orderId);
  const wanted = new Map<string, number>();
  for (const line of order.lines) {
    for (const { sku, quantity } of takenBy(line)) {
      wanted.set(sku, (wanted.get(sku) ?? 0) + quantity * (line.quantity - line.cancelled));
    }
  }
  const lacks = [...wanted].some(([sku, pieces]) => pieces > (there.get(sku) ?? 0));
  if (order.state === "REJECTED" && order.reasons[0]?.code === "OUT_OF_STOCK") expect(lacks).toBe(true);
}

/** Pieces that could be sold to a new order, expired holds among them. */
function saleable(shop: Shop): Map<string, number> {
  const pieces = new Map<string, number>();
  for (const row of shop.rows.values()) {
    pieces.set(row.sku, (pieces.get(row.sku) ?? 0) + Math.max(0, row.sellable));
  }
  return pieces;
}

describe("orders with bundles, whatever happens", () => {
  test("are promised whole pieces only, sums hold, and no part is promised twice or left behind", () => {
    fc.assert(
      fc.property(stock, fc.array(step, { maxLength: 60 }), (start, steps) => {
        const shop = shopOf(start);
        const seen = new Set<string>();
        for (const next of steps) {
          const command = commandOf(shop, next);
          if (command === undefined) continue;
          const there = saleable(shop);
          const outcome = shop.do(command);
          if (outcome.type === "DECIDED") {
            if (seen.has(outcome.order.orderId)) throw new Error("decided twice");
            seen.add(outcome.order.orderId);
            checkRefusal(shop, command, there);
          }
          sweep(shop);
          checkOrders(shop);
        }
        for (const { hasSpares } of shop.orders.values()) expect(hasSpares).toBe(false);
      }),
      { numRuns: 600 },
    );
  });

  test("end with every piece shipped whole, cancelled or shorted once all that was asked for is sent", () => {
    fc.assert(
      fc.property(stock, fc.array(step, { maxLength: 40 }), (start, steps) => {
        const shop = shopOf(start);
        for (const next of steps) {
          const command = commandOf(shop, next);
          if (command !== undefined) shop.do(command);
          sweep(shop);
        }
        finish(shop);
        for (const order of shop.orders.values()) {
          if (order.state !== "FULFILLED") continue;
          for (const line of order.lines) {
            expect(shippedOfLine(order, line) + line.cancelled + line.shorted).toBe(line.quantity);
            expect(line.unwanted).toBe(0);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test("a slice ends like its commands one by one", () => {
    const unhurried = step.filter((s) => s.do !== "wait" && s.do !== "pick" && s.do !== "answer");
    fc.assert(
      fc.property(stock, fc.array(unhurried, { maxLength: 30 }), (start, steps) => {
        const [together, oneByOne] = [shopOf(start), shopOf(start)];
        const held = [...SKUS, ...Object.keys(BUNDLES)];
        const commands = steps.map((next) => commandOf(together, next)).filter((c) => c !== undefined);
        together.slice(commands, held);
        for (const command of commands) oneByOne.do(command, held);
        const statesOf = (shop: Shop) => [...shop.orders.values()].map(({ orderId, state }) => `${orderId} ${state}`);
        expect(statesOf(together).sort()).toEqual(statesOf(oneByOne).sort());
      }),
      { numRuns: 200 },
    );
  });
});

/** Our warehouses answer what they are asked, now too late, now with a piece, and send what is left, until nothing is. */
function finish(shop: Shop): void {
  for (let round = 0; round < 50; round++) {
    let changed = false;
    for (const { orderId } of [...shop.orders.values()]) {
      for (const a of shop.order(orderId).allocations) {
        if (a.fulfilmentId === null || a.asks.length === 0) continue;
        const lines = [{ lineId: a.lineId, sku: a.sku, quantity: round % 2 === 0 ? 0 : Math.min(1, a.open) }];
        shop.do({ type: "FulfilmentCancelled", orderId, fulfilmentId: a.fulfilmentId, lines });
        changed = true;
      }
      for (const a of shop.order(orderId).allocations) {
        if (a.fulfilmentId === null || a.open === 0 || a.asks.length > 0 || a.location.startsWith("supplier:"))
          continue;
        shop.pickPart("SHIP", orderId, a, a.open);
        changed = true;
      }
    }
    sweep(shop);
    if (!changed) return;
  }
}
