import { UnreadableSheet } from "./faults.js";
import { columnName, type SheetRow } from "./sheet-row.js";

/** What a column of a stock sheet can mean. */
export const FIELDS = ["code", "sku", "quantity", "kept"] as const;
export type Field = (typeof FIELDS)[number];

/** Which column (from 0) holds which field. */
export type Columns = { readonly [F in Field]?: number };

/** Headings as they are found in suppliers' sheets; compared as `plainHeading` makes them. */
const HEADINGS: { readonly [F in Field]: readonly string[] } = {
  code: [
    ...[
      "code",
      "item",
      "item code",
      "item no",
      "item number",
      "article",
      "article code",
      "article no",
      "article number",
    ],
    ...["product code", "product no", "supplier code", "supplier sku", "vendor code", "part no", "part number"],
    ...["编码", "货号", "商品编码", "商品货号", "商品编号", "产品编码", "产品编号", "物料编码", "物料号", "款号"],
    ...["供应商编码", "供应商货号", "供应商商品编码", "供应商sku"],
  ],
  sku: ["sku", "sku code", "sku no", "sku编码", "sku编号", "平台编码", "平台sku", "我方编码", "我方sku"],
  quantity: [
    ...["quantity", "qty", "stock", "stock quantity", "stock qty", "on hand", "available", "available quantity"],
    ...[
      "available stock",
      "inventory",
      "数量",
      "库存",
      "库存数量",
      "库存数",
      "现有库存",
      "当前库存",
      "可用库存",
      "可售库存",
    ],
    ...["可用数量", "可售数量", "现货", "现货数量", "实际库存"],
  ],
  kept: [
    ...["kept", "kept for us", "reserved for us", "dedicated", "dedicated stock", "exclusive stock"],
    ...["保留", "保留数量", "保留库存", "预留", "预留数量", "预留库存", "专供", "专供库存", "专享库存", "专属库存"],
  ],
};

/** A heading without what does not tell it apart: case, width of letters, spaces, marks, and remarks such as `(件)`. */
function plainHeading(heading: string): string {
  return heading
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[([【].*?[)\]】]/g, "")
    .replace(/[\s_\-*:.#/\p{Cf}]+/gu, "");
}

const FIELD_OF = new Map(FIELDS.flatMap((field) => HEADINGS[field].map((heading) => [plainHeading(heading), field])));

/** Headings that mean a field at one supplier, beside those that everybody uses; as they stand in the supplier's sheet. */
export type OwnHeadings = { readonly [F in Field]?: string };

/** Finds columns by their headings. */
export interface HeaderReader {
  /** The columns of a row that is a header: it names the article and the quantity. Undefined for other rows. */
  read(row: SheetRow): Columns | undefined;
}

/**
 * Reads headers in English and Chinese. A supplier's own headings win over those that everybody uses. Columns that mean
 * nothing here (names, prices) are passed over.
 */
export function headerReader(own: OwnHeadings = {}): HeaderReader {
  const fieldOf = new Map(FIELD_OF);
  for (const field of FIELDS) {
    const heading = own[field];
    if (heading === undefined) continue;
    for (const [known, its] of fieldOf) if (its === field) fieldOf.delete(known);
    fieldOf.set(plainHeading(heading), field);
  }
  return { read: (row) => columnsOf(row, fieldOf) };
}

function columnsOf({ row, cells }: SheetRow, fieldOf: ReadonlyMap<string, Field>): Columns | undefined {
  const columns: { [F in Field]?: number } = {};
  const twice: string[] = [];
  cells.forEach(({ text }, index) => {
    const field = fieldOf.get(plainHeading(text));
    if (field === undefined) return;
    const before = columns[field];
    if (before === undefined) columns[field] = index;
    else twice.push(`row ${row}: ${columnName(before)} and ${columnName(index)}`);
  });
  if (columns.quantity === undefined || (columns.code === undefined && columns.sku === undefined)) return undefined;
  if (twice.length > 0) throw new UnreadableSheet("AMBIGUOUS_HEADER", twice.join(", "));
  return columns;
}
