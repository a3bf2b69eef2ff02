import { describe, expect, test } from "@jest/globals";
import { book, cancel, documentId, Floor, pick, receive, request, ship, short, takeBack } from "./floor.js";

const codeOf = (floor: Floor, index = 0): string => {
  const outcome = floor.last.outcomes[index]!;
  return outcome.outcome === "REFUSED" ? outcome.code : outcome.outcome;
};

/** Ten socks, four of them requested and being picked. */
function picking(): Floor {
  const floor = new Floor();
  floor.do(receive("r1", { sku: "socks", quantity: 10 }));
  floor.do(request({ l: ["socks", 4] }));
  floor.do(pick);
  return floor;
}

describe("taking back what was booked by mistake", () => {
  test("a receipt leaves as it came, by a movement of its kind that names it", () => {
    const floor = new Floor();
    floor.do(receive("r1", { sku: "socks", quantity: 10, unsellable: 4 }));
    floor.do(takeBack("w-1"));
    expect(floor.movements).toEqual(["RECEIPT socks: total-6 sellable-6"]);
    expect(floor.last.movements[0]).toMatchObject({
      reverses: "w-1",
      reason: "wrong parcel",
      actor: "clerk",
      reference: { type: "receipt", id: "r1", line: "1" },
    });
    expect(floor.last.reversedLines).toEqual([
      { documentId: documentId("RECEIPT", "r1"), line: "1", quantity: 6, unsellable: 0 },
    ]);
    floor.do(takeBack("w-2"));
    expect(floor.movements).toEqual(["RECEIPT socks: total-4 unsellable-4"]);
    expect(floor.at("socks")).toEqual({ total: 0, unsellable: 0 });
  });

  test("it is done once, and is not taken back itself", () => {
    const floor = new Floor();
    floor.do(receive("r1", { sku: "socks", quantity: 10 }));
    floor.do(takeBack("w-1"), takeBack("w-1"));
    expect([codeOf(floor), codeOf(floor, 1)]).toEqual(["REVERSED", "ALREADY_REVERSED"]);
    floor.do(takeBack("w-1"), takeBack("w-2"));
    expect([codeOf(floor), codeOf(floor, 1)]).toEqual(["ALREADY_REVERSED", "IS_REVERSAL"]);
    expect(floor.at("socks").total).toBe(0);
  });

  test("a line that was taken back stays booked for ever: the same document again changes nothing", () => {
    const floor = new Floor();
    floor.do(receive("r1", { sku: "socks", quantity: 10 }));
    floor.do(takeBack("w-1"));
    floor.do(receive("r1", { sku: "socks", quantity: 10 }));
    expect(floor.outcome).toEqual({ outcome: "BOOKED", again: true });
    expect(floor.at("socks").total).toBe(0);
  });

  test("returns and disposals are taken back like receipts", () => {
    const floor = new Floor();
    floor.do(book("RETURN", "b1", [{ sku: "socks", quantity: 5, unsellable: 2 }]));
    floor.do(book("DISPOSAL", "d1", [{ sku: "socks", quantity: 2 }]));
    floor.do(takeBack("w-3"), takeBack("w-2"), takeBack("w-1"));
    expect(floor.movements).toEqual([
      "DISPOSE socks: total+2 unsellable+2",
      "RETURN socks: total-2 unsellable-2",
      "RETURN socks: total-3 sellable-3",
    ]);
    expect(floor.at("socks")).toEqual({ total: 0, unsellable: 0 });
  });

  test("unsellable pieces that are gone since cannot leave once more", () => {
    const floor = new Floor();
    floor.do(receive("r1", { sku: "socks", quantity: 3, unsellable: 3 }));
    floor.do(book("DISPOSAL", "d1", [{ sku: "socks", quantity: 1 }]));
    floor.do(takeBack("w-1"));
    expect(codeOf(floor)).toBe("NOT_ON_HAND");
    expect([floor.movements, floor.at("socks")]).toEqual([[], { total: 2, unsellable: 2 }]);
  });

  test.each([
    ["damage", "DAMAGE", "book a restoration"],
    ["restoration", "RESTORATION", "book a damage"],
  ] as const)("a %s has its opposite, and the refusal says so", (_, kind, instead) => {
    const floor = new Floor();
    floor.do(receive("r1", { sku: "socks", quantity: 3, unsellable: 1 }));
    floor.do(book(kind, "x1", [{ sku: "socks", quantity: 1 }]));
    floor.do(takeBack("w-3"));
    expect(floor.outcome).toMatchObject({ code: "NOT_REVERSIBLE", detail: expect.stringContaining(instead) });
  });

  test("what the warehouse has not recorded is for its recorder to take back", () => {
    const floor = new Floor();
    floor.do(takeBack("somebody-else's"));
    expect(codeOf(floor)).toBe("UNKNOWN_MOVEMENT");
  });
});

describe("taking back what was handed over by mistake", () => {
  test("a shipment's pieces are there and promised again; its fulfilment waits for no one", () => {
    const floor = picking();
    floor.do(ship());
    floor.do(takeBack("w-2"));
    expect(floor.movements).toEqual(["SHIP socks: total+4 orderReserved+4"]);
    expect(floor.fulfilment()).toMatchObject({ state: "CANCELLED", lines: [{ shipped: 0, reversed: 4 }] });
    expect(floor.at("socks").total).toBe(10);
    floor.do(ship());
    expect(codeOf(floor)).toBe("FULFILMENT_STATE");
  });

  test("one of two shipments: the other stays shipped, what is open stays open", () => {
    const floor = picking();
    floor.do(ship({ l: 1 }));
    floor.do(ship({ l: 2 }));
    floor.do(takeBack("w-2"));
    expect(floor.fulfilment()).toMatchObject({ state: "PICKING", lines: [{ shipped: 2, reversed: 1 }] });
    floor.do(ship());
    expect(floor.movements).toEqual(["SHIP socks: total-1 orderReserved-1"]);
    expect(floor.fulfilment()).toMatchObject({ state: "SHIPPED", lines: [{ shipped: 3, reversed: 1 }] });
  });

  test("a cancellation that was on its way gets nothing of what was taken back", () => {
    const floor = picking();
    floor.do(ship());
    floor.do(takeBack("w-2"));
    floor.do(cancel("c1", { l: ["socks", 4] }));
    expect(floor.last.events).toMatchObject([{ name: "FulfilmentCancelled", value: { lines: [{ quantity: 0 }] } }]);
  });

  test.each([
    ["NOT_FOUND", "PICK_SHORT socks: total+3 orderReserved+3"],
    ["DAMAGED", "PICK_DAMAGE socks: orderReserved+3 unsellable-3"],
  ] as const)("a loss at picking (%s) is taken back while nobody has gone on with its line", (cause, movement) => {
    const floor = picking();
    floor.do(short({ lineId: "l", quantity: 3, cause }));
    floor.do(takeBack("w-2"));
    expect(floor.movements).toEqual([movement]);
    expect(floor.fulfilment()).toMatchObject({ state: "PICKING", lines: [{ short: 0, damaged: 0, reversed: 3 }] });
    expect(floor.at("socks")).toEqual({ total: 10, unsellable: 0 });
  });

  test.each([
    ["served from elsewhere", "LINE_RE_SOURCED"],
    ["shorted", "LINE_SHORTED"],
    ["cancelled", "LINE_CANCELLED"],
  ] as const)("it stands when its line is %s since", (how, code) => {
    const floor = picking();
    floor.do(short({ lineId: "l", quantity: 3, cause: "NOT_FOUND" }));
    if (how === "served from elsewhere") {
      floor.do({ ...request({ l: ["socks", 3] }, "BEIJING"), fulfilmentId: "o1/2" });
    } else {
      const lines = [{ lineId: "l", sku: "socks" }];
      const decision = how === "shorted" ? "SHORTED" : "CANCELLED";
      floor.do({ type: "LINE_SETTLED", orderId: "o1", lines, decision });
    }
    floor.do(takeBack("w-2"));
    expect([codeOf(floor), floor.movements]).toEqual([code, []]);
  });

  test("it stands when its line is served from a supplier since, and in one slice with that news", () => {
    const floor = picking();
    floor.do(short({ lineId: "l", quantity: 3, cause: "DAMAGED" }));
    const elsewhere = { ...request({ l: ["socks", 3] }, "supplier:acme"), fulfilmentId: "o1/2" };
    floor.do(elsewhere, takeBack("w-2"));
    expect(codeOf(floor, 1)).toBe("LINE_RE_SOURCED");
  });

  test("the same request told once more is no news", () => {
    const floor = picking();
    floor.do(short({ lineId: "l", quantity: 3, cause: "NOT_FOUND" }));
    floor.do(request({ l: ["socks", 4] }));
    floor.do(takeBack("w-2"));
    expect(codeOf(floor)).toBe("REVERSED");
  });
});
