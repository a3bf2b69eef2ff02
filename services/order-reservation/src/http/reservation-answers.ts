import { type Answer, conflict, notFound, Problem, problemAnswer } from "@septet/service-kit";
import { type Language, outcomeText, type ReasonCode } from "@septet/stock-contracts";
import { hasOpen, type Order, type Outcome } from "../domain/index.js";
import { toldReasons } from "./language.js";
import { reservationOf } from "./reservation-view.js";

/** 201 reserved (paid and shorted too), 202 it reserves when the payment arrives, 200 the same again, 409 with the reason per line. */
export function answerPlacement(outcome: Outcome, asked: Language | null): Answer {
  switch (outcome.type) {
    case "DECIDED":
      return decided(outcome.order, 201, asked, outcome.warnings);
    case "ORDER_CONFLICT":
      return problemAnswer(
        new Problem({
          status: 409,
          type: "order-conflict",
          title: "The order was decided with other lines",
          detail: "The first order of this id stands. Send this one under an id of its own.",
          extra: { orderId: outcome.order.orderId, reasons: [orderConflict(asked ?? outcome.order.language)] },
        }),
      );
    case "SAME_AGAIN":
    case "RECORDED":
      return decided(outcome.order, 200, asked);
    default:
      throw new Error(`a placement ended as ${outcome.type}`);
  }
}

const orderConflict = (language: Language | null) => ({
  lineId: null,
  sku: null,
  code: "ORDER_CONFLICT",
  text: outcomeText("REJECTED", "ORDER_CONFLICT", language),
});

function decided(
  order: Order,
  status: number,
  asked: Language | null,
  warnings?: Extract<Outcome, { type: "DECIDED" }>["warnings"],
): Answer {
  const refused = order.state === "REJECTED" || (order.state === "CANCELLED" && order.reasons.length > 0);
  if (!refused) {
    const told = warnings?.map((warning) => ({
      ...warning,
      text: outcomeText("WARNED", warning.code, asked ?? order.language),
    }));
    const body = { ...reservationOf(order, asked), ...(told === undefined ? {} : { warnings: told }) };
    return { status: order.state === "AWAITING_PAYMENT" ? 202 : status, body };
  }
  const { orderId } = order;
  const reasons = toldReasons(order, asked);
  return problemAnswer(
    new Problem({
      status: 409,
      type: "reservation-rejected",
      title: "The order was not reserved",
      detail: "The reasons say why. This id is decided: order again under another one.",
      extra: { orderId, reasons },
    }),
  );
}

/** 200 with the hold's new end; 409 when it is over, or would live too long. */
export function answerExtension(outcome: Outcome, asked: Language | null): Answer {
  if (outcome.type === "RECORDED") return { status: 200, body: reservationOf(outcome.order, asked) };
  if (outcome.type !== "EXTENSION_REFUSED") throw new Error(`an extension ended as ${outcome.type}`);
  const { order, latest } = outcome;
  if (order === undefined) return problemAnswer(notFound("The order"));
  const { orderId, state } = order;
  const told = (code: ReasonCode<"NOT_EXTENDED">) => ({
    orderId,
    code,
    text: outcomeText("NOT_EXTENDED", code, asked ?? order.language),
  });
  if (latest === null) {
    return problemAnswer(conflict("not-held", "The order has no hold to extend", { ...told("NOT_HELD"), state }));
  }
  const extra = { ...told("HELD_TOO_LONG"), latestExpiresAt: new Date(latest).toISOString() };
  return problemAnswer(conflict("held-too-long", "No hold of the policy lives so long", extra));
}

/** 200 with the order as it stands; 202 while the warehouse is asked, or the order has not come yet. */
export function answerCancellation(outcome: Outcome, language: Language | null): Answer {
  if (outcome.type === "LINE_UNKNOWN") return problemAnswer(unknownLine(outcome, language));
  if (!("order" in outcome) || outcome.order === undefined) throw new Error("a cancellation names its order");
  const { order } = outcome;
  const asked = order.allocations.some((allocation) => allocation.asks.length > 0);
  const waits = order.state === "UNPLACED" || (asked && hasOpen(order));
  return { status: waits ? 202 : 200, body: reservationOf(order, language) };
}

function unknownLine({ order, index }: Extract<Outcome, { type: "LINE_UNKNOWN" }>, language: Language | null): Problem {
  const text = outcomeText("NOT_CANCELLED", "UNKNOWN_LINE", language ?? order.language);
  return new Problem({
    status: 409,
    type: "line-unknown",
    title: "The order has no such line",
    detail: "Nothing was cancelled. Name lines as the order does, or none for the whole order.",
    errors: [{ field: `body.lines[${index}].lineId`, reason: "is no line of the order" }],
    extra: { orderId: order.orderId, code: "UNKNOWN_LINE", text },
  });
}
