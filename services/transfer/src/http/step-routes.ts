import { idempotencyClaim, type RequestContext, type Route, route } from "@septet/service-kit";
import { LIMITS, PICK_CAUSES, type PickCause } from "@septet/stock-contracts";
import { z } from "zod";
import { type Clerk, carryOut } from "../clerk.js";
import type { ReceivedLine } from "../domain/commands.js";
import { answered, step, WRITERS } from "./carrying-out.js";
import {
  instant,
  knownId,
  lines,
  MAX_LINES_BODY_BYTES,
  ownId,
  part,
  quantity,
  reason,
  tracking,
  warehouse,
} from "./schemas.js";

const ID = z.object({ id: knownId });
const CAUSES = Object.keys(PICK_CAUSES) as [PickCause, ...PickCause[]];
const PIECES = z.strictObject({ lineId: knownId, quantity });
const DISPATCH = z
  .strictObject({
    shipmentId: ownId.optional(),
    lines: lines(PIECES).optional(),
    expectedAt: instant.nullish(),
    tracking: tracking.optional(),
  })
  .optional();
const FOUND = z
  .strictObject({ lineId: knownId, sellable: part.default(0), damaged: part.default(0), lost: part.default(0) })
  .refine((line) => isQuantity(line.sellable + line.damaged + line.lost), {
    message: "the pieces of a line, all judgements together, are 1 to 1,000,000",
  });
const RECEIVE = z
  .strictObject({
    arrivalId: ownId.optional(),
    shipmentId: knownId.optional(),
    location: warehouse.optional(),
    lines: lines(FOUND)
      .refine(sumsAreQuantities, { message: "the pieces of one line, all its entries together, are at most 1,000,000" })
      .optional(),
  })
  .optional();
const LOSE = z
  .strictObject({ shipmentId: knownId.optional(), lines: lines(PIECES).optional(), reason: reason.optional() })
  .optional();
const SHORT = z.strictObject({ lines: lines(z.strictObject({ lineId: knownId, quantity, cause: z.enum(CAUSES) })) });
const CANCEL = z
  .strictObject({
    lines: lines(z.strictObject({ lineId: knownId, quantity: quantity.optional() })).optional(),
    reason: reason.optional(),
  })
  .optional();
const RETURN = z.strictObject({ reason: reason.optional() }).optional();
const EXPECT = z.strictObject({
  expectedAt: instant.nullable(),
  version: z.int().min(1),
  shipmentId: knownId.optional(),
});

const RESPONSES = {
  200: "the transfer as it is now, or as it was when the same was told before",
  404: "no such transfer",
  409: "not in this state, or more than there is; `code` names which",
  422: "no such line, shipment or place",
};

/** What happens to a transfer, step by step. */
export function stepRoutes(clerk: Clerk): Route[] {
  return [...leavingRoutes(clerk), ...arrivingRoutes(clerk), ...turningRoutes(clerk)];
}

function leavingRoutes(clerk: Clerk): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/transfers/{id}/request",
      roles: WRITERS,
      summary: "Sends a draft: the source is asked for its goods",
      params: ID,
      body: z.strictObject({}).optional(),
      responses: RESPONSES,
      handler: (context) => step(clerk, context, { type: "REQUEST_TRANSFER", transferId: context.params.id }),
    }),
    route({
      method: "POST",
      path: "/v1/transfers/{id}/dispatch",
      roles: WRITERS,
      summary: "Promised pieces leave: all that are there, or the named ones",
      description:
        "A shipmentId makes the departure one for ever, under whichever keys it is told. Without expectedAt the " +
        "transfer's is taken; null expects it at no time.",
      params: ID,
      body: DISPATCH,
      maxBodyBytes: MAX_LINES_BODY_BYTES,
      responses: RESPONSES,
      handler: (context) => {
        const told = context.body ?? {};
        return step(clerk, context, {
          type: "DISPATCH",
          transferId: context.params.id,
          shipmentId: told.shipmentId ?? ownName(context),
          content: context.bodyHash,
          lines: told.lines ?? null,
          expectedAt: told.expectedAt,
          tracking: told.tracking ?? null,
          actor: context.actor.subject,
        });
      },
    }),
    route({
      method: "POST",
      path: "/v1/transfers/{id}/short",
      roles: WRITERS,
      summary: "Promised pieces were not found, or found damaged, before they left",
      params: ID,
      body: SHORT,
      maxBodyBytes: MAX_LINES_BODY_BYTES,
      responses: RESPONSES,
      handler: (context) => {
        const { lines: told } = context.body;
        const about = { transferId: context.params.id, lines: told, actor: context.actor.subject };
        return step(clerk, context, { type: "REPORT_SHORT", ...about });
      },
    }),
  ];
}

function arrivingRoutes(clerk: Clerk): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/transfers/{id}/receive",
      roles: WRITERS,
      summary: "Goods arrived: all that is under way, or the named pieces, each judged",
      description:
        "An arrivalId makes the arrival one for ever. Goods arrive at the destination, those of a transfer called back " +
        "at its source; `location` says it where it is otherwise. Pieces beyond what is under way become a receipt of " +
        "the warehouse.",
      params: ID,
      body: RECEIVE,
      maxBodyBytes: MAX_LINES_BODY_BYTES,
      responses: RESPONSES,
      handler: (context) => {
        const told = context.body ?? {};
        return step(clerk, context, {
          type: "RECEIVE",
          transferId: context.params.id,
          arrivalId: told.arrivalId ?? ownName(context),
          content: context.bodyHash,
          shipmentId: told.shipmentId ?? null,
          location: told.location ?? null,
          lines: told.lines ?? null,
          actor: context.actor.subject,
        });
      },
    }),
    route({
      method: "POST",
      path: "/v1/transfers/{id}/lose",
      roles: WRITERS,
      summary: "Gives up pieces that are under way; found again, they are received",
      params: ID,
      body: LOSE,
      maxBodyBytes: MAX_LINES_BODY_BYTES,
      responses: RESPONSES,
      handler: (context) => {
        const told = context.body ?? {};
        return step(clerk, context, {
          type: "LOSE",
          transferId: context.params.id,
          shipmentId: told.shipmentId ?? null,
          lines: told.lines ?? null,
          reason: told.reason ?? null,
          actor: context.actor.subject,
        });
      },
    }),
  ];
}

function turningRoutes(clerk: Clerk): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/transfers/{id}/cancel",
      roles: WRITERS,
      summary: "Calls a transfer off, or lines of it: what has not left is given back",
      description: "Of a whole transfer, what is under way turns round and is received at its source.",
      params: ID,
      body: CANCEL,
      maxBodyBytes: MAX_LINES_BODY_BYTES,
      responses: RESPONSES,
      handler: (context) => {
        const told = context.body ?? {};
        const lines = told.lines?.map((line) => ({ lineId: line.lineId, quantity: line.quantity ?? null })) ?? null;
        const about = { transferId: context.params.id, lines, reason: told.reason ?? null };
        return step(clerk, context, { type: "CALL_OFF", ...about, asReturn: false, actor: context.actor.subject });
      },
    }),
    route({
      method: "POST",
      path: "/v1/transfers/{id}/return",
      roles: WRITERS,
      summary: "What is under way turns round; what has not left is given back",
      params: ID,
      body: RETURN,
      responses: RESPONSES,
      handler: (context) => {
        const about = { transferId: context.params.id, lines: null, reason: context.body?.reason ?? null };
        return step(clerk, context, { type: "CALL_OFF", ...about, asReturn: true, actor: context.actor.subject });
      },
    }),
    route({
      method: "PATCH",
      path: "/v1/transfers/{id}",
      roles: WRITERS,
      summary: "Moves the time of arrival, of a shipment or of all that is under way",
      description: "`version` is the one that you saw; when the transfer has changed meanwhile, look again first.",
      params: ID,
      body: EXPECT,
      responses: RESPONSES,
      handler: async (context) => {
        const { shipmentId, ...told } = context.body;
        const about = { transferId: context.params.id, shipmentId: shipmentId ?? null, ...told };
        return answered(await carryOut(clerk, { type: "EXPECT", ...about }));
      },
    }),
  ];
}

/** A shipment or arrival without a name is named after its key, so that the key tells it once even after it is forgotten. */
const ownName = (context: RequestContext<unknown, unknown, unknown>): string =>
  `key-${idempotencyClaim(context).id.slice(0, 32)}`;

function isQuantity(pieces: number): boolean {
  return pieces >= 1 && pieces <= LIMITS.MAX_QUANTITY_PIECES;
}

/** A line may be told in several entries, which count together. */
function sumsAreQuantities(told: readonly ReceivedLine[]): boolean {
  const sums = new Map<string, number>();
  for (const { lineId, sellable, damaged, lost } of told) {
    sums.set(lineId, (sums.get(lineId) ?? 0) + sellable + damaged + lost);
  }
  return [...sums.values()].every(isQuantity);
}
