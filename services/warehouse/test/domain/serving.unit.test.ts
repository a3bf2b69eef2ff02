import { describe, expect, test } from "@jest/globals";
import { cancel, Floor, foreign, pick, receive, request, ship, short } from "./floor.js";

const requested = (lines: Parameters<typeof request>[0] = { 1: ["SOCKS", 3], 2: ["CAP", 2] }) => {
  const floor = new Floor();
  floor.do(receive("r1", { sku: "SOCKS", quantity: 100 }, { sku: "CAP", quantity: 50 }));
  floor.do(request(lines));
  return floor;
};
const picking = () => {
  const floor = requested();
  floor.do(pick);
  return floor;
};

describe("requests", () => {
  test("a request for a warehouse waits for picking", () => {
    expect(requested().fulfilment()).toMatchObject({ state: "REQUESTED", orderId: "o1", location: "WUHAN" });
  });

  test("a request for a supplier's location is not ours", () => {
    const floor = new Floor();
    floor.do(request({ 1: ["SOCKS", 1] }, "supplier:acme"));
    expect(floor.outcome).toEqual({ outcome: "NOT_OURS" });
    expect(floor.fulfilment()).toBeUndefined();
  });

  test("a request for a warehouse that nobody defined is served", () => {
    const floor = new Floor();
    floor.do(request({ 1: ["SOCKS", 1] }, "NEW"));
    expect(floor.fulfilment().state).toBe("REQUESTED");
  });

  test("the same request again changes nothing, with other content it is a contradiction", () => {
    const floor = picking();
    floor.do(request({ 1: ["SOCKS", 3], 2: ["CAP", 2] }));
    expect(floor.outcome).toEqual({ outcome: "KNOWN" });
    expect(floor.fulfilment().state).toBe("PICKING");
    floor.do(request({ 1: ["SOCKS", 4], 2: ["CAP", 2] }));
    expect(floor.outcome).toMatchObject({ outcome: "CONTRADICTION", code: "FULFILMENT_CONFLICT" });
  });
});

describe("picking and shipping", () => {
  test("a picked fulfilment ships whole, each line in a movement of its own", () => {
    const floor = picking();
    floor.do(ship(null, { tracking: "T-1" }));
    expect(floor.movements).toEqual(["SHIP SOCKS: total-3 orderReserved-3", "SHIP CAP: total-2 orderReserved-2"]);
    expect(floor.last.movements[0]!.reference).toEqual({ type: "order", id: "o1", line: "1" });
    expect(floor.fulfilment()).toMatchObject({ state: "SHIPPED", tracking: "T-1" });
    expect(floor.last.events[0]).toMatchObject({ name: "FulfilmentShipped", value: { final: true, tracking: "T-1" } });
    expect(floor.at("SOCKS").total).toBe(97);
  });

  test("a part ships, the rest stays open until it ships too", () => {
    const floor = picking();
    floor.do(ship({ 1: 2 }, { final: false }));
    expect(floor.fulfilment().state).toBe("PICKING");
    expect(floor.last.events[0]).toMatchObject({ value: { final: false, lines: [{ lineId: "1", quantity: 2 }] } });
    floor.do(ship());
    expect(floor.movements).toEqual(["SHIP SOCKS: total-1 orderReserved-1", "SHIP CAP: total-2 orderReserved-2"]);
    expect(floor.fulfilment().state).toBe("SHIPPED");
  });

  test("a last shipment that leaves pieces open is refused", () => {
    const floor = picking();
    floor.do(ship({ 1: 3 }, { final: true }));
    expect(floor.outcome).toMatchObject({ outcome: "REFUSED", code: "LINES_STILL_OPEN" });
    expect(floor.last.movements).toEqual([]);
  });

  test("two clerks ship one fulfilment: the first ships, the second is told its state", () => {
    const floor = picking();
    floor.do(ship(), ship());
    expect(floor.last.outcomes[0]).toMatchObject({ outcome: "FULFILMENT_CHANGED" });
    expect(floor.last.outcomes[1]).toMatchObject({ outcome: "REFUSED", code: "FULFILMENT_STATE" });
    expect(floor.at("SOCKS").total).toBe(97);
  });

  test("what nobody has begun to pick is not shipped, and nobody picks what is being picked", () => {
    const floor = requested();
    floor.do(ship());
    expect(floor.outcome).toMatchObject({ code: "FULFILMENT_STATE" });
    floor.do(pick, pick);
    expect(floor.last.outcomes.map((o) => o.outcome)).toEqual(["FULFILMENT_CHANGED", "REFUSED"]);
  });

  test("more than is open, an unknown line and an unknown fulfilment are refused by name", () => {
    const floor = picking();
    floor.do(ship({ 1: 4 }));
    expect(floor.outcome).toMatchObject({ code: "MORE_THAN_OPEN", errors: [{ field: "lines[0].quantity" }] });
    floor.do(ship({ 9: 1 }));
    expect(floor.outcome).toMatchObject({ code: "UNKNOWN_LINE", errors: [{ field: "lines[0].lineId" }] });
    floor.do(ship(null, { fulfilmentId: "none" }));
    expect(floor.outcome).toMatchObject({ code: "UNKNOWN_FULFILMENT" });
  });

  test("one line named twice counts together", () => {
    const floor = picking();
    const line = { lineId: "1", quantity: 2 };
    floor.do({ ...ship(), lines: [line, line] });
    expect(floor.outcome).toMatchObject({ code: "MORE_THAN_OPEN" });
  });

  test("shipping is a fact: it is booked below zero, with an alert that is cleared when the goods turn up", () => {
    const floor = new Floor();
    floor.do(request({ 1: ["SOCKS", 3] }));
    floor.do(pick, ship());
    expect(floor.at("SOCKS").total).toBe(-3);
    expect(floor.events).toEqual(["FulfilmentShipped", "StockAlertRaised"]);
    floor.do(receive("r9", { sku: "SOCKS", quantity: 3 }));
    expect(floor.events).toEqual(["StockAlertCleared"]);
  });
});

describe("shorting", () => {
  test("missing pieces leave the promise and the count, damaged ones become unsellable", () => {
    const floor = picking();
    floor.do(short({ lineId: "1", quantity: 1, cause: "NOT_FOUND" }, { lineId: "1", quantity: 1, cause: "DAMAGED" }));
    expect(floor.movements).toEqual([
      "PICK_SHORT SOCKS: total-1 orderReserved-1",
      "PICK_DAMAGE SOCKS: orderReserved-1 unsellable+1",
    ]);
    expect(floor.at("SOCKS")).toEqual({ total: 99, unsellable: 1 });
    expect(floor.last.events[0]).toMatchObject({
      name: "FulfilmentShort",
      value: { final: false, lines: [{ reason: "NOT_FOUND" }, { reason: "DAMAGED" }] },
    });
    floor.do(ship());
    expect(floor.fulfilment()).toMatchObject({ state: "SHIPPED" });
    expect(floor.movements).toEqual(["SHIP SOCKS: total-1 orderReserved-1", "SHIP CAP: total-2 orderReserved-2"]);
  });

  test("a fulfilment of which nothing is found closes as short", () => {
    const floor = picking();
    floor.do(short({ lineId: "1", quantity: 3, cause: "NOT_FOUND" }, { lineId: "2", quantity: 2, cause: "DAMAGED" }));
    expect(floor.fulfilment().state).toBe("SHORT");
    expect(floor.last.events[0]).toMatchObject({ value: { final: true } });
  });

  test("a fulfilment of which all that is found is damaged closes as damaged", () => {
    const floor = picking();
    floor.do(short({ lineId: "1", quantity: 3, cause: "DAMAGED" }, { lineId: "2", quantity: 2, cause: "DAMAGED" }));
    expect(floor.fulfilment().state).toBe("DAMAGED");
  });

  test("missing and damaged pieces of a line count together against what is open", () => {
    const floor = picking();
    floor.do(short({ lineId: "1", quantity: 2, cause: "NOT_FOUND" }, { lineId: "1", quantity: 2, cause: "DAMAGED" }));
    expect(floor.outcome).toMatchObject({ code: "MORE_THAN_OPEN" });
    expect(floor.last.movements).toEqual([]);
  });
});

describe("cancellation", () => {
  const answered = (floor: Floor) => floor.last.events.filter((event) => event.name === "FulfilmentCancelled");

  test("what is open is given up, and no more than was asked", () => {
    const floor = requested();
    floor.do(cancel("c1", { 1: ["SOCKS", 2] }));
    expect(answered(floor)).toMatchObject([{ value: { lines: [{ lineId: "1", sku: "SOCKS", quantity: 2 }] } }]);
    floor.do(pick, ship());
    expect(floor.movements).toEqual(["SHIP SOCKS: total-1 orderReserved-1", "SHIP CAP: total-2 orderReserved-2"]);
  });

  test("a fulfilment cancelled whole closes, while it is being picked too", () => {
    const floor = picking();
    floor.do(cancel("c1", { 1: ["SOCKS", 3], 2: ["CAP", 2] }));
    expect(floor.fulfilment().state).toBe("CANCELLED");
    floor.do(ship());
    expect(floor.outcome).toMatchObject({ code: "FULFILMENT_STATE" });
  });

  test("after the shipment it is too late, which is answered with 0", () => {
    const floor = picking();
    floor.do(ship(), cancel("c1", { 1: ["SOCKS", 3] }));
    expect(answered(floor)).toMatchObject([{ value: { lines: [{ lineId: "1", quantity: 0 }] } }]);
    expect(floor.fulfilment().state).toBe("SHIPPED");
  });

  test("a line that the fulfilment does not have, or that is asked for twice, is answered too", () => {
    const floor = requested();
    const twice = cancel("c1", { 1: ["SOCKS", 2], 9: ["HAT", 1] });
    floor.do({ ...twice, lines: [...twice.lines, { lineId: "1", sku: "SOCKS", quantity: 2 }] });
    expect(answered(floor)).toMatchObject([{ value: { lines: [{ quantity: 2 }, { quantity: 0 }, { quantity: 1 }] } }]);
    expect(floor.fulfilment().lines[0]).toMatchObject({ cancelled: 3 });
  });

  test.each(["in another slice", "in the same slice"])("one that overtakes its request waits for it (%s)", (how) => {
    const floor = new Floor();
    const [early, late] = [cancel("c1", { 1: ["SOCKS", 3] }), request({ 1: ["SOCKS", 3], 2: ["CAP", 2] })];
    if (how === "in the same slice") floor.do(early, late);
    else {
      floor.do(early);
      expect(floor.outcome).toEqual({ outcome: "WAITING" });
      expect(floor.last.events).toEqual([]);
      floor.do(late);
    }
    expect(answered(floor)).toMatchObject([{ value: { lines: [{ lineId: "1", quantity: 3 }] } }]);
    expect(floor.fulfilment().lines.map((line) => line.cancelled)).toEqual([3, 0]);
    expect(floor.world.waitingCancellations.size).toBe(0);
  });

  test("a cancellation at a supplier's location is not ours and waits for nothing", () => {
    const floor = new Floor();
    floor.do(cancel("c1", { 1: ["SOCKS", 3] }, "supplier:acme"));
    expect(floor.outcome).toEqual({ outcome: "NOT_OURS" });
    expect(floor.last.newWaitingCancellations).toEqual([]);
  });
});

describe("movements of others", () => {
  test("only the legs of total and unsellable are ours", () => {
    const floor = new Floor();
    floor.do(
      foreign("TRANSFER_RECEIVE", "SOCKS", [
        { location: "WUHAN", bucket: "transferReserved", delta: -5 },
        { location: "WUHAN", bucket: "inTransit", delta: -5 },
        { location: "BEIJING", bucket: "total", delta: 5 },
        { location: "BEIJING", bucket: "unsellable", delta: 5 },
      ]),
    );
    expect(floor.last.onHand).toEqual([{ sku: "SOCKS", location: "BEIJING", total: 5, unsellable: 5 }]);
    expect(floor.last.movements).toEqual([]);
  });
});
