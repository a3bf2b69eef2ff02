import { LIMITS } from "@septet/stock-contracts";
import { SHEET_LIMITS } from "./limits.js";

/** A reason in the two languages of the product. */
export interface Said {
  readonly en: string;
  readonly zh: string;
}

const said = (en: string, zh: string): Said => ({ en, zh });
const MIB = 1_048_576;

/** Why a sheet cannot be read at all, each with what to do. Nothing of such a sheet is applied. */
export const SHEET_FAULTS = {
  TOO_LARGE: said(
    `has more than ${SHEET_LIMITS.MAX_SHEET_BYTES / MIB} MiB: send it in parts`,
    `超过 ${SHEET_LIMITS.MAX_SHEET_BYTES / MIB} MiB，请拆分后上传`,
  ),
  EMPTY: said("is empty", "文件为空"),
  OLD_EXCEL: said(
    "is an old or protected Excel file: save it as .xlsx without a password",
    "是旧版或加密的 Excel 文件，请另存为不加密的 .xlsx",
  ),
  NOT_TEXT: said("is neither CSV nor XLSX", "既不是 CSV 也不是 XLSX 文件"),
  WRONG_ENCODING: said(
    "is neither UTF-8 nor GB18030: save it as CSV UTF-8",
    "编码既不是 UTF-8 也不是 GB18030，请另存为 CSV UTF-8",
  ),
  QUOTE_NOT_CLOSED: said(
    "has a quote that is never closed: the rows after it cannot be told apart",
    "有未闭合的引号，其后的行无法识别",
  ),
  ROW_TOO_LONG: said("has a row that is too long", "有过长的行"),
  TOO_MANY_ROWS: said("has more than 50,000 rows: send it in parts", "超过 50，000 行，请拆分后上传"),
  TOO_MANY_COLUMNS: said(`has more than ${SHEET_LIMITS.MAX_COLUMNS} columns`, `超过 ${SHEET_LIMITS.MAX_COLUMNS} 列`),
  NO_HEADER: said(
    "has no header: one row must name the article (code or sku) and its quantity",
    "没有表头：需要一行列名，包含编码(或 SKU)和库存数量",
  ),
  AMBIGUOUS_HEADER: said("names the same thing in two columns: keep one of them", "有两列含义相同，请只保留一列"),
  DAMAGED_XLSX: said(
    "is a damaged or incomplete XLSX: save it again and send it whole",
    "XLSX 文件已损坏或不完整，请重新保存后上传",
  ),
  XLSX_TOO_LARGE: said("is an XLSX that unpacks to far more than a sheet holds", "XLSX 解压后过大"),
} as const satisfies { readonly [code: string]: Said };
export type SheetFault = keyof typeof SHEET_FAULTS;

/** A sheet that cannot be read. Never a bug of ours: whoever sent it is told. */
export class UnreadableSheet extends Error {
  readonly code: SheetFault;
  /** What in particular; empty where the fault says it all. */
  readonly detail: string;

  constructor(code: SheetFault, detail = "") {
    super(`the sheet ${SHEET_FAULTS[code].en}${detail === "" ? "" : ` (${detail})`}`);
    this.name = "UnreadableSheet";
    this.code = code;
    this.detail = detail;
  }
}

/** Why a row was refused. */
export const ROW_FAULTS = {
  ARTICLE_MISSING: said("names no article", "缺少商品编码"),
  ARTICLE_TOO_LONG: said(`has more than ${LIMITS.MAX_ID_CHARS} characters`, `超过 ${LIMITS.MAX_ID_CHARS} 个字符`),
  ARTICLE_UNREADABLE: said("holds characters that cannot be stored", "包含无法保存的字符"),
  ARTICLE_TWICE: said("stands in several rows: which one holds cannot be told", "在多行中重复出现，无法判断以哪行为准"),
  QUANTITY_MISSING: said("is missing: write 0 for nothing", "缺少数量，没有库存请填 0"),
  NOT_A_NUMBER: said("is not a number", "不是数字"),
  IS_A_DATE: said("is a date: format the column as a number", "是日期，请将该列设为数字格式"),
  NOT_WHOLE: said("is not a whole number", "不是整数"),
  BELOW_ZERO: said("is below 0", "小于 0"),
  TOO_MANY: said(`is more than ${LIMITS.MAX_QUANTITY_PIECES}`, `超过 ${LIMITS.MAX_QUANTITY_PIECES}`),
} as const satisfies { readonly [code: string]: Said };
export type RowFault = keyof typeof ROW_FAULTS;
