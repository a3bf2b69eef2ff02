import { type Database, decodeCursor, isoTime, page, pageFields, type Route, route } from "@septet/service-kit";
import { z } from "zod";
import { type InTransit, type InTransitCursor, listInTransit } from "../store/in-transit-list.js";
import { READERS } from "./carrying-out.js";
import { hours, sku, warehouse } from "./schemas.js";

const FILTER = z.strictObject({
  sku: sku.optional(),
  source: warehouse.optional(),
  destination: warehouse.optional(),
  olderThanHours: hours.optional(),
  overdue: z.stringbool().optional(),
  ...pageFields(),
});

/** What has left one warehouse and not arrived in the other. */
export function inTransitRoutes(db: Database): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/in-transit",
      roles: READERS,
      summary: "Goods under way by shipment and line, oldest first",
      description: "An arrival that named no shipment counts for the oldest. `destination` is where they were sent to.",
      query: FILTER,
      responses: { 200: "a page of goods under way" },
      handler: async ({ query: { cursor, limit, ...filter } }) => {
        const found = await listInTransit(db, filter, cursor === undefined ? null : afterOf(cursor), limit + 1);
        const { items, nextCursor } = page(found, limit, ({ shippedAt, transferId, shipmentId, lineId }) => {
          return [shippedAt, transferId, shipmentId, lineId];
        });
        return { status: 200, body: { items: items.map(view), nextCursor } };
      },
    }),
  ];
}

function afterOf(cursor: string): InTransitCursor {
  const [shippedAt, transferId, shipmentId, lineId] = decodeCursor(cursor, ["whole", "text", "text", "text"]);
  return {
    shippedAt: Number(shippedAt),
    transferId: String(transferId),
    shipmentId: String(shipmentId),
    lineId: String(lineId),
  };
}

const view = (one: InTransit) => ({ ...one, shippedAt: isoTime(one.shippedAt), expectedAt: isoTime(one.expectedAt) });
