import { Readable } from "node:stream";
import {
  type Answer,
  askedLanguage,
  idempotencyClaim,
  problemAnswer,
  type RequestContext,
  type Route,
  route,
  type ServiceContext,
} from "@septet/service-kit";
import { DEFAULT_LANGUAGE, type Language } from "@septet/stock-contracts";
import { z } from "zod";
import type { ReportSource } from "../domain/report.js";
import { type ReportResult, type RowFault, type ToldReport, takeReport } from "../reporting.js";
import { annotatedCsv } from "../sheets/annotated-csv.js";
import { annotatedXlsx } from "../sheets/annotated-xlsx.js";
import { annotationOf } from "../sheets/annotation.js";
import { FIELDS, type OwnHeadings } from "../sheets/columns.js";
import { UnreadableSheet } from "../sheets/faults.js";
import { readStockSheet, rowsOf, type StockSheet } from "../sheets/stock-sheet.js";
import { answerWhenDone } from "./answer-when-done.js";
import { refusalAnswer } from "./problem-answer.js";
import { resultView } from "./report-routes.js";
import { instant, ownId, SUPPLIER } from "./schemas.js";
import { type SheetBody, sheetBody } from "./sheet-body.js";
import { faultOf, inSheet, notApplied, unreadable } from "./sheet-faults.js";

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const CSV = "text/csv";
const ROLES = ["operator", "supplier"] as const;

const yes = (otherwise: "true" | "false") =>
  z
    .enum(["true", "false"])
    .default(otherwise)
    .transform((value) => value === "true");
const heading = z.string().trim().min(1).max(100).optional();
const QUERY = z.strictObject({
  reportId: ownId.optional().describe("makes the report one for ever, under whichever keys it is told"),
  asOf: instant.optional().describe("when it was so; the time of arrival if not given"),
  full: yes("true").describe("names all that there is: what it leaves out is listed, or 0 by contract"),
  scheduled: yes("true").describe("sent at a fixed time of day"),
  confirmed: yes("false").describe("entered figures far from those before are right"),
  code: heading.describe("the supplier's heading of the column with its codes"),
  sku: heading.describe("… with our SKUs"),
  quantity: heading.describe("… with the quantities"),
  kept: heading.describe("… with the pieces kept for us"),
});

type Told = RequestContext<z.output<typeof SUPPLIER>, z.output<typeof QUERY>, unknown>;

/** Sheets: the third way in, which ends in the same path as the others. */
export function sheetRoutes({ db }: Pick<ServiceContext, "db">): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/suppliers/{supplierId}/sheets",
      roles: ROLES,
      summary: "Reports what a supplier holds by a sheet, CSV or XLSX",
      description:
        "The header may be English or Chinese, the encoding UTF-8 or GB18030. Good rows apply, bad ones are answered with " +
        "row, column and reason in the language asked for (`Accept-Language`). With `Accept: text/csv` or XLSX the answer is " +
        "the sheet itself with two columns more.",
      params: SUPPLIER,
      query: QUERY,
      bulk: [CSV, XLSX, "application/octet-stream"],
      responses: {
        200: "what became of the rows",
        400: "the sheet broke off",
        404: "no such supplier",
        409: "the reportId stands for another report",
        413: "more than 32 MiB",
        422: "the sheet cannot be read, with the reason, or is as of a time to come",
      },
      handler: async (context) => {
        const body = await sheetBody(context);
        const told = { ...context, bodyHash: body.hash };
        const language = askedLanguage(context.request) ?? DEFAULT_LANGUAGE;
        const answer = await answerWhenDone(db, told, () => takeSheet(db, told, body, language));
        const form = wantedForm(context.request.headers.accept);
        return answer.status === 200 && form !== "JSON" ? annotatedAnswer(answer, form, told, body, language) : answer;
      },
    }),
  ];
}

async function takeSheet(
  db: ServiceContext["db"],
  context: Told,
  { bytes }: SheetBody,
  language: Language,
): Promise<Answer> {
  const sheet = await readOrRefuse(bytes, context, language);
  if ("status" in sheet) return sheet;
  const result = await takeReport(db, toldOf(context, sheet, language));
  if (result.outcome === "REFUSED") return refusalAnswer(result);
  const faults = result.faults.map((fault) => inSheet(fault, sheet, language));
  return { status: 200, body: { ...resultView({ ...result, faults }), rows: sheet.rows, staleRows: result.staleRows } };
}

async function readOrRefuse(bytes: Buffer, { query }: Told, language: Language): Promise<StockSheet | Answer> {
  try {
    return await readStockSheet(bytes, headingsOf(query));
  } catch (error) {
    if (error instanceof UnreadableSheet) return problemAnswer(unreadable(error, language));
    throw error;
  }
}

function headingsOf(query: Told["query"]): OwnHeadings {
  return Object.fromEntries(
    FIELDS.flatMap((field) => (query[field] === undefined ? [] : [[field, query[field]] as const])),
  );
}

/** An operator speaks for the supplier: that is said with the report. */
function toldOf(context: Told, sheet: StockSheet, language: Language): ToldReport {
  const { params, query, actor } = context;
  const source: ReportSource = actor.roles.includes("operator") ? "OPERATOR" : "SHEET";
  return {
    supplierId: params.supplierId,
    reportId: query.reportId ?? `key-${idempotencyClaim(context).id.slice(0, 32)}`,
    kind: "SNAPSHOT",
    source,
    sequence: null,
    asOf: query.asOf ?? null,
    scheduled: query.scheduled,
    toldBy: actor.subject,
    full: query.full,
    doubted: source === "OPERATOR" && !query.confirmed,
    lines: sheet.lines,
    faults: sheet.errors.map((error) => faultOf(error, language)),
  };
}

/** What is asked for first: a sheet, or the answer that every report gets. */
function wantedForm(accept = ""): "JSON" | "CSV" | "XLSX" {
  const first = accept.split(",")[0]!.split(";")[0]!.trim().toLowerCase();
  return first === CSV ? "CSV" : first === XLSX ? "XLSX" : "JSON";
}

/** The sheet that answers, made anew from what was sent and what was answered: the same whenever it is asked for. */
async function annotatedAnswer(
  answer: Answer,
  form: "CSV" | "XLSX",
  { query }: Told,
  { bytes }: SheetBody,
  language: Language,
): Promise<Answer> {
  const sheet = await readStockSheet(bytes, headingsOf(query));
  const { errors, quarantined, staleRows } = answer.body as Pick<ReportResult, "quarantined" | "staleRows"> & {
    readonly errors: readonly RowFault[];
  };
  const seen = new Set(sheet.errors.map(({ row }) => row));
  const later = [
    ...errors.filter(({ row }) => !seen.has(row)).map(({ row, column, reason }: RowFault) => ({ row, column, reason })),
    ...quarantined.map(({ row }) => ({ row, column: null, reason: notApplied("QUARANTINED", language) })),
    ...staleRows.map((row) => ({ row, column: null, reason: notApplied("STALE", language) })),
  ];
  const annotation = annotationOf(sheet, language, later);
  const rows = rowsOf(bytes, sheet.form);
  const body = form === "CSV" ? Readable.from(annotatedCsv(rows, annotation)) : annotatedXlsx(rows, annotation);
  const file = form === "CSV" ? "answer.csv" : "answer.xlsx";
  const type = form === "CSV" ? `${CSV}; charset=utf-8` : XLSX;
  return {
    status: 200,
    body,
    headers: { "content-type": type, "content-disposition": `attachment; filename=${file}` },
  };
}
