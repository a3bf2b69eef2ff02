import { decodeCursor, notFound, page, pageFields, type Route, route, type ServiceContext } from "@septet/service-kit";
import { TRANSFER_LINE_STATES, type TransferLineState } from "@septet/stock-contracts";
import { z } from "zod";
import type { Clerk } from "../clerk.js";
import { listArrivals } from "../store/arrival-rows.js";
import { loadShipments } from "../store/shipment-rows.js";
import { listTransfers } from "../store/transfer-list.js";
import { loadHeads, loadLines } from "../store/transfer-rows.js";
import { READERS, step, WRITERS } from "./carrying-out.js";
import {
  hours,
  instant,
  knownId,
  lines,
  MAX_LINES_BODY_BYTES,
  ownId,
  quantity,
  reason,
  sku,
  warehouse,
} from "./schemas.js";
import { arrivalView, lineView, shipmentView, transferView } from "./transfer-view.js";

const STATES = Object.keys(TRANSFER_LINE_STATES) as [TransferLineState, ...TransferLineState[]];
const CREATE = z
  .strictObject({
    transferId: ownId.optional(),
    source: warehouse,
    destination: warehouse,
    lines: lines(z.strictObject({ lineId: ownId.optional(), sku, quantity })),
    expectedAt: instant.nullish(),
    allowPartial: z.boolean().default(true),
    draft: z.boolean().default(false),
    reason: reason.optional(),
  })
  .refine((body) => body.source !== body.destination, {
    message: "is the source: name the warehouse that the goods go to",
    path: ["destination"],
  })
  .superRefine(({ lines: told }, context) => {
    const seen = new Set<string>();
    told.forEach(({ lineId }, index) => {
      const id = lineId ?? String(index + 1);
      if (seen.has(id)) {
        const message = `another line is called ${id}: call each otherwise`;
        context.addIssue({ code: "custom", path: ["lines", index, "lineId"], message });
      }
      seen.add(id);
    });
  });
const FILTER = z.strictObject({
  state: z.enum(STATES).optional(),
  sku: sku.optional(),
  location: warehouse.optional(),
  source: warehouse.optional(),
  destination: warehouse.optional(),
  olderThanHours: hours.optional(),
  ...pageFields(),
});
const ID = z.object({ id: knownId });

/** Writing transfers down and finding them. */
export function transferRoutes(context: Pick<ServiceContext, "db" | "newId">, clerk: Clerk): Route[] {
  return [createRoute(context, clerk), ...readRoutes(context)];
}

function createRoute({ newId }: Pick<ServiceContext, "newId">, clerk: Clerk): Route {
  return route({
    method: "POST",
    path: "/v1/transfers",
    roles: WRITERS,
    summary: "Asks for goods of one warehouse to be brought to another",
    description:
      "The source is asked to promise the pieces, and answers line by line: see the state. Without allowPartial a line is " +
      "promised wholly or not at all. A draft is written down only. A line without a lineId is called by its number, " +
      "from 1. A transferId makes the transfer one for ever, under whichever keys it is told.",
    body: CREATE,
    maxBodyBytes: MAX_LINES_BODY_BYTES,
    responses: {
      200: "it was created before, with the same content",
      201: "created",
      409: "the transferId stands for another transfer",
    },
    handler: (context) => {
      const { lines: told, transferId, expectedAt, reason: why, ...rest } = context.body;
      return step(clerk, context, {
        type: "CREATE_TRANSFER",
        ...rest,
        transferId: transferId ?? newId(),
        content: context.bodyHash,
        expectedAt: expectedAt ?? null,
        reason: why ?? null,
        actor: context.actor.subject,
        lines: told.map((line, index) => ({ ...line, lineId: line.lineId ?? String(index + 1) })),
      });
    },
  });
}

function readRoutes({ db }: Pick<ServiceContext, "db">): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/transfers",
      roles: READERS,
      summary: "Transfers without their lines, oldest first",
      description: "`location` is either end of the way.",
      query: FILTER,
      responses: { 200: "a page of transfers" },
      handler: async ({ query: { cursor, limit, ...filter } }) => {
        const [createdAt, transferId] = cursor === undefined ? [] : decodeCursor(cursor, ["whole", "text"]);
        const after = cursor === undefined ? null : { createdAt: Number(createdAt), transferId: String(transferId) };
        const found = await listTransfers(db, filter, after, limit + 1);
        const { items, nextCursor } = page(found, limit, (last) => [last.createdAt, last.transferId]);
        return { status: 200, body: { items: items.map(transferView), nextCursor } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/transfers/{id}",
      roles: READERS,
      summary: "One transfer with its lines, shipments and arrivals",
      params: ID,
      responses: { 200: "the transfer", 404: "no such transfer" },
      handler: ({ params: { id } }) =>
        db.snapshot(async (session) => {
          const transfer = (await loadHeads(session, [id])).get(id);
          if (transfer === undefined) throw notFound("the transfer");
          const found = (await loadLines(session, [id], [])).get(id);
          const shipments = (await loadShipments(session, [id])).get(id);
          const body = {
            ...transferView(transfer),
            lines: [...(found?.values() ?? [])].map((line) => lineView(transfer, line)),
            shipments: [...(shipments?.values() ?? [])].map(shipmentView),
            arrivals: (await listArrivals(session, id)).map(arrivalView),
          };
          return { status: 200, body };
        }),
    }),
  ];
}
