import { request } from "node:http";
import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { until } from "@septet/local-stack";
import { FloorSystem, problemOf, WITHIN_MS } from "./floor-system.js";

let floor: FloorSystem;
beforeAll(async () => {
  floor = await FloorSystem.start();
});
afterAll(() => floor.stop());

const CSV = { "content-type": "text/csv" };
const upload = (path: string, body: string, idempotencyKey: string, type = CSV) =>
  floor.clerk().post(path, body, { headers: type, idempotencyKey, timeoutMs: 240_000 });
const bookedLines = async (reference: string): Promise<number> => {
  const sql = "SELECT count(*)::int AS n FROM document_line WHERE document_id = $1";
  return (await floor.system.query("warehouse", sql, [`RECEIPT/WUHAN/${reference}`]))[0].n;
};

const ROWS = 100_000;
const BAD = new Map([
  [10, "SKU-10,0"],
  [50_000, "SKU-50000,many"],
  [99_999, ",3"],
]);
/** Rows 2 to 100,001 of a file: a piece each of 5,000 SKUs in turn, three of them bad. */
const lineOf = (row: number) => BAD.get(row) ?? `SKU-${row % 5_000},1`;

test("100,000 lines, three of them bad, killed half way: the same key goes on and nothing is booked twice", async () => {
  const lines = ["sku,quantity", ...Array.from({ length: ROWS }, (_, index) => lineOf(index + 2))];
  const path = "/v1/receipts?location=WUHAN&reference=big";
  const token = await floor.system.token(["warehouse"]);
  // The second half is not sent before the kill: a fast warehouse would be done before a slow test has seen a good part.
  let goOn: () => void = () => undefined;
  const killed = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const pieces = (async function* () {
    for (let start = 0; start < lines.length; start += 500) {
      if (start >= ROWS / 2) await killed;
      yield `${lines.slice(start, start + 500).join("\n")}\n`;
    }
  })();
  const broken = fetch(`${floor.system.urls.warehouse![0]}${path}`, {
    method: "POST",
    headers: { ...CSV, authorization: `Bearer ${token}`, "idempotency-key": "big" },
    body: Readable.toWeb(Readable.from(pieces)) as ReadableStream,
    duplex: "half",
  } as RequestInit);
  const outcome = expect(broken).rejects.toThrow();
  await until("a good part is booked", 120_000, async () => (await bookedLines("big")) >= 10_000);
  await floor.system.kill("warehouse");
  goOn();
  await outcome;
  const before = await bookedLines("big");
  expect(before).toBeLessThan(ROWS - BAD.size);
  await floor.system.restart("warehouse");

  const body = `${lines.join("\n")}\n`;
  const whole = await upload(path, body, "big");
  expect([whole.status, whole.body]).toEqual([
    200,
    {
      location: "WUHAN",
      reference: "big",
      rows: ROWS,
      applied: ROWS - BAD.size - before,
      alreadyApplied: before,
      rejected: BAD.size,
      errors: [
        { row: 10, field: "quantity", reason: "takes whole pieces from 1 to 1,000,000" },
        { row: 50_000, field: "quantity", reason: "takes whole pieces from 1 to 1,000,000" },
        { row: 99_999, field: "sku", reason: "is missing" },
      ],
    },
  ]);
  const [sums] = await floor.system.query(
    "warehouse",
    "SELECT sum(total)::int AS pieces, count(*)::int AS skus FROM on_hand",
  );
  expect(sums).toEqual({ pieces: ROWS - BAD.size, skus: 5_000 });

  const again = await upload(path, body, "big");
  expect([again.status, again.body]).toEqual([200, whole.body]);
  const other = await upload(path, `${body}SKU-1,1\n`, "big");
  expect([other.status, problemOf(other)]).toEqual([409, "idempotency-key-reused"]);
});

test("an upload that breaks off, even before its first row, leaves the warehouse running and its rows to go on from", async () => {
  const token = await floor.system.token(["warehouse"]);
  const path = "/v1/receipts?location=WUHAN&reference=broken";
  const lines = Array.from({ length: 1_500 }, (_, index) => `B-${index},1`);
  const breakOff = async (text: string, booked: number) => {
    const headers = { ...CSV, authorization: `Bearer ${token}`, "idempotency-key": "broken" };
    const upload = request(`${floor.system.urls.warehouse![0]}${path}`, { method: "POST", headers });
    const ended = new Promise((resolve) => upload.once("error", resolve));
    upload.write(text);
    await until(`${booked} rows are booked`, WITHIN_MS, async () => (await bookedLines("broken")) === booked);
    upload.destroy(new Error("the line went dead"));
    await ended;
  };
  await breakOff("sku,quantity\n", 0);
  await breakOff(`sku,quantity\n${lines.join("\n")}\n`, 1_000);
  const whole = await upload(path, `sku,quantity\n${lines.join("\n")}\n`, "broken");
  expect(whole.body).toMatchObject({ rows: 1_500, applied: 500, alreadyApplied: 1_000, rejected: 0 });
});

test("rows of JSON name their own warehouse and reference, and stand beside bad ones", async () => {
  const rows = [
    { sku: "N1", quantity: 5, unsellableQuantity: 2, location: "BEIJING", reference: "n-1" },
    { sku: "N2", quantity: 5, location: "ATLANTIS" },
    { sku: "N3", quantity: 5 },
    { sku: "N4", quantity: 1, unsellableQuantity: 2, location: "WUHAN" },
  ];
  const body = rows.map((row) => JSON.stringify(row)).join("\n");
  const answer = await upload("/v1/receipts", body, "n", { "content-type": "application/x-ndjson" });
  expect(answer.body).toMatchObject({ rows: 4, applied: 1, rejected: 3 });
  expect(answer.body.errors.map((error: { row: number; field: string }) => [error.row, error.field])).toEqual([
    [2, "location"],
    [3, "location"],
    [4, "unsellableQuantity"],
  ]);
  expect(await floor.balance("N1", "BEIJING")).toEqual({ total: 5, unsellable: 2 });
});

test("another key for the same reference finds its rows booked, and rows that changed are named", async () => {
  const path = "/v1/receipts?location=WUHAN&reference=twice";
  await upload(path, "sku,quantity\nT1,1\nT2,2\n", "t1");
  const again = await upload(path, "sku,quantity\nT1,1\nT2,9\nT3,3\n", "t2");
  expect(again.body).toMatchObject({
    applied: 1,
    alreadyApplied: 1,
    rejected: 1,
    errors: [{ row: 3, field: "reference" }],
  });
  expect((await floor.balance("T2")).total).toBe(2);
});

test("a key stands for its query too: the same rows for another warehouse are not taken for the same upload", async () => {
  const rows = "sku,quantity\nQ1,1\n";
  expect((await upload("/v1/receipts?location=WUHAN&reference=q", rows, "q")).status).toBe(200);
  const other = await upload("/v1/receipts?location=BEIJING&reference=q", rows, "q");
  expect([other.status, problemOf(other)]).toEqual([409, "idempotency-key-reused"]);
  expect((await upload("/v1/receipts?location=WUHAN&reference=q", rows, "q")).body).toMatchObject({ applied: 1 });
});

test("an upload that cannot be read at all books nothing and says why", async () => {
  const answer = await upload("/v1/receipts?location=WUHAN", "article,pieces\nA,1\n", "u");
  expect([answer.status, problemOf(answer)]).toEqual([422, "unreadable-upload"]);
  const sheet = await upload("/v1/receipts?location=WUHAN", "A,1", "x", { "content-type": "application/vnd.ms-excel" });
  expect([sheet.status, problemOf(sheet)]).toEqual([415, "unsupported-media-type"]);
});

test("sheets of returns, damage, restorations and disposals are booked row by row like receipts", async () => {
  await upload("/v1/receipts?location=WUHAN&reference=stock", "sku,quantity\nS1,10\nS2,10\n", "s-0");
  const damages = "sku,quantity,reason\nS1,4,water\nS2,40,water\nS1,3,water\nS1,4,water\n";
  const damaged = await upload("/v1/damages?location=WUHAN&reference=rain", damages, "s-1");
  expect(damaged.body).toMatchObject({
    rows: 4,
    applied: 2,
    rejected: 2,
    errors: [
      { row: 3, field: "quantity", reason: "not that many of S2 are there" },
      { row: 5, field: "quantity", reason: "not that many of S1 are there" },
    ],
  });
  const again = await upload("/v1/damages?location=WUHAN&reference=rain", damages, "s-2");
  expect(again.body).toMatchObject({ applied: 0, alreadyApplied: 2, rejected: 2 });
  const fit = await upload("/v1/restorations?location=WUHAN&reference=dry", "sku,quantity\nS1,2\nS2,1\n", "s-3");
  expect(fit.body).toMatchObject({ applied: 1, rejected: 1, errors: [{ row: 3, field: "quantity" }] });
  const scrap = '{"sku":"S1","quantity":1,"location":"WUHAN","reference":"scrap","reason":"mould"}\n';
  const gone = await upload("/v1/disposals", scrap, "s-4", { "content-type": "application/x-ndjson" });
  expect(gone.body).toMatchObject({ applied: 1, rejected: 0 });
  expect(await floor.balance("S1")).toEqual({ total: 9, unsellable: 4 });
});

test("a sheet of returns speaks of many orders, and each hears of its own pieces", async () => {
  const rows = [
    "sku,orderId,lineId,sellable,unsellable,missing",
    "B1,order-1,1,2,,",
    "B1,order-2,1,,1,",
    "B2,order-1,2,,,3",
    "B3,order-3,1,0,0,0",
  ];
  const answer = await upload("/v1/returns?location=WUHAN&reference=back", rows.join("\n"), "back");
  expect(answer.body).toMatchObject({ rows: 4, applied: 3, rejected: 1, errors: [{ row: 5, field: "row" }] });
  expect(await floor.balance("B1")).toEqual({ total: 3, unsellable: 1 });
  await floor.quiet();
  const told = (await floor.told("ReturnReceived")).filter(({ returnId }) => returnId === "back");
  const line = { lineId: "1", sku: "B1", sellable: 0, unsellable: 0, missing: 0 };
  expect(told.map(({ orderId, lines }) => [orderId, lines])).toEqual(
    expect.arrayContaining([
      [
        "order-1",
        [
          { ...line, sellable: 2 },
          { ...line, lineId: "2", sku: "B2", missing: 3 },
        ],
      ],
      ["order-2", [{ ...line, unsellable: 1 }]],
    ]),
  );
  expect(told).toHaveLength(2);
});

test("a sheet that is not UTF-8 is refused with its row, and mended it goes on under the same key", async () => {
  const path = "/v1/receipts?location=WUHAN&reference=gbk";
  // 袜子 as GBK has it.
  const file = Buffer.concat([Buffer.from("sku,quantity\nG1,1\n"), Buffer.from([0xcd, 0xe0, 0xd7, 0xd3, 0x2c, 0x32])]);
  const token = await floor.system.token(["warehouse"]);
  const send = async (type: string) => {
    const headers = { "content-type": type, authorization: `Bearer ${token}`, "idempotency-key": "gbk" };
    const response = await fetch(`${floor.system.urls.warehouse![0]}${path}`, { method: "POST", headers, body: file });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as { type: string; detail: string },
    };
  };
  const refused = await send("text/csv");
  expect([refused.status, problemOf(refused), refused.body.detail]).toEqual([
    422,
    "unreadable-upload",
    "row 3 is not UTF-8: save the file with this encoding and send it again",
  ]);
  expect(await floor.balance("G1")).toEqual({ total: 0, unsellable: 0 });
  expect((await send("text/csv; charset=gbk")).status).toBe(415);
  const mended = await upload(path, "sku,quantity\nG1,1\n袜子,2\n", "gbk");
  expect(mended.body).toMatchObject({ applied: 2, rejected: 0 });
  expect((await floor.balance("袜子")).total).toBe(2);
});
