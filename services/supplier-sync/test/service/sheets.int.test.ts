import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import iconv from "iconv-lite";
import { readStockSheet } from "../../src/sheets/stock-sheet.js";
import { aSku, problemOf, SupplierSystem } from "./supplier-system.js";

let suppliers: SupplierSystem;

beforeAll(async () => {
  suppliers = await SupplierSystem.start();
});

afterAll(async () => {
  await suppliers?.stop();
});

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const CSV = "text/csv";

/** A supplier that sells, and our SKUs for its codes. */
async function withCodes(...codes: string[]): Promise<{ supplierId: string; skuOf: Record<string, string> }> {
  const supplierId = await suppliers.supplier();
  const mappings = codes.map((code) => ({ code, sku: aSku() }));
  expect((await suppliers.operator().put(`/v1/suppliers/${supplierId}/mappings`, { mappings })).status).toBe(200);
  return { supplierId, skuOf: Object.fromEntries(mappings.map(({ code, sku }) => [code, sku])) };
}

interface Sent {
  readonly query?: string;
  readonly headers?: Record<string, string>;
  readonly key?: string;
  readonly by?: "operator";
}
const send = (supplierId: string, sheet: string | Buffer, { query = "", headers = {}, key, by }: Sent = {}) => {
  const who = by === "operator" ? suppliers.operator() : suppliers.of(supplierId);
  const path = `/v1/suppliers/${supplierId}/sheets?${query}`;
  const options = { headers: { "content-type": CSV, ...headers } };
  return who.post(path, sheet, key === undefined ? options : { ...options, idempotencyKey: key });
};
const reported = async (supplierId: string, sku: string) => (await suppliers.offer(supplierId, sku)).report.quantity;

test("a morning sheet: good rows apply, bad ones are answered by row and column, unknown codes wait, missing ones are listed", async () => {
  const { supplierId, skuOf } = await withCodes("RED-001", "00123", "WORDS", "GONE");
  await send(supplierId, "code,quantity\nRED-001,100\nWORDS,40\nGONE,7\n");
  const sheet = await readFile(new URL("../sheets/fixtures/morning-sheet.xlsx", import.meta.url));
  const { status, body } = await send(supplierId, sheet, {
    headers: { "content-type": XLSX, "accept-language": "zh" },
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({ rows: 12, lines: { CHANGED: 2, REJECTED: 7, QUARANTINED: 3 } });
  expect(body.errors[0]).toEqual({ row: 8, column: "D", code: "NOT_A_NUMBER", reason: "不是数字", article: "WORDS" });
  expect(body.quarantined.map(({ code }: { code: string }) => code)).toEqual(["6901234567890", "RICH-9", "TEXT"]);
  expect(body.missing).toEqual({ count: 1, zeroed: false, skus: [skuOf.GONE] });
  const figures = ["RED-001", "00123", "WORDS", "GONE"].map((code) => reported(supplierId, skuOf[code]!));
  expect(await Promise.all(figures)).toEqual([120, 0, 40, 7]);
});

test("the sheet comes back with what became of each row, and the same key says it once more", async () => {
  const { supplierId } = await withCodes("A", "B");
  const sheet = iconv.encode("编码,库存,备注\nA,5,=1+1\nB,约3,\nC,2,\n", "gb18030");
  const zh = { "accept-language": "zh-CN,zh;q=0.9" };
  const sent = { key: "evening", headers: { ...zh, accept: CSV } };
  const csv = await send(supplierId, sheet, sent);
  expect(csv.headers.get("content-type")).toContain(CSV);
  const rows = ["编码,库存,备注,处理结果,原因", "A,5,'=1+1,已生效,", "B,约3,,未生效,B 列不是数字"];
  const waits = "C,2,,未生效,尚未对应 SKU，完成对应后自动生效";
  expect(String(csv.body).replace("\ufeff", "")).toBe(`${[...rows, waits].join("\r\n")}\r\n`);
  const again = await send(supplierId, sheet, { key: "evening", headers: zh });
  expect(again.headers.get("idempotency-replayed")).toBe("true");
  expect(again.body).toMatchObject({ lines: { CHANGED: 1, QUARANTINED: 1, REJECTED: 1 } });
  expect(problemOf(await send(supplierId, "code,quantity\nA,6\n", { key: "evening" }))).toBe("idempotency-key-reused");
});

test("rows that a full sheet lacks mean 0 where the contract says so, unless a row cannot be told", async () => {
  const { supplierId, skuOf } = await withCodes("A", "B", "C");
  const agreed = await suppliers
    .operator()
    .post(`/v1/suppliers/${supplierId}/terms`, { terms: { missingRows: "ZERO" } });
  expect(agreed.status).toBe(201);
  await send(supplierId, "code,quantity\nA,5\nB,6\nC,7\n");
  const partial = await send(supplierId, "code,quantity\nA,5\n", { query: "full=false" });
  expect(partial.body.missing).toBeUndefined();
  const unclear = await send(supplierId, "code,quantity\nA,5\nB,x\n,7\n");
  expect(unclear.body.missing).toEqual({ count: 1, zeroed: false, skus: [skuOf.C] });
  expect(await reported(supplierId, skuOf.C!)).toBe(7);
  const clear = await send(supplierId, "code,quantity\nA,5\nB,x\n");
  expect(clear.body.missing).toEqual({ count: 1, zeroed: true, skus: [skuOf.C] });
  expect(await Promise.all(["A", "B", "C"].map((code) => reported(supplierId, skuOf[code]!)))).toEqual([5, 6, 0]);
});

test("a figure with a digit too many that an operator enters waits until it is confirmed", async () => {
  const { supplierId, skuOf } = await withCodes("A", "B");
  await send(supplierId, "code,quantity\nA,12\nB,12\n");
  const entered = "code,quantity\nA,120\nB,13\n";
  const doubted = await send(supplierId, entered, { by: "operator" });
  expect(doubted.body).toMatchObject({ lines: { CHANGED: 1, REJECTED: 1 }, missing: { count: 0 } });
  expect(doubted.body.errors).toMatchObject([{ row: 2, column: "B", code: "IMPLAUSIBLE" }]);
  expect(await reported(supplierId, skuOf.A!)).toBe(12);
  const confirmed = await send(supplierId, entered, { by: "operator", query: "confirmed=true" });
  expect(confirmed.body.lines).toMatchObject({ CHANGED: 1, UNCHANGED: 1 });
  expect(await reported(supplierId, skuOf.A!)).toBe(120);
});

test("a SKU beside the code must be the one that the code is mapped to", async () => {
  const { supplierId, skuOf } = await withCodes("A", "B");
  const { body } = await send(supplierId, `code,sku,quantity\nA,${skuOf.A},1\nB,${skuOf.A}X,2\n`);
  expect(body).toMatchObject({ lines: { CHANGED: 1 }, errors: [{ row: 3, column: "B", code: "OTHER_SKU" }] });
});

test("what cannot be read is refused whole with what to do, and the service lives", async () => {
  const { supplierId, skuOf } = await withCodes("A");
  const half = (await readFile(new URL("../sheets/fixtures/plain.xlsx", import.meta.url))).subarray(0, 3_000);
  for (const [sheet, fault] of [
    ["A,5\n", "NO_HEADER"],
    [half, "DAMAGED_XLSX"],
    ['code,quantity\n"A,5\n', "QUOTE_NOT_CLOSED"],
    [Buffer.from("code,quantity\nA\xff,5\n", "latin1"), "WRONG_ENCODING"],
  ] as const) {
    const answer = await send(supplierId, sheet as string);
    expect([answer.status, problemOf(answer), answer.body.code]).toEqual([422, "unreadable-sheet", fault]);
  }
  const long = await send(supplierId, Buffer.alloc(33_554_433, "a")).catch((error: Error) => error);
  if (!(long instanceof Error)) expect([long.status, problemOf(long)]).toEqual([413, "body-too-large"]);
  const other = await suppliers.supplier();
  expect(
    (
      await suppliers
        .of(other)
        .post(`/v1/suppliers/${supplierId}/sheets`, "code,quantity\nA,9\n", { headers: { "content-type": CSV } })
    ).status,
  ).toBe(403);
  expect((await send(supplierId, "code,quantity\nA,5\n")).body.lines).toMatchObject({ CHANGED: 1 });
  expect(await reported(supplierId, skuOf.A!)).toBe(5);
});

test("the sheet that comes back as XLSX can be mended and sent again", async () => {
  const { supplierId } = await withCodes("A", "B");
  const path = `${suppliers.system.urls["supplier-sync"]![0]}/v1/suppliers/${supplierId}/sheets`;
  const authorization = `Bearer ${await suppliers.system.token(["supplier"], { supplier: supplierId })}`;
  const headers = { authorization, "idempotency-key": "once", "content-type": CSV, accept: XLSX };
  const answer = await fetch(path, { method: "POST", headers, body: "code,quantity\nA,5\nB,x\n" });
  expect(answer.status).toBe(200);
  const sheet = await readStockSheet(Buffer.from(await answer.arrayBuffer()));
  expect(sheet).toMatchObject({ rows: 2, width: 4, lines: [{ code: "A", quantity: 5 }], errors: [{ row: 3 }] });
});
