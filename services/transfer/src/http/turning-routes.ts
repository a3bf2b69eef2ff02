import { type Route, route } from "@septet/service-kit";
import { z } from "zod";
import { type Clerk, carryOut } from "../clerk.js";
import { answered, STEP_RESPONSES, step, TRANSFER, WRITERS } from "./carrying-out.js";
import { instant, knownId, lines, MAX_LINES_BODY_BYTES, quantity, reason } from "./schemas.js";

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

/** A transfer is called off or back, or expected at another time. */
export function turningRoutes(clerk: Clerk): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/transfers/{id}/cancel",
      roles: WRITERS,
      summary: "Calls a transfer off, or lines of it: what has not left is given back",
      description: "Of a whole transfer, what is under way turns round and is received at its source.",
      params: TRANSFER,
      body: CANCEL,
      maxBodyBytes: MAX_LINES_BODY_BYTES,
      responses: STEP_RESPONSES,
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
      params: TRANSFER,
      body: RETURN,
      responses: STEP_RESPONSES,
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
      params: TRANSFER,
      body: EXPECT,
      responses: STEP_RESPONSES,
      handler: async (context) => {
        const { shipmentId, ...told } = context.body;
        const about = { transferId: context.params.id, shipmentId: shipmentId ?? null, ...told };
        return answered(await carryOut(clerk, { type: "EXPECT", ...about }));
      },
    }),
  ];
}
