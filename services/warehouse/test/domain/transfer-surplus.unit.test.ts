import { describe, expect, test } from "@jest/globals";
import type { BookTransferSurplus } from "../../src/domain/commands.js";
import { Floor, NOW } from "./floor.js";

const ARRIVED = NOW - 5_000;
const surplus = (line: string, quantity: number, unsellable = 0): BookTransferSurplus => ({
  type: "BOOK_TRANSFER_SURPLUS",
  head: {
    kind: "RECEIPT",
    location: "BEIJING",
    reference: "transfer:t-1/a-1",
    orderId: null,
    reason: null,
    actor: "clerk",
  },
  line: { line, sku: "SOCKS", quantity, unsellable, missing: 0, lineId: null, orderId: null },
  arrivedAt: ARRIVED,
});

describe("more arriving with a transfer than was dispatched", () => {
  test("is a receipt of the warehouse it arrived at, sellable and unsellable, seen when it arrived", () => {
    const floor = new Floor();
    floor.do(surplus("1", 5, 2));
    expect(floor.at("SOCKS", "BEIJING")).toEqual({ total: 5, unsellable: 2 });
    expect(floor.last.movements).toMatchObject([
      { kind: "RECEIPT", toldLater: ARRIVED, reference: { type: "receipt", id: "transfer:t-1/a-1", line: "1" } },
      { kind: "RECEIPT", toldLater: ARRIVED },
    ]);
  });

  test("is booked once, each line by itself; told with other content it is refused", () => {
    const floor = new Floor();
    floor.do(surplus("1", 5));
    floor.do(surplus("2", 3), surplus("1", 5));
    expect(floor.last.outcomes).toMatchObject([{ outcome: "TAKEN" }, { outcome: "KNOWN" }]);
    expect(floor.at("SOCKS", "BEIJING").total).toBe(8);
    floor.do(surplus("1", 6));
    expect(floor.outcome).toMatchObject({ outcome: "CONTRADICTION", code: "RECEIPT_CONFLICT" });
    expect(floor.at("SOCKS", "BEIJING").total).toBe(8);
  });
});
