import { beforeEach, describe, expect, test } from "@jest/globals";
import { MINUTE, Shop } from "./shop.js";

const PARTS = [
  { sku: "sock", quantity: 2 },
  { sku: "cap", quantity: 1 },
];

let shop: Shop;
/** A box is a pair of socks and a cap. */
beforeEach(() => {
  shop = new Shop();
  shop.do({ type: "ListSku", sku: "box", active: true, unitPriceMinor: 900, currency: "CNY", parts: PARTS });
});
const both = (at: string, socks: number, caps: number) => shop.stock("sock", at, socks).stock("cap", at, caps);
const line = (orderId: string, lineId = "l") => shop.order(orderId).lines.find((one) => one.lineId === lineId);
const held = (orderId: string) =>
  shop.order(orderId).allocations.flatMap((a) => (a.open > 0 ? [`${a.open} ${a.sku} at ${a.location}`] : []));
const part = (sku: string, location = "a") => ({ lineId: "l", sku, location });

describe("a bundle is reserved with all of its parts", () => {
  test("its parts leave stock together, and the answer names the bundle with where its parts lie", () => {
    both("a", 10, 10).place("o", { l: ["box", 3] });
    expect([shop.balance("sock", "a"), shop.balance("cap", "a")]).toEqual([
      [4, 6],
      [7, 3],
    ]);
    expect(shop.events("OrderReserved")).toMatchObject([
      {
        lines: [
          {
            ...{ lineId: "l", sku: "box", quantity: 3 },
            allocations: [
              { location: "a", quantity: 6, sku: "sock" },
              { location: "a", quantity: 3, sku: "cap" },
            ],
          },
        ],
      },
    ]);
  });

  test("or not at all: the scarcest part decides, and nothing of the others is kept", () => {
    both("a", 5, 10).place("o", { l: ["box", 3] });
    expect(shop.events("OrderReservationRejected")).toMatchObject([
      { reasons: [{ lineId: "l", sku: "box", code: "OUT_OF_STOCK" }] },
    ]);
    expect(held("o")).toEqual([]);
  });

  test("in part, as whole pieces, where the order accepts a part", () => {
    both("a", 5, 10).place("o", { l: ["box", 3] }, { allowPartial: true });
    expect(held("o")).toEqual(["4 sock at a", "2 cap at a"]);
    expect(line("o")).toMatchObject({ quantity: 3, shorted: 1 });
  });

  test("lines that want the same part count together, bundles and others", () => {
    both("a", 5, 10).place("o", { l: ["box", 2], m: ["sock", 2] });
    expect(shop.order("o").state).toBe("REJECTED");
    shop.place("p", { l: ["box", 2], m: ["sock", 1] });
    expect(shop.balance("sock", "a")).toEqual([0, 5]);
  });

  test("from one location where one has all of it", () => {
    both("a", 3, 10);
    both("b", 4, 2).place("o", { l: ["box", 2] });
    expect(held("o")).toEqual(["4 sock at b", "2 cap at b"]);
  });

  test("from several where none has", () => {
    shop
      .stock("sock", "a", 4)
      .stock("cap", "b", 2)
      .place("o", { l: ["box", 2] });
    expect(held("o")).toEqual(["4 sock at a", "2 cap at b"]);
  });

  test("a part that nobody knows makes the bundle unknown, a bundle that is not sold is refused", () => {
    shop.stock("sock", "a", 10).place("o", { l: ["box", 1] });
    expect(shop.order("o").reasons).toEqual([{ lineId: "l", sku: "box", code: "UNKNOWN_SKU" }]);
    both("a", 9, 9).do({ type: "ListSku", sku: "box", active: false, parts: PARTS });
    shop.place("p", { l: ["box", 1] });
    expect(shop.order("p").reasons).toEqual([{ lineId: "l", sku: "box", code: "SKU_INACTIVE" }]);
  });

  test("a bundle of bundles takes the parts of its parts", () => {
    const parts = [
      { sku: "box", quantity: 2 },
      { sku: "cap", quantity: 1 },
    ];
    shop.do({ type: "ListSku", sku: "crate", active: true, parts });
    both("a", 10, 10);
    shop.do(
      {
        type: "PlaceOrder",
        placement: { ...ORDER, orderId: "o", lines: [{ lineId: "l", sku: "crate", quantity: 2 }] },
      },
      ["crate", "box", "sock", "cap"],
    );
    expect(held("o")).toEqual(["8 sock at a", "6 cap at a"]);
  });

  test("what the catalogue says later changes nothing of an order that is placed", () => {
    both("a", 10, 10).place("o", { l: ["box", 2] });
    shop.do({ type: "ListSku", sku: "box", active: true, parts: [{ sku: "cap", quantity: 5 }] });
    shop.pay("o");
    expect(held("o")).toEqual(["4 sock at a", "2 cap at a"]);
    expect(line("o")?.parts).toEqual(PARTS);
  });

  test("a limit counts the bundle, not its parts", () => {
    shop.policies.set("sku:sock", {
      limit: { perOrderPieces: 1, perCustomerPieces: null, windowSeconds: 60, over: "WINDOW" },
    });
    both("a", 10, 10).place("o", { l: ["box", 2] });
    expect(shop.order("o").state).toBe("RESERVED");
    shop.policies.set("sku:box", {
      limit: { perOrderPieces: 1, perCustomerPieces: null, windowSeconds: 60, over: "WINDOW" },
    });
    shop.place("p", { l: ["box", 2] });
    expect(shop.order("p").reasons).toMatchObject([{ sku: "box", code: "LIMIT_PER_ORDER" }]);
  });
});

const ORDER = {
  customerId: null,
  customerClass: null,
  groupLeaderId: null,
  channel: "web",
  region: null,
  payment: "PENDING",
  allowPartial: false,
  deliverBy: null,
  cartId: null,
  promotionId: null,
  currency: null,
  language: null,
  deviceId: null,
  ipAddress: null,
} as const;

describe("a bundle on its way", () => {
  test("is asked for with a line per part, from each location its own", () => {
    both("a", 2, 1)
      .stock("cap", "b", 1)
      .stock("sock", "b", 2)
      .place("o", { l: ["box", 2] }, { payment: "PAID" });
    const requests = shop.events("FulfilmentRequested");
    expect(requests.map(({ location, lines }) => [location, lines])).toEqual([
      [
        "a",
        [
          { lineId: "l", sku: "sock", quantity: 2 },
          { lineId: "l", sku: "cap", quantity: 1 },
        ],
      ],
      [
        "b",
        [
          { lineId: "l", sku: "sock", quantity: 2 },
          { lineId: "l", sku: "cap", quantity: 1 },
        ],
      ],
    ]);
  });

  test("is fulfilled when all of its parts have left", () => {
    both("a", 10, 10).place("o", { l: ["box", 2] }, { payment: "PAID" });
    shop.pickPart("SHIP", "o", part("sock"), 4);
    expect(shop.order("o").state).toBe("CONFIRMED");
    shop.pickPart("SHIP", "o", part("cap"), 2);
    expect(shop.order("o").state).toBe("FULFILLED");
    expect(shop.events("OrderFulfilled")).toMatchObject([{ lines: [{ lineId: "l", sku: "box", quantity: 2 }] }]);
  });

  test("a part that is not found is served from elsewhere, and the other part stays where it is", () => {
    both("a", 4, 2)
      .stock("cap", "b", 5)
      .place("o", { l: ["box", 2] }, { payment: "PAID" });
    shop.pickPart("PICK_SHORT", "o", part("cap"), 1);
    expect(held("o")).toEqual(["4 sock at a", "1 cap at a", "1 cap at b"]);
    expect(shop.events("OrderShorted")).toEqual([]);
  });

  test("where there is none, the piece is shorted with its whole price, and its other parts are asked back", () => {
    both("a", 4, 2);
    const lines = [{ lineId: "l", sku: "box", quantity: 2, unitPriceMinor: 900 }];
    shop.place("o", {}, { payment: "PAID", currency: "CNY", lines });
    shop.pickPart("PICK_SHORT", "o", part("cap"), 1);
    expect(shop.events("OrderShorted")).toMatchObject([
      { lines: [{ lineId: "l", sku: "box", shortQuantity: 1, remedies: [{ kind: "REFUND", refundMinor: 900 }] }] },
    ]);
    expect(shop.events("FulfilmentCancelRequested")).toMatchObject([
      { lines: [{ lineId: "l", sku: "sock", quantity: 2 }] },
    ]);
    answer("sock", 2);
    expect(shop.balance("sock", "a")).toEqual([2, 2]);
    shop.pickPart("SHIP", "o", part("sock"), 2);
    shop.pickPart("SHIP", "o", part("cap"), 1);
    expect([shop.order("o").state, line("o")]).toMatchObject(["FULFILLED", { shorted: 1, cancelled: 0 }]);
  });

  test("parts that come back too late are sent alone, and the piece stays shorted", () => {
    both("a", 2, 1).place("o", { l: ["box", 1] }, { payment: "PAID" });
    shop.pickPart("SHIP", "o", part("sock"), 2);
    shop.pickPart("PICK_SHORT", "o", part("cap"), 1);
    expect([shop.order("o").state, line("o")]).toMatchObject(["SHORTED", { shorted: 1 }]);
    expect(shop.events("OrderFulfilled")).toEqual([]);
  });

  test("a hold whose shelf holds less of one part gives the other back, by the sweeper where it cannot at once", () => {
    both("a", 4, 2).place("o", { l: ["box", 2] });
    shop.count("cap", "a", -1);
    expect(shop.order("o")).toMatchObject({ state: "RESERVED", hasSpares: true });
    expect(shop.balance("sock", "a")).toEqual([0, 4]);
    shop.do({ type: "DropSpares", orderId: "o" });
    expect([shop.balance("sock", "a"), shop.order("o").hasSpares]).toEqual([[2, 2], false]);
    expect(line("o")).toMatchObject({ shorted: 1 });
  });

  test("of a hold that is over each part goes back when its stream is held, and the piece is served anew when it is paid", () => {
    both("a", 2, 1).place("o", { l: ["box", 1] });
    shop.later(31 * MINUTE).place("p", { l: ["cap", 1] });
    expect(shop.order("o").state).toBe("EXPIRED");
    expect(held("o")).toEqual(["2 sock at a"]);
    shop.pay("o");
    expect([shop.order("o").state, held("o")]).toEqual(["SHORTED", []]);
    expect(shop.balance("sock", "a")).toEqual([2, 0]);
  });

  const answer = (sku: string, quantity: number, fulfilmentId = "o/1") => {
    const lines = [{ lineId: "l", sku, quantity }];
    shop.do({ type: "FulfilmentCancelled", orderId: "o", fulfilmentId, lines });
  };

  test("a shopper cancels whole pieces: before anybody was asked, at once", () => {
    both("a", 10, 10).place("o", { l: ["box", 3] });
    shop.cancel("o", { l: 2 });
    expect([held("o"), line("o")]).toMatchObject([["2 sock at a", "1 cap at a"], { cancelled: 2 }]);
    const [{ lines }] = shop.events("OrderReservationReleased");
    expect(lines).toEqual([
      { lineId: "l", sku: "sock", quantity: 4, location: "a" },
      { lineId: "l", sku: "cap", quantity: 2, location: "a" },
    ]);
    shop.cancel("o");
    expect([shop.order("o").state, held("o")]).toEqual(["CANCELLED", []]);
  });

  test("afterwards every part is asked back, and the piece is cancelled with the first that comes", () => {
    both("a", 10, 10).place("o", { l: ["box", 3] }, { payment: "PAID" });
    shop.cancel("o", { l: 1 });
    expect(shop.events("FulfilmentCancelRequested")).toMatchObject([
      {
        lines: [
          { sku: "sock", quantity: 2 },
          { sku: "cap", quantity: 1 },
        ],
      },
    ]);
    answer("cap", 1);
    expect(line("o")).toMatchObject({ cancelled: 1, unwanted: 0 });
    answer("sock", 2);
    expect(held("o")).toEqual(["4 sock at a", "2 cap at a"]);
  });

  test("what is too late of all parts is delivered", () => {
    both("a", 10, 10).place("o", { l: ["box", 1] }, { payment: "PAID" });
    shop.cancel("o", { l: 1 });
    answer("cap", 0);
    answer("sock", 0);
    shop.pickPart("SHIP", "o", part("cap"), 1);
    shop.pickPart("SHIP", "o", part("sock"), 2);
    expect([shop.order("o").state, line("o")]).toMatchObject(["FULFILLED", { cancelled: 0, unwanted: 0 }]);
  });

  test("a shipment of one part that is taken back is asked for anew, the other part stays sent", () => {
    both("a", 10, 10).place("o", { l: ["box", 1] }, { payment: "PAID" });
    shop.pickPart("SHIP", "o", part("cap"), 1);
    shop.pickPart("SHIP", "o", part("sock"), 2);
    const legs = [
      { location: "a", bucket: "total", delta: 1 },
      { location: "a", bucket: "orderReserved", delta: 1 },
    ] as const;
    const reference = { type: "order", id: "o", line: "l" } as const;
    const movement = { sku: "cap", kind: "SHIP", reference, legs: [...legs], reverses: "m1" } as const;
    shop.do({ type: "ApplyMovement", movement });
    expect(shop.order("o").state).toBe("CONFIRMED");
    expect(shop.events("FulfilmentRequested").at(-1)).toMatchObject({ lines: [{ sku: "cap", quantity: 1 }] });
    expect(held("o")).toEqual(["1 cap at a"]);
  });

  test("parts are held elsewhere one by one, and the part is named where several lie together", () => {
    both("a", 10, 10);
    both("b", 10, 10).place("o", { l: ["box", 1] });
    const move = (sku?: string) => shop.do({ type: "MoveReservation", orderId: "o", moves: [{ ...wish, sku }] });
    const wish = { lineId: "l", from: "a", to: "b", quantity: null };
    expect(move()).toMatchObject({ type: "MOVE_REFUSED", code: "PART_NOT_NAMED" });
    expect(move("cap").type).toBe("RECORDED");
    expect(held("o")).toEqual(["2 sock at a", "1 cap at b"]);
    expect(move().type).toBe("RECORDED");
    expect(held("o")).toEqual(["1 cap at b", "2 sock at b"]);
  });
});

describe("a promotion whose quota of a part is gone", () => {
  test("sells no bundle with it", () => {
    both("a", 4, 1);
    shop.promote("p", { cap: { a: 0 } });
    shop.place("o", { l: ["cap", 1] }, { promotionId: "p" });
    shop.tend("cap");
    shop.receive("cap", "a", 5);
    shop.place("q", { l: ["box", 1] }, { promotionId: "p" });
    expect(shop.order("q").reasons).toEqual([{ lineId: "l", sku: "box", code: "PROMOTION_SOLD_OUT" }]);
  });
});

describe("a bundle in a cart", () => {
  const heldInCart = () => shop.carts.get("c\u0000box")?.places ?? [];
  beforeEach(() => {
    shop.policies.set("sku:box", { reserveAt: "ON_CART" });
    both("a", 10, 4);
  });

  test("is held by its parts, all of it or nothing", () => {
    shop.putInCart("c", "box", 3);
    expect(heldInCart()).toEqual([
      { location: "a", pieces: 6, sku: "sock" },
      { location: "a", pieces: 3, sku: "cap" },
    ]);
    expect(shop.events("CartHeld")).toMatchObject([{ sku: "box", quantity: 3 }]);
    shop.putInCart("c", "box", 2);
    expect(shop.events("CartHoldRejected")).toMatchObject([{ sku: "box", code: "OUT_OF_STOCK" }]);
    shop.putInCart("c", "box", -3);
    expect(shop.balance("cap", "a")).toEqual([2, 2]);
  });

  test("is used up by the shopper's order, also for the last pieces", () => {
    shop.putInCart("c", "box", 4);
    shop.place("o", { l: ["box", 4] }, { cartId: "c" });
    expect([held("o"), heldInCart()]).toEqual([["8 sock at a", "4 cap at a"], []]);
    expect(shop.balance("cap", "a")).toEqual([0, 4]);
  });

  test("goes back when its time is over", () => {
    shop.putInCart("c", "box", 4);
    shop.later(16 * MINUTE).do({ type: "ExpireCart", cartId: "c", sku: "box" });
    expect([shop.balance("sock", "a"), shop.balance("cap", "a")]).toEqual([
      [10, 0],
      [4, 0],
    ]);
  });

  test("yields whole pieces where a part is missing", () => {
    shop.putInCart("c", "box", 4);
    shop.do({ type: "YieldCart", cartId: "c", sku: "box", missing: { sku: "sock", location: "a", pieces: 3 } });
    expect([shop.balance("sock", "a"), shop.balance("cap", "a")]).toEqual([
      [6, 4],
      [2, 2],
    ]);
    expect(shop.events("CartHoldReleased")).toMatchObject([{ sku: "box", quantity: 2, reason: "SHORTED" }]);
  });

  test("is held anew when the catalogue makes it of other parts", () => {
    shop.putInCart("c", "box", 2);
    shop.do({ type: "ListSku", sku: "box", active: true, parts: [{ sku: "cap", quantity: 1 }] });
    shop.putInCart("c", "box", 1);
    expect(heldInCart()).toEqual([{ location: "a", pieces: 3, sku: "cap" }]);
    expect(shop.balance("sock", "a")).toEqual([10, 0]);
  });
});
