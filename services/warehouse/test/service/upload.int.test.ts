import { request } from "node:http";
import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { until } from "@septet/local-stack";
import { FloorSystem, problemOf, WITHIN_MS } from "./floor-system.js";

let floor: FloorSystem;
beforeAll(async () => {
  floor = await FloorSystem.start();
}, 180_000);
afterAll(() => floor.stop(), 60_000);

const CSV = { "content-type": "text/csv" };
const upload = (path: string, body: string, idempotencyKey: string, type = CSV) =>
  floor.clerk().post(path, body, { headers: type, idempotencyKey, timeoutMs: 120_000 });
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
  const pieces = (function* () {
    for (let start = 0; start < lines.length; start += 500) yield `${lines.slice(start, start + 500).join("\n")}\n`;
  })();
  const broken = fetch(`${floor.system.urls.warehouse![0]}${path}`, {
    method: "POST",
    headers: { ...CSV, authorization: `Bearer ${token}`, "idempotency-key": "big" },
    body: Readable.toWeb(Readable.from(pieces)) as ReadableStream,
    duplex: "half",
  } as RequestInit);
  const outcome = expect(broken).rejects.toThrow();
  await until("a good part is booked", 90_000, async () => (await bookedLines("big")) >= 10_000);
  await floor.system.kill("warehouse");
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
}, 300_000);

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
