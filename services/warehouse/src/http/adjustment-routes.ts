import {
  type Answer,
  type Database,
  idempotencyClaim,
  type RequestContext,
  type Route,
  route,
} from "@septet/service-kit";
import { LIMITS } from "@septet/stock-contracts";
import { z } from "zod";
import type { Desk } from "../desk.js";
import type { Adjust, AdjustmentHead, AdjustmentLine, AdjustRows } from "../domain/adjusting.js";
import type { Outcome } from "../domain/outcomes.js";
import { bulkUpload, checkedRow } from "./bulk-upload.js";
import { referenceOf } from "./document-lines.js";
import { refusalAnswer } from "./problem-answer.js";
import { id, lines, location, part, reason, sku } from "./schemas.js";
import type { RowError } from "./upload-rows.js";

const BUCKETS = ["sellable", "unsellable"] as const;
const LINE = {
  sku,
  delta: z
    .int("takes whole pieces")
    .min(-LIMITS.MAX_QUANTITY_PIECES)
    .max(LIMITS.MAX_QUANTITY_PIECES)
    .refine((delta) => delta !== 0, "changes nothing")
    .optional(),
  expected: z.int("takes whole pieces").optional(),
  quantity: part.optional(),
};
type ToldLine = {
  sku: string;
  delta?: number | undefined;
  expected?: number | undefined;
  quantity?: number | undefined;
};
const isOneOrOther = ({ delta, expected, quantity }: ToldLine): boolean =>
  delta === undefined
    ? expected !== undefined && quantity !== undefined
    : expected === undefined && quantity === undefined;
const ADVICE = { message: "tell delta, or expected and quantity", path: ["delta"] };

const BODY = z.strictObject({
  location,
  reference: id.optional(),
  reason,
  bucket: z.enum(BUCKETS).default("sellable"),
  lines: lines(z.strictObject(LINE).refine(isOneOrOther, ADVICE)).refine(
    (told) => new Set(told.map((line) => line.sku)).size === told.length,
    "names a SKU twice",
  ),
});
const PLACE = {
  location: location.optional(),
  reference: id.optional(),
  reason: reason.optional(),
  bucket: z.enum(BUCKETS).optional(),
};
const ROW = z.object({ ...LINE, ...PLACE }).refine(isOneOrOther, ADVICE);
const COLUMNS = {
  names: [...Object.keys(LINE), ...Object.keys(PLACE)],
  required: ["sku"],
  figures: ["delta", "expected", "quantity"],
};

/** Corrections of the book: a delta, or from an expected quantity to another, never a quantity alone. */
export function adjustmentRoutes(db: Database, desk: Desk): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/adjustments",
      roles: ["warehouse", "operator"],
      summary: "Corrects the book by a delta, or from an expected quantity to another",
      description:
        "`expected` and `quantity` speak of all that lies there (bucket sellable) or of the unsellable part. Stale " +
        "expectations are refused with the `current` quantities. JSON books all lines or none; text/csv (UTF-8, header " +
        "sku,[delta],[expected],[quantity],[location],[reference],[reason],[bucket]) and application/x-ndjson row by row.",
      query: z.strictObject(PLACE),
      body: BODY,
      bulk: true,
      responses: {
        200: "booked before with the same content; or an upload: counts, and what is wrong with which row",
        201: "booked",
        409: "the expected quantity is stale, not that many pieces are there, or the reference stands for something else",
        422: "no such warehouse, or an upload that cannot be read",
      },
      handler: (handed) => (handed.bulk === undefined ? adjustTold(desk, handed) : adjustSheet(db, desk, handed)),
    }),
  ];
}

function adjustTold(desk: Desk, handed: RequestContext<unknown, unknown, z.output<typeof BODY>>): Promise<Answer> {
  const claim = idempotencyClaim(handed);
  const { location, reference = referenceOf(claim), reason, bucket } = handed.body;
  const head = { location, reference, bucket, reason, actor: handed.actor.subject };
  const told = handed.body.lines.map((line, index) => adjustmentLine(String(index + 1), line));
  const command: Adjust = { type: "ADJUST", head, lines: told };
  return desk.ask(command, claim, (outcome) => adjustedAnswer(head, outcome));
}

type AdjustmentRow = AdjustRows["rows"][number];

function adjustSheet(
  db: Database,
  desk: Desk,
  handed: RequestContext<unknown, z.output<z.ZodObject<typeof PLACE>>, unknown>,
): Promise<Answer> {
  const told = {
    location: handed.query.location ?? null,
    reference: handed.query.reference ?? referenceOf(idempotencyClaim(handed)),
    bucket: handed.query.bucket ?? "sellable",
    reason: handed.query.reason ?? null,
  };
  return bulkUpload<AdjustmentRow>(db, {
    context: handed,
    columns: COLUMNS,
    told,
    read: (row, fields): AdjustmentRow | RowError => {
      const read = checkedRow(ROW, row, fields);
      if (!("data" in read)) return read;
      const { location = told.location, reference = told.reference, bucket = told.bucket } = read.data;
      const { reason = told.reason } = read.data;
      if (location === null) return { row, field: "location", reason: "is missing, in the row and in the query" };
      if (reason === null) return { row, field: "reason", reason: "is missing, in the row and in the query" };
      const head: AdjustmentHead = { location, reference, bucket, reason, actor: handed.actor.subject };
      return { row, head, line: adjustmentLine(String(row), read.data) };
    },
    book: (rows) => desk.bookRows({ type: "ADJUST_ROWS", rows }),
  });
}

/** The schema has made sure that it is one or the other. */
function adjustmentLine(line: string, { sku, delta, expected, quantity }: ToldLine): AdjustmentLine {
  if (delta !== undefined) return { line, sku, delta, expected: null, quantity: null };
  return { line, sku, delta: null, expected: expected!, quantity: quantity! };
}

function adjustedAnswer({ location, reference, bucket, reason }: AdjustmentHead, outcome: Outcome): Answer {
  if (outcome.outcome === "REFUSED") return refusalAnswer(outcome);
  if (outcome.outcome !== "ADJUSTED") throw new Error(`an adjustment cannot be answered with ${outcome.outcome}`);
  const booked = outcome.lines.map(({ sku, change }) => ({ sku, change }));
  return { status: outcome.again ? 200 : 201, body: { location, reference, bucket, reason, lines: booked } };
}
