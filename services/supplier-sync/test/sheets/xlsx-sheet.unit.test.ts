import { readFile } from "node:fs/promises";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { UnreadableSheet } from "../../src/sheets/faults.js";
import { columnName, columnOf } from "../../src/sheets/sheet-row.js";
import { readStockSheet, type StockSheet } from "../../src/sheets/stock-sheet.js";
import { HEADER_ROW, partsOf, xlsxOf, zipOf } from "../support/xlsx.js";

const fixture = (name: string) => readFile(new URL(`./fixtures/${name}`, import.meta.url));
const linesOf = ({ lines }: StockSheet) => lines.map(({ code, quantity }) => `${code} ${quantity}`);
const errorsOf = ({ errors }: StockSheet) => errors.map(({ row, column, fault }) => `${column}${row} ${fault}`);
const faultOf = async (bytes: Promise<Buffer>) => {
  try {
    await readStockSheet(await bytes);
  } catch (error) {
    if (error instanceof UnreadableSheet) return error.code;
    throw error;
  }
  return "NONE";
};
const text = (reference: string, value: string) => `<c r="${reference}" t="inlineStr"><is><t>${value}</t></is></c>`;
const row = (number: number, code: string, quantity: number | string) =>
  `<row r="${number}">${text(`A${number}`, code)}<c r="B${number}"><v>${quantity}</v></c></row>`;

/** The same archive, whose directory says another size of a part. */
function saying(archive: Buffer, sizeBytes: number, insteadBytes: number): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(sizeBytes);
  const changed = Buffer.from(archive);
  for (let at = changed.indexOf(size); at >= 0; at = changed.indexOf(size, at + 1)) {
    changed.writeUInt32LE(insteadBytes, at);
  }
  return changed;
}

describe("an XLSX sheet", () => {
  test("as a supplier makes it: titles, Chinese headings, figures as codes, dates, rich text, formulas, a hidden sheet", async () => {
    const sheet = await readStockSheet(await fixture("morning-sheet.xlsx"));
    expect(sheet).toMatchObject({ headerRow: 3, rows: 12, columns: { code: 1, quantity: 3, kept: 4 } });
    expect(linesOf(sheet)).toEqual(["RED-001 120", "6901234567890 7", "00123 0", "RICH-9 42", "TEXT 1234"]);
    expect(sheet.lines[0]!.kept).toBe(20);
    expect(errorsOf(sheet)).toEqual([
      "D8 NOT_A_NUMBER",
      "D9 IS_A_DATE",
      "D10 NOT_WHOLE",
      "D11 BELOW_ZERO",
      "B13 ARTICLE_TWICE",
      "B14 ARTICLE_TWICE",
      "D16 NOT_A_NUMBER",
    ]);
  });

  test("as another program writes it, with fractions as they are stored", async () => {
    const sheet = await readStockSheet(await fixture("plain.xlsx"));
    expect(linesOf(sheet)).toEqual(["A-1 5", "B 10"]);
    expect(errorsOf(sheet)).toEqual(["B3 NOT_WHOLE"]);
  });

  test("shows a figure as a spreadsheet does: 99.99999999999999 is 100, and a long code keeps its digits", async () => {
    const rows = `<row><c><v>6.901234567890E+12</v></c><c><v>99.999999999999986</v></c></row>`;
    expect(linesOf(await readStockSheet(await xlsxOf(rows)))).toEqual(["6901234567890 100"]);
  });

  test("with prefixed names, characters that XML cannot hold and cells without text is read as it is meant", async () => {
    const parts = partsOf(HEADER_ROW + row(2, "A_x0042__x005F_", 5));
    const sheetXml = parts["xl/worksheets/sheet1.xml"]!;
    parts["xl/worksheets/sheet1.xml"] = sheetXml
      .replaceAll(/<(\/?)(\w)/g, "<$1x:$2")
      .replace("xmlns=", "xmlns:x=")
      .replace("</x:row></x:sheetData>", '<x:c r="XFD2" s="1"/></x:row></x:sheetData>');
    expect(errorsOf(await readStockSheet(await zipOf(parts)))).toEqual([]);
    expect(linesOf(await readStockSheet(await zipOf(parts)))).toEqual(["AB_ 5"]);
  });

  test("names its columns as spreadsheets do", () => {
    expect([0, 25, 26, 701, 702, 16_383].map(columnName)).toEqual(["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
    fc.assert(fc.property(fc.integer({ min: 0, max: 16_383 }), (index) => columnOf(`${columnName(index)}7`) === index));
  });
});

describe("a hostile XLSX sheet", () => {
  test("that unpacks to gigabytes is refused before it is unpacked", async () => {
    const rows = await xlsxOf("", { "xl/worksheets/sheet1.xml": " ".repeat(99_991) });
    expect(await faultOf(Promise.resolve(saying(rows, 99_991, 3_000_000_000)))).toBe("XLSX_TOO_LARGE");
    const texts = await xlsxOf("", { "xl/sharedStrings.xml": " ".repeat(99_991) });
    expect(await faultOf(Promise.resolve(saying(texts, 99_991, 33_554_433)))).toBe("XLSX_TOO_LARGE");
  });

  test("that says that it unpacks to little and does not is cut off", async () => {
    const honest = await xlsxOf("", { "xl/sharedStrings.xml": " ".repeat(999_983) });
    expect(await faultOf(Promise.resolve(saying(honest, 999_983, 1_000)))).toBe("DAMAGED_XLSX");
  });

  test("that declares entities or a document type is refused: nothing is expanded or fetched", async () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>`;
    const sheetXml = partsOf(HEADER_ROW + row(2, "&b;", 5))["xl/worksheets/sheet1.xml"]!;
    expect(await faultOf(xlsxOf("", { "xl/worksheets/sheet1.xml": bomb + sheetXml }))).toBe("DAMAGED_XLSX");
    expect(await faultOf(xlsxOf("", { "xl/worksheets/sheet1.xml": sheetXml }))).toBe("DAMAGED_XLSX");
    const outside = `<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd">`;
    expect(await faultOf(xlsxOf("", { "xl/sharedStrings.xml": `${outside}<sst/>` }))).toBe("DAMAGED_XLSX");
  });

  test("that is half a file, no workbook, or a protected one is refused", async () => {
    const whole = await xlsxOf(row(2, "A", 5));
    expect(await faultOf(Promise.resolve(whole.subarray(0, whole.length / 2)))).toBe("DAMAGED_XLSX");
    expect(await faultOf(zipOf({ "readme.txt": "hello" }))).toBe("DAMAGED_XLSX");
    const cut = partsOf(HEADER_ROW + row(2, "A", 5));
    cut["xl/worksheets/sheet1.xml"] = cut["xl/worksheets/sheet1.xml"]!.slice(0, -40);
    expect(await faultOf(zipOf(cut))).toBe("DAMAGED_XLSX");
  });

  test("with a million columns, rows out of order or a text that is not there is refused", async () => {
    const wide = `<row r="2">${Array.from({ length: 300 }, (_, i) => text(`${columnName(i)}2`, "x")).join("")}</row>`;
    expect(await faultOf(xlsxOf(wide))).toBe("TOO_MANY_COLUMNS");
    expect(await faultOf(xlsxOf(`<row r="2"><c r="ZZZZ2"><v>1</v></c></row>`))).toBe("DAMAGED_XLSX");
    expect(await faultOf(xlsxOf(row(3, "A", 1) + row(2, "B", 1)))).toBe("DAMAGED_XLSX");
    expect(await faultOf(xlsxOf(`<row r="1048577"/>`))).toBe("DAMAGED_XLSX");
    expect(await faultOf(xlsxOf(`<row r="2"><c r="A2" t="s"><v>7</v></c></row>`))).toBe("DAMAGED_XLSX");
    expect(await faultOf(xlsxOf(row(2, "A", "Infinity")))).toBe("DAMAGED_XLSX");
  });

  test("with more rows than a report may have is refused, and empty ones do not count", async () => {
    const rows = (count: number) => Array.from({ length: count }, (_, i) => row(i + 2, `A${i}`, 1)).join("");
    expect((await readStockSheet(await xlsxOf(`${rows(2_000)}<row r="1048576"/>`))).lines).toHaveLength(2_000);
    expect(await faultOf(xlsxOf(rows(50_020)))).toBe("TOO_MANY_ROWS");
  });

  test("with a name, an address or a part that stands twice reads nothing outside of itself", async () => {
    const external = `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="https://evil.example/s.xml" TargetMode="External"/></Relationships>`;
    expect(await faultOf(xlsxOf("", { "xl/_rels/workbook.xml.rels": external }))).toBe("DAMAGED_XLSX");
    const climbing = external
      .replace("https://evil.example/s.xml", "../../../etc/passwd")
      .replace(' TargetMode="External"', "");
    expect(await faultOf(xlsxOf("", { "xl/_rels/workbook.xml.rels": climbing }))).toBe("DAMAGED_XLSX");
  });

  test("with any byte changed is read or refused, never more", async () => {
    const whole = await fixture("plain.xlsx");
    const change = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const broken = Buffer.from(whole);
        for (const [at, byte] of changes) broken[at] = byte;
        const read = await readStockSheet(broken).catch((error) => error);
        expect(read instanceof Error ? read : undefined).toEqual(read instanceof UnreadableSheet ? read : undefined);
      }),
      { numRuns: 150 },
    );
  });
});
