import { type Answer, notFound, problemAnswer, type Route, route } from "@septet/service-kit";
import { type Language, LIMITS } from "@septet/stock-contracts";
import { z } from "zod";
import type { MoveLine, Outcome } from "../domain/index.js";
import type { ReservationDesk } from "../reservation-desk.js";
import { askedLanguage } from "./language.js";
import { refusedWish } from "./refused-wish.js";
import { RESERVATION, reservationOf } from "./reservation-view.js";
import { id, quantity, sku } from "./schemas.js";
import { settledOnce } from "./settled-once.js";

const MOVES = z.strictObject({
  lines: z
    .array(
      z.strictObject({
        lineId: id,
        sku: sku.optional().describe("which part, where the line is a bundle held of several at `from`"),
        from: id,
        to: id,
        quantity: quantity.optional().describe("left out: all that is held at `from`"),
      }),
    )
    .min(1)
    .max(LIMITS.MAX_ORDER_LINES),
});

/** Holding an order's pieces at another location, before anybody is asked to send them. */
export function moveRoute(desk: ReservationDesk): Route {
  return route({
    method: "POST",
    path: "/v1/reservations/{orderId}/move",
    roles: ["operator"],
    summary: "Hold pieces of an order at another location",
    description: "Every line or none, before fulfilment is requested. The target must have the pieces to sell.",
    params: z.object({ orderId: id }),
    body: MOVES,
    responses: {
      200: { description: "the order as it is held now", body: RESERVATION },
      404: "no such order",
      409: "a line stays where it is, with the reason",
    },
    handler: (context) => {
      const moves: MoveLine[] = context.body.lines.map(({ quantity, ...line }) => ({
        ...line,
        quantity: quantity ?? null,
      }));
      const { orderId } = context.params;
      const command = { type: "MoveReservation", orderId, moves } as const;
      const asked = askedLanguage(context.request);
      const answer = (outcome: Outcome) => answerMove(orderId, outcome, asked);
      return settledOnce(desk, context, command, answer);
    },
  });
}

function answerMove(orderId: string, outcome: Outcome, asked: Language | null): Answer {
  if (outcome.type === "RECORDED") return { status: 200, body: reservationOf(outcome.order, asked) };
  if (outcome.type !== "MOVE_REFUSED") throw new Error(`a move ended as ${outcome.type}`);
  const { code, index } = outcome;
  if (code === "UNKNOWN_ORDER") return problemAnswer(notFound(`Order ${orderId}`));
  const refused = { type: "reservation-not-moved", title: "The reservation stays where it is", code, index } as const;
  return refusedWish({ ...refused, kind: "NOT_MOVED", list: "lines" }, asked, { orderId });
}
