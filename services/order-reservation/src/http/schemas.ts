import { type RequestContext, traceHeaders } from "@septet/service-kit";
import { LIMITS } from "@septet/stock-contracts";
import { z } from "zod";

/** Parts that the bodies of several routes are made of. */
export const id = z.string().min(1).max(LIMITS.MAX_ID_CHARS);
export const optionalId = id.nullish().transform((value) => value ?? null);
export const sku = z.string().trim().min(1).max(LIMITS.MAX_SKU_CHARS);
export const quantity = z.number().int().min(1).max(LIMITS.MAX_QUANTITY_PIECES);

/** Who asks, and the trace that the effects of the request belong to. */
export const causeOf = (context: Pick<RequestContext, "actor">) => ({
  actor: context.actor.subject,
  headers: traceHeaders(),
});
