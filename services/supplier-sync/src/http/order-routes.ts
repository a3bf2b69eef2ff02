import {
  type Answer,
  answerOnce,
  countOutcome,
  decodeCursor,
  isoTime,
  notFound,
  page,
  pageFields,
  type RequestContext,
  type Route,
  route,
  type ServiceContext,
} from "@septet/service-kit";
import { LIMITS } from "@septet/stock-contracts";
import { z } from "zod";
import { isLocalDay } from "../domain/clock.js";
import type { OrderStep } from "../domain/commands.js";
import { confirmedOf, ORDER_STATES, type OrderState, openOf, type SupplierOrder } from "../domain/order.js";
import type { Outcome } from "../domain/outcomes.js";
import { planOf, scopeOf, settleHeld } from "../settle.js";
import { listOrders } from "../store/order-list.js";
import { loadOrders } from "../store/order-rows.js";
import { refusalAnswer } from "./problem-answer.js";
import { derivedId, knownId, quantity, reason, SUPPLIER, sku, supplierId, tracking } from "./schemas.js";

const STATES = Object.keys(ORDER_STATES) as [OrderState, ...OrderState[]];
const ORDER = z.object({ supplierId, fulfilmentId: derivedId });
const FILTER = z.strictObject({
  state: z.enum(STATES).optional(),
  batch: z.string().refine(isLocalDay, "takes a day such as 2026-03-01").optional(),
  ...pageFields(),
});
const LINES = z
  .array(z.strictObject({ lineId: knownId, sku: sku.optional(), quantity }))
  .max(LIMITS.MAX_ORDER_LINES)
  .transform((lines) => lines.map((line) => ({ ...line, sku: line.sku ?? null })));
const SOME_LINES = LINES.refine((lines) => lines.length > 0, "names at least one line");
const NO_BODY = z.strictObject({}).optional();
const CONFIRM = z.strictObject({ lines: SOME_LINES.optional() }).optional();
const SHORT = z.strictObject({ lines: SOME_LINES.optional(), reason: reason.optional() }).optional();
const SHIP = z.strictObject({ lines: SOME_LINES.optional(), tracking: tracking.optional() }).optional();
const ANSWER = z.strictObject({ lines: LINES.optional() }).optional();

const READERS = ["operator", "supplier", "sre"] as const;
const SUPPLIERS = ["operator", "supplier"] as const;
const STEP = {
  200: "the order as it is now",
  404: "no such order",
  409: "not in this state, or more than is open",
  422: "no such line",
};

type Context = Pick<ServiceContext, "db" | "metrics">;
type Asked<B> = RequestContext<z.output<typeof ORDER>, unknown, B>;

/** Orders that a supplier ships. The id contains a `/`, so a path takes it URL-encoded. */
export function orderRoutes(context: Context): Route[] {
  return [...readRoutes(context), ...stepRoutes(context)];
}

function readRoutes({ db }: Context): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/suppliers/{supplierId}/orders",
      roles: READERS,
      summary: "A supplier's orders, oldest request first",
      description: "The supplier sees what it has been sent.",
      params: SUPPLIER,
      query: FILTER,
      responses: { 200: "a page of orders with their lines" },
      handler: async ({ params, actor, query: { cursor, limit, state, batch: batchDay } }) => {
        const [requestedAt, fulfilmentId] = cursor === undefined ? [] : decodeCursor(cursor, ["whole", "text"]);
        const after =
          cursor === undefined ? null : { requestedAt: Number(requestedAt), fulfilmentId: String(fulfilmentId) };
        const filter = { supplierId: params.supplierId, state, batchDay, sentOnly: isSupplierOnly(actor.roles) };
        const found = await listOrders(db, filter, after, limit + 1);
        const { items, nextCursor } = page(found, limit, (last) => [last.requestedAt, last.fulfilmentId]);
        return { status: 200, body: { items: items.map(orderView), nextCursor } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/suppliers/{supplierId}/orders/{fulfilmentId}",
      roles: READERS,
      summary: "One order of a supplier",
      params: ORDER,
      responses: { 200: "the order", 404: "no such order" },
      handler: async ({ params, actor }) => {
        const order = (await loadOrders(db, [params.fulfilmentId])).get(params.fulfilmentId);
        const isTheirs = order !== undefined && order.supplierId === params.supplierId;
        if (!isTheirs || (order.sentAt === null && isSupplierOnly(actor.roles))) throw notFound("the order");
        return { status: 200, body: orderView(order) };
      },
    }),
  ];
}

const isSupplierOnly = (roles: readonly string[]): boolean =>
  !roles.some((role) => role === "operator" || role === "sre");

function stepRoutes(context: Context): Route[] {
  const path = (step: string) => `/v1/suppliers/{supplierId}/orders/{fulfilmentId}/${step}`;
  const common = { method: "POST", params: ORDER, responses: STEP } as const;
  return [
    route({
      ...common,
      path: path("send"),
      roles: ["operator"],
      summary: "Sends an order before its cut-off",
      body: NO_BODY,
      handler: (asked) => step(context, asked, { type: "SEND_ORDER" }),
    }),
    route({
      ...common,
      path: path("confirm"),
      roles: SUPPLIERS,
      summary: "The supplier will ship pieces; without lines all that it has not answered for",
      body: CONFIRM,
      handler: (asked) => step(context, asked, { type: "CONFIRM_ORDER", lines: asked.body?.lines ?? null }),
    }),
    route({
      ...common,
      path: path("short"),
      roles: SUPPLIERS,
      summary: "The supplier will not ship pieces, confirmed ones included; without lines all that are open",
      body: SHORT,
      handler: (asked) => {
        const { lines = null, reason: why = null } = asked.body ?? {};
        return step(context, asked, { type: "SHORT_ORDER", lines, reason: why });
      },
    }),
    route({
      ...common,
      path: path("ship"),
      roles: SUPPLIERS,
      summary: "Pieces left the supplier; without lines all that are open",
      body: SHIP,
      handler: (asked) => {
        const { lines = null, tracking: number = null } = asked.body ?? {};
        return step(context, asked, { type: "SHIP_ORDER", lines, tracking: number });
      },
    }),
    route({
      ...common,
      path: path("answer-cancellation"),
      roles: SUPPLIERS,
      summary:
        "The supplier answers what was asked back: gives the lines back, none of them, or without lines all of them",
      body: ANSWER,
      handler: (asked) => step(context, asked, { type: "ANSWER_CANCEL", lines: asked.body?.lines ?? null }),
    }),
  ];
}

type Told<C> = C extends OrderStep ? Omit<C, "supplierId" | "fulfilmentId" | "actor"> : never;

/** Carries a step out once per key and answers with the order as it is then. */
function step<B>({ db, metrics }: Context, asked: Asked<B>, told: Told<OrderStep>): Promise<Answer> {
  const command = { ...told, ...asked.params, actor: asked.actor.subject } as OrderStep;
  const scope = scopeOf([command]);
  return answerOnce(
    db,
    asked,
    (session) => planOf(session, scope),
    async (unit) => {
      const [outcome] = (await settleHeld(unit, scope, [command])).outcomes;
      countOutcome(metrics, outcome!.outcome.toLowerCase(), "code" in outcome! ? outcome.code : "");
      return answered(outcome!);
    },
  );
}

function answered(outcome: Outcome): Answer {
  if (outcome.outcome === "REFUSED") return refusalAnswer(outcome);
  if (outcome.outcome !== "ORDER_CHANGED") throw new Error(`nobody can be answered with ${outcome.outcome}`);
  return { status: 200, body: orderView(outcome.order) };
}

function orderView(order: SupplierOrder) {
  const { fulfilmentId, orderId, state, batchDay: batch, tracking, lines, asks } = order;
  return {
    ...{ fulfilmentId, orderId, state, batch },
    deliverBy: isoTime(order.deliverBy),
    requestedAt: isoTime(order.requestedAt),
    sendAt: isoTime(order.sendAt),
    sentAt: isoTime(order.sentAt),
    confirmationDueAt: isoTime(order.confirmationDueAt),
    closedAt: isoTime(order.closedAt),
    tracking,
    lines: lines.map((line) => {
      const { lineId, sku, quantity, shipped, short, cancelled } = line;
      return { lineId, sku, quantity, open: openOf(line), confirmed: confirmedOf(line), shipped, short, cancelled };
    }),
    askedBack: asks.flatMap((asked) => asked.lines),
  };
}
