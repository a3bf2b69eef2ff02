import { type Database, decodeCursor, notFound, page, pageFields, type Route, route } from "@septet/service-kit";
import { z } from "zod";
import {
  type AdjustedLine,
  type BookedLine,
  type DocumentView,
  listDocuments,
  loadAdjustedLines,
  loadBookedLines,
  loadDocument,
  type ShownKind,
} from "../store/document-list.js";
import { fulfilmentId as derivedId, location } from "./schemas.js";

const READERS = ["warehouse", "operator", "sre"] as const;
const FILTER = z.strictObject({ location: location.optional(), reference: derivedId.optional(), ...pageFields() });
const PARAMS = z.object({ location, reference: derivedId });

type Line = BookedLine | AdjustedLine;

/** Lines in the words in which they are told. */
const LINE_VIEWS: { readonly [K in Exclude<ShownKind, "ADJUSTMENT">]: (line: BookedLine) => object } = {
  RECEIPT: ({ missing, lineId, orderId, unsellable: unsellableQuantity, reversed, ...line }) => {
    return { ...line, unsellableQuantity, reversed };
  },
  RETURN: ({ quantity, inbound, claim, ...line }) => {
    return { ...line, sellable: quantity - line.unsellable - line.missing };
  },
  DAMAGE: ({ line, sku, code, quantity, area }) => ({ line, sku, code, quantity, area }),
  RESTORATION: ({ line, sku, code, quantity }) => ({ line, sku, code, quantity }),
  DISPOSAL: ({ line, sku, code, quantity, claim, reversed }) => ({ line, sku, code, quantity, claim, reversed }),
};

/** Finding documents, and looking at what they booked. */
export function documentListRoutes(db: Database): Route[] {
  return [
    ...pairOf(db, "/v1/receipts", "RECEIPT", "receipt"),
    ...pairOf(db, "/v1/returns", "RETURN", "return"),
    ...pairOf(db, "/v1/damages", "DAMAGE", "damage"),
    ...pairOf(db, "/v1/restorations", "RESTORATION", "restoration"),
    ...pairOf(db, "/v1/disposals", "DISPOSAL", "disposal"),
    ...pairOf(db, "/v1/adjustments", "ADJUSTMENT", "adjustment"),
  ];
}

function pairOf(db: Database, path: string, kind: ShownKind, name: string): Route[] {
  return [
    route({
      method: "GET",
      path,
      roles: READERS,
      summary: `Documents of the kind ${name}, oldest first`,
      query: FILTER,
      responses: { 200: "a page of documents without their lines" },
      handler: async ({ query: { cursor, limit, ...filter } }) => {
        const after = cursor === undefined ? [0, ""] : decodeCursor(cursor, ["whole", "text"]);
        const rows = await listDocuments(db, kind, filter, after as [number, string], limit + 1);
        const { items, nextCursor } = page(rows, limit, (last) => [last.bookedAt, last.documentId]);
        return { status: 200, body: { items: items.map((one) => headView(kind, one)), nextCursor } };
      },
    }),
    route({
      method: "GET",
      path: `${path}/{location}/{reference}`,
      roles: READERS,
      summary: `One ${name} with what its lines booked, and what of them was taken back`,
      params: PARAMS,
      query: z.strictObject(pageFields()),
      responses: { 200: "it, with a page of its lines by the bytes of their names", 404: `no such ${name}` },
      handler: async ({ params: { location, reference }, query: { cursor, limit } }) => {
        const documentId = `${kind}/${location}/${reference}`;
        const head = await loadDocument(db, documentId);
        if (head === undefined) throw notFound(`the ${name}`);
        const after = cursor === undefined ? "" : String(decodeCursor(cursor)[0]);
        const rows = await linesOf(db, kind, documentId, after, limit + 1);
        const { items, nextCursor } = page(rows, limit, (last) => [last.line]);
        return {
          status: 200,
          body: { ...headView(kind, head), items: items.map((line) => lineView(kind, line)), nextCursor },
        };
      },
    }),
  ];
}

const linesOf = (db: Database, kind: ShownKind, documentId: string, after: string, limit: number): Promise<Line[]> =>
  kind === "ADJUSTMENT"
    ? loadAdjustedLines(db, documentId, after, limit)
    : loadBookedLines(db, documentId, after, limit);

const lineView = (kind: ShownKind, line: Line): object =>
  kind === "ADJUSTMENT" ? line : LINE_VIEWS[kind](line as BookedLine);

function headView(kind: ShownKind, { documentId, orderId, bookedAt, ...head }: DocumentView) {
  const order = kind === "RETURN" ? { orderId } : {};
  return { ...head, ...order, bookedAt: new Date(bookedAt).toISOString() };
}
