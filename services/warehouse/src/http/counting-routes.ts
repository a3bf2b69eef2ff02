import {
  type Actor,
  type Answer,
  type Database,
  idempotencyClaim,
  type RequestContext,
  type Route,
  route,
} from "@septet/service-kit";
import { COUNT_CAUSES, type CountCause } from "@septet/stock-contracts";
import { z } from "zod";
import type { Desk } from "../desk.js";
import type {
  ApprovedLine,
  ApproveLines,
  CountedLine,
  CountLines,
  RecountLines,
  RecountRows,
} from "../domain/counting.js";
import type { Outcome } from "../domain/outcomes.js";
import { bulkUpload, checkedRow } from "./bulk-upload.js";
import { refusalAnswer } from "./problem-answer.js";
import { iso, lines, part, reason, sku } from "./schemas.js";
import { STOCKTAKE } from "./stocktake-routes.js";
import { lineView, stocktakeView } from "./stocktake-view.js";

const COUNTED = {
  sku,
  shelf: part,
  picked: part.default(0),
  unsellable: part.optional(),
  countedAt: iso.optional(),
};
const FITTING = {
  message: "is a part of shelf, so it cannot be more",
  path: ["unsellable"],
};
const fits = (told: { shelf: number; unsellable?: number | undefined }) => (told.unsellable ?? 0) <= told.shelf;
const CAUSES = Object.keys(COUNT_CAUSES) as [CountCause, ...CountCause[]];
const APPROVED = { sku, cause: z.enum(CAUSES).optional(), note: reason.optional() };
const each = <T extends z.ZodType<{ sku: string }>>(line: T) =>
  lines(line).refine((told) => new Set(told.map((one) => one.sku)).size === told.length, "names a SKU twice");

const COUNTS = z.strictObject({ lines: each(z.strictObject(COUNTED).refine(fits, FITTING)) });
const RECOUNTS = z.strictObject({ lines: each(z.strictObject({ sku })) });
const APPROVALS = z.strictObject({ lines: each(z.strictObject(APPROVED)) });
const COUNTED_ROW = z.object(COUNTED).refine(fits, FITTING);
const RECOUNTED_ROW = z.object({ sku });
const APPROVED_ROW = z.object(APPROVED);

const COUNT_COLUMNS = {
  names: Object.keys(COUNTED),
  required: ["sku", "shelf"],
  figures: ["shelf", "picked", "unsellable"],
};
const RECOUNT_COLUMNS = { names: ["sku"], required: ["sku"], figures: [] };
const APPROVAL_COLUMNS = { names: Object.keys(APPROVED), required: ["sku"], figures: [] };

const RESPONSES = {
  200: "the lines as they are now; or an upload: counts, and what is wrong with which row",
  404: "no such stocktake",
  409: "a line is not in the state for it",
  422: "no such line, a code that labels unsellable stock, a moment outside of the stocktake, a difference without a cause, or an upload that cannot be read",
};

/** Counting, doubting and approving the lines of a stocktake; as JSON all lines or none, as a sheet row by row. */
export function countingRoutes(db: Database, desk: Desk): Route[] {
  return [countRoute(db, desk), recountRoute(db, desk), approveRoute(db, desk)];
}

function countRoute(db: Database, desk: Desk): Route {
  return route({
    method: "POST",
    path: "/v1/stocktakes/{id}/counts",
    roles: ["warehouse", "operator"],
    summary: "Tells what lies on the shelves, and what is picked and has not left",
    description:
      "`shelf` counts unsellable pieces in; `unsellable` says how many of them they are, where they were counted by " +
      "themselves. A count that is told later than it was made says when: `countedAt`. text/csv (UTF-8, header " +
      "sku,shelf,[picked],[unsellable],[countedAt]) and application/x-ndjson are booked row by row.",
    params: STOCKTAKE,
    body: COUNTS,
    bulk: true,
    responses: RESPONSES,
    handler: (handed) => {
      const { id: stocktakeId } = handed.params;
      const actor = handed.actor.subject;
      if (handed.bulk !== undefined) {
        return bulkUpload<CountedLine & { row: number }>(db, {
          context: handed,
          columns: COUNT_COLUMNS,
          told: { stocktakeId },
          read: (row, fields) => {
            const read = checkedRow(COUNTED_ROW, row, fields);
            return "data" in read ? { row, ...countedLine(read.data) } : read;
          },
          book: (rows) => desk.bookRows({ type: "COUNT_ROWS", stocktakeId, actor, rows }),
        });
      }
      return change(desk, handed, {
        type: "COUNT_LINES",
        stocktakeId,
        actor,
        lines: handed.body.lines.map(countedLine),
      });
    },
  });
}

function recountRoute(db: Database, desk: Desk): Route {
  return route({
    method: "POST",
    path: "/v1/stocktakes/{id}/recount",
    roles: ["warehouse", "operator"],
    summary: "Has counted lines counted once more",
    description: "text/csv (UTF-8, header sku) and application/x-ndjson are taken row by row.",
    params: STOCKTAKE,
    body: RECOUNTS,
    bulk: true,
    responses: RESPONSES,
    handler: (handed) => {
      if (handed.bulk !== undefined) return recountSheet(db, desk, handed);
      const { lines } = handed.body;
      const actor = handed.actor.subject;
      return change(desk, handed, { type: "RECOUNT_LINES", stocktakeId: handed.params.id, actor, lines });
    },
  });
}

function recountSheet(
  db: Database,
  desk: Desk,
  handed: RequestContext<{ id: string }, unknown, unknown>,
): Promise<Answer> {
  const { id: stocktakeId } = handed.params;
  return bulkUpload<RecountRows["rows"][number]>(db, {
    context: handed,
    columns: RECOUNT_COLUMNS,
    told: { stocktakeId },
    read: (row, fields) => {
      const read = checkedRow(RECOUNTED_ROW, row, fields);
      return "data" in read ? { row, ...read.data } : read;
    },
    book: (rows) => desk.bookRows({ type: "RECOUNT_ROWS", stocktakeId, actor: handed.actor.subject, rows }),
  });
}

function approveRoute(db: Database, desk: Desk): Route {
  return route({
    method: "POST",
    path: "/v1/stocktakes/{id}/approve",
    roles: ["operator"],
    summary: "Makes the book say what was counted",
    description:
      "A difference needs its cause. A line whose count cannot be compared with the book any more is answered as " +
      "RECOUNT_NEEDED, with the reason; the others are approved. text/csv (UTF-8, header sku,[cause],[note]) and " +
      "application/x-ndjson are taken row by row.",
    params: STOCKTAKE,
    body: APPROVALS,
    bulk: true,
    responses: RESPONSES,
    handler: (handed) => {
      const { id: stocktakeId } = handed.params;
      const actor = handed.actor.subject;
      if (handed.bulk !== undefined) {
        return bulkUpload<ApprovedLine & { row: number }>(db, {
          context: handed,
          columns: APPROVAL_COLUMNS,
          told: { stocktakeId },
          read: (row, fields) => {
            const read = checkedRow(APPROVED_ROW, row, fields);
            return "data" in read ? { row, ...approvedLine(read.data) } : read;
          },
          book: (rows) => desk.bookRows({ type: "APPROVE_ROWS", stocktakeId, actor, rows }),
        });
      }
      return change(desk, handed, {
        type: "APPROVE_LINES",
        stocktakeId,
        actor,
        lines: handed.body.lines.map(approvedLine),
      });
    },
  });
}

const countedLine = ({ sku, shelf, picked, unsellable, countedAt }: z.output<typeof COUNTED_ROW>): CountedLine => ({
  sku,
  shelf,
  picked,
  unsellable: unsellable ?? null,
  countedAt: countedAt === undefined ? null : Date.parse(countedAt),
});

const approvedLine = ({ sku, cause, note }: z.output<typeof APPROVED_ROW>): ApprovedLine => ({
  sku,
  cause: cause ?? null,
  note: note ?? null,
});

function change(
  desk: Desk,
  handed: RequestContext<unknown, unknown, unknown>,
  command: CountLines | RecountLines | ApproveLines,
): Promise<Answer> {
  return desk.ask(command, idempotencyClaim(handed), (outcome) => changedAnswer(outcome, handed.actor));
}

function changedAnswer(outcome: Outcome, actor: Actor): Answer {
  if (outcome.outcome === "REFUSED") return refusalAnswer(outcome);
  if (outcome.outcome !== "LINES_CHANGED") throw new Error(`a stocktake cannot be answered with ${outcome.outcome}`);
  const { stocktake } = outcome;
  const lines = outcome.lines.map((line) => lineView(stocktake, line, actor));
  return { status: 200, body: { ...stocktakeView(stocktake), lines } };
}
