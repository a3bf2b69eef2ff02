import { describe, expect, test } from "@jest/globals";
import { movementDraft } from "@septet/stock-contracts";
import fc from "fast-check";
import { type Command, type Effect, isEscalated, isSettled, type Order, shortageIdOf } from "../../src/domain/index.js";
import { MINUTE, placement, type Shop } from "./shop.js";
import { RULE, shopWith } from "./shorted-orders.js";

const SKUS = ["red", "blue", "green", "dear"];
const PRICES: Readonly<Record<string, number>> = { red: 1000, blue: 1000, green: 1200, dear: 1500 };
const ORDERS = ["o1", "o2", "o3", "o4", "o5"];
const [PER_ORDER, PER_CUSTOMER] = [4, 9];

const sku = fc.constantFrom(...SKUS);
/** Mostly what there is least of. */
const wanted = fc.constantFrom("red", "red", ...SKUS);
const order = fc.constantFrom(...ORDERS);
const nth = fc.nat(1);

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("place" as const),
      order,
      lines: fc.array(fc.tuple(wanted, fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 2 }),
      paid: fc.boolean(),
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
      nth,
      quantity: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("lose" as const), order, nth, sent: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("count" as const),
      sku,
      by: fc.integer({ min: -5, max: 5 }).filter((n) => n !== 0),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant("choose" as const),
      order,
      shortage: nth,
      lines: fc.array(fc.tuple(nth, fc.option(sku)), { minLength: 1, maxLength: 2 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("acknowledge" as const), order, shortage: nth }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("sweep" as const), order, minutes: fc.constantFrom(0, 5, 70, 70, 1_500) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("giveBack" as const), order }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const shortageOf = (shop: Shop, orderId: string, index: number) => {
  const list = shop.orders.get(orderId)?.shortageList ?? [];
  return list[index % Math.max(1, list.length)];
};

function commandOf(shop: Shop, next: Step): Command | undefined {
  const known = "order" in next ? shop.orders.get(next.order) : undefined;
  switch (next.do) {
    case "place": {
      const lines = next.lines.map(([one, quantity], i) => ({
        lineId: `l${i}`,
        sku: one,
        quantity,
        unitPriceMinor: PRICES[one] ?? 0,
      }));
      const more = { lines, customerId: "ada", currency: "CNY", payment: next.paid ? "PAID" : "PENDING" } as const;
      return { type: "PlaceOrder", placement: { ...placement(next.order, {}), ...more } };
    }
    case "pay":
      return { type: "PaymentSucceeded", orderId: next.order };
    case "cancel":
      return { type: "CancelOrder", orderId: next.order, lines: null };
    case "expire":
      return { type: "ExpireHold", orderId: next.order };
    case "cancelLine": {
      const line = known?.lines[next.nth];
      return (
        line && { type: "CancelOrder", orderId: next.order, lines: [{ lineId: line.lineId, quantity: next.quantity }] }
      );
    }
    case "lose": {
      const part = known?.allocations.filter(({ open, fulfilmentId }) => open > 0 && fulfilmentId !== null)[next.nth];
      if (part === undefined) return undefined;
      const reference = { type: "order", id: next.order, line: part.lineId } as const;
      const about = { sku: part.sku, at: part.location, quantity: 1, reference };
      const kind = next.sent ? "SHIP" : "PICK_SHORT";
      return { type: "ApplyMovement", movement: movementDraft(kind, undefined, about) };
    }
    case "count": {
      const about = {
        sku: next.sku,
        at: "wuhan",
        quantity: next.by,
        reference: { type: "adjustment", id: "c" },
      } as const;
      return { type: "ApplyMovement", movement: movementDraft("COUNT_ADJUST", "sellable", about) };
    }
    case "choose": {
      const shortage = shortageOf(shop, next.order, next.shortage);
      if (shortage === undefined) return undefined;
      const chosen = new Map(
        next.lines.map(([index, other]) => [shortage.lines[index % shortage.lines.length]?.lineId ?? "", other]),
      );
      const choices = [...chosen].map(
        ([lineId, other]) => ({ lineId, kind: other === null ? "REFUND" : "EXCHANGE", sku: other }) as const,
      );
      const shortageId = shortageIdOf(next.order, shortage);
      return { type: "ChooseRemedies", orderId: next.order, shortageId, choices, by: "CUSTOMER", answerByEvent: true };
    }
    case "acknowledge": {
      const shortage = shortageOf(shop, next.order, next.shortage);
      return (
        shortage && {
          type: "AcknowledgeShortage",
          orderId: next.order,
          shortageId: shortageIdOf(next.order, shortage),
          by: "kim",
        }
      );
    }
    case "sweep":
      shop.later(next.minutes * MINUTE);
      return { type: "SettleOverdue", orderId: next.order };
    case "giveBack": {
      const part = known?.allocations.find(({ asks }) => asks.length > 0);
      if (part === undefined || part.fulfilmentId === null) return undefined;
      const quantity = Math.min(part.open, part.asks[0]?.quantity ?? 0);
      return {
        type: "FulfilmentCancelled",
        orderId: next.order,
        fulfilmentId: part.fulfilmentId,
        lines: [{ lineId: part.lineId, sku: part.sku, quantity }],
      };
    }
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the rules look into records of several kinds
const eventsOf = (effects: readonly Effect[], name: string): any[] =>
  effects.flatMap((effect) => (effect.kind === "event" && effect.name === name ? [effect.value] : []));
const piecesOf = ({ lines }: Order, about: string) =>
  lines.reduce((sum, line) => sum + (line.sku === about ? line.quantity - line.cancelled - line.shorted : 0), 0);
const COUNTED = ["RESERVED", "AWAITING_PAYMENT", "CONFIRMED", "FULFILLED"];

/** Asked very often: a test's own way to complain costs more than what it looks at. */
function must(holds: boolean, what: () => string): void {
  if (!holds) throw new Error(what());
}

/** What is owed is what was told to be short, and is told and settled once. */
function checkShortages(shop: Shop): void {
  const told = eventsOf(shop.effects, "OrderShorted").map(({ shortageId }) => shortageId);
  must(new Set(told).size === told.length, () => `told twice: ${told}`);
  const settled = eventsOf(shop.effects, "OrderShortageSettled").flatMap(({ shortageId, lines }) =>
    lines.map(({ lineId }: { lineId: string }) => `${shortageId} ${lineId}`),
  );
  must(new Set(settled).size === settled.length, () => `settled twice: ${settled}`);
  for (const one of shop.orders.values()) if (one.state !== "REJECTED") checkOrder(one);
}

function checkOrder({ orderId, lines, shortageList }: Order): void {
  const short = shortageList.flatMap((shortage) => shortage.lines);
  for (const { lineId, shorted } of lines) {
    const pieces = short.reduce((sum, one) => sum + (one.lineId === lineId ? one.quantity : 0), 0);
    must(pieces === shorted, () => `${orderId}/${lineId}: ${shorted} shorted, ${pieces} told`);
  }
  const exchanged = short.flatMap(({ lineId, quantity, settled }) =>
    settled?.kind === "EXCHANGE" ? [`${lineId} ${settled.sku} ${quantity}`] : [],
  );
  const made = lines.flatMap(({ replaces, sku: other, quantity }) =>
    replaces === null ? [] : [`${replaces} ${other} ${quantity}`],
  );
  must(made.sort().join() === exchanged.sort().join(), () => `${orderId}: ${exchanged} became ${made}`);
  for (const { lineId, quantity, remedies, settled } of short) {
    const cost = (lines.find((line) => line.lineId === lineId)?.unitPriceMinor ?? 0) * quantity;
    const refund = { kind: "REFUND", sku: null, refundMinor: cost, couponMinor: RULE.couponMinor };
    must(JSON.stringify(remedies[0]) === JSON.stringify(refund), () => `${orderId}/${lineId} offers no ${cost}`);
    const given = settled?.kind === "REFUND" ? settled.refundMinor : cost;
    must(given === cost, () => `${orderId}/${lineId}: ${given} given back of ${cost}`);
  }
}

/** An alert stands as long as nobody has handled what is late, and no longer. */
function checkAlerts(shop: Shop): void {
  const alertsOf = (name: string): string[] =>
    eventsOf(shop.effects, name).flatMap(({ code, alertId }) => (code === "SHORTAGE_NOT_HANDLED" ? [alertId] : []));
  const raised = alertsOf("StockAlertRaised");
  const standing = new Set(raised);
  must(standing.size === raised.length, () => `raised twice: ${raised}`);
  for (const alertId of alertsOf("StockAlertCleared")) {
    must(standing.delete(alertId), () => `cleared without having been raised: ${alertId}`);
  }
  const late = [...shop.orders.values()].flatMap(({ orderId, shortageList }) =>
    shortageList
      .filter((shortage) => !isSettled(shortage) && isEscalated(shortage))
      .map((shortage) => `SHORTAGE_NOT_HANDLED:${shortageIdOf(orderId, shortage)}`),
  );
  must([...standing].sort().join() === late.sort().join(), () => `${[...standing]} stand, ${late} are late`);
}

function checkLimits(shop: Shop): void {
  for (const about of SKUS) {
    let all = 0;
    for (const one of shop.orders.values()) {
      const pieces = COUNTED.includes(one.state) ? piecesOf(one, about) : 0;
      must(pieces <= PER_ORDER, () => `${one.orderId} has ${pieces} ${about}`);
      all += pieces;
    }
    must(all <= PER_CUSTOMER, () => `the customer has ${all} ${about}`);
  }
}

/** After the sweeper has looked nothing is overdue, and what it carried out was. */
function checkSweep(shop: Shop, orderId: string, caused: readonly Effect[]): void {
  const one = shop.orders.get(orderId);
  if (one === undefined || !one.paid) return;
  const byDefault = eventsOf(caused, "OrderShortageSettled").map(({ shortageId }) => shortageId);
  for (const shortage of one.shortageList) {
    const id = shortageIdOf(orderId, shortage);
    must(isSettled(shortage) || shortage.decideBy > shop.now, () => `${id} is overdue`);
    must(!byDefault.includes(id) || shortage.decideBy <= shop.now, () => `${id} was settled too early`);
  }
}

const stock = fc.tuple(fc.nat(4), fc.nat(12), fc.nat(12), fc.nat(12));

function start(pieces: readonly number[]): Shop {
  const shop = shopWith(Object.fromEntries(SKUS.map((one, i) => [one, pieces[i] ?? 0])));
  const limit = {
    perOrderPieces: PER_ORDER,
    perCustomerPieces: PER_CUSTOMER,
    windowSeconds: 10_000_000,
    over: "WINDOW",
  } as const;
  shop.policies.set("default", { shortage: RULE, limit });
  return shop;
}

describe("whatever is short, chosen, seen to or forgotten, in whatever order", () => {
  test("it is told once, settled once and in time, and a replacement keeps within limits", () => {
    const seen = { exchanged: 0, byDefault: 0, escalated: 0 };
    fc.assert(
      fc.property(stock, fc.array(step, { minLength: 30, maxLength: 60, size: "max" }), (pieces, steps) => {
        const shop = start(pieces);
        for (const next of steps) {
          const command = commandOf(shop, next);
          if (command === undefined) continue;
          const before = shop.effects.length;
          shop.do(command);
          const caused = shop.effects.slice(before);
          checkShortages(shop);
          checkAlerts(shop);
          checkLimits(shop);
          if (command.type === "SettleOverdue") checkSweep(shop, command.orderId, caused);
          for (const { by, lines } of eventsOf(caused, "OrderShortageSettled")) {
            if (by === "DEFAULT") seen.byDefault += 1;
            if (lines.some(({ kind }: { kind: string }) => kind === "EXCHANGE")) seen.exchanged += 1;
          }
          seen.escalated += eventsOf(caused, "StockAlertRaised").filter(
            ({ code }) => code === "SHORTAGE_NOT_HANDLED",
          ).length;
        }
      }),
      { numRuns: 200 },
    );
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(0);
  });
});
