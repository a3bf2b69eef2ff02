import {
  type Database,
  decodeCursor,
  hashOfJson,
  idempotencyClaim,
  invalid,
  notFound,
  page,
  pageFields,
  type RequestContext,
  type Route,
  route,
} from "@septet/service-kit";
import { LIMITS, ORDER_STATES, type RecordOf, trimmed, violationsOf } from "@septet/stock-contracts";
import { z } from "zod";
import type { Outcome } from "../domain/index.js";
import { placementOf } from "../messaging/intake.js";
import type { ReservationDesk } from "../reservation-desk.js";
import { listOrders } from "../store/list-orders.js";
import { loadOrders } from "../store/load-orders.js";
import { askedLanguage } from "./language.js";
import { moveRoute } from "./move-route.js";
import { MAX_HOLD_SECONDS } from "./policy-rules.js";
import { answerCancellation, answerExtension, answerPlacement } from "./reservation-answers.js";
import { RESERVATION, reservationOf } from "./reservation-view.js";
import { causeOf, id, optionalId, quantity, sku } from "./schemas.js";
import { settledOnce } from "./settled-once.js";

/** What `OrderPlaced` has, without the fields of an event. */
const PLACEMENT = z.strictObject({
  orderId: id,
  customerId: optionalId,
  customerClass: optionalId,
  groupLeaderId: optionalId,
  channel: id,
  region: optionalId,
  deviceId: optionalId,
  ipAddress: optionalId,
  cartId: optionalId,
  promotionId: optionalId,
  payment: z.enum(["PENDING", "PAID"]),
  allowPartial: z.boolean().default(false),
  deliverBy: z.iso
    .datetime({ offset: true })
    .nullish()
    .transform((value) => (value == null ? null : Date.parse(value))),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .nullish()
    .transform((value) => value ?? null),
  language: optionalId.describe("in which the shopper is told, as a BCP 47 tag such as zh-CN or en"),
  lines: z
    .array(
      z.strictObject({
        lineId: id,
        sku,
        quantity,
        unitPriceMinor: z
          .number()
          .int()
          .min(0)
          .nullish()
          .transform((value) => value ?? null),
      }),
    )
    .min(1)
    .max(LIMITS.MAX_ORDER_LINES),
});

const CANCELLATION = z.strictObject({
  lines: z
    .array(z.strictObject({ lineId: id, quantity }))
    .min(1)
    .max(LIMITS.MAX_ORDER_LINES)
    .nullish()
    .describe("the pieces given up, by line; left out: the whole order"),
  reason: z.string().max(LIMITS.MAX_TEXT_CHARS).nullish(),
});

const PROBLEM = "the order was refused, with the reason per line, or its id is taken by other lines";
const ORDER_PARAMS = z.object({ orderId: id });

export function reservationRoutes(o: { desk: ReservationDesk; db: Database }): Route[] {
  return [
    placeRoute(o.desk),
    showRoute(o.db),
    listRoute(o.db),
    cancelRoute(o.desk),
    extendRoute(o.desk),
    moveRoute(o.desk),
  ];
}

function placeRoute(desk: ReservationDesk): Route {
  return route({
    method: "POST",
    path: "/v1/reservations",
    roles: ["upstream", "storefront", "operator"],
    summary: "Reserve an order, at once and with the same answer as the event gets",
    body: PLACEMENT,
    responses: {
      201: { description: "reserved; of a paid order what lacked is shorted", body: RESERVATION },
      200: { description: "the same order again, as it stands", body: RESERVATION },
      202: { description: "it reserves when the payment arrives", body: RESERVATION },
      409: PROBLEM,
    },
    handler: (context) => {
      const order = trimmed("OrderPlaced", asOrderPlaced(context));
      const violations = violationsOf("OrderPlaced", order);
      if (violations.length > 0)
        throw invalid(violations.map((v) => ({ field: `body.${v.field}`, reason: v.message })));
      const command = { type: "PlaceOrder", placement: placementOf(order) } as const;
      // Whoever knows the rest of a body could find out an address from its hash: it is hashed without.
      const { deviceId: _device, ipAddress: _address, ...kept } = context.body;
      const claim = idempotencyClaim(context, hashOfJson(kept));
      const asked = askedLanguage(context.request);
      const answer = (outcome: Outcome) => answerPlacement(outcome, asked);
      return desk.answer(command, { claim, answer }, causeOf(context));
    },
  });
}

const asOrderPlaced = (
  context: RequestContext<unknown, unknown, z.output<typeof PLACEMENT>>,
): RecordOf<"OrderPlaced"> => ({
  ...context.body,
  eventId: context.requestId,
  occurredAt: Date.now(),
});

function showRoute(db: Database): Route {
  return route({
    method: "GET",
    path: "/v1/reservations/{orderId}",
    roles: ["upstream", "storefront", "operator", "sre"],
    summary: "An order as it stands",
    params: ORDER_PARAMS,
    responses: { 200: { description: "the order", body: RESERVATION }, 404: "no fact about this order is known" },
    handler: async ({ params: { orderId }, request }) => {
      const order = await db.snapshot(async (session) => (await loadOrders(session, [orderId])).get(orderId));
      if (order === undefined) throw notFound(`Order ${orderId}`);
      return { status: 200, body: reservationOf(order, askedLanguage(request)) };
    },
  });
}

const LIST_QUERY = z.object({
  state: z.enum(Object.keys(ORDER_STATES) as [string, ...string[]]).optional(),
  sku: sku.optional(),
  ...pageFields(1_000),
});

function listRoute(db: Database): Route {
  return route({
    method: "GET",
    path: "/v1/reservations",
    roles: ["upstream", "operator", "sre"],
    summary: "Orders by id, of a state or with a SKU",
    query: LIST_QUERY,
    responses: {
      200: {
        description: "a page",
        body: z.object({ items: z.array(RESERVATION), nextCursor: z.string().nullable() }),
      },
    },
    handler: async ({ query: { state, sku, cursor, limit }, request }) => {
      const after = cursor === undefined ? "" : String(decodeCursor(cursor)[0]);
      const orders = await db.snapshot((session) => listOrders(session, { state, sku, after, limit: limit + 1 }));
      const { items, nextCursor } = page(orders, limit, (order) => [order.orderId]);
      const asked = askedLanguage(request);
      return { status: 200, body: { items: items.map((order) => reservationOf(order, asked)), nextCursor } };
    },
  });
}

function cancelRoute(desk: ReservationDesk): Route {
  return route({
    method: "POST",
    path: "/v1/reservations/{orderId}/cancel",
    roles: ["upstream", "storefront", "operator"],
    summary: "Cancel an order, whole or by line",
    description: "What was sent to fulfilment is asked back first, and released when the warehouse has said so.",
    params: ORDER_PARAMS,
    body: CANCELLATION,
    responses: {
      200: { description: "cancelled, as far as it could be", body: RESERVATION },
      202: { description: "the warehouse is asked, or the order has not come yet", body: RESERVATION },
      409: "the order has no such line; nothing is cancelled",
    },
    handler: (context) => {
      const lines = context.body.lines ?? null;
      const named = new Set<string>();
      const twice = (lines ?? []).findIndex(({ lineId }) => named.size === named.add(lineId).size);
      if (twice >= 0) {
        const reason = "names a line once more: add its quantities up";
        throw invalid([{ field: `body.lines[${twice}].lineId`, reason }]);
      }
      const command = { type: "CancelOrder", orderId: context.params.orderId, lines, asks: true } as const;
      const asked = askedLanguage(context.request);
      const answer = (outcome: Outcome) => answerCancellation(outcome, asked);
      return settledOnce(desk, context, command, answer);
    },
  });
}

function extendRoute(desk: ReservationDesk): Route {
  return route({
    method: "POST",
    path: "/v1/reservations/{orderId}/extend",
    roles: ["upstream", "operator"],
    summary: "Give an unpaid order more time",
    description: "Up to the longest time that the policy lets a hold live, counted from its decision.",
    params: ORDER_PARAMS,
    body: z.strictObject({ seconds: z.number().int().min(1).max(MAX_HOLD_SECONDS) }),
    responses: {
      200: { description: "extended", body: RESERVATION },
      404: "no fact about this order is known",
      409: "there is no hold to extend, or it would live too long",
    },
    handler: (context) => {
      const command = { type: "ExtendHold", orderId: context.params.orderId, seconds: context.body.seconds } as const;
      const asked = askedLanguage(context.request);
      const answer = (outcome: Outcome) => answerExtension(outcome, asked);
      return settledOnce(desk, context, command, answer);
    },
  });
}
