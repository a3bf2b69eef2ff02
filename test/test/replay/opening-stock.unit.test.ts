import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { londonToUtc } from "../../src/replay/london-time.js";
import { linesOf, parseOpeningStock, stockForDemand } from "../../src/replay/opening-stock.js";
import { readOpeningStock } from "../../src/replay/opening-stock-file.js";
import { readOptions } from "../../src/replay/options.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const WAREHOUSES = ["LEEDS", "LONDON"] as const;

function stock(option: string, demand: Record<string, number>): string[] {
  const parsed = parseOpeningStock(option);
  if (parsed.kind !== "demand") throw new Error(`${option} is no demand`);
  return stockForDemand(new Map(Object.entries(demand)), parsed, WAREHOUSES).map(
    (line) => `${line.location} ${line.sku} ${line.quantity}`,
  );
}

describe("opening stock", () => {
  test("demand*2 puts half of twice the demand into each warehouse", () => {
    expect(stock("demand*2", { "85123A": 8 })).toEqual(["LEEDS 85123A 8", "LONDON 85123A 8"]);
  });

  test("demand*0.9 is rounded down, the odd piece goes to the first warehouse, and a SKU left with nothing has no line", () => {
    expect(stock("demand*0.9", { A: 10, B: 1 })).toEqual(["LEEDS A 5", "LONDON A 4"]);
  });

  test("0.57 of 100 is 57, not 56 as floating point has it", () => {
    expect(stock("demand*0.57", { A: 100 })).toEqual(["LEEDS A 29", "LONDON A 28"]);
  });

  test("no receipt line carries more than a million pieces, and none are lost", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5_000_000 }), (pieces) => {
        const lines = linesOf("LEEDS", "A", pieces);
        expect(lines.every((line) => line.quantity >= 1 && line.quantity <= 1_000_000)).toBe(true);
        expect(lines.reduce((sum, line) => sum + line.quantity, 0)).toBe(pieces);
      }),
    );
  });

  test("a file names the stock, halved where it names no warehouse, and its bad rows are named", async () => {
    const path = join(await temporaryFolder(), "opening.csv");
    await writeFile(path, "sku,quantity,location\nA,3,\nB,7,LONDON\nC,many,\nD,1,MARS\n");
    const read = await readOpeningStock(path, WAREHOUSES);
    expect(read.lines).toEqual([
      { location: "LEEDS", sku: "A", quantity: 2 },
      { location: "LONDON", sku: "A", quantity: 1 },
      { location: "LONDON", sku: "B", quantity: 7 },
    ]);
    expect(read.unreadable.map((row) => row.row)).toEqual([4, 5]);
  });
});

test("the log's times are London's: winter is UTC, summer is an hour ahead", () => {
  expect(londonToUtc("2010-12-01 08:26:00")).toBe(Date.UTC(2010, 11, 1, 8, 26));
  expect(londonToUtc("2011-06-01 08:26:00")).toBe(Date.UTC(2011, 5, 1, 7, 26));
});

describe("the command line", () => {
  test("everything wrong with it is named at once", () => {
    const read = readOptions(["--speed=-1", "--instances=0", "--concurrency=99"]);
    expect(read).toMatchObject({ kind: "wrong" });
    expect(read.kind === "wrong" && read.messages.length).toBeGreaterThanOrEqual(4);
  });

  test("an unknown option is refused", () => {
    expect(readOptions(["log", "--sped", "3600"])).toMatchObject({ kind: "wrong" });
  });

  test("defaults are demand*2, at full speed, on the running platform", () => {
    expect(readOptions(["log"])).toMatchObject({
      kind: "run",
      options: { openingStock: { kind: "demand", numerator: 2, denominator: 1 }, withStack: false },
    });
  });
});
