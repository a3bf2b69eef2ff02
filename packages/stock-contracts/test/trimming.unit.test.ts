import { expect, test } from "@jest/globals";
import { type RecordOf, trimmed } from "../src/index.js";

const rejected = (reasons: RecordOf<"OrderReservationRejected">["reasons"]) =>
  trimmed("OrderReservationRejected", { eventId: "e1", occurredAt: 0, orderId: "o1", reasons });

test("SKUs are read trimmed", () => {
  const { reasons } = rejected([{ lineId: "l", sku: " socks ", orderId: null, text: null, code: "OUT_OF_STOCK" }]);
  expect(reasons[0]?.sku).toBe("socks");
});

test("a refusal that names no SKU is read as it is, and empty texts that may be left out say nothing", () => {
  const told = [{ lineId: null, sku: null, orderId: null, text: null, code: "INVALID_ORDER" }];
  expect(rejected(told).reasons).toBe(told);
  expect(rejected([{ lineId: "", sku: "", orderId: null, text: null, code: "INVALID_ORDER" }]).reasons).toEqual(told);
});
