import {
  type Answer,
  type Database,
  decodeCursor,
  idempotencyClaim,
  notFound,
  page,
  pageFields,
  type RequestContext,
  type Route,
  route,
} from "@septet/service-kit";
import { FULFILMENT_STATES, type FulfilmentState, PICK_CAUSES, type PickCause } from "@septet/stock-contracts";
import { z } from "zod";
import type { Desk } from "../desk.js";
import type { Command } from "../domain/commands.js";
import type { Outcome } from "../domain/outcomes.js";
import { listFulfilments } from "../store/fulfilment-list.js";
import { loadFulfilments } from "../store/fulfilment-rows.js";
import { fulfilmentView } from "./fulfilment-view.js";
import { refusalAnswer } from "./problem-answer.js";
import { fulfilmentId, id, lineId, lines, quantity, sku, tracking } from "./schemas.js";

const ID = z.object({ id: fulfilmentId });
const STATES = Object.keys(FULFILMENT_STATES) as [FulfilmentState, ...FulfilmentState[]];
const CAUSES = Object.keys(PICK_CAUSES) as [PickCause, ...PickCause[]];
const FILTER = z.strictObject({
  state: z.enum(STATES).optional(),
  location: id.optional(),
  sku: id.optional(),
  orderId: id.optional(),
  ...pageFields(),
});
const PICK = z.strictObject({}).optional();
const PIECES = { lineId, sku: sku.optional().describe("needed where the line is a bundle: which part") };
const SHIP = z
  .strictObject({
    lines: lines(z.strictObject({ ...PIECES, quantity })).optional(),
    tracking: tracking.optional(),
    final: z.boolean().optional(),
  })
  .optional();
const SHORT = z.strictObject({ lines: lines(z.strictObject({ ...PIECES, quantity, cause: z.enum(CAUSES) })) });

const WRITERS = ["warehouse", "operator"] as const;
const READERS = ["warehouse", "operator", "sre"] as const;
const STEP = {
  200: "the fulfilment as it is now",
  404: "no such fulfilment",
  409: "not in this state, or more than is open",
  422: "no such line, or a bundle's line without its part's sku",
};

/** Finding fulfilments and handing them over. The id contains a `/`, so a path takes it URL-encoded. */
export function fulfilmentRoutes(db: Database, desk: Desk): Route[] {
  return [...readRoutes(db), ...stepRoutes(desk)];
}

function readRoutes(db: Database): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/fulfilments",
      roles: READERS,
      summary: "Fulfilments, oldest request first",
      query: FILTER,
      responses: { 200: "a page of fulfilments with their lines" },
      handler: async ({ query: { cursor, limit, ...filter } }) => {
        const [requestedAt, fulfilmentId] = cursor === undefined ? [] : decodeCursor(cursor, ["whole", "text"]);
        const after =
          cursor === undefined ? null : { requestedAt: Number(requestedAt), fulfilmentId: String(fulfilmentId) };
        const found = await listFulfilments(db, filter, after, limit + 1);
        const { items, nextCursor } = page(found, limit, (last) => [last.requestedAt, last.fulfilmentId]);
        return { status: 200, body: { items: items.map(fulfilmentView), nextCursor } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/fulfilments/{id}",
      roles: READERS,
      summary: "One fulfilment",
      params: ID,
      responses: { 200: "the fulfilment", 404: "no such fulfilment" },
      handler: async ({ params }) => {
        const fulfilment = (await loadFulfilments(db, [params.id])).get(params.id);
        if (!fulfilment) throw notFound("the fulfilment");
        return { status: 200, body: fulfilmentView(fulfilment) };
      },
    }),
  ];
}

function stepRoutes(desk: Desk): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/fulfilments/{id}/pick",
      roles: WRITERS,
      summary: "Somebody begins to pick",
      params: ID,
      body: PICK,
      responses: STEP,
      handler: (context) => step(desk, context, { type: "PICK_FULFILMENT", fulfilmentId: context.params.id }),
    }),
    route({
      method: "POST",
      path: "/v1/fulfilments/{id}/ship",
      roles: WRITERS,
      summary: "Pieces leave: all that are open, or the named ones",
      description:
        "With `final: false` the rest stays open. `final: true` demands that nothing stays open: what cannot be found is " +
        "told by /short. Without `final` it follows from the lines.",
      params: ID,
      body: SHIP,
      responses: STEP,
      handler: (context) => {
        const told = context.body ?? {};
        return step(desk, context, {
          type: "SHIP_FULFILMENT",
          fulfilmentId: context.params.id,
          lines: told.lines ?? null,
          tracking: told.tracking ?? null,
          final: told.final ?? null,
          actor: context.actor.subject,
        });
      },
    }),
    route({
      method: "POST",
      path: "/v1/fulfilments/{id}/short",
      roles: WRITERS,
      summary: "Promised pieces were not found, or found damaged",
      params: ID,
      body: SHORT,
      responses: STEP,
      handler: (context) => {
        return step(desk, context, {
          type: "SHORT_FULFILMENT",
          fulfilmentId: context.params.id,
          lines: context.body.lines,
          actor: context.actor.subject,
        });
      },
    }),
  ];
}

function step(desk: Desk, context: RequestContext<unknown, unknown, unknown>, command: Command): Promise<Answer> {
  return desk.ask(command, idempotencyClaim(context), stepAnswer);
}

function stepAnswer(outcome: Outcome): Answer {
  if (outcome.outcome === "REFUSED") return refusalAnswer(outcome);
  if (outcome.outcome !== "FULFILMENT_CHANGED") throw new Error(`a step cannot be answered with ${outcome.outcome}`);
  return { status: 200, body: fulfilmentView(outcome.fulfilment) };
}
