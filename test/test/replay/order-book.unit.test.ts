import { beforeEach, describe, expect, test } from "@jest/globals";
import { firstOutcome, isSettled, OrderBook, piecesOpen } from "../../src/replay/order-book.js";
import type { PlannedOrder } from "../../src/replay/plan.js";

const ORDER: PlannedOrder = {
  kind: "order",
  file: "day",
  invoice: "1",
  at: 0,
  orderId: "day.1",
  eventId: "e",
  customerId: null,
  country: "France",
  lines: [
    { lineId: "2", sku: "A", quantity: 6, unitPriceMinor: 100 },
    { lineId: "3", sku: "B", quantity: 4, unitPriceMinor: 100 },
  ],
};

let events = 0;

function nextEventId(): string {
  events += 1;
  return `e${events}`;
}

let book: OrderBook;

function take(name: Parameters<OrderBook["take"]>[0], value: object, eventId = nextEventId()) {
  return book.take(name, { eventId, orderId: "day.1", ...value }, 10);
}

function order() {
  return book.orders.get("day.1")!;
}

const WHOLE = {
  lines: [
    { lineId: "2", sku: "A", quantity: 6 },
    { lineId: "3", sku: "B", quantity: 4 },
  ],
};
const FULFILMENT = { fulfilmentId: "day.1/1", location: "LEEDS", ...WHOLE };

describe("an order is followed from its first outcome to its end", () => {
  beforeEach(() => {
    book = new OrderBook([ORDER]);
  });

  test("reserved, requested, shipped and fulfilled, it is settled", () => {
    take("OrderReserved", WHOLE);
    expect(firstOutcome(order())).toBe("RESERVED");
    expect(take("FulfilmentRequested", FULFILMENT)?.open.get("3")).toEqual({ sku: "B", quantity: 4 });
    take("FulfilmentShipped", FULFILMENT);
    expect(isSettled(order())).toBe(false);
    take("OrderFulfilled", WHOLE);
    expect(isSettled(order())).toBe(true);
    expect(piecesOpen(order())).toBe(0);
  });

  test("an event that comes twice counts once", () => {
    take("OrderReserved", WHOLE);
    take("FulfilmentShipped", FULFILMENT, "same");
    take("FulfilmentShipped", FULFILMENT, "same");
    expect(order().shipped.get("2")).toBe(6);
  });

  test("what there is is reserved and the rest shorted: in part", () => {
    take("OrderReserved", { lines: [{ lineId: "2", sku: "A", quantity: 5 }] });
    const lines = [
      { lineId: "2", shortQuantity: 1 },
      { lineId: "3", shortQuantity: 4 },
    ];
    take("OrderShorted", { cause: "OUT_OF_STOCK", lines });
    expect(firstOutcome(order())).toBe("IN_PART");
    expect(piecesOpen(order())).toBe(5);
  });

  test("nothing there at all: shorted, and that is its end", () => {
    const lines = [
      { lineId: "2", shortQuantity: 6 },
      { lineId: "3", shortQuantity: 4 },
    ];
    take("OrderShorted", { cause: "OUT_OF_STOCK", lines });
    expect(firstOutcome(order())).toBe("SHORTED");
    expect(isSettled(order())).toBe(true);
  });

  test("a rejection is an end with its reasons", () => {
    take("OrderReservationRejected", { reasons: [{ code: "UNKNOWN_SKU" }] });
    expect(firstOutcome(order())).toBe("REJECTED");
    expect([...order().rejectionCodes]).toEqual(["UNKNOWN_SKU"]);
    expect(isSettled(order())).toBe(true);
  });

  test("events of orders that are not replayed are none of its business", () => {
    expect(book.take("OrderReserved", { eventId: "x", orderId: "another", lines: [] }, 1)).toBeUndefined();
    expect(firstOutcome(order())).toBe("UNANSWERED");
  });
});
