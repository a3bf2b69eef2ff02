import { type Route, route } from "@septet/service-kit";
import { LIMITS } from "@septet/stock-contracts";
import { z } from "zod";
import type { Clerk } from "../clerk.js";
import type { ReceivedLine } from "../domain/commands.js";
import { ownName, STEP_RESPONSES, step, TRANSFER, WRITERS } from "./carrying-out.js";
import { knownId, lines, MAX_LINES_BODY_BYTES, ownId, part, quantity, reason, warehouse } from "./schemas.js";

const PIECES = z.strictObject({ lineId: knownId, quantity });
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

/** Goods arrive, or are given up. */
export function arrivingRoutes(clerk: Clerk): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/transfers/{id}/receive",
      roles: WRITERS,
      summary: "Goods arrived: all that is under way, or the named pieces, each judged",
      description:
        "An arrivalId makes the arrival one for ever. Goods arrive at the destination, those of a transfer called back " +
        "at its source; `location` says it where it is otherwise. Pieces beyond what is under way become a receipt of " +
        "the warehouse; after an earlier arrival of the line they need an arrivalId, since they might be the same told again.",
      params: TRANSFER,
      body: RECEIVE,
      maxBodyBytes: MAX_LINES_BODY_BYTES,
      responses: STEP_RESPONSES,
      handler: (context) => {
        const told = context.body ?? {};
        return step(clerk, context, {
          type: "RECEIVE",
          transferId: context.params.id,
          arrivalId: told.arrivalId ?? ownName(context),
          named: told.arrivalId !== undefined,
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
      params: TRANSFER,
      body: LOSE,
      maxBodyBytes: MAX_LINES_BODY_BYTES,
      responses: STEP_RESPONSES,
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
