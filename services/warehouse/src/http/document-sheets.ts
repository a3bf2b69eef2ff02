import type { Answer, Database, RequestContext } from "@septet/service-kit";
import { idempotencyClaim } from "@septet/service-kit";
import { z } from "zod";
import type { Desk } from "../desk.js";
import type { DocumentRow } from "../domain/commands.js";
import type { DocumentKind, DocumentLine } from "../domain/stock-document.js";
import { bulkUpload, checkedRow } from "./bulk-upload.js";
import { judgedPieces, labelsOf, receivedPieces, referenceOf } from "./document-lines.js";
import { area, id, lineId, location, part, quantity, reason, sku } from "./schemas.js";
import type { RowError, UploadColumns } from "./upload-rows.js";

/** What the query of an upload of these kinds gives to rows that have none of their own. */
const PLACE_DEFAULTS = { location: location.optional(), reference: id.optional() };
const DEFAULTS = z.strictObject(PLACE_DEFAULTS);
const RECEIPT_DEFAULTS = z.strictObject({ ...PLACE_DEFAULTS, inbound: id.optional() });
export const sheetDefaults = (kind: DocumentKind): z.ZodType<z.output<typeof RECEIPT_DEFAULTS>> =>
  kind === "RECEIPT" ? RECEIPT_DEFAULTS : DEFAULTS;

const PLACE = { location: location.optional(), reference: id.optional(), reason: reason.optional() };
const PLACES = Object.keys(PLACE);

type ReadRow = (
  row: number,
  fields: { readonly [column: string]: unknown },
) => { readonly data: z.output<z.ZodObject<typeof PLACE>>; readonly line: Omit<DocumentLine, "line"> } | RowError;

interface Sheet {
  readonly columns: UploadColumns;
  readonly read: ReadRow;
}

const RECEIVED = receivedPieces(
  z.object({
    ...PLACE,
    sku,
    quantity,
    unsellableQuantity: part.default(0),
    area: area.optional(),
    inbound: id.optional(),
    claim: id.optional(),
  }),
);
const JUDGED = judgedPieces(
  z.object({
    ...PLACE,
    sku,
    sellable: part.default(0),
    unsellable: part.default(0),
    missing: part.default(0),
    lineId: lineId.optional(),
    orderId: id.optional(),
    area: area.optional(),
  }),
);
const CONDITION = z.object({ ...PLACE, sku, quantity });
const DISPOSED = z.object({ ...PLACE, sku, quantity, claim: id.optional() });
const DAMAGED = z.object({ ...PLACE, sku, quantity, area: area.optional() });
const NOTHING_ELSE = { unsellable: 0, missing: 0, lineId: null, orderId: null };

const RECEIPTS: Sheet = {
  columns: columns(["sku", "quantity"], ["quantity", "unsellableQuantity"], ["area", "inbound", "claim"]),
  read: (row, fields) => {
    const read = checkedRow(RECEIVED, row, fields);
    if (!("data" in read)) return read;
    const { sku, quantity, unsellableQuantity: unsellable } = read.data;
    return { data: read.data, line: { ...NOTHING_ELSE, sku, quantity, unsellable, ...labelsOf(read.data) } };
  },
};
const RETURNS: Sheet = {
  columns: columns(["sku"], ["sellable", "unsellable", "missing"], ["lineId", "orderId", "area"]),
  read: (row, fields) => {
    const read = checkedRow(JUDGED, row, fields);
    if (!("data" in read)) return read;
    const { sku, sellable, unsellable, missing, lineId, orderId } = read.data;
    const quantity = sellable + unsellable + missing;
    const order = { lineId: lineId ?? null, orderId: orderId ?? null };
    return { data: read.data, line: { sku, quantity, unsellable, missing, ...order, ...labelsOf(read.data) } };
  },
};
const CONDITIONS: Sheet = {
  columns: columns(["sku", "quantity"], ["quantity"], []),
  read: (row, fields) => {
    const read = checkedRow(CONDITION, row, fields);
    if (!("data" in read)) return read;
    const { sku, quantity } = read.data;
    return { data: read.data, line: { ...NOTHING_ELSE, sku, quantity } };
  },
};

const DAMAGES: Sheet = {
  columns: columns(["sku", "quantity"], ["quantity"], ["area"]),
  read: (row, fields) => {
    const read = checkedRow(DAMAGED, row, fields);
    if (!("data" in read)) return read;
    const { sku, quantity } = read.data;
    return { data: read.data, line: { ...NOTHING_ELSE, sku, quantity, ...labelsOf(read.data) } };
  },
};

const DISPOSALS: Sheet = {
  columns: columns(["sku", "quantity"], ["quantity"], ["claim"]),
  read: (row, fields) => {
    const read = checkedRow(DISPOSED, row, fields);
    if (!("data" in read)) return read;
    const { sku, quantity } = read.data;
    return { data: read.data, line: { ...NOTHING_ELSE, sku, quantity, ...labelsOf(read.data) } };
  },
};

const SHEETS: { readonly [K in DocumentKind]: Sheet } = {
  RECEIPT: RECEIPTS,
  RETURN: RETURNS,
  DAMAGE: DAMAGES,
  RESTORATION: CONDITIONS,
  DISPOSAL: DISPOSALS,
};

/** The header of a kind's CSV, for people: columns that may be left out stand in brackets. */
export function headerOf(kind: DocumentKind): string {
  const { names, required } = SHEETS[kind].columns;
  return names.map((name) => (required.includes(name) ? name : `[${name}]`)).join(",");
}

/** Books the rows of a sheet; each is the line of its number in the document that its reference names. */
export function uploadDocuments(
  db: Database,
  desk: Desk,
  kind: DocumentKind,
  context: RequestContext<unknown, z.output<typeof RECEIPT_DEFAULTS>, unknown>,
): Promise<Answer> {
  const { inbound } = context.query;
  const told = {
    ...(inbound === undefined ? {} : { inbound }),
    location: context.query.location ?? null,
    reference: context.query.reference ?? referenceOf(idempotencyClaim(context)),
  };
  const { columns, read } = SHEETS[kind];
  return bulkUpload<DocumentRow>(db, {
    context,
    columns,
    told,
    read: (row, fields) => {
      const checked = read(row, inbound === undefined ? fields : { inbound, ...fields });
      if (!("line" in checked)) return checked;
      const { location = told.location, reference = told.reference, reason = null } = checked.data;
      if (location === null) return { row, field: "location", reason: "is missing, in the row and in the query" };
      const head = { kind, location, reference, orderId: null, reason, actor: context.actor.subject };
      return { row, head, line: { ...checked.line, line: String(row) } };
    },
    book: (rows) => desk.bookRows({ type: "BOOK_ROWS", rows }),
  });
}

function columns(required: readonly string[], figures: readonly string[], others: readonly string[]): UploadColumns {
  return { names: [...new Set([...required, ...figures, ...others, ...PLACES])], required, figures };
}
