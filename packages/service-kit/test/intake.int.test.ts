import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type Codec, DatabaseRestoredError, type Decoded, type InboundMessage, measureGaps } from "@septet/messaging";
import { movementDraft, type RecordOf, type StockMovement } from "@septet/stock-contracts";
import type { MigrationInterface, QueryRunner } from "typeorm";
import {
  type BalanceItem,
  type BalancesPage,
  deadLetterRefused,
  decodeSlice,
  encodeCursor,
  readBalances,
  skusOf,
  splitSlice,
  TransientError,
  takeMovements,
  transact,
} from "../src/index.js";
import { closeStack, type KitDatabase, openKitDatabase } from "./kit-database.js";

class OnHand1764300000000 implements MigrationInterface {
  readonly name = "OnHand1764300000000";
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE on_hand (sku text COLLATE "C", location text COLLATE "C", total int, unsellable int,
      PRIMARY KEY (sku, location))`);
  }
  async down(): Promise<void> {}
}
const SQL = `SELECT sku, location, 'total' AS bucket, total AS quantity FROM on_hand
  UNION ALL SELECT sku, location, 'unsellable', unsellable FROM on_hand`;

let kit: KitDatabase;
beforeAll(async () => {
  kit = await openKitDatabase([OnHand1764300000000]);
});
afterAll(async () => {
  await kit.stop();
  await closeStack();
});
beforeEach(async () => {
  await kit.db.query(`TRUNCATE on_hand, outbox, sku_stream, stream_position`);
  kit.db.knownStreams.clear();
});

function movement(recordedBy: string, sku: string, sequence: number): StockMovement {
  const draft = movementDraft("RECEIPT", "sellable", {
    sku,
    quantity: 1,
    at: "wuhan",
    reference: { type: "receipt", id: "r" },
  });
  const movementId = `${recordedBy}-${sku}-${sequence}`;
  return { ...draft, eventId: movementId, movementId, occurredAt: 1, sequence, recordedBy } as StockMovement;
}
const take = (movements: StockMovement[]) =>
  transact(kit.db, { skus: skusOf(movements) }, (unit) => takeMovements(unit, "warehouse", movements));
const ids = (movements: StockMovement[]) => movements.map((m) => m.movementId);

describe("movements that arrive", () => {
  test("each is applied once, whatever the order and however often it comes", async () => {
    const [m1, m2, m3] = [1, 2, 3].map((n) => movement("order-reservation", "socks", n)) as [
      StockMovement,
      StockMovement,
      StockMovement,
    ];
    const first = await take([m1, m3, m1]);
    expect([ids(first.fresh), ids(first.duplicates)]).toEqual([ids([m1, m3]), ids([m1])]);
    await measureGaps(kit.db, kit.metrics.messaging);
    expect((await kit.metrics.messaging.gapsOpen.get()).values[0]?.value).toBe(1);
    expect((await kit.metrics.messaging.gapAgeSeconds.get()).values[0]?.value).toBeGreaterThan(0);
    const second = await take([m3, m2]);
    expect([ids(second.fresh), ids(second.duplicates)]).toEqual([ids([m2]), ids([m3])]);
    await measureGaps(kit.db, kit.metrics.messaging);
    expect((await kit.metrics.messaging.gapsOpen.get()).values[0]?.value).toBe(0);
    expect((await kit.metrics.messaging.gapAgeSeconds.get()).values[0]?.value).toBe(0);
  });

  test("an own one read back only says how far Kafka has come", async () => {
    const own = await transact(kit.db, { skus: ["socks"] }, async (unit) =>
      unit.record(
        movementDraft("RECEIPT", "sellable", {
          sku: "socks",
          quantity: 1,
          at: "wuhan",
          reference: { type: "receipt", id: "r" },
        }),
      ),
    );
    const intake = await take([own]);
    expect([ids(intake.fresh), ids(intake.own)]).toEqual([[], ids([own])]);
    expect(await kit.db.query(`SELECT recorded_by, contiguous FROM stream_position`)).toEqual([
      { recorded_by: "warehouse", contiguous: "1" },
    ]);
  });

  test("an own one that this database never recorded stops the service: it was restored", async () => {
    await expect(take([movement("warehouse", "socks", 1)])).rejects.toBeInstanceOf(DatabaseRestoredError);
    expect(await kit.db.query(`SELECT * FROM stream_position`)).toEqual([]);
  });

  test("without the stream's lock nothing is taken", async () => {
    const taken = transact(kit.db, {}, (unit) => takeMovements(unit, "warehouse", [movement("transfer", "socks", 1)]));
    await expect(taken).rejects.toThrow("stream of socks is not held");
  });
});

describe("messages that cannot be handled", () => {
  const message = (offset: number, value: string): InboundMessage => ({
    topic: "upstream.orders.v1",
    partition: 0,
    offset,
    key: "o",
    value: Buffer.from(value),
    headers: { traceparent: "x" },
    timestamp: 0,
  });
  const order = (quantity: number, sku = " socks ") =>
    ({
      orderId: "o-1",
      eventId: "e",
      occurredAt: 1,
      channel: "web",
      payment: "PAID",
      allowPartial: false,
      lines: [{ lineId: "1", sku, quantity, unitPriceMinor: null }],
      customerId: null,
      customerClass: null,
      groupLeaderId: null,
      region: null,
      deviceId: null,
      ipAddress: null,
      cartId: null,
      promotionId: null,
      deliverBy: null,
      currency: null,
    }) as unknown as RecordOf<"OrderPlaced">;
  const codec = (answers: (Decoded | Promise<Decoded> | Error)[]): Codec => ({
    register: async () => undefined,
    encode: () => Buffer.alloc(0),
    decode() {
      const answer = answers.shift()!;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    decodeAll: async () => [],
  });
  const good = (value: RecordOf<"OrderPlaced">): Decoded => ({ ok: true, name: "OrderPlaced", value }) as Decoded;

  test("bytes that say nothing and orders that break the contract are put aside, the rest goes on with trimmed SKUs", async () => {
    const undecodable: Decoded = { ok: false, error: { code: "NOT_AVRO", message: "no schema id" } };
    const slice = [message(0, "rubbish"), message(1, "zero pieces"), message(2, "good")];
    const decoded = await decodeSlice(codec([undecodable, Promise.resolve(good(order(0))), good(order(3))]), slice);
    const { accepted, refused } = splitSlice(decoded);
    expect(accepted.map((one) => [one.message.offset, (one.value as RecordOf<"OrderPlaced">).lines[0]?.sku])).toEqual([
      [2, "socks"],
    ]);
    expect(refused.map((one) => [one.message.offset, one.error.code])).toEqual([
      [0, "NOT_AVRO"],
      [1, "CONTRACT_VIOLATION"],
    ]);
    expect(refused[1]!.error.message).toContain("quantity");
    expect((refused[1]!.value as { orderId?: string }).orderId).toBe("o-1");
    await transact(kit.db, {}, async (unit) => deadLetterRefused(unit, refused));
    const rows = await kit.db.query(`SELECT topic, payload, headers FROM outbox ORDER BY id`);
    expect(rows.map((row) => [row.topic, row.payload.toString()])).toEqual([
      ["warehouse.dead-letters.v1", "rubbish"],
      ["warehouse.dead-letters.v1", "zero pieces"],
    ]);
    expect(Object.values(rows[0].headers)).toContain("NOT_AVRO");
  });

  test("an order whose id no database takes is put aside without its value, so that nobody answers to that id", async () => {
    const nul = good({ ...order(3), orderId: "o\0" });
    const [refused] = splitSlice(await decodeSlice(codec([nul]), [message(0, "nul")])).refused;
    expect(refused).toMatchObject({ error: { code: "CONTRACT_VIOLATION" } });
    expect(refused!.value).toBeUndefined();
    await transact(kit.db, {}, async (unit) =>
      deadLetterRefused(unit, [{ ...refused!, message: { ...refused!.message, key: "o\0" } }]),
    );
    expect(await kit.db.query(`SELECT count(*)::int AS n FROM outbox`)).toEqual([{ n: 1 }]);
  });

  test("a registry that is away is nobody's dead letter", async () => {
    const away = decodeSlice(codec([new TransientError("the registry is away")]), [message(0, "good")]);
    await expect(away).rejects.toBeInstanceOf(TransientError);
  });
});

describe("balances", () => {
  const read = (over: Partial<{ sku: string; cursor: string; limit: number }> = {}): Promise<BalancesPage> =>
    readBalances(kit.db, { service: "warehouse", sql: SQL, limit: 2, ...over });
  async function stock(sku: string, location: string, total: number): Promise<void> {
    await kit.db.query(`INSERT INTO on_hand VALUES ($1, $2, $3, 0)`, [sku, location, total]);
    await kit.db.query(`INSERT INTO sku_stream VALUES ($1, 5) ON CONFLICT DO NOTHING`, [sku]);
  }

  test("they come with the positions they stand for, page by page, each SKU whole", async () => {
    for (const sku of ["B", "a", "c"]) for (const location of ["wuhan", "beijing"]) await stock(sku, location, 7);
    await take([movement("order-reservation", "a", 1), movement("order-reservation", "a", 3)]);
    const first = await read();
    expect(
      first.items.map((item: BalanceItem) => `${item.sku}/${item.location}/${item.bucket}=${item.quantity}`),
    ).toEqual([
      "B/beijing/total=7",
      "B/beijing/unsellable=0",
      "B/wuhan/total=7",
      "B/wuhan/unsellable=0",
      "a/beijing/total=7",
      "a/beijing/unsellable=0",
      "a/wuhan/total=7",
      "a/wuhan/unsellable=0",
    ]);
    expect(first.positions).toEqual({
      warehouse: { B: { contiguous: 5, ahead: [] }, a: { contiguous: 5, ahead: [] } },
      "order-reservation": { a: { contiguous: 1, ahead: [[3, 3]] } },
    });
    const second = await read({ cursor: first.nextCursor! });
    expect(skusOf(second.items)).toEqual(["c"]);
    expect(second.nextCursor).toBeNull();
  });

  test("a SKU without a balance but with a position is told too: an audit must see it", async () => {
    await take([movement("transfer", "ghost", 1)]);
    expect((await read({ sku: "ghost" })).positions.transfer).toEqual({ ghost: { contiguous: 1, ahead: [] } });
  });

  test("a row planted beside every rule is told too", async () => {
    await kit.db.query(`INSERT INTO on_hand VALUES ('planted', 'wuhan', 9, 0)`);
    expect((await read()).items[0]).toEqual({ sku: "planted", location: "wuhan", bucket: "total", quantity: 9 });
  });

  test("a page costs its own SKUs and not those of the whole table", async () => {
    await kit.db.query(`INSERT INTO on_hand SELECT 'sku-' || i, w, 7, 0
      FROM generate_series(1, 20000) i, unnest(ARRAY['wuhan', 'beijing']) w`);
    await kit.db.query(`INSERT INTO sku_stream SELECT DISTINCT sku, 5 FROM on_hand`);
    await kit.db.query(`ANALYZE on_hand, sku_stream`);
    const rowsScanned = async (session: Pick<typeof kit.db, "query">) => {
      const [scans] = await session.query<{ rows: string }>(
        `SELECT sum(seq_tup_read) AS rows FROM pg_stat_xact_user_tables WHERE relname IN ('on_hand', 'sku_stream')`,
      );
      return Number(scans!.rows);
    };
    let scannedForIt: number | undefined;
    const watched: typeof kit.db = {
      ...kit.db,
      snapshot: (work) =>
        kit.db.snapshot(async (session) => {
          const before = await rowsScanned(session);
          const page = await work(session);
          scannedForIt = (await rowsScanned(session)) - before;
          return page;
        }),
    };
    const cursor = encodeCursor(["sku-15"]);
    const page = await readBalances(watched, { service: "warehouse", sql: SQL, limit: 200, cursor });
    expect(new Set(skusOf(page.items)).size).toBe(200);
    expect(scannedForIt).toBe(0);
  });

  test("rows and positions are of one snapshot, while movements go on", async () => {
    await stock("socks", "wuhan", 5);
    let ended = false;
    const moving = (async () => {
      for (let i = 0; i < 60; i++) {
        await transact(kit.db, { skus: ["socks"] }, async (unit) => {
          await unit.query(`UPDATE on_hand SET total = total + 1 WHERE sku = 'socks'`);
          unit.record(
            movementDraft("RECEIPT", "sellable", {
              sku: "socks",
              quantity: 1,
              at: "wuhan",
              reference: { type: "receipt", id: "r" },
            }),
          );
        });
      }
    })().finally(() => {
      ended = true;
    });
    const seen = new Set<number>();
    // As long as they go on, and once more: how fast either side is does not matter.
    for (let last = false; !last; ) {
      last = ended;
      const { items, positions } = await read({ sku: "socks" });
      expect(items[0]!.quantity).toBe(positions.warehouse!.socks!.contiguous);
      seen.add(items[0]!.quantity);
    }
    await moving;
    expect(seen.size).toBeGreaterThan(1);
  });
});
