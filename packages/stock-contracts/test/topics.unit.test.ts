import { describe, expect, test } from "@jest/globals";
import {
  deadLetterTopic,
  keyOf,
  LIMITS,
  RECORD_NAMES,
  RECORD_TOPICS,
  RECORDS,
  type RecordOf,
  recordByFullName,
  SERVICES,
  TOPICS,
} from "../src/index.js";

const envelope = { eventId: "e1", occurredAt: 1 };

describe("the topics", () => {
  test("carry each record on exactly one of them", () => {
    const carried = RECORD_TOPICS.flatMap((topic) => [...TOPICS[topic].records]);
    expect([...carried].sort()).toEqual([...RECORD_NAMES].sort());
    for (const name of RECORD_NAMES) expect(TOPICS[RECORDS[name].topic].records).toContain(name);
  });

  test("keep what a rebuild needs for ever, and the last state of things", () => {
    expect(TOPICS["stock.movements.v1"]).toMatchObject({ compacted: false, retentionMs: -1 });
    const compacted = Object.values(TOPICS).filter((topic) => topic.compacted);
    expect(compacted.map(({ name }) => name)).toEqual([
      "upstream.catalogue.v1",
      "stock.locations.v1",
      "stock.policies.v1",
      "stock.availability.v1",
    ]);
  });

  test("take 10 MiB from upstream, 1 MiB from us, and dead letters of twice the source's size", () => {
    expect(TOPICS["upstream.orders.v1"].maxMessageBytes).toBe(10 * 1024 * 1024);
    expect(TOPICS["stock.reservations.v1"].maxMessageBytes).toBe(1024 * 1024);
    for (const service of SERVICES) {
      expect(TOPICS[deadLetterTopic(service)].maxMessageBytes).toBe(2 * LIMITS.MAX_UPSTREAM_MESSAGE_BYTES);
    }
  });

  test("of our own that are compacted carry a version, because a displaced relay can send late", () => {
    const ours = Object.values(TOPICS).filter(({ compacted, name }) => compacted && name.startsWith("stock."));
    for (const name of ours.flatMap(({ records }) => records)) {
      const { fields } = RECORDS[name].schema as { fields: { name: string; type: unknown }[] };
      expect(fields).toContainEqual({ type: "long", name: "version" });
    }
  });

  test("name their records in two namespaces", () => {
    expect(recordByFullName("septet.upstream.OrderPlaced")?.topic).toBe("upstream.orders.v1");
    expect(recordByFullName("septet.stock.StockMovement")?.name).toBe("StockMovement");
    expect(recordByFullName("septet.stock.OrderPlaced")).toBeUndefined();
  });
});

describe("the key of a record", () => {
  const alert: RecordOf<"StockAlertCleared"> = {
    ...envelope,
    alertId: "a1",
    code: "DEAD_LETTER",
    service: "warehouse",
    sku: null,
    location: null,
    supplierId: null,
    orderId: null,
    message: null,
  };

  test("keeps the facts about an order, a SKU or a cart in order", () => {
    expect(keyOf("PaymentSucceeded", { ...envelope, orderId: "o1", paymentId: null })).toBe("o1");
    expect(
      keyOf("CartHoldReleased", {
        ...envelope,
        cartId: "c1",
        customerId: null,
        sku: "A",
        quantity: 1,
        reason: "EXPIRED",
      }),
    ).toBe("c1");
    const topic = TOPICS["upstream.payments.v1"];
    expect(topic.keyOf("PaymentSucceeded", { ...envelope, orderId: "o1", paymentId: null })).toBe("o1");
  });

  test("of an alert is its SKU, else its supplier, else its order, else its code", () => {
    expect(keyOf("StockAlertCleared", { ...alert, sku: "A", supplierId: "s1", orderId: "o1" })).toBe("A");
    expect(keyOf("StockAlertCleared", { ...alert, supplierId: "s1", orderId: "o1" })).toBe("s1");
    expect(keyOf("StockAlertCleared", { ...alert, orderId: "o1" })).toBe("o1");
    expect(keyOf("StockAlertCleared", alert)).toBe("DEAD_LETTER");
  });

  test("of an availability cannot be mistaken for another's, whatever the SKU is made of", () => {
    const about = { ...envelope, level: "IN_STOCK", version: 1 };
    expect(keyOf("AvailabilityChanged", { ...about, sku: "a|b", channel: "c", region: "d" })).not.toBe(
      keyOf("AvailabilityChanged", { ...about, sku: "a", channel: "b|c", region: "d" }),
    );
  });

  test("of a return without an order is the return's own", () => {
    expect(keyOf("ReturnReceived", { ...envelope, returnId: "r1", orderId: null, location: "WUH", lines: [] })).toBe(
      "r1",
    );
  });

  test("of a dead letter is that of its source, so no record gives it", () => {
    const topic = TOPICS["warehouse.dead-letters.v1"];
    expect(() => topic.keyOf("PaymentSucceeded", { ...envelope, orderId: "o1", paymentId: null })).toThrow(/source/);
  });
});
