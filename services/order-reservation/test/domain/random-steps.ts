import { movementDraft } from "@septet/stock-contracts";
import fc from "fast-check";
import type { Command } from "../../src/domain/index.js";
import { MINUTE, placement, type Shop } from "./shop.js";

/** SKUs with stock of their own, where they lie, and the orders that random days are about. */
export const SKUS = ["hat", "shoe", "sock"];
export const PLACES = ["east", "west", "supplier:acme"];
const ORDERS = ["o1", "o2", "o3", "o4", "o5", "o6", "o7", "o8"];

export type Step =
  | { do: "place"; order: string; lines: [sku: string, quantity: number][]; paid: boolean; partial: boolean }
  | { do: "pay" | "cancel" | "expire"; order: string }
  | { do: "cancelLine"; order: string; line: number; quantity: number }
  | { do: "wait"; minutes: number }
  | { do: "count"; sku: string; place: string; difference: number }
  | { do: "pick"; kind: "SHIP" | "PICK_SHORT" | "PICK_DAMAGE"; order: string; which: number; quantity: number }
  | { do: "answer"; order: string; given: number };

const order = fc.constantFrom(...ORDERS);
/** What shoppers and warehouses do; `sold` are the SKUs that are ordered. */
export const stepOf = (sold: readonly string[]): fc.Arbitrary<Step> =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant("place" as const),
        order,
        lines: fc.array(fc.tuple(fc.constantFrom(...sold), fc.integer({ min: 1, max: 6 })), {
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
export function commandOf(shop: Shop, step: Step): Command | undefined {
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
  const lines = [{ lineId: asked.lineId, sku: asked.sku, quantity }];
  return { type: "FulfilmentCancelled", orderId: step.order, fulfilmentId: asked.fulfilmentId, lines };
}

/** A shop with so many pieces of each SKU at each place. */
export function shopWith(shop: Shop, stock: readonly number[]): Shop {
  let i = 0;
  for (const sku of SKUS) for (const place of PLACES) shop.stock(sku, place, stock[i++] ?? 0);
  return shop;
}

export const stock = fc.array(fc.nat(10), { minLength: 9, maxLength: 9 });
