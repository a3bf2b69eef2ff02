import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { RECORDS, type StockMovement } from "@septet/stock-contracts";
import avsc from "avsc";
import { type Codec, createCodec, silentLogger, TransientError } from "../src/index.js";

const movement: StockMovement = {
  eventId: "e-1",
  occurredAt: 1_764_000_000_000,
  movementId: "m-1",
  sku: "85123A",
  kind: "RECEIPT",
  sequence: 7,
  recordedBy: "warehouse",
  reference: { type: "receipt", id: "r-1", line: null },
  reverses: null,
  reason: null,
  actor: null,
  legs: [
    { location: "hangzhou", bucket: "total", delta: 3 },
    { location: "hangzhou", bucket: "sellable", delta: 3 },
  ],
};

/** A registry that knows the schemas it is given, by id. */
class FakeRegistry {
  readonly schemas = new Map<number, string>();
  asked = 0;
  #server: Server | undefined;

  async start(): Promise<string> {
    this.#server = createServer((request, response) => {
      this.asked++;
      const text = this.schemas.get(Number(request.url?.split("/").at(-1)));
      response.statusCode = text === undefined ? 404 : 200;
      response.end(JSON.stringify(text === undefined ? { error_code: 40403 } : { schema: text }));
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.#server?.close(resolve));
  }
}

function wire(id: number, body: Buffer): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(id, 1);
  return Buffer.concat([header, body]);
}

const registry = new FakeRegistry();
let codec: Codec;

beforeEach(async () => {
  registry.schemas.clear();
  registry.asked = 0;
  codec = createCodec({ registryUrl: await registry.start(), logger: silentLogger });
});
afterEach(() => registry.stop());

const movementType = avsc.Type.forSchema(RECORDS.StockMovement.schema as avsc.Schema);
const message = (value: Buffer | null) => ({ topic: "stock.movements.v1", value });

describe("reading the wire format", () => {
  test("a record is read by its writer's schema, which is asked for once", async () => {
    registry.schemas.set(9, JSON.stringify(RECORDS.StockMovement.schema));
    const bytes = wire(9, movementType.toBuffer(movement));
    expect(await codec.decode(message(bytes))).toEqual({ ok: true, name: "StockMovement", value: movement });
    const again = codec.decode(message(bytes));
    expect(again).not.toBeInstanceOf(Promise);
    expect(registry.asked).toBe(1);
  });

  test("a field that the writer does not know yet is null, and one that we do not know is passed over", async () => {
    const schema = structuredClone(RECORDS.StockMovement.schema) as { fields: { name: string }[] };
    schema.fields = schema.fields.filter((field) => field.name !== "actor");
    schema.fields.push({ name: "weather", type: "string", default: "" } as unknown as { name: string });
    registry.schemas.set(10, JSON.stringify(schema));
    const { actor: _, ...older } = movement;
    const body = avsc.Type.forSchema(schema as avsc.Schema).toBuffer({ ...older, weather: "rain" });
    expect(await codec.decode(message(wire(10, body)))).toEqual({ ok: true, name: "StockMovement", value: movement });
  });

  test.each([
    ["EMPTY", null],
    ["EMPTY", Buffer.alloc(0)],
    ["NOT_AVRO", Buffer.from("{}")],
    ["NOT_AVRO", Buffer.from([0, 0])],
    ["UNKNOWN_SCHEMA", wire(4711, Buffer.from("?"))],
    ["UNDECODABLE", wire(9, Buffer.from([2]))],
    ["UNDECODABLE", wire(9, Buffer.concat([movementType.toBuffer(movement), Buffer.from("tail")]))],
  ])("%s is said of bytes that say nothing", async (code, value) => {
    registry.schemas.set(9, JSON.stringify(RECORDS.StockMovement.schema));
    expect(await codec.decode(message(value))).toMatchObject({ ok: false, error: { code } });
  });

  test("a number that JavaScript cannot hold is undecodable, not a crash", async () => {
    registry.schemas.set(9, JSON.stringify(RECORDS.StockMovement.schema));
    const whole = movementType.toBuffer(movement);
    const sequenceAt = whole.indexOf("RECEIPT") + "RECEIPT".length;
    const twoToThe60 = Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20]);
    const body = Buffer.concat([whole.subarray(0, sequenceAt), twoToThe60, whole.subarray(sequenceAt + 1)]);
    expect(await codec.decode(message(wire(9, body)))).toMatchObject({ ok: false, error: { code: "UNDECODABLE" } });
  });

  test("an array that claims a billion items is undecodable at once", async () => {
    registry.schemas.set(9, JSON.stringify(RECORDS.StockMovement.schema));
    const whole = movementType.toBuffer({ ...movement, legs: [] });
    const billion = Buffer.from([0x80, 0xa8, 0xd6, 0xb9, 0x07]);
    const body = Buffer.concat([whole.subarray(0, -1), billion]);
    const started = performance.now();
    expect(await codec.decode(message(wire(9, body)))).toMatchObject({ ok: false, error: { code: "UNDECODABLE" } });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test("a record of somebody else's, and one on the wrong topic, are named", async () => {
    registry.schemas.set(1, JSON.stringify({ type: "record", name: "Weather", fields: [] }));
    registry.schemas.set(9, JSON.stringify(RECORDS.StockMovement.schema));
    expect(await codec.decode(message(wire(1, Buffer.alloc(0))))).toMatchObject({ error: { code: "UNKNOWN_RECORD" } });
    const value = wire(9, movementType.toBuffer(movement));
    expect(await codec.decode({ topic: "upstream.orders.v1", value })).toMatchObject({
      error: { code: "WRONG_TOPIC" },
    });
  });

  test("a registry that is away is not the message's fault", async () => {
    await registry.stop();
    await expect(codec.decode(message(wire(5, Buffer.from("?"))))).rejects.toBeInstanceOf(TransientError);
    await registry.start();
  });

  test("a flood of messages of an unknown schema is not a flood of requests", async () => {
    const flood = Array.from({ length: 50 }, () => codec.decode(message(wire(77, Buffer.from("?")))));
    expect(await Promise.all(flood)).toHaveLength(50);
    await codec.decode(message(wire(77, Buffer.from("?"))));
    expect(registry.asked).toBe(1);
  });

  test("what was not registered cannot be written", () => {
    expect(() => codec.encode("StockMovement", movement)).toThrow("not registered");
  });
});
