import { Problem } from "@septet/service-kit";
import type { Language } from "@septet/stock-contracts";
import type { RowFault } from "../reporting.js";
import { ROW_FAULTS, type Said, SHEET_FAULTS, type UnreadableSheet } from "../sheets/faults.js";
import type { RowError } from "../sheets/report-row.js";
import { columnName } from "../sheets/sheet-row.js";
import type { StockSheet } from "../sheets/stock-sheet.js";

/** What can be wrong with a row that could be read, in the words of a sheet's answer. */
const APPLIED_FAULTS: Readonly<Record<string, Said>> = {
  UNKNOWN_SKU: { en: "is no SKU that the supplier has a code for", zh: "不是该供应商已对应的 SKU" },
  OTHER_SKU: { en: "is not the SKU that the code is mapped to", zh: "与该编码对应的 SKU 不一致" },
  DUPLICATE: { en: "stands in an earlier row, too", zh: "在前面的行中已出现" },
  BELOW_ZERO: { en: "takes away more than was reported", zh: "扣减数量超过已上报数量" },
  NO_BASE: { en: "changes a figure that no report has stated", zh: "尚无已上报的数量可供增减" },
  IMPLAUSIBLE: {
    en: "is far from what was reported before: send the sheet again as confirmed if it is so",
    zh: "与之前上报的数量相差过大，如确认无误请以确认方式重新上传",
  },
};
const NOT_APPLIED = {
  QUARANTINED: { en: "is not mapped to a SKU yet: it applies once it is", zh: "尚未对应 SKU，完成对应后自动生效" },
  STALE: { en: "is older than what is recorded", zh: "早于已记录的库存" },
} as const satisfies Readonly<Record<string, Said>>;

/** A row that was refused while the sheet was read, as every report tells of such rows. */
export function faultOf(error: RowError, language: Language): RowFault {
  const { row, column, fault, code, sku } = error;
  const told = { row, column, code: fault, reason: ROW_FAULTS[fault][language] };
  const article = code ?? sku;
  return article === null ? told : { ...told, article };
}

/** A fault of a line with the sheet's own column and the reader's language. */
export function inSheet(fault: RowFault, { columns }: StockSheet, language: Language): RowFault {
  const said = APPLIED_FAULTS[fault.code];
  // What was found while the sheet was read names its column and speaks the language already.
  if (said === undefined || !isField(fault.column)) return fault;
  const column = columns[fault.column];
  return { ...fault, column: column === undefined ? fault.column : columnName(column), reason: said[language] };
}

const isField = (column: string): column is "code" | "sku" | "quantity" | "kept" =>
  column === "code" || column === "sku" || column === "quantity" || column === "kept";

/** Why a row is not applied although nothing is wrong with it. */
export const notApplied = (why: keyof typeof NOT_APPLIED, language: Language): string => NOT_APPLIED[why][language];

/** A sheet that cannot be read as a whole. */
export function unreadable({ code, detail }: UnreadableSheet, language: Language): Problem {
  const said = SHEET_FAULTS[code][language];
  return new Problem({
    status: 422,
    type: "unreadable-sheet",
    title: language === "zh" ? "无法读取该表格" : "The sheet cannot be read",
    detail: detail === "" ? said : `${said} (${detail})`,
    extra: { code },
  });
}
