import {
  type Answer,
  conflict,
  idempotencyClaim,
  notFound,
  problemAnswer,
  type Route,
  route,
} from "@septet/service-kit";
import { LIMITS } from "@septet/stock-contracts";
import { z } from "zod";
import type { MoveLine, MoveRefusal, Outcome } from "../domain/index.js";
import type { ReservationDesk } from "../reservation-desk.js";
import { RESERVATION, reservationOf } from "./reservation-view.js";
import { causeOf, id, quantity } from "./schemas.js";

const MOVES = z.strictObject({
  lines: z
    .array(
      z.strictObject({
        lineId: id,
        from: id,
        to: id,
        quantity: quantity.optional().describe("left out: all that is held at `from`"),
      }),
    )
    .min(1)
    .max(LIMITS.MAX_ORDER_LINES),
});

/** Why a reservation stays where it is; none of them says what is left anywhere. */
const REASONS: Readonly<Record<Exclude<MoveRefusal, "UNKNOWN_ORDER">, string>> = {
  UNKNOWN_LINE: "the order has no such line",
  SAME_LOCATION: "from and to are the same location",
  SENT_TO_FULFILMENT: "the pieces are with the warehouse or supplier: cancel them there, they are served anew",
  NOT_HELD_THERE: "not that many pieces of the line are held there",
  UNKNOWN_LOCATION: "there is no such location, or it is not active",
  OUT_OF_STOCK: "the location has not enough to sell",
};

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
      const answer = (outcome: Outcome) => answerMove(orderId, outcome);
      return desk.answer(command, { claim: idempotencyClaim(context), answer }, causeOf(context));
    },
  });
}

function answerMove(orderId: string, outcome: Outcome): Answer {
  if (outcome.type === "RECORDED") return { status: 200, body: reservationOf(outcome.order) };
  if (outcome.type !== "MOVE_REFUSED") throw new Error(`a move ended as ${outcome.type}`);
  const { code, index } = outcome;
  if (code === "UNKNOWN_ORDER") return problemAnswer(notFound(`Order ${orderId}`));
  const errors = [{ field: `body.lines[${index}]`, reason: REASONS[code] }];
  return problemAnswer(
    conflict("reservation-not-moved", "The reservation stays where it is", { orderId, code, errors }),
  );
}
