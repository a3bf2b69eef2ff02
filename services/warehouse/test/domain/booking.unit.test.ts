import { describe, expect, test } from "@jest/globals";
import { book, Floor, receive } from "./floor.js";

describe("receipts", () => {
  test("a receipt of sellable and unsellable goods is two movements, and both count as there", () => {
    const floor = new Floor();
    floor.do(receive("r1", { sku: "SOCKS", quantity: 100, unsellable: 4 }));
    expect(floor.outcome).toEqual({ outcome: "BOOKED", again: false });
    expect(floor.movements).toEqual(["RECEIPT SOCKS: total+96 sellable+96", "RECEIPT SOCKS: total+4 unsellable+4"]);
    expect(floor.at("SOCKS")).toEqual({ total: 100, unsellable: 4 });
  });

  test("a receipt of unsellable goods alone is one movement", () => {
    const floor = new Floor();
    floor.do(receive("r1", { sku: "SOCKS", quantity: 4, unsellable: 4 }));
    expect(floor.movements).toEqual(["RECEIPT SOCKS: total+4 unsellable+4"]);
  });

  test("the same receipt told again stands, and nothing is booked twice", () => {
    const floor = new Floor();
    floor.do(receive("r1", { sku: "SOCKS", quantity: 100 }));
    floor.do(receive("r1", { sku: "SOCKS", quantity: 100 }));
    expect(floor.outcome).toEqual({ outcome: "BOOKED", again: true });
    expect(floor.movements).toEqual([]);
    expect(floor.at("SOCKS").total).toBe(100);
  });

  test("the same receipt twice in one slice is booked once", () => {
    const floor = new Floor();
    const told = receive("r1", { sku: "SOCKS", quantity: 100 });
    floor.do(told, told);
    expect(floor.last.outcomes).toEqual([
      { outcome: "BOOKED", again: false },
      { outcome: "BOOKED", again: true },
    ]);
    expect(floor.at("SOCKS").total).toBe(100);
  });

  test.each([
    ["another quantity", [{ sku: "SOCKS", quantity: 99 }]],
    [
      "one line more",
      [
        { sku: "SOCKS", quantity: 100 },
        { sku: "CAP", quantity: 1 },
      ],
    ],
    ["another SKU", [{ sku: "CAP", quantity: 100 }]],
  ])("a reference used before with %s is refused", (_what, lines) => {
    const floor = new Floor();
    floor.do(receive("r1", { sku: "SOCKS", quantity: 100 }));
    floor.do(receive("r1", ...lines));
    expect(floor.outcome).toMatchObject({ outcome: "REFUSED", code: "DOCUMENT_CONFLICT" });
    expect(floor.last.movements).toEqual([]);
  });

  test("a return told again for another order is refused: the reference stands for the first", () => {
    const floor = new Floor();
    const lines = [{ sku: "SOCKS", quantity: 1 }];
    floor.do(book("RETURN", "b1", lines, "WUHAN", "order-1"));
    floor.do(book("RETURN", "b1", lines, "WUHAN", "order-2"));
    expect(floor.outcome).toMatchObject({ outcome: "REFUSED", code: "DOCUMENT_CONFLICT" });
    floor.do(book("RETURN", "b1", lines, "WUHAN", "order-1"));
    expect(floor.outcome).toEqual({ outcome: "BOOKED", again: true });
  });

  test("one reference at two warehouses is two receipts", () => {
    const floor = new Floor();
    floor.do(book("RECEIPT", "r1", [{ sku: "SOCKS", quantity: 1 }], "WUHAN"));
    floor.do(book("RECEIPT", "r1", [{ sku: "SOCKS", quantity: 2 }], "BEIJING"));
    expect(floor.at("SOCKS", "BEIJING").total).toBe(2);
  });

  test("nothing is received at a warehouse that nobody defined", () => {
    const floor = new Floor();
    floor.do(book("RECEIPT", "r1", [{ sku: "SOCKS", quantity: 1 }], "ATLANTIS"));
    expect(floor.outcome).toMatchObject({ outcome: "REFUSED", code: "UNKNOWN_WAREHOUSE" });
    expect(floor.last.onHand).toEqual([]);
  });
});

describe("rows of an upload", () => {
  const row = (number: number, sku: string, quantity: number, location = "WUHAN") => ({
    row: number,
    head: { kind: "RECEIPT" as const, location, reference: "up", orderId: null, reason: null, actor: null },
    line: { line: `${number}`, sku, quantity, unsellable: 0, missing: 0, lineId: null, orderId: null },
  });

  test("a bad row costs itself only", () => {
    const floor = new Floor();
    floor.do({ type: "BOOK_ROWS", rows: [row(1, "A", 1), row(2, "B", 2, "ATLANTIS"), row(3, "C", 3)] });
    expect(floor.outcome).toMatchObject({
      rows: [
        { row: 1, outcome: "APPLIED" },
        { row: 2, outcome: "REJECTED", field: "location" },
        { row: 3, outcome: "APPLIED" },
      ],
    });
    expect([floor.at("A").total, floor.at("C").total]).toEqual([1, 3]);
  });

  test("rows that were booked before are passed over, the others go on", () => {
    const floor = new Floor();
    floor.do({ type: "BOOK_ROWS", rows: [row(1, "A", 1)] });
    floor.do({ type: "BOOK_ROWS", rows: [row(1, "A", 1), row(2, "B", 2)] });
    expect(floor.outcome).toMatchObject({
      rows: [
        { row: 1, outcome: "ALREADY_APPLIED" },
        { row: 2, outcome: "APPLIED" },
      ],
    });
    expect([floor.at("A").total, floor.at("B").total]).toEqual([1, 2]);
  });

  test("a row that was booked before with other content is rejected", () => {
    const floor = new Floor();
    floor.do({ type: "BOOK_ROWS", rows: [row(1, "A", 1)] });
    floor.do({ type: "BOOK_ROWS", rows: [row(1, "A", 7)] });
    expect(floor.outcome).toMatchObject({ rows: [{ row: 1, outcome: "REJECTED", field: "reference" }] });
    expect(floor.at("A").total).toBe(1);
  });
});

describe("returns", () => {
  test("each judged part has its movement, missing pieces have none, and the return is told", () => {
    const floor = new Floor();
    floor.do(
      book("RETURN", "b1", [{ sku: "SOCKS", quantity: 6, unsellable: 2, missing: 1, lineId: "1" }], "WUHAN", "o1"),
    );
    expect(floor.movements).toEqual(["RETURN SOCKS: total+3 sellable+3", "RETURN SOCKS: total+2 unsellable+2"]);
    expect(floor.at("SOCKS")).toEqual({ total: 5, unsellable: 2 });
    expect(floor.last.events).toEqual([
      {
        name: "ReturnReceived",
        value: {
          returnId: "b1",
          orderId: "o1",
          location: "WUHAN",
          lines: [{ lineId: "1", sku: "SOCKS", sellable: 3, unsellable: 2, missing: 1 }],
        },
      },
    ]);
  });

  test("a return of which everything is missing is told, and nothing is counted", () => {
    const floor = new Floor();
    floor.do(book("RETURN", "b1", [{ sku: "SOCKS", quantity: 2, missing: 2 }]));
    expect(floor.movements).toEqual([]);
    expect(floor.events).toEqual(["ReturnReceived"]);
  });
});

describe("damage, restoration, disposal", () => {
  const stocked = () => {
    const floor = new Floor();
    floor.do(receive("r1", { sku: "VASE", quantity: 10 }));
    return floor;
  };

  test("damaged goods stay, restored ones can be sold again, disposed ones are gone", () => {
    const floor = stocked();
    floor.do(book("DAMAGE", "d1", [{ sku: "VASE", quantity: 6 }]));
    expect(floor.movements).toEqual(["DAMAGE VASE: sellable-6 unsellable+6"]);
    floor.do(book("RESTORATION", "s1", [{ sku: "VASE", quantity: 2 }]));
    expect(floor.movements).toEqual(["RESTORE VASE: sellable+2 unsellable-2"]);
    floor.do(book("DISPOSAL", "x1", [{ sku: "VASE", quantity: 4 }]));
    expect(floor.movements).toEqual(["DISPOSE VASE: total-4 unsellable-4"]);
    expect(floor.at("VASE")).toEqual({ total: 6, unsellable: 0 });
  });

  test.each([
    ["DAMAGE" as const, 11],
    ["RESTORATION" as const, 1],
    ["DISPOSAL" as const, 1],
  ])("%s of more than is there is refused, naming the line and no quantity", (kind, quantity) => {
    const floor = stocked();
    floor.do(book(kind, "d1", [{ sku: "VASE", quantity }]));
    expect(floor.outcome).toMatchObject({
      outcome: "REFUSED",
      code: "NOT_ON_HAND",
      errors: [{ field: "lines[0].quantity" }],
    });
    expect(JSON.stringify(floor.outcome)).not.toMatch(/10/);
  });

  test("two lines of one SKU count together, and nothing is half applied", () => {
    const floor = stocked();
    floor.do(
      book("DAMAGE", "d1", [
        { sku: "VASE", quantity: 6 },
        { sku: "VASE", quantity: 6 },
      ]),
    );
    expect(floor.outcome).toMatchObject({ code: "NOT_ON_HAND", errors: [{ field: "lines[1].quantity" }] });
    expect(floor.last.onHand).toEqual([]);
    expect(floor.last.newDocumentLines).toEqual([]);
  });

  test("damage is judged on what an earlier command of the slice left", () => {
    const floor = stocked();
    const damage = (reference: string) => book("DAMAGE", reference, [{ sku: "VASE", quantity: 6 }]);
    floor.do(damage("d1"), damage("d2"));
    expect(floor.last.outcomes.map((o) => o.outcome)).toEqual(["BOOKED", "REFUSED"]);
    expect(floor.at("VASE")).toEqual({ total: 10, unsellable: 6 });
  });
});
