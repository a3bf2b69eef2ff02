import { describe, expect, test } from "@jest/globals";
import { DEAD_LETTER_HEADERS, deadLetterOf, deadLetterRow, type InboundMessage } from "../src/index.js";

const message: InboundMessage = {
  topic: "upstream.orders.v1",
  partition: 3,
  offset: 42,
  key: "order-1",
  value: Buffer.from([1, 2, 3]),
  headers: { traceparent: "00-1" },
  timestamp: 1,
};

describe("dead letters", () => {
  test("keep value and key untouched and say where they came from and why they are here", () => {
    const row = deadLetterRow("order-reservation", message, { code: "UNDECODABLE", message: "truncated buffer" });
    expect(row).toMatchObject({ topic: "order-reservation.dead-letters.v1", key: "order-1", value: message.value });
    const letter = deadLetterOf({
      ...message,
      ...row,
      headers: row.headers!,
      topic: row.topic,
      partition: 0,
      offset: 5,
    });
    expect(letter).toMatchObject({
      id: "0:5",
      error: { code: "UNDECODABLE", message: "truncated buffer" },
      origin: { topic: "upstream.orders.v1", partition: 3, offset: 42 },
      key: "order-1",
      value: message.value,
      headers: { traceparent: "00-1" },
    });
  });

  test("a text without end is cut, so that the letter fits", () => {
    const row = deadLetterRow("warehouse", message, { code: "X", message: "y".repeat(1_000_000) });
    expect(row.headers![DEAD_LETTER_HEADERS.message]).toHaveLength(2_000);
  });

  test("a message without these headers is no dead letter", () => {
    expect(deadLetterOf(message)).toBeUndefined();
  });
});
