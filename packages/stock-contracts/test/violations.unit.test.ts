import { describe, expect, test } from "@jest/globals";
import { LIMITS, type RecordOf, trimmed, violationsOf, violationsOfMovement } from "../src/index.js";

const envelope = { eventId: "e1", occurredAt: 1_763_800_000_000 };

function orderPlaced(change: object = {}): RecordOf<"OrderPlaced"> {
  return {
    ...envelope,
    orderId: "o1",
    customerId: null,
    customerClass: null,
    groupLeaderId: null,
    channel: "web",
    region: null,
    deviceId: null,
    ipAddress: null,
    cartId: null,
    promotionId: null,
    payment: "PENDING",
    allowPartial: false,
    deliverBy: null,
    lines: [line()],
    currency: null,
    language: null,
    ...change,
  };
}

function line(change: object = {}) {
  return { lineId: "1", sku: "SOCKS", quantity: 3, unitPriceMinor: null, ...change };
}

const placed = (change: object) => violationsOf("OrderPlaced", orderPlaced(change));

describe("an order", () => {
  test("that keeps the contract has nothing to be said about it", () => {
    expect(placed({})).toEqual([]);
    expect(
      placed({ lines: [line({ quantity: 1 }), line({ lineId: "2", quantity: LIMITS.MAX_QUANTITY_PIECES })] }),
    ).toEqual([]);
    expect(
      placed({ payment: "PAID", currency: "CNY", lines: [line({ unitPriceMinor: 1999, sku: " 85123a " })] }),
    ).toEqual([]);
  });

  test("is told the field, what is wrong and what to send instead", () => {
    expect(placed({ lines: [line(), line({ lineId: "2", quantity: 0 })] })).toEqual([
      {
        field: "lines[1].quantity",
        rule: "out-of-range",
        message: "lines[1].quantity is 0: send whole pieces from 1 to 1000000",
      },
    ]);
  });

  test.each([
    ["no lines", { lines: [] }, "lines", "empty"],
    ["two lines of one id", { lines: [line(), line()] }, "lines[1]", "duplicate"],
    ["a quantity of 0", { lines: [line({ quantity: 0 })] }, "lines[0].quantity", "out-of-range"],
    ["a quantity below 0", { lines: [line({ quantity: -3 })] }, "lines[0].quantity", "out-of-range"],
    ["half a piece", { lines: [line({ quantity: 0.5 })] }, "lines[0].quantity", "out-of-range"],
    ["too many pieces", { lines: [line({ quantity: 1_000_001 })] }, "lines[0].quantity", "out-of-range"],
    ["no SKU", { lines: [line({ sku: "" })] }, "lines[0].sku", "empty"],
    ["a SKU of blanks", { lines: [line({ sku: " \t" })] }, "lines[0].sku", "empty"],
    ["a SKU of 65 characters", { lines: [line({ sku: "A".repeat(65) })] }, "lines[0].sku", "too-long"],
    ["a SKU that no database takes", { lines: [line({ sku: "A\0" })] }, "lines[0].sku", "unstorable-text"],
    ["half a character", { customerId: "\ud83d" }, "customerId", "unstorable-text"],
    ["no orderId", { orderId: "" }, "orderId", "empty"],
    ["an endless orderId", { orderId: "o".repeat(LIMITS.MAX_ID_CHARS + 1) }, "orderId", "too-long"],
    ["an endless deviceId", { deviceId: "d".repeat(LIMITS.MAX_ID_CHARS + 1) }, "deviceId", "too-long"],
    ["no lineId", { lines: [line({ lineId: " " })] }, "lines[0].lineId", "empty"],
    ["no channel", { channel: "" }, "channel", "empty"],
    ["an unknown payment", { payment: "MAYBE" }, "payment", "unknown-value"],
    ["a price below 0", { lines: [line({ unitPriceMinor: -1 })] }, "lines[0].unitPriceMinor", "out-of-range"],
    ["no currency code", { currency: "yuan" }, "currency", "not-a-currency"],
    ["a time before 1970", { occurredAt: -1 }, "occurredAt", "out-of-range"],
    ["a time that no clock shows", { deliverBy: 9e15 }, "deliverBy", "out-of-range"],
    ["text where a number belongs", { lines: [line({ quantity: "3" })] }, "lines[0].quantity", "type"],
    ["nothing where a list belongs", { lines: undefined }, "lines", "type"],
    ["a hole in its lines", { lines: [null] }, "lines[0]", "type"],
    ["a number where text belongs", { region: 7 }, "region", "type"],
    ["text where yes or no belongs", { allowPartial: "yes" }, "allowPartial", "type"],
  ])("with %s breaks the contract", (_what, change, field, rule) => {
    expect(placed(change).map((violation) => [violation.field, violation.rule])).toEqual([[field, rule]]);
  });

  test("with more lines than an outcome could carry breaks the contract", () => {
    const lines = Array.from({ length: LIMITS.MAX_ORDER_LINES + 1 }, (_, index) => line({ lineId: String(index) }));
    expect(placed({ lines }).map(({ rule }) => rule)).toEqual(["too-many"]);
    expect(placed({ lines: lines.slice(1) })).toEqual([]);
  });

  test("with a fault in every line is told the first ones only", () => {
    const lines = Array.from({ length: 1_000 }, (_, index) => line({ lineId: String(index), quantity: 0 }));
    expect(placed({ lines })).toHaveLength(LIMITS.MAX_VIOLATIONS);
  });

  test("that is no record at all is told so", () => {
    expect(violationsOf("OrderPlaced", null).map(({ rule }) => rule)).toEqual(["type"]);
    expect(violationsOf("OrderPlaced", "order").map(({ rule }) => rule)).toEqual(["type"]);
  });

  test("leaves an optional text empty or null, which says the same", () => {
    expect(placed({ region: "", promotionId: "" })).toEqual([]);
    expect(trimmed("OrderPlaced", orderPlaced({ region: "", promotionId: "p1" }))).toEqual(
      orderPlaced({ region: null, promotionId: "p1" }),
    );
  });

  test("may leave a SKU out where it is about none", () => {
    const reasons = [
      { lineId: null, sku: null, code: "INVALID_ORDER" },
      { lineId: "1", sku: " SOCKS", code: "OUT_OF_STOCK" },
    ];
    const rejected = { ...envelope, orderId: "o1", reasons } as unknown as RecordOf<"OrderReservationRejected">;
    expect(trimmed("OrderReservationRejected", rejected).reasons.map(({ sku }) => sku)).toEqual([null, "SOCKS"]);
  });

  test("is read with its SKUs trimmed, and as it is when there is nothing to trim", () => {
    const untidy = orderPlaced({ lines: [line({ sku: " SOCKS\n" }), line({ lineId: "2", sku: "socks" })] });
    expect(trimmed("OrderPlaced", untidy).lines.map(({ sku }) => sku)).toEqual(["SOCKS", "socks"]);
    expect(untidy.lines[0]?.sku).toBe(" SOCKS\n");
    const tidy = orderPlaced();
    expect(trimmed("OrderPlaced", tidy)).toBe(tidy);
  });

  test("may name a SKU or none, as a reason of a refusal does", () => {
    const rejected = (sku: string | null): RecordOf<"OrderReservationRejected"> => ({
      ...{ eventId: "e1", occurredAt: 1, orderId: "o1" },
      reasons: [{ lineId: null, sku, code: "EMPTY_ORDER", orderId: null, text: null }],
    });
    const unnamed = rejected(null);
    expect(trimmed("OrderReservationRejected", unnamed)).toBe(unnamed);
    expect(trimmed("OrderReservationRejected", rejected(" ")).reasons[0]?.sku).toBeNull();
  });
});

describe("other facts from upstream", () => {
  const broken = (name: Parameters<typeof violationsOf>[0], value: object) =>
    violationsOf(name, { ...envelope, ...value }).map(({ field, rule }) => `${field} ${rule}`);

  test("a cancellation is whole with null, by line with lines, and never of an empty list", () => {
    const cancelled = { orderId: "o1", reason: null };
    expect(broken("OrderCancelled", { ...cancelled, lines: null })).toEqual([]);
    expect(broken("OrderCancelled", { ...cancelled, lines: [{ lineId: "1", quantity: 1 }] })).toEqual([]);
    expect(broken("OrderCancelled", { ...cancelled, lines: [] })).toEqual(["lines empty"]);
    expect(broken("OrderCancelled", { ...cancelled, lines: [{ lineId: "1", quantity: 0 }] })).toEqual([
      "lines[0].quantity out-of-range",
    ]);
  });

  test("a bundle is made of other SKUs, each named once", () => {
    const listed = {
      sku: "SET",
      name: "",
      unitPriceMinor: null,
      currency: null,
      substitutionGroup: null,
      active: true,
    };
    const part = (sku: string) => ({ sku, quantity: 2 });
    expect(broken("SkuListed", { ...listed, parts: null })).toEqual([]);
    expect(broken("SkuListed", { ...listed, parts: [] })).toEqual([]);
    expect(broken("SkuListed", { ...listed, parts: [part("A"), part("A ")] })).toEqual(["parts[1] duplicate"]);
    expect(broken("SkuListed", { ...listed, parts: [part("SET")] })).toEqual(["parts[0].sku part-of-itself"]);
  });

  test("a promotion ends after it starts and locks a SKU at a location once", () => {
    const item = { sku: "A", location: "WUH", lockedQuantity: 5, releasePolicy: "AT_ZERO" };
    const promotion = { promotionId: "p1", startsAt: 2, endsAt: 3, items: [item, { ...item, location: "PEK" }] };
    expect(broken("PromotionScheduled", promotion)).toEqual([]);
    expect(broken("PromotionScheduled", { ...promotion, endsAt: 2 })).toEqual(["endsAt ends-before-start"]);
    expect(broken("PromotionScheduled", { ...promotion, items: [item, item] })).toEqual(["items[1] duplicate"]);
    expect(broken("PromotionScheduled", { ...promotion, items: [{ ...item, releasePolicy: "SOON" }] })).toEqual([
      "items[0].releasePolicy unknown-value",
    ]);
  });

  test("an exchange names its replacement", () => {
    const choice = { orderId: "o1", shortageId: "s1", choices: [{ lineId: "1", kind: "EXCHANGE", sku: null }] };
    expect(broken("ShortageChoiceMade", choice)).toEqual(["choices[0].sku missing"]);
  });
});

describe("facts of our own", () => {
  test("may carry an id that is made from the longest one that others may send", () => {
    const fulfilmentId = `${"o".repeat(LIMITS.MAX_ID_CHARS)}/1`;
    const about = { ...envelope, fulfilmentId, orderId: "o1", location: "WUH", deliverBy: null };
    expect(violationsOf("FulfilmentRequested", { ...about, lines: [{ lineId: "1", sku: "A", quantity: 1 }] })).toEqual(
      [],
    );
  });

  test("0 pieces cancelled says that the cancellation came too late", () => {
    const about = { ...envelope, fulfilmentId: "o1/1", orderId: "o1", location: "WUH" };
    const lines = [{ lineId: "1", sku: "A", quantity: 0 }];
    expect(violationsOf("FulfilmentCancelled", { ...about, lines })).toEqual([]);
    expect(violationsOf("FulfilmentCancelRequested", { ...about, lines })).toHaveLength(1);
  });

  test("a return judges at least one piece", () => {
    const judged = { lineId: null, sku: "A", sellable: 0, unsellable: 0, missing: 1 };
    const about = { ...envelope, returnId: "r1", orderId: null, location: "WUH" };
    expect(violationsOf("ReturnReceived", { ...about, lines: [judged] })).toEqual([]);
    expect(violationsOf("ReturnReceived", { ...about, lines: [{ ...judged, missing: 0 }] })).toHaveLength(1);
  });

  test("a policy is a JSON object", () => {
    const about = { ...envelope, scope: "default", actor: null, version: 1 };
    expect(violationsOf("PolicyChanged", { ...about, policy: '{"unpaidHoldSeconds":1800}' })).toEqual([]);
    for (const policy of ["", "[]", "{", "null"]) {
      expect(violationsOf("PolicyChanged", { ...about, policy }).map(({ rule }) => rule)).toEqual(["not-json"]);
    }
  });

  test("a location is a supplier's if its name says so", () => {
    const about = { ...envelope, name: "", region: null, attachedTo: null, active: true, version: 1 };
    expect(violationsOf("LocationDefined", { ...about, location: "WUH", kind: "WAREHOUSE" })).toEqual([]);
    expect(violationsOf("LocationDefined", { ...about, location: "supplier:s1", kind: "SUPPLIER" })).toEqual([]);
    expect(violationsOf("LocationDefined", { ...about, location: "supplier:s1", kind: "WAREHOUSE" })).toHaveLength(1);
  });
});

describe("a movement that arrives", () => {
  function arriving(change: object = {}): RecordOf<"StockMovement"> {
    return {
      ...envelope,
      movementId: "m1",
      sku: "A",
      kind: "RECEIPT",
      sequence: 1,
      recordedBy: "warehouse",
      reference: { type: "receipt", id: "r1", line: null },
      reverses: null,
      reason: null,
      actor: null,
      legs: [
        { location: "WUH", bucket: "total", delta: 2 },
        { location: "WUH", bucket: "sellable", delta: 2 },
      ],
      ...change,
    };
  }
  const rules = (change: object) => violationsOfMovement(arriving(change)).map(({ rule }) => rule);
  const leg = (bucket: string, delta: number, location = "WUH") => ({ location, bucket, delta });

  test("is applied when its legs are balanced, whatever its kind means", () => {
    expect(rules({})).toEqual([]);
    expect(rules({ kind: "TELEPORT", recordedBy: "portal" })).toEqual([]);
    expect(rules({ legs: [leg("locked", -1), leg("orderReserved", 1)] })).toEqual([]);
    expect(rules({ kind: "VOID", legs: [] })).toEqual([]);
  });

  test.each([
    ["unbalanced", { legs: [leg("total", 2), leg("sellable", 1)] }, "unbalanced"],
    ["balanced only over two locations", { legs: [leg("total", 1), leg("total", -1, "PEK")] }, "unbalanced"],
    ["of an unknown kind and unbalanced", { kind: "TELEPORT", legs: [leg("total", 2)] }, "unbalanced"],
    ["without legs", { legs: [] }, "empty"],
    ["a VOID with legs", { kind: "VOID" }, "void-with-legs"],
    ["on an unknown bucket", { legs: [leg("secret", 1)] }, "unknown-bucket"],
    ["by nothing", { legs: [leg("total", 0)] }, "out-of-range"],
    ["without a sequence", { sequence: 0 }, "out-of-range"],
    ["without a recorder", { recordedBy: "" }, "empty"],
  ])("is refused when it is %s", (_what, change, rule) => {
    expect([...new Set(rules(change))]).toEqual([rule]);
  });
});
