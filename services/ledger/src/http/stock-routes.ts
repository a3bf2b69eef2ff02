import type { Database } from "@septet/service-kit";
import { decodeCursor, notFound, page, type Route, route } from "@septet/service-kit";
import { z } from "zod";
import { type RecordedMovement, readMovements } from "../store/movement-history.js";
import { isListed, readSkus, readStock } from "../store/stock.js";
import { BALANCE_BODY, STOCK_BODY, shownAt, stockBody } from "./stock-body.js";

/** NUL cannot be stored, so nothing is called so. */
const isStorable = (text: string) => !text.includes("\0");
const SKU = z.object({ sku: z.string().trim().min(1).max(64).refine(isStorable, "holds a NUL") });
/** A question that we do not understand is refused, not answered with something else. */
const NOTHING = z.strictObject({});
const PAGE = z.strictObject({
  cursor: z.string().max(400).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
const HISTORY = PAGE.extend({ order: z.enum(["asc", "desc"]).default("desc") });

const MOVEMENT_BODY = z.object({
  ledgerSeq: z.number().int(),
  movementId: z.string(),
  kind: z.string(),
  sequence: z.number().int(),
  recordedBy: z.string(),
  reference: z.object({ type: z.string(), id: z.string(), line: z.string().nullable() }),
  reverses: z.string().nullable(),
  reason: z.string().nullable(),
  actor: z.string().nullable(),
  occurredAt: z.iso.datetime(),
  recordedAt: z.iso.datetime(),
  legs: z.array(z.object({ location: z.string(), bucket: z.string(), delta: z.number().int() })),
  balances: z.array(z.object({ location: z.string(), kind: z.string(), ...BALANCE_BODY })),
});

function movementBody({ sku: _, after, occurredAt, recordedAt, ...movement }: RecordedMovement) {
  return {
    ...movement,
    occurredAt: occurredAt.toISOString(),
    recordedAt: recordedAt.toISOString(),
    balances: after.map(shownAt),
  };
}

/** What the books show of SKUs. Numbers are for those who keep the stock; nobody who buys or supplies gets one. */
export function stockRoutes(db: Database): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/stock",
      roles: ["operator", "sre", "warehouse"],
      summary: "Stock of all SKUs, bytewise by SKU, with the catalogue's name",
      query: PAGE,
      responses: {
        200: {
          description: "a page",
          body: z.object({
            items: z.array(STOCK_BODY.extend({ name: z.string().nullable() })),
            nextCursor: z.string().nullable(),
          }),
        },
      },
      async handler({ query: { cursor, limit } }) {
        const after = cursor === undefined ? "" : String(decodeCursor(cursor)[0]);
        const body = await db.snapshot(async (session) => {
          const skus = page(await readSkus(session, after, limit + 1), limit, ({ sku }) => [sku]);
          const stock = await readStock(
            session,
            skus.items.map(({ sku }) => sku),
          );
          return {
            items: skus.items.map(({ sku, name }) => ({ ...stockBody(sku, stock.get(sku)!), name })),
            nextCursor: skus.nextCursor,
          };
        });
        return { status: 200, body };
      },
    }),
    route({
      method: "GET",
      path: "/v1/stock/{sku}",
      roles: ["operator", "sre", "warehouse"],
      summary: "Stock of one SKU: the network and every location",
      params: SKU,
      query: NOTHING,
      responses: {
        200: { description: "the seven buckets and the total", body: STOCK_BODY },
        404: "nobody knows the SKU",
      },
      async handler({ params: { sku } }) {
        const stock = (await readStock(db, [sku])).get(sku)!;
        if (stock.length === 0 && !(await isListed(db, sku))) throw notFound(`SKU ${sku}`);
        return { status: 200, body: stockBody(sku, stock) };
      },
    }),
    route({
      method: "GET",
      path: "/v1/stock/{sku}/movements",
      roles: ["operator", "sre"],
      summary: "Movements of a SKU with the balances after each, newest first unless order=asc",
      params: SKU,
      query: HISTORY,
      responses: {
        200: {
          description: "a page, in the order in which the ledger folded them",
          body: z.object({ items: z.array(MOVEMENT_BODY), nextCursor: z.string().nullable() }),
        },
      },
      async handler({ params: { sku }, query: { cursor, limit, order } }) {
        const beyond = cursor === undefined ? null : Number(decodeCursor(cursor, ["whole"])[0]);
        const rows = await readMovements(db, { sku, order, beyond, limit: limit + 1 });
        const { items, nextCursor } = page(rows, limit, ({ ledgerSeq }) => [ledgerSeq]);
        return { status: 200, body: { items: items.map(movementBody), nextCursor } };
      },
    }),
  ];
}
