import { describe, expect, test } from "@jest/globals";
import {
  type Balances,
  bookTotal,
  EMPTY_BALANCE,
  foldMovement,
  LIMITS,
  type MovementDraft,
  movementDraft,
  piecesSold,
  sumOfBalances,
  voidDraft,
} from "../src/index.js";

const reference = { type: "order", id: "o1", line: "1" } as const;
const transfer = { type: "transfer", id: "t1", line: "1" } as const;

describe("a movement", () => {
  test("carries all its legs, and what it is about", () => {
    expect(
      movementDraft("SHIP", undefined, { sku: "SOCKS", quantity: 3, at: "WUH", reference, actor: "packer" }),
    ).toEqual({
      sku: "SOCKS",
      kind: "SHIP",
      reference: { type: "order", id: "o1", line: "1" },
      reverses: null,
      reason: null,
      actor: "packer",
      legs: [
        { location: "WUH", bucket: "total", delta: -3 },
        { location: "WUH", bucket: "orderReserved", delta: -3 },
      ],
    });
  });

  test("that reverses another has its legs negated and names it", () => {
    const draft = movementDraft("SHIP", undefined, { sku: "SOCKS", quantity: 3, at: "WUH", reference, reverses: "m7" });
    expect(draft.reverses).toBe("m7");
    expect(draft.legs.map(({ delta }) => delta)).toEqual([3, 3]);
  });

  test("of a kind with an opposite kind cannot be reversed", () => {
    expect(() =>
      movementDraft("RESERVE", undefined, { sku: "SOCKS", quantity: 3, at: "WUH", reference, reverses: "m7" }),
    ).toThrow("RESERVE cannot be reversed");
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, LIMITS.MAX_QUANTITY_PIECES + 1])(
    "of %p pieces cannot be built",
    (quantity) => {
      expect(() => movementDraft("SHIP", undefined, { sku: "SOCKS", quantity, at: "WUH", reference })).toThrow(
        /whole quantity from 1 to 1000000/,
      );
    },
  );

  test("that adjusts may go either way, but never by 0", () => {
    const adjust = (quantity: number) =>
      movementDraft("COUNT_ADJUST", "unsellable", { sku: "SOCKS", quantity, at: "WUH", reference });
    expect(adjust(-4).legs).toEqual([
      { location: "WUH", bucket: "total", delta: -4 },
      { location: "WUH", bucket: "unsellable", delta: -4 },
    ]);
    expect(adjust(4).legs.map(({ delta }) => delta)).toEqual([4, 4]);
    expect(() => adjust(0)).toThrow(/whole quantity/);
    expect(() => adjust(-1_000_001)).toThrow(/whole quantity/);
  });

  test("needs a variant where the kind has several", () => {
    const build = () =>
      movementDraft("RECEIPT", undefined as never, { sku: "SOCKS", quantity: 1, at: "WUH", reference });
    expect(build).toThrow('RECEIPT has no variant "only": use sellable or unsellable');
  });

  test("needs its places, of the right kind", () => {
    const input = { sku: "SOCKS", quantity: 1, reference };
    expect(() => movementDraft("SHIP", undefined, { ...input, at: "" })).toThrow('SHIP needs the location "at"');
    expect(() => movementDraft("RECEIPT", "sellable", { ...input, at: "supplier:s1" })).toThrow(
      /needs a warehouse as at/,
    );
    expect(() => movementDraft("LOCK", undefined, { ...input, at: "supplier:s1" })).toThrow(/needs a warehouse as at/);
    expect(() => movementDraft("VIRTUAL_ADJUST", undefined, { ...input, supplier: "WUH" })).toThrow(
      /needs a supplier as supplier/,
    );
  });

  test("needs a trimmed SKU and a reference, because both are compared bytewise", () => {
    const input = { quantity: 1, at: "WUH" };
    expect(() => movementDraft("SHIP", undefined, { ...input, sku: " A", reference })).toThrow(/trimmed SKU/);
    expect(() => movementDraft("SHIP", undefined, { ...input, sku: "", reference })).toThrow(/trimmed SKU/);
    expect(() =>
      movementDraft("SHIP", undefined, { ...input, sku: "A", reference: { type: "order", id: "" } }),
    ).toThrow(/reference id/);
  });

  test("that is lost is closed by a VOID, which moves nothing", () => {
    const lost = voidDraft({
      sku: "SOCKS",
      reference: { type: "correction", id: "c1" },
      reason: "deleted before it was sent",
    });
    expect(lost.legs).toEqual([]);
    expect(foldMovement(new Map(), lost)).toEqual(new Map());
  });

  test("is folded into new balances, the old ones stay as they were", () => {
    const before: Balances = new Map([["WUH", { ...EMPTY_BALANCE, total: 5, sellable: 5 }]]);
    const after = foldMovement(
      before,
      movementDraft("RESERVE", undefined, { sku: "A", quantity: 2, at: "WUH", reference }),
    );
    expect(before.get("WUH")).toEqual({ ...EMPTY_BALANCE, total: 5, sellable: 5 });
    expect(after.get("WUH")).toEqual({ ...EMPTY_BALANCE, total: 5, sellable: 3, orderReserved: 2 });
  });

  test("counts as sold when promised goods leave, and as unsold when that is reversed", () => {
    const ship = { sku: "A", quantity: 2, at: "WUH", reference };
    expect(piecesSold(movementDraft("SHIP", undefined, ship))).toEqual([{ location: "WUH", pieces: 2 }]);
    expect(piecesSold(movementDraft("SHIP", undefined, { ...ship, reverses: "m1" }))).toEqual([
      { location: "WUH", pieces: -2 },
    ]);
    expect(
      piecesSold(
        movementDraft("DROPSHIP_SHIP", undefined, { sku: "A", quantity: 3, supplier: "supplier:s1", reference }),
      ),
    ).toEqual([{ location: "supplier:s1", pieces: 3 }]);
    expect(piecesSold(movementDraft("PICK_SHORT", undefined, ship))).toEqual([]);
  });
});

/** 100 iPhones from Wuhan to Beijing, row by row as the product page shows them. */
describe("the book's transfer", () => {
  const input = { sku: "IPHONE", quantity: 100, source: "Wuhan", reference: transfer };
  const steps: MovementDraft[] = [
    movementDraft("RECEIPT", "sellable", {
      sku: "IPHONE",
      quantity: 300,
      at: "Wuhan",
      reference: { type: "receipt", id: "r1" },
    }),
    movementDraft("TRANSFER_RESERVE", undefined, input),
    movementDraft("TRANSFER_DISPATCH", undefined, input),
    movementDraft("TRANSFER_RECEIVE", "sellable", { ...input, destination: "Beijing" }),
  ];

  test.each([
    ["start", 1, [300, 300, 300, 0, 0], [0, 0], [300, 300]],
    ["requested", 2, [300, 300, 200, 100, 0], [0, 0], [300, 300]],
    ["dispatched", 3, [200, 300, 200, 100, 100], [0, 0], [200, 300]],
    ["arrived", 4, [200, 200, 200, 0, 0], [100, 100], [300, 300]],
  ])("reads exactly so when %s", (_when, taken, wuhan, beijing, network) => {
    const balances = steps.slice(0, taken).reduce<Balances>(foldMovement, new Map());
    const source = balances.get("Wuhan") ?? EMPTY_BALANCE;
    const destination = balances.get("Beijing") ?? EMPTY_BALANCE;
    const sum = sumOfBalances(balances.values());
    const { total, sellable, transferReserved, inTransit } = source;
    expect([total, bookTotal(source), sellable, transferReserved, inTransit]).toEqual(wuhan);
    expect([destination.total, destination.sellable]).toEqual(beijing);
    expect([sum.total, bookTotal(sum)]).toEqual(network);
  });

  test("that turns back arrives where it came from, with nothing left under way", () => {
    const back = movementDraft("TRANSFER_RECEIVE", "sellable", { ...input, destination: "Wuhan" });
    const balances = [...steps.slice(0, 3), back].reduce<Balances>(foldMovement, new Map());
    expect(balances.get("Wuhan")).toEqual({ ...EMPTY_BALANCE, total: 300, sellable: 300 });
  });
});
