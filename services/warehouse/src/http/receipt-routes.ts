import { type Database, idempotencyClaim, type Route, route } from "@septet/service-kit";
import { z } from "zod";
import type { Desk } from "../desk.js";
import { bookReceipt, RECEIPT, referenceOf } from "./document-routes.js";
import { id, location } from "./schemas.js";
import { uploadReceipts } from "./upload.js";

const DEFAULTS = z.strictObject({ location: location.optional(), reference: id.optional() });

/** Receipts: a document as JSON, or thousands of lines as a stream. */
export function receiptRoutes(db: Database, desk: Desk): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/receipts",
      roles: ["warehouse", "operator"],
      summary: "Books goods that arrived",
      description:
        "JSON books all lines or none. text/csv (header sku,quantity[,unsellableQuantity][,location][,reference]) and " +
        "application/x-ndjson are taken as a stream: good rows are booked, bad ones named; the same key again goes on " +
        "where it stopped. The query gives location and reference to rows that have none.",
      query: DEFAULTS,
      body: RECEIPT,
      bulk: true,
      responses: {
        200: "booked before with the same content; or an upload: counts, and what is wrong with which row",
        201: "booked",
        409: "the reference stands for something else",
        422: "no such warehouse, or an upload that cannot be read",
      },
      handler: (context) => {
        if (context.bulk === undefined) return bookReceipt(desk, context);
        const claim = idempotencyClaim(context);
        return uploadReceipts(db, desk, {
          stream: context.bulk.stream,
          contentType: context.bulk.contentType,
          claim,
          actor: context.actor.subject,
          location: context.query.location ?? null,
          reference: context.query.reference ?? referenceOf(claim),
        });
      },
    }),
  ];
}
