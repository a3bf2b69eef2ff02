import {
  type Answer,
  answerOnce,
  conflict,
  decodeCursor,
  Problem,
  page,
  pageFields,
  type RequestContext,
  type Route,
  route,
  type ServiceContext,
} from "@septet/service-kit";
import { STOCKTAKE_LINE_STATES, type StocktakeLineState } from "@septet/stock-contracts";
import { z } from "zod";
import { refuse } from "../domain/refusal.js";
import type { Stocktake } from "../domain/stocktake.js";
import { labelFaults } from "../label-faults.js";
import { skusAt } from "../store/on-hand-rows.js";
import { cancelLines, countStates, createStocktake, listLines, listStocktakes } from "../store/stocktake-list.js";
import { loadStocktakes } from "../store/stocktake-rows.js";
import { definedWarehouses } from "../store/warehouse-rows.js";
import { refusalProblem } from "./problem-answer.js";
import { id, lines, location, sku } from "./schemas.js";
import { lineView, stocktakeView } from "./stocktake-view.js";

/** The most lines of one stocktake. */
export const MAX_STOCKTAKE_LINES = 200_000;

const BODY = z
  .strictObject({
    location,
    skus: lines(sku)
      .refine((skus) => new Set(skus).size === skus.length, "names a SKU twice")
      .optional(),
    all: z.literal(true).optional(),
    blind: z.boolean().default(true),
  })
  .refine((told) => (told.skus === undefined) !== (told.all === undefined), {
    message: "tell either skus or all: true",
    path: ["skus"],
  });
const STATES = Object.keys(STOCKTAKE_LINE_STATES) as [StocktakeLineState, ...StocktakeLineState[]];
const PAGE = {
  ...pageFields(),
};
export const STOCKTAKE = z.object({ id });
const WRITERS = ["warehouse", "operator"] as const;
const READERS = ["warehouse", "operator", "sre"] as const;

type Context = Pick<ServiceContext, "db" | "newId">;
type Unit = Parameters<Parameters<typeof answerOnce>[3]>[0];

/** Opening, finding and cancelling stocktakes; what is counted is told by `countingRoutes`. */
export function stocktakeRoutes(context: Context): Route[] {
  return [openRoute(context), ...readRoutes(context), cancelRoute(context)];
}

function openRoute({ db, newId }: Context): Route {
  return route({
    method: "POST",
    path: "/v1/stocktakes",
    roles: WRITERS,
    summary: "Opens a stocktake of named SKUs, or of everything that lies at a location",
    description:
      "Trading goes on. A stocktake of everything has a line for each SKU that the book knows of there; a SKU that is found " +
      "beside becomes a line with its count. While `blind`, a clerk sees what the book says of a line only once it is counted.",
    body: BODY,
    responses: {
      201: "opened",
      422: "no such warehouse, a code that labels unsellable stock, or more lines than a stocktake has",
    },
    handler: (handed) => answerOnce(db, handed, {}, (unit) => open(unit, newId(), handed)),
  });
}

async function open(
  unit: Unit,
  stocktakeId: string,
  { body, actor }: RequestContext<unknown, unknown, z.output<typeof BODY>>,
): Promise<Answer> {
  if (!(await definedWarehouses(unit, [body.location])).has(body.location)) {
    const reason = `no warehouse is called ${body.location}: define it first`;
    const errors = [{ field: "body.location", reason }];
    throw new Problem({ status: 422, type: "unknown-warehouse", title: "No such warehouse", errors });
  }
  const errors = await labelled(unit, body.location, body.skus ?? []);
  if (errors.length > 0) {
    throw refusalProblem(refuse("ALREADY_UNSELLABLE", "codes that label unsellable stock are not counted", errors));
  }
  const scope = body.all === true ? "ALL" : "SKUS";
  const { location, blind } = body;
  const head: Stocktake = { stocktakeId, location, scope, blind, createdAt: unit.now, createdBy: actor.subject };
  const count = await createStocktake(unit, head, body.skus ?? [], MAX_STOCKTAKE_LINES + 1);
  if (count > MAX_STOCKTAKE_LINES) {
    const detail = `a stocktake has at most ${MAX_STOCKTAKE_LINES} lines: count by named SKUs`;
    throw new Problem({ status: 422, type: "too-many-lines", title: "More lines than a stocktake has", detail });
  }
  return { status: 201, body: { ...stocktakeView(head), lines: count } };
}

/** Codes that label the unsellable stock of a SKU, save those under which goods lie since before the labels were set. */
async function labelled(unit: Unit, location: string, skus: readonly string[]) {
  const faultOf = await labelFaults(
    unit,
    skus.map((sku) => ({ location, sku })),
  );
  const faults = skus.flatMap((sku, index) => {
    const reason = faultOf(location, sku);
    return reason === undefined ? [] : [{ sku, field: `skus[${index}]`, reason }];
  });
  if (faults.length === 0) return [];
  const there = await skusAt(
    unit,
    location,
    faults.map(({ sku }) => sku),
  );
  return faults.flatMap(({ sku, ...fault }) => (there.has(sku) ? [] : [fault]));
}

function readRoutes({ db }: Context): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/stocktakes",
      roles: READERS,
      summary: "Stocktakes, oldest first",
      query: z.strictObject({
        state: z.enum(["OPEN", "CLOSED"]).optional(),
        location: id.optional(),
        sku: sku.optional(),
        ...PAGE,
      }),
      responses: { 200: "a page of stocktakes; OPEN while a line of theirs is to be counted or approved" },
      handler: async ({ query: { cursor, limit, ...filter } }) => {
        const [createdAt, stocktakeId] = cursor === undefined ? [] : decodeCursor(cursor, ["whole", "text"]);
        const after = cursor === undefined ? null : { createdAt: Number(createdAt), stocktakeId: String(stocktakeId) };
        const found = await listStocktakes(db, filter, after, limit + 1);
        const { items, nextCursor } = page(found, limit, (last) => [last.createdAt, last.stocktakeId]);
        const views = items.map((one) => ({ ...stocktakeView(one), state: one.open ? "OPEN" : "CLOSED" }));
        return { status: 200, body: { items: views, nextCursor } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/stocktakes/{id}",
      roles: READERS,
      summary: "One stocktake, with how many of its lines are in which state",
      params: STOCKTAKE,
      responses: { 200: "the stocktake", 404: "no such stocktake" },
      handler: async ({ params }) => {
        const stocktake = await found({ db }, params.id);
        return { status: 200, body: { ...stocktakeView(stocktake), lines: await countStates(db, params.id) } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/stocktakes/{id}/lines",
      roles: READERS,
      summary: "The lines of a stocktake by SKU, with count, variance and what the book says now",
      params: STOCKTAKE,
      query: z.strictObject({ state: z.enum(STATES).optional(), ...PAGE }),
      responses: { 200: "a page of lines; of a blind count without the book for a clerk", 404: "no such stocktake" },
      handler: async ({ params, query: { state, cursor, limit }, actor }) => {
        const stocktake = await found({ db }, params.id);
        const after = cursor === undefined ? "" : String(decodeCursor(cursor)[0]);
        const lines = await listLines(db, params.id, state, after, limit + 1);
        const { items, nextCursor } = page(lines, limit, ({ line }) => [line.sku]);
        const views = items.map(({ line, book }) => lineView(stocktake, line, actor, book));
        return { status: 200, body: { items: views, nextCursor } };
      },
    }),
  ];
}

function cancelRoute({ db }: Context): Route {
  return route({
    method: "POST",
    path: "/v1/stocktakes/{id}/cancel",
    roles: WRITERS,
    summary: "Nobody will count what is not approved yet",
    params: STOCKTAKE,
    body: z.strictObject({}).optional(),
    responses: {
      200: "how many lines were cancelled; what was approved stays as it is",
      404: "no such stocktake",
      409: "nothing of it is left to be cancelled",
    },
    handler: (handed) => {
      const documents = [{ table: "stocktake", idColumn: "stocktake_id", ids: [handed.params.id] }];
      return answerOnce(db, handed, { documents }, async (unit) => {
        const stocktake = await found({ db: unit }, handed.params.id);
        const cancelled = await cancelLines(unit, handed.params.id);
        if (cancelled === 0) throw conflict("line-state", "Every line is approved or cancelled already");
        return { status: 200, body: { ...stocktakeView(stocktake), cancelled } };
      });
    },
  });
}

async function found({ db }: { db: Parameters<typeof loadStocktakes>[0] }, stocktakeId: string): Promise<Stocktake> {
  const stocktake = (await loadStocktakes(db, [stocktakeId])).get(stocktakeId);
  if (stocktake) return stocktake;
  throw new Problem({ status: 404, type: "unknown-stocktake", title: "No such stocktake" });
}
