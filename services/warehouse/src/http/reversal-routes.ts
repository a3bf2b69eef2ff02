import {
  type Answer,
  type Database,
  decodeCursor,
  idempotencyClaim,
  page,
  pageFields,
  type Route,
  route,
} from "@septet/service-kit";
import { LIMITS } from "@septet/stock-contracts";
import { z } from "zod";
import type { Desk } from "../desk.js";
import type { Outcome } from "../domain/outcomes.js";
import type { RecordedMovement } from "../domain/recorded-movement.js";
import { REVERSIBLE_DAYS } from "../domain/reversing.js";
import { listRecorded } from "../store/recorded-movements.js";
import { refusalAnswer } from "./problem-answer.js";
import { fulfilmentId, reason } from "./schemas.js";

const REVERSAL = z.strictObject({
  movementId: z.string().trim().min(1).max(LIMITS.MAX_DERIVED_ID_CHARS),
  reason,
});
const QUERY = z.strictObject({
  /** An order's id, or a document's reference. */
  reference: fulfilmentId,
  ...pageFields(),
});

/** Taking back what was recorded by mistake, and finding it by its order or document. */
export function reversalRoutes(db: Database, desk: Desk): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/reversals",
      roles: ["warehouse", "operator"],
      summary: "Takes back a receipt, shipment, picking loss, return or disposal that was recorded by mistake",
      description:
        `Once, within ${REVERSIBLE_DAYS} days. A shipment's pieces are promised again and come back as a new fulfilment; ` +
        "what was lost at picking is taken back only while its line is neither served from elsewhere, shorted nor " +
        "cancelled. Damage, restoration and adjustment are not taken back: they have their opposite.",
      body: REVERSAL,
      responses: {
        201: "taken back, by the movement in the answer",
        404: "no such movement of the warehouse",
        409: "taken back before, not to be taken back, or too late",
      },
      handler: (context) => {
        const { movementId, reason } = context.body;
        const command = { type: "REVERSE_MOVEMENT", movementId, reason, actor: context.actor.subject } as const;
        return desk.ask(command, idempotencyClaim(context), reversalAnswer);
      },
    }),
    route({
      method: "GET",
      path: "/v1/movements",
      roles: ["warehouse", "operator", "sre"],
      summary: "What the warehouse has recorded for an order or document, oldest first, and what of it was taken back",
      query: QUERY,
      responses: { 200: "a page of movements" },
      handler: async ({ query: { reference, cursor, limit } }) => {
        const [recordedAt, movementId] = cursor === undefined ? [0, ""] : decodeCursor(cursor, ["whole", "text"]);
        const after = { recordedAt: Number(recordedAt), movementId: String(movementId) };
        const found = await listRecorded(db, reference, after, limit + 1);
        const { items, nextCursor } = page(found, limit, (last) => [last.recordedAt, last.movementId]);
        const body = items.map(({ recordedAt, ...movement }) => {
          return { ...movementView(movement), recordedAt: new Date(recordedAt).toISOString() };
        });
        return { status: 200, body: { items: body, nextCursor } };
      },
    }),
  ];
}

const movementView = (movement: RecordedMovement) => {
  const { variant, toldLater, ...told } = movement;
  const shown = toldLater === null ? told : { ...told, happenedAt: new Date(toldLater).toISOString() };
  return variant === "only" ? shown : { ...shown, bucket: variant };
};

function reversalAnswer(outcome: Outcome): Answer {
  if (outcome.outcome === "REFUSED") return refusalAnswer(outcome);
  if (outcome.outcome !== "REVERSED" || outcome.movementId === undefined) {
    throw new Error(`a reversal cannot be answered with ${outcome.outcome}`);
  }
  const { movementId, reversed } = outcome;
  const { kind, sku, location, quantity, reference, fulfilmentId } = reversed;
  const body = { movementId, reverses: reversed.movementId, kind, sku, location, quantity, reference, fulfilmentId };
  return { status: 201, body };
}
