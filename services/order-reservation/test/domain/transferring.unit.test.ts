import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Command, TransferRequest } from "../../src/domain/index.js";
import { MINUTE, placement, Shop } from "./shop.js";

const request = (quantity: number, more: Partial<TransferRequest> = {}): Command => {
  const route = { sku: "phone", source: "wuhan", destination: "beijing" };
  return {
    type: "ReserveTransfer",
    request: { transferId: "t1", lineId: "l1", ...route, quantity, allowPartial: true, ...more },
  };
};

const rejections = (shop: Shop) =>
  shop.events("TransferReservationRejected").map(({ quantity, code }) => [quantity, code]);

const promised = (shop: Shop) =>
  shop.effects.flatMap((effect) =>
    effect.kind === "movement" && effect.draft.kind === "TRANSFER_RESERVE" ? [effect.draft] : [],
  );

describe("a transfer asks for pieces at its source", () => {
  test("what is there is promised to the other warehouse, and an order for more than the rest is refused", () => {
    const shop = new Shop().stock("phone", "wuhan", 300);
    expect(shop.do(request(100))).toEqual({ type: "TRANSFER_DECIDED", reserved: 100, code: null });
    expect(shop.balance("phone", "wuhan")).toEqual([200, 0]);
    expect(promised(shop)).toMatchObject([
      {
        reference: { type: "transfer", id: "t1", line: "l1" },
        legs: [
          { location: "wuhan", bucket: "sellable", delta: -100 },
          { location: "wuhan", bucket: "transferReserved", delta: 100 },
        ],
      },
    ]);
    expect(rejections(shop)).toEqual([]);
    shop.place("o1", { a: ["phone", 250] });
    expect(shop.order("o1").state).toBe("REJECTED");
  });

  test("of more than there is, what there is: the rest is refused", () => {
    const shop = new Shop().stock("phone", "wuhan", 3);
    shop.do(request(5));
    expect(shop.balance("phone", "wuhan")).toEqual([0, 0]);
    expect(rejections(shop)).toEqual([[2, "OUT_OF_STOCK"]]);
  });

  test("who takes no part gets all or nothing", () => {
    const shop = new Shop().stock("phone", "wuhan", 3);
    shop.slice([request(5, { allowPartial: false }), request(3, { allowPartial: false, transferId: "t2" })]);
    expect(promised(shop).map(({ reference }) => reference.id)).toEqual(["t2"]);
    expect(rejections(shop)).toEqual([[5, "OUT_OF_STOCK"]]);
  });

  test("what lies elsewhere, or is below 0 here, is not promised", () => {
    const shop = new Shop().stock("phone", "wuhan", -2).stock("phone", "shanghai", 9);
    shop.do(request(1));
    expect([promised(shop), rejections(shop)]).toEqual([[], [[1, "OUT_OF_STOCK"]]]);
  });

  test("expired holds are given back first, others stay", () => {
    const shop = new Shop().stock("phone", "wuhan", 3);
    shop.place("old", { a: ["phone", 2] });
    shop.later(20 * MINUTE).place("young", { a: ["phone", 1] });
    shop.later(11 * MINUTE).do(request(3));
    expect([shop.order("old").state, shop.order("young").state]).toEqual(["EXPIRED", "RESERVED"]);
    expect(rejections(shop)).toEqual([[1, "OUT_OF_STOCK"]]);
    expect(shop.balance("phone", "wuhan")).toEqual([0, 1]);
  });

  test("holds whose payments are not read yet stay", () => {
    const shop = new Shop().stock("phone", "wuhan", 2);
    shop.place("old", { a: ["phone", 2] });
    shop.paymentsReadUpTo = shop.now;
    shop.later(31 * MINUTE).do(request(2));
    expect([shop.order("old").state, rejections(shop)]).toEqual(["RESERVED", [[2, "OUT_OF_STOCK"]]]);
  });

  test.each<[string, Partial<TransferRequest>, string]>([
    ["a SKU that nobody has listed or received", { sku: "unheard-of" }, "UNKNOWN_SKU"],
    ["the same warehouse", { destination: "wuhan" }, "SAME_LOCATION"],
    ["a source that is no location", { source: "atlantis" }, "UNKNOWN_LOCATION"],
    ["a supplier's location", { source: "supplier:acme" }, "UNKNOWN_LOCATION"],
    ["to a supplier", { destination: "supplier:acme" }, "UNKNOWN_LOCATION"],
    ["to a warehouse that is closed", { destination: "closed" }, "UNKNOWN_LOCATION"],
  ])("is refused: %s", (_, more, code) => {
    const shop = new Shop().stock("phone", "wuhan", 10).stock("phone", "supplier:acme", 10);
    shop.do({ type: "DefineLocation", location: "closed", kind: "WAREHOUSE", active: false, version: 1 });
    shop.do(request(4, more), ["phone", "unheard-of"]);
    expect([promised(shop), rejections(shop)]).toEqual([[], [[4, code]]]);
  });

  test("a closed warehouse can be emptied, one whose definition is under way too", () => {
    const shop = new Shop().stock("phone", "wuhan", 10);
    shop.do(request(4));
    shop.do({ type: "DefineLocation", location: "wuhan", kind: "WAREHOUSE", active: false, version: 1 });
    shop.do(request(6));
    expect([shop.balance("phone", "wuhan"), rejections(shop)]).toEqual([[0, 0], []]);
  });

  test("a SKU that is no longer sold can still be moved", () => {
    const shop = new Shop().stock("phone", "wuhan", 1);
    shop.do({ type: "ListSku", sku: "phone", active: false });
    shop.do(request(1));
    expect(rejections(shop)).toEqual([]);
  });

  test("a request leaves no trace of a place it found nothing at", () => {
    const shop = new Shop().stock("phone", "wuhan", 1);
    shop.do({ type: "DefineLocation", location: "empty", kind: "WAREHOUSE", active: true, version: 1 });
    shop.do(request(1, { source: "empty" }));
    expect(rejections(shop)).toEqual([[1, "OUT_OF_STOCK"]]);
    expect([...shop.rows.values()].map(({ location }) => location)).toEqual(["wuhan"]);
  });
});

describe("the last pieces, wanted by orders and transfers", () => {
  const wish = fc.record({
    by: fc.constantFrom("order" as const, "transfer" as const),
    quantity: fc.integer({ min: 1, max: 4 }),
    paid: fc.boolean(),
    partial: fc.boolean(),
    minutes: fc.constantFrom(0, 0, 10, 31),
    cut: fc.boolean(),
  });

  test("are promised once, in the order of arrival, and nobody is refused what is there", () => {
    fc.assert(
      fc.property(fc.nat(12), fc.array(wish, { minLength: 1, maxLength: 14 }), (stock, wishes) => {
        const shop = new Shop().stock("phone", "wuhan", stock);
        let slice: Command[] = [];
        const flush = () => {
          if (slice.length > 0) shop.slice(slice, ["phone"]);
          slice = [];
        };
        wishes.forEach(({ by, quantity, paid, partial, minutes, cut }, i) => {
          if (minutes > 0) {
            flush();
            shop.later(minutes * MINUTE);
          }
          const lines = { a: ["phone", quantity] as [string, number] };
          const more = { payment: paid ? "PAID" : "PENDING", allowPartial: partial } as const;
          slice.push(
            by === "transfer"
              ? request(quantity, { transferId: `t${i}`, allowPartial: partial })
              : { type: "PlaceOrder", placement: placement(`o${i}`, lines, more) },
          );
          if (cut) flush();
        });
        flush();
        replay(shop, stock);
      }),
      { numRuns: 300 },
    );
  });

  /** Follows the pieces through what was published: never below 0, and a transfer is refused only what is not there. */
  function replay(shop: Shop, stock: number): void {
    let sellable = stock;
    for (const effect of shop.effects) {
      if (effect.kind === "event") {
        if (effect.name !== "TransferReservationRejected") continue;
        // What was refused to one who takes any part was not there; else less was there than was asked for.
        expect(sellable).toBeLessThan(Number(effect.value.quantity));
        continue;
      }
      for (const { bucket, delta } of effect.draft.legs) if (bucket === "sellable") sellable += delta;
      expect(sellable).toBeGreaterThanOrEqual(0);
    }
    expect(shop.balance("phone", "wuhan")[0]).toBe(sellable);
  }
});
