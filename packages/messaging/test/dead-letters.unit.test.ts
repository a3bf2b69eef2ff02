import { describe, expect, test } from "@jest/globals";
import { TOPICS } from "@septet/stock-contracts";
import { DEAD_LETTER_HEADERS, deadLetterOf, deadLetterRow, type InboundMessage, recordBytes } from "../src/index.js";

const MIB = 1024 * 1024;

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

  test("binary keys and headers, which no text column takes, come back as they were", () => {
    const headers = { "retry\0count": "\0\0\0\u0003", plain: "a", "base64-x": "b" };
    const row = deadLetterRow(
      "warehouse",
      { ...message, key: "\0\0\0\u0007", headers },
      { code: "X", message: "a\0b" },
    );
    expect(JSON.stringify(row.headers)).not.toContain("\\u0000");
    expect(row.key).not.toContain("\0");
    const letter = deadLetterOf({ ...message, ...row, headers: row.headers! });
    expect(letter).toMatchObject({ key: "\0\0\0\u0007", headers });
  });

  test("what is said of the error can be stored wherever it is cut", () => {
    const row = deadLetterRow("warehouse", message, { code: "X", message: `${"y".repeat(1_999)}📦` });
    expect(/\p{Cs}/u.test(row.headers![DEAD_LETTER_HEADERS.message]!)).toBe(false);
  });

  test("a message fits its dead letter whatever it is made of", () => {
    const limit = TOPICS["warehouse.dead-letters.v1"].maxMessageBytes;
    const tiny = Object.fromEntries(
      Array.from({ length: 60_000 }, (_, i) => [`${i}`.padStart(100, "h"), "\0".repeat(200)]),
    );
    const large = [
      { key: "k".repeat(9 * MIB) },
      { key: "\0".repeat(9 * MIB) },
      { value: Buffer.alloc(MIB), headers: tiny },
      { value: Buffer.alloc(4 * MIB), headers: { a: "\0".repeat(5 * MIB) } },
    ];
    for (const part of large) {
      const row = deadLetterRow("warehouse", { ...message, ...part }, { code: "X", message: "too large" });
      expect(recordBytes(row)).toBeLessThanOrEqual(limit);
      expect(row.value).toBe(part.value ?? message.value);
    }
  });

  test("a text without end is cut, so that the letter fits", () => {
    const row = deadLetterRow("warehouse", message, { code: "X", message: "y".repeat(1_000_000) });
    expect(row.headers![DEAD_LETTER_HEADERS.message]).toHaveLength(2_000);
  });

  test("a message without these headers is no dead letter", () => {
    expect(deadLetterOf(message)).toBeUndefined();
  });
});
