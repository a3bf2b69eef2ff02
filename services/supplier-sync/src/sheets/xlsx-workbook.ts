import { posix } from "node:path";
import { UnreadableSheet } from "./faults.js";
import { SHEET_LIMITS } from "./limits.js";
import type { XlsxParts } from "./xlsx-parts.js";
import { readXml, type XmlListener } from "./xml-reader.js";

/** What the rows of a sheet are read with. */
export interface Workbook {
  /** The part that holds the rows of the first sheet that is not hidden. */
  readonly rowsPart: string;
  /** Texts that cells refer to by number. */
  readonly texts: readonly string[];
  /** By number of a cell's style: whether numbers in it are dates. */
  readonly dateStyles: readonly boolean[];
  /** Whether days are counted from 1904. */
  readonly from1904: boolean;
}

const WORKBOOK = "xl/workbook.xml";
const RELATIONS = "xl/_rels/workbook.xml.rels";
const { MAX_XLSX_PART_BYTES, MAX_XLSX_TEXTS_BYTES, MAX_CELL_CHARS } = SHEET_LIMITS;

/** Reads all of an XLSX but its rows. @throws UnreadableSheet when it is damaged or beyond the limits. */
export async function readWorkbook(parts: XlsxParts): Promise<Workbook> {
  const relations = await readRelations(parts);
  const partOf = (type: string) => relations.find((relation) => relation.type === type)?.part;
  const { relationId, from1904 } = await readSheetList(parts);
  const rowsPart = relations.find(({ id }) => id === relationId)?.part;
  if (rowsPart === undefined) throw new UnreadableSheet("DAMAGED_XLSX", "its first sheet is missing");
  const textsPart = partOf("sharedStrings");
  const stylesPart = partOf("styles");
  const texts = textsPart === undefined ? [] : await readTexts(parts, textsPart);
  const dateStyles = stylesPart === undefined ? [] : await readDateStyles(parts, stylesPart);
  return { rowsPart, texts, dateStyles, from1904 };
}

interface Relation {
  readonly id: string;
  /** The last word of its type's address. */
  readonly type: string;
  readonly part: string;
}

/** Listens to beginnings of elements alone. */
const opening = (open: XmlListener["open"]): XmlListener => ({ open, close: () => undefined, text: () => undefined });

async function readRelations(parts: XlsxParts): Promise<Relation[]> {
  const relations: Relation[] = [];
  const listener = opening((name, { Id: id, Type: type, Target: target, TargetMode: mode }) => {
    if (name !== "Relationship" || id === undefined || type === undefined || target === undefined) return;
    // What lies outside of the archive is never looked at.
    if (mode === "External") return;
    const part = target.startsWith("/") ? target.slice(1) : posix.join("xl", target);
    relations.push({ id, type: type.slice(type.lastIndexOf("/") + 1), part });
  });
  await readXml(RELATIONS, parts.read(RELATIONS, MAX_XLSX_PART_BYTES), listener);
  return relations;
}

async function readSheetList(parts: XlsxParts): Promise<{ relationId: string | undefined; from1904: boolean }> {
  let relationId: string | undefined;
  let from1904 = false;
  const listener = opening((name, attributes) => {
    if (name === "workbookPr") from1904 = attributes.date1904 === "1" || attributes.date1904 === "true";
    if (name !== "sheet" || relationId !== undefined) return;
    if ((attributes.state ?? "visible") === "visible") relationId = attributes.id;
  });
  await readXml(WORKBOOK, parts.read(WORKBOOK, MAX_XLSX_PART_BYTES), listener);
  return { relationId, from1904 };
}

async function readTexts(parts: XlsxParts, part: string): Promise<string[]> {
  const texts: string[] = [];
  let text = "";
  let within = false;
  let phonetic = false;
  await readXml(part, parts.read(part, MAX_XLSX_TEXTS_BYTES), {
    open(name) {
      if (name === "si") text = "";
      if (name === "rPh") phonetic = true;
      if (name === "t") within = !phonetic;
    },
    close(name) {
      if (name === "t") within = false;
      if (name === "rPh") phonetic = false;
      if (name === "si") texts.push(unescaped(text));
    },
    text(piece) {
      if (within && text.length < MAX_CELL_CHARS) text += piece.slice(0, MAX_CELL_CHARS);
    },
  });
  return texts;
}

/** Characters that XML cannot hold are written as `_x000D_`. */
export const unescaped = (text: string): string =>
  text.includes("_x")
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;

/** Numbers of formats that every spreadsheet knows, and that show dates or times. */
const isBuiltInDate = (id: number): boolean =>
  (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);

/** A format shows a date when, quoted text, colours and escapes apart, it has a letter of one. */
const showsDate = (code: string): boolean => /[ymdhs]/i.test(code.replace(/"[^"]*"|\\.|\[[^\]]*\]|General/gi, ""));

async function readDateStyles(parts: XlsxParts, part: string): Promise<boolean[]> {
  const custom = new Map<number, boolean>();
  const styles: boolean[] = [];
  let inCells = false;
  await readXml(part, parts.read(part, MAX_XLSX_PART_BYTES), {
    open(name, { numFmtId, formatCode }) {
      if (name === "numFmt") custom.set(Number(numFmtId), showsDate(formatCode ?? ""));
      if (name === "cellXfs") inCells = true;
      if (name === "xf" && inCells) styles.push(custom.get(Number(numFmtId)) ?? isBuiltInDate(Number(numFmtId)));
    },
    close(name) {
      if (name === "cellXfs") inCells = false;
    },
    text: () => undefined,
  });
  return styles;
}
