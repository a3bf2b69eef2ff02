import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { invoicesUnaccounted, linesUnaccounted } from "../../src/replay/line-account.js";
import { logFiles, OrderLogError, readOrderLog } from "../../src/replay/order-log.js";
import { type PlannedOrder, planReplay, type ReplayPlan } from "../../src/replay/plan.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

async function planOf(files: Record<string, string[]>): Promise<ReplayPlan> {
  const folder = await temporaryFolder();
  for (const [name, lines] of Object.entries(files)) await writeFile(join(folder, name), `${lines.join("\n")}\n`);
  return planReplay(readOrderLog(await logFiles([folder])));
}

function day(...lines: string[]): Record<string, string[]> {
  return { "2010-12-01.csv": [HEADER, ...lines] };
}

function orders(plan: ReplayPlan): PlannedOrder[] {
  return plan.timeline.filter((action) => action.kind === "order");
}

describe("an order log becomes a plan", () => {
  test("an invoice is one order whose lines keep their rows, the same SKU on several lines included", async () => {
    const plan = await planOf(
      day(
        "536365,85123A,HEART HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
        "536365,71053,LANTERN,4,2010-12-01 08:26:00,3.39,17850.0,United Kingdom",
        "536365,85123A,HEART HOLDER,2,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
      ),
    );
    const [order] = orders(plan);
    expect(order).toMatchObject({
      orderId: "2010-12-01.536365",
      customerId: "17850",
      at: Date.UTC(2010, 11, 1, 8, 26),
    });
    expect(order?.lines).toEqual([
      { lineId: "2", sku: "85123A", quantity: 6, unitPriceMinor: 255 },
      { lineId: "3", sku: "71053", quantity: 4, unitPriceMinor: 339 },
      { lineId: "4", sku: "85123A", quantity: 2, unitPriceMinor: 255 },
    ]);
    expect(plan.demand).toEqual(
      new Map([
        ["85123A", 8],
        ["71053", 4],
      ]),
    );
  });

  test("codes that differ in case only are two SKUs", async () => {
    const plan = await planOf(
      day("1,85123A,HEART,1,2010-12-01 08:26:00,1.0,,France", "2,85123a,HEART,1,2010-12-01 08:27:00,1.0,,France"),
    );
    expect(plan.listings.map((listing) => listing.sku)).toEqual(["85123A", "85123a"]);
  });

  test("a C invoice is a return, a negative line at price 0 is a write-off, and neither is an order", async () => {
    const plan = await planOf(
      day(
        "C9,22580,CALENDAR,-8,2010-12-01 08:42:00,5.95,14850.0,France",
        "10,22418,check,-11,2010-12-01 08:57:00,0.0,,France",
      ),
    );
    expect(plan.timeline).toMatchObject([
      { kind: "return", reference: "2010-12-01.C9", lines: [{ lineId: "2", sku: "22580", quantity: 8 }] },
      { kind: "write-off", reference: "2010-12-01.10.3", line: { sku: "22418", quantity: 11 } },
    ]);
    expect(plan.invoices).toEqual({ read: 2, orders: 0, returns: 1, writeOffs: 1, withoutGoods: 0 });
    expect(plan.demand).toEqual(new Map([["22418", 11]]));
  });

  test("postage, fees, discounts and vouchers hold no stock, and an invoice of nothing else is counted", async () => {
    const codes = ["POST", "DOT", "M", "m", "D", "S", "C2", "BANK CHARGES", "AMAZONFEE", "gift_0001_40"];
    const plan = await planOf(
      day(
        ...codes.map((code) => `1,${code},X,1,2010-12-01 08:26:00,1.0,,France`),
        "2,DCGS0076,SUNJAR,1,2010-12-01 08:26:00,1.0,,France",
      ),
    );
    expect(plan.lines.notGoods).toBe(codes.length);
    expect([...plan.lines.notGoodsByCode.keys()]).toEqual(codes);
    expect(plan.invoices).toMatchObject({ read: 2, orders: 1, withoutGoods: 1 });
    expect(plan.listings.map((listing) => listing.sku)).toEqual(["DCGS0076"]);
  });

  test("what happened at one minute keeps the order of the log, across files by the clock", async () => {
    const plan = await planOf({
      "b.csv": [HEADER, "7,A1,X,1,2010-12-01 09:00:00,1.0,,France", "8,A1,X,1,2010-12-01 08:00:00,1.0,,France"],
      "a.csv": [HEADER, "6,A1,X,1,2010-12-01 09:00:00,1.0,,France"],
    });
    expect(orders(plan).map((order) => order.orderId)).toEqual(["b.8", "a.6", "b.7"]);
  });

  test("the same log gives the same plan, ids included", async () => {
    const log = day("536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom");
    expect(await planOf(log)).toEqual(await planOf(log));
  });
});

describe("a row that cannot be read is named, and the rest goes on", () => {
  const good = "2,22418,PEN,3,2010-12-01 09:00:00,1.0,,France";
  test.each([
    ["1,22418,PEN,three,2010-12-01 09:00:00,1.0,,France", "not a whole number"],
    ["1,22418,PEN,0,2010-12-01 09:00:00,1.0,,France", "Quantity is 0"],
    ["1,22418,PEN,1000001,2010-12-01 09:00:00,1.0,,France", "beyond 1000000"],
    ["1,,PEN,1,2010-12-01 09:00:00,1.0,,France", "StockCode is empty"],
    [",22418,PEN,1,2010-12-01 09:00:00,1.0,,France", "InvoiceNo is empty"],
    ["1,22418,PEN,1,01/12/2010 09:00,1.0,,France", "InvoiceDate"],
    ["1,22418,PEN,1,2010-02-30 09:00:00,1.0,,France", "InvoiceDate"],
    ["1,22418,PEN,1,2010-12-01 09:00:00,free,,France", "UnitPrice"],
    ["C1,22418,PEN,1,2010-12-01 09:00:00,1.0,,France", "takes goods back"],
    ["1,22418,PEN,-1,2010-12-01 09:00:00,1.0,,France", "takes nothing back"],
    ['1,22418,"PEN,1,2010-12-01 09:00:00,1.0,,France', "not CSV"],
    ["1,22418,PEN", "is missing"],
  ])("%s", async (bad, reason) => {
    const plan = await planOf(day(good, bad, good));
    expect(plan.unreadable).toEqual([{ file: "2010-12-01", row: 3, reason: expect.stringContaining(reason) }]);
    expect(orders(plan).flatMap((order) => order.lines)).toHaveLength(2);
    expect(plan.lines).toMatchObject({ read: 3, ordered: 2, unreadable: 1 });
  });

  test("a file without the columns is left out, the other files are replayed", async () => {
    const plan = await planOf({ ...day(good), "2010-12-02.csv": ["sku,pieces", "1,2"] });
    expect(plan.unreadable).toMatchObject([
      { file: "2010-12-02", row: 1, reason: expect.stringContaining("InvoiceNo") },
    ]);
    expect(orders(plan)).toHaveLength(1);
  });

  test("a quoted description with commas and quotes is read as it stands", async () => {
    const plan = await planOf(day('1,22041,"FRAME, 7"" SIZE ",4,2010-12-01 09:00:00,1.0,,France'));
    expect(plan.listings).toEqual([{ sku: "22041", name: 'FRAME, 7" SIZE', unitPriceMinor: 100 }]);
  });
});

describe("paths that cannot be replayed", () => {
  test("a path that is not there is named", async () => {
    await expect(logFiles(["/nowhere/log.csv"])).rejects.toThrow(OrderLogError);
  });

  test("two files of one name are refused, for order ids are made from the name", async () => {
    const [one, other] = [await temporaryFolder(), await temporaryFolder()];
    await writeFile(join(one, "day.csv"), HEADER);
    await writeFile(join(other, "day.csv"), HEADER);
    await expect(logFiles([one, other])).rejects.toThrow("one name");
  });
});

test("every line and every invoice of a log is accounted for", async () => {
  const plan = await planOf(
    day(
      "1,22418,PEN,3,2010-12-01 09:00:00,1.0,,France",
      "1,POST,POSTAGE,1,2010-12-01 09:00:00,15.0,,France",
      "C2,22418,PEN,-1,2010-12-01 09:10:00,1.0,,France",
      "3,22418,lost,-1,2010-12-01 09:20:00,0.0,,France",
      "4,M,Manual,1,2010-12-01 09:30:00,3.0,,France",
      "5,22418,PEN,x,2010-12-01 09:40:00,1.0,,France",
    ),
  );
  expect(plan.lines).toMatchObject({ read: 6, ordered: 1, returned: 1, writtenOff: 1, notGoods: 2, unreadable: 1 });
  expect(linesUnaccounted(plan.lines)).toBe(0);
  expect(invoicesUnaccounted(plan.invoices)).toBe(0);
});
