import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import iconv from "iconv-lite";
import { UnreadableSheet } from "../../src/sheets/faults.js";
import { readStockSheet, type StockSheet } from "../../src/sheets/stock-sheet.js";

const read = (text: string | Buffer, own?: Parameters<typeof readStockSheet>[1]) =>
  readStockSheet(Buffer.from(text as string), own);
const linesOf = ({ lines }: StockSheet) => lines.map(({ code, sku, quantity }) => `${code ?? sku} ${quantity}`);
const errorsOf = ({ errors }: StockSheet) => errors.map(({ row, column, fault }) => `${column}${row} ${fault}`);
const faultOf = async (sheet: Promise<unknown>) => {
  try {
    await sheet;
  } catch (error) {
    if (error instanceof UnreadableSheet) return error.code;
    throw error;
  }
  return "NONE";
};

describe("a CSV sheet", () => {
  test("is read with its header in English or Chinese, in any order, whatever else it holds", async () => {
    const sheet = await read(
      "商品名称,可用库存(件),供应商编码,价格,专供库存\n红袜子,120,RED-1,9.9,20\n帽子,0,HAT,5,\n",
    );
    expect(sheet).toMatchObject({ headerRow: 1, rows: 2, columns: { code: 2, quantity: 1, kept: 4 }, errors: [] });
    expect(sheet.lines).toEqual([
      { row: 2, code: "RED-1", sku: null, quantity: 120, kept: 20 },
      { row: 3, code: "HAT", sku: null, quantity: 0, kept: null },
    ]);
    expect(linesOf(await read("Item No.;ON HAND\nA;1\n"))).toEqual(["A 1"]);
    expect(linesOf(await read("SKU\tQty\nA\t1\n"))).toEqual(["A 1"]);
  });

  test("may have a title above its header and empty rows; rows are counted as a spreadsheet shows them", async () => {
    const sheet = await read('红日商贸,,\n"updated\n2026-05-04",,\n,,\ncode,quantity\nA,1\n\nB,x\n');
    expect(sheet.headerRow).toBe(4);
    expect(linesOf(sheet)).toEqual(["A 1"]);
    expect(errorsOf(sheet)).toEqual(["B7 NOT_A_NUMBER"]);
  });

  test("applies the good rows and says of each bad one where and why", async () => {
    const rows = [
      "A,5",
      "B,",
      "C,-1",
      "D,1.5",
      "E,12件",
      "F,1000001",
      ",7",
      "G,10.0",
      'H,"1,234"',
      "I,＝1＋1",
      "J,１２",
      "K,1e3",
    ];
    const sheet = await read(`code,quantity\n${rows.join("\n")}\n`);
    expect(linesOf(sheet)).toEqual(["A 5", "G 10", "H 1234", "J 12"]);
    expect(errorsOf(sheet)).toEqual([
      "B3 QUANTITY_MISSING",
      "B4 BELOW_ZERO",
      "B5 NOT_WHOLE",
      "B6 NOT_A_NUMBER",
      "B7 TOO_MANY",
      "A8 ARTICLE_MISSING",
      "B11 NOT_A_NUMBER",
      "B13 NOT_A_NUMBER",
    ]);
  });

  test("refuses an article that stands in several rows in all of them", async () => {
    const sheet = await read("code,sku,quantity\nA,,5\nB,s1,6\nA,,5\nC,s1,7\nD,s2,8\n");
    expect(linesOf(sheet)).toEqual(["D 8"]);
    expect(errorsOf(sheet)).toEqual(["A2 ARTICLE_TWICE", "B3 ARTICLE_TWICE", "A4 ARTICLE_TWICE", "B5 ARTICLE_TWICE"]);
    expect(sheet.errors[1]).toMatchObject({ code: "B", sku: "s1" });
  });

  test("compares articles without what cannot be seen", async () => {
    const sheet = await read("code,quantity\n\u200bA\u00a0,5\n\u3000B ,6\n");
    expect(sheet.lines.map(({ code }) => code)).toEqual(["A", "B"]);
  });

  test("takes a supplier's own headings instead of the common ones", async () => {
    const own = { code: "型号", quantity: "北京仓" };
    const sheet = await read("编码,型号,库存,北京仓\nX,A,900,5\n", own);
    expect(linesOf(sheet)).toEqual(["A 5"]);
  });

  test("without a header, or with two for the same, is refused: nothing is guessed", async () => {
    expect(await faultOf(read("A,5\nB,6\n"))).toBe("NO_HEADER");
    expect(await faultOf(read("code,name\nA,x\n"))).toBe("NO_HEADER");
    expect(await faultOf(read("编码,库存,可用库存\nA,5,4\n"))).toBe("AMBIGUOUS_HEADER");
    expect(await faultOf(read(`${"title\n".repeat(20)}code,quantity\nA,5\n`))).toBe("NO_HEADER");
  });
});

describe("the encoding of a CSV sheet", () => {
  const TEXT = "供应商编码,库存\n红-1,5\n𠮷-2,6\n";

  test("is UTF-8 with or without a mark, or GB18030 with its rarest characters", async () => {
    for (const bytes of [Buffer.from(TEXT), Buffer.from(`\ufeff${TEXT}`), iconv.encode(TEXT, "gb18030")]) {
      expect(linesOf(await read(bytes))).toEqual(["红-1 5", "𠮷-2 6"]);
    }
    expect((await read(iconv.encode(TEXT, "gb18030"))).form).toMatchObject({ encoding: "gb18030" });
  });

  test("is told by the header where the bytes could be both", async () => {
    // Each byte pair of these is one Cyrillic letter of UTF-8.
    const bytes = iconv.encode("code,quantity,一\n一,5\n", "gb18030");
    expect(linesOf(await read(bytes))).toEqual(["һ 5"]);
    const chinese = iconv.encode("一,编码,库存\n丁,一,5\n", "gb18030");
    expect(linesOf(await read(chinese))).toEqual(["一 5"]);
  });

  test("is refused where it is neither, or where there is no text at all", async () => {
    expect(await faultOf(read(iconv.encode(TEXT, "utf-16", { addBOM: true })))).toBe("WRONG_ENCODING");
    expect(await faultOf(read(Buffer.from([0xef, 0xbb, 0xbf, 0x63, 0xff])))).toBe("WRONG_ENCODING");
    expect(await faultOf(read(Buffer.from("code,quantity\nA\xff,5\n", "latin1")))).toBe("WRONG_ENCODING");
    expect(await faultOf(read(Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1])))).toBe("OLD_EXCEL");
    expect(await faultOf(read(Buffer.from([0x25, 0x50, 0x44, 0x46, 0, 1])))).toBe("NOT_TEXT");
    expect(await faultOf(read(Buffer.alloc(0)))).toBe("EMPTY");
  });

  test("does not change what is read, for any Chinese articles", async () => {
    const article = fc
      .string({ unit: fc.constantFrom(..."红袜子帽龘𠮷A1-"), minLength: 1, maxLength: 8 })
      .filter((a) => /[^-]/.test(a));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(article, { minLength: 1, maxLength: 6 }), async (articles) => {
        const text = `编码,库存\n${articles.map((a, i) => `${a},${i}\n`).join("")}`;
        const inUtf8 = await read(text);
        const inGb = await read(iconv.encode(text, "gb18030"));
        expect(inUtf8.lines.map(({ code }) => code)).toEqual(articles);
        expect(inGb.lines).toEqual(inUtf8.lines);
      }),
      { numRuns: 40 },
    );
  });
});

describe("a hostile CSV sheet", () => {
  test("with a million columns is refused", async () => {
    expect(await faultOf(read(`code,quantity\n${"x,".repeat(100_000)}x\n`))).toBe("TOO_MANY_COLUMNS");
    expect(await faultOf(read(`code,quantity\n${"x,".repeat(1_000_000)}x\n`))).toBe("ROW_TOO_LONG");
  });

  test("with a quote that is never closed is refused: it would swallow the rows after it", async () => {
    const rows = Array.from({ length: 100 }, (_, i) => `A${i},${i}`).join("\n");
    expect(await faultOf(read(`code,quantity\n"B,5\n${rows}\n`))).toBe("QUOTE_NOT_CLOSED");
    expect(await faultOf(read(`code,quantity\n"B,5\n${rows}\n"C,6\n`))).toBe("QUOTE_NOT_CLOSED");
    expect(linesOf(await read('code,quantity,name\nA,5,15" pipe\n'))).toEqual(["A 5"]);
  });

  test("with more rows or bytes than a report may have is refused, and one with as many as it may is read", async () => {
    const sheet = (rows: number) => `code,quantity\n${Array.from({ length: rows }, (_, i) => `A${i},1\n`).join("")}`;
    expect((await read(sheet(50_000))).lines).toHaveLength(50_000);
    expect(await faultOf(read(sheet(50_020)))).toBe("TOO_MANY_ROWS");
    expect(await faultOf(read(Buffer.alloc(33_554_433, "a")))).toBe("TOO_LARGE");
  });

  test("with one endless line is refused", async () => {
    expect(await faultOf(read(`code,quantity\n${"x".repeat(600_000)}`))).toBe("ROW_TOO_LONG");
  });

  test("of any bytes at all is read or refused, never more", async () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: "binary", maxLength: 200 }));
    await fc.assert(
      fc.asyncProperty(bytes, async (content) => {
        const sheet = Buffer.concat([Buffer.from("code,quantity\n"), Buffer.from(content as string)]);
        for (const one of [sheet, Buffer.from(content as string)]) {
          const read = await readStockSheet(one).catch((error) => error);
          expect(read instanceof Error ? read : undefined).toEqual(read instanceof UnreadableSheet ? read : undefined);
        }
      }),
      { numRuns: 50 },
    );
  });
});
