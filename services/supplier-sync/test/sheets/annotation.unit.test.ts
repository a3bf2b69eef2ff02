import { readFile } from "node:fs/promises";
import { buffer, text } from "node:stream/consumers";
import { describe, expect, test } from "@jest/globals";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { annotatedCsv, csvCell } from "../../src/sheets/annotated-csv.js";
import { annotatedXlsx } from "../../src/sheets/annotated-xlsx.js";
import { annotationOf } from "../../src/sheets/annotation.js";
import { ROW_FAULTS, SHEET_FAULTS } from "../../src/sheets/faults.js";
import type { SheetRow } from "../../src/sheets/sheet-row.js";
import { readStockSheet, rowsOf } from "../../src/sheets/stock-sheet.js";
import { xlsxRows } from "../../src/sheets/xlsx-sheet.js";

async function annotated(bytes: Buffer, language: "en" | "zh") {
  const sheet = await readStockSheet(bytes);
  const annotation = annotationOf(sheet, language, [
    { row: sheet.lines[0]!.row, column: null, reason: "waits for a mapping" },
  ]);
  const rows = () => rowsOf(bytes, sheet.form);
  return { csv: await text(annotatedCsv(rows(), annotation)), xlsx: await buffer(annotatedXlsx(rows(), annotation)) };
}
const collect = async (rows: AsyncIterable<SheetRow>) => {
  const all: SheetRow[] = [];
  for await (const row of rows) all.push(row);
  return all;
};

describe("the sheet that answers", () => {
  test("has what was sent, and beside it what became of each row", async () => {
    const { csv } = await annotated(Buffer.from("stock list\n\ncode,quantity\nA,5\nB,x\n"), "en");
    expect(csv).toBe(
      "\ufeffstock list\r\n\r\ncode,quantity,Result,Reason\r\nA,5,refused,waits for a mapping\r\nB,x,refused,column B is not a number\r\n",
    );
  });

  test("is an XLSX with the same rows, figures still figures and Chinese where it is asked for", async () => {
    const sent = await readFile(new URL("./fixtures/morning-sheet.xlsx", import.meta.url));
    const { xlsx } = await annotated(sent, "zh");
    const [before, after] = [await collect(xlsxRows(sent)), await collect(xlsxRows(xlsx))];
    expect(after.map(({ row }) => row)).toEqual(before.map(({ row }) => row));
    for (const [i, { cells }] of before.entries()) {
      const same = cells.map(({ text: was }) => was);
      expect(after[i]!.cells.slice(0, same.length).map(({ text: is }) => is)).toEqual(same);
    }
    const texts = (row: number) =>
      after
        .find((one) => one.row === row)!
        .cells.slice(6)
        .map(({ text: is }) => is);
    expect(texts(3)).toEqual(["处理结果", "原因"]);
    expect(texts(5)).toEqual(["已生效"]);
    expect(texts(8)).toEqual(["未生效", "D 列不是数字"]);
    expect(after.find(({ row }) => row === 5)!.cells[3]).toEqual({ text: "7", kind: "NUMBER" });
  });

  test("sent again says the same", async () => {
    const sent = Buffer.from("code,quantity\nA,5\nB,x\n");
    const { csv, xlsx } = await annotated(sent, "en");
    const { lines } = await readStockSheet(sent);
    expect((await readStockSheet(Buffer.from(csv))).lines).toEqual(lines);
    expect((await readStockSheet(xlsx)).lines).toEqual(lines);
    expect((await annotated(sent, "en")).xlsx.equals(xlsx)).toBe(true);
  });

  test("holds no cell that a spreadsheet would run", () => {
    expect(csvCell("=1+1")).toBe("'=1+1");
    expect(csvCell('=HYPERLINK("http://x","y")')).toBe(`"'=HYPERLINK(""http://x"",""y"")"`);
    expect(csvCell(" @SUM(A1)")).toBe("' @SUM(A1)");
    expect(csvCell("\t=1")).toBe(`"'\t=1"`);
    expect(csvCell("＝1")).toBe("'＝1");
    expect(csvCell("-5")).toBe("-5");
    expect(csvCell("-5+cmd|' /C calc'!A0")).toBe("'-5+cmd|' /C calc'!A0");
    fc.assert(
      fc.property(fc.string(), (cell) => {
        const [[read]] = parse(`${csvCell(cell)},\n`, { bom: false }) as [[string]];
        expect([cell, `'${cell}`]).toContain(read);
        if (/^[=+\-@]/.test(read)) expect(Number(read)).not.toBeNaN();
      }),
    );
  });

  test("brings every text back as it was, but for characters that no sheet can hold", async () => {
    const cells = fc.array(fc.string({ unit: "grapheme", maxLength: 12 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(cells, async (texts) => {
        const row = { row: 3, cells: texts.map((one) => ({ text: one, kind: "TEXT" as const })) };
        const annotation = { column: 9, noteOf: () => ["ok", "_x0041_ <&>"] as const };
        const [read] = await collect(
          xlsxRows(
            await buffer(
              annotatedXlsx(
                (async function* () {
                  yield row;
                })(),
                annotation,
              ),
            ),
          ),
        );
        const was = texts.map((one) => one.replace(/[\p{Cs}\ufffe\uffff]|(?![\t\n\r])\p{Cc}/gu, ""));
        expect(read!.cells.slice(0, was.length).map(({ text: is }) => is)).toEqual(was);
        expect(read!.cells.slice(9).map(({ text: is }) => is)).toEqual(["ok", "_x0041_ <&>"]);
      }),
      { numRuns: 60 },
    );
  });

  test("gives every reason in English and in Chinese", () => {
    for (const said of [...Object.values(ROW_FAULTS), ...Object.values(SHEET_FAULTS)]) {
      expect(said.en).toMatch(/^[\x20-\x7e]+$/);
      expect(said.zh).toMatch(/[\u4e00-\u9fff]/);
    }
  });
});
