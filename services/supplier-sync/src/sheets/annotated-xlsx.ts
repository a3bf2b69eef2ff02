import { Readable } from "node:stream";
import { ZipFile } from "yazl";
import type { Annotation } from "./annotation.js";
import { type Cell, columnName, type SheetRow } from "./sheet-row.js";

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const OFFICE = "http://schemas.openxmlformats.org";
const MAIN = `${OFFICE}/spreadsheetml/2006/main`;
const RELATIONS = `${OFFICE}/package/2006/relationships`;
const DOCUMENT = `${OFFICE}/officeDocument/2006/relationships`;
const SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** The parts that are the same in every workbook of one sheet. */
const FIXED_PARTS: Readonly<Record<string, string>> = {
  "[Content_Types].xml":
    `<Types xmlns="${OFFICE}/package/2006/content-types">` +
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    '<Default Extension="xml" ContentType="application/xml"/>' +
    `<Override PartName="/xl/workbook.xml" ContentType="${SPREADSHEET}.sheet.main+xml"/>` +
    `<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${SPREADSHEET}.worksheet+xml"/></Types>`,
  "_rels/.rels": `<Relationships xmlns="${RELATIONS}"><Relationship Id="rId1" Type="${DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  "xl/workbook.xml": `<workbook xmlns="${MAIN}" xmlns:r="${DOCUMENT}"><sheets><sheet name="Stock" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  "xl/_rels/workbook.xml.rels": `<Relationships xmlns="${RELATIONS}"><Relationship Id="rId1" Type="${DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
};

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
/** What XML cannot hold, and what would be read as if it stood for such. */
const UNWRITABLE = /(?![\t\n\r])\p{Cc}|[\ufffe\uffff]|\p{Cs}/gu;
const LOOKS_ESCAPED = /_(?=x[0-9A-Fa-f]{4}_)/g;

/** A text as XML has it, so that it is read back as it was but for characters that no sheet can hold. */
function xmlText(text: string): string {
  return text
    .replace(UNWRITABLE, "")
    .replace(LOOKS_ESCAPED, "_x005F_")
    .replace(/\r/g, "_x000D_")
    .replace(/[&<>]/g, (mark) => ESCAPES[mark]!);
}

/** A cell: texts stand in it as texts and can never be formulas. */
function xmlCell(reference: string, { text, kind }: Cell): string {
  if (text === "") return "";
  if (kind === "NUMBER") return `<c r="${reference}"><v>${text}</v></c>`;
  return `<c r="${reference}" t="inlineStr"><is><t xml:space="preserve">${xmlText(text)}</t></is></c>`;
}

async function* sheetXml(rows: AsyncIterable<SheetRow>, annotation: Annotation): AsyncGenerator<string> {
  yield `${XML}<worksheet xmlns="${MAIN}"><sheetData>`;
  for await (const { row, cells } of rows) {
    const own = cells.map((cell, index) => xmlCell(`${columnName(index)}${row}`, cell));
    const notes = (annotation.noteOf(row) ?? []).map((text, index) =>
      xmlCell(`${columnName(annotation.column + index)}${row}`, { text, kind: "TEXT" }),
    );
    yield `<row r="${row}">${own.join("")}${notes.join("")}</row>`;
  }
  yield "</sheetData></worksheet>";
}

/** The sheet with its answer as an XLSX of values alone: no formula, link or style of what was sent comes back. */
export function annotatedXlsx(rows: AsyncIterable<SheetRow>, annotation: Annotation): Readable {
  const zip = new ZipFile();
  // The time of writing would make every answer differ.
  const mtime = new Date(Date.UTC(2000, 0, 1));
  for (const [name, xml] of Object.entries(FIXED_PARTS)) zip.addBuffer(Buffer.from(XML + xml), name, { mtime });
  const sheet = Readable.from(sheetXml(rows, annotation), { objectMode: false });
  const output = zip.outputStream as Readable;
  sheet.on("error", (error) => output.destroy(error));
  zip.addReadStream(sheet, "xl/worksheets/sheet1.xml", { mtime });
  zip.end();
  return output;
}
