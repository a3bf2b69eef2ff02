import { type Route, route } from "@septet/service-kit";
import { PICK_CAUSES, type PickCause } from "@septet/stock-contracts";
import { z } from "zod";
import type { Clerk } from "../clerk.js";
import { ownName, STEP_RESPONSES, step, TRANSFER, WRITERS } from "./carrying-out.js";
import { instant, knownId, lines, MAX_LINES_BODY_BYTES, ownId, quantity, tracking } from "./schemas.js";

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
const SHORT = z.strictObject({ lines: lines(z.strictObject({ lineId: knownId, quantity, cause: z.enum(CAUSES) })) });

/** A draft is sent; promised pieces leave, or turn out not to be there. */
export function leavingRoutes(clerk: Clerk): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/transfers/{id}/request",
      roles: WRITERS,
      summary: "Sends a draft: the source is asked for its goods",
      params: TRANSFER,
      body: z.strictObject({}).optional(),
      responses: STEP_RESPONSES,
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
      params: TRANSFER,
      body: DISPATCH,
      maxBodyBytes: MAX_LINES_BODY_BYTES,
      responses: STEP_RESPONSES,
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
      params: TRANSFER,
      body: SHORT,
      maxBodyBytes: MAX_LINES_BODY_BYTES,
      responses: STEP_RESPONSES,
      handler: (context) => {
        const { lines: told } = context.body;
        const about = { transferId: context.params.id, lines: told, actor: context.actor.subject };
        return step(clerk, context, { type: "REPORT_SHORT", ...about });
      },
    }),
  ];
}
