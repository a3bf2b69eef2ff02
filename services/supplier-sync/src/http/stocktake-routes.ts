import {
  type Answer,
  answerOnce,
  decodeCursor,
  idempotencyClaim,
  isoTime,
  notFound,
  page,
  pageFields,
  type RequestContext,
  type Route,
  route,
  type ServiceContext,
  type UnitOfWork,
} from "@septet/service-kit";
import { LIMITS } from "@septet/stock-contracts";
import { z } from "zod";
import { isLocalDay } from "../domain/clock.js";
import { DIFFERENCE_CAUSES, differenceOf, explain, followedUp, type Reconciliation } from "../domain/reconciliation.js";
import type { Refusal } from "../domain/refusal.js";
import {
  approveStocktake,
  cancelStocktake,
  changeStocktake,
  openStocktake,
  skusCounted,
  skusToAdjust,
} from "../stocktaking.js";
import { listStocktakes, loadStocktake, type Stocktake, type StocktakeHead } from "../store/stocktake-rows.js";
import { refusalAnswer } from "./problem-answer.js";
import { code, name, ownId, reason, SUPPLIER, sku } from "./schemas.js";
import { MANAGERS, READERS } from "./supplier-routes.js";

/** All are compared, and corrected, in one transaction. */
const MAX_LINES = 2_000;
const COUNTED = z
  .strictObject({
    code: code.optional(),
    sku: sku.optional(),
    counted: z.int().min(0).max(LIMITS.MAX_QUANTITY_PIECES).describe("what lies there, confirmed pieces among it"),
  })
  .refine(
    (line) => (line.code === undefined) !== (line.sku === undefined),
    "names the article by its code, or by our SKU",
  );
const OPEN = z.strictObject({
  stocktakeId: ownId.optional().describe("makes it one for ever, under whichever keys it is told"),
  lines: z.array(COUNTED).min(1).max(MAX_LINES),
});
const EXPLAIN = z.strictObject({
  lines: z
    .array(
      z.strictObject({
        sku,
        cause: z.enum(DIFFERENCE_CAUSES),
        owner: name.describe("who sees to it"),
        dueOn: z.string().refine(isLocalDay, "takes a day such as 2026-03-01"),
        note: reason.optional(),
      }),
    )
    .min(1)
    .max(MAX_LINES),
});
const DONE = z.strictObject({ skus: z.array(sku).min(1).max(MAX_LINES) });
const ONE = SUPPLIER.extend({ stocktakeId: ownId });
const PAGE = z.strictObject(pageFields());
const PATH = "/v1/suppliers/{supplierId}/stocktakes";
const REFUSED = { 404: "no such stocktake", 409: "it is closed" };

type Context = Pick<ServiceContext, "db">;
type OneContext<B = unknown> = RequestContext<z.output<typeof ONE>, unknown, B>;

/** Counting at suppliers, against what is recorded. */
export function stocktakeRoutes(context: Context): Route[] {
  return [openRoute(context), ...lookRoutes(context), ...stepRoutes(context)];
}

function openRoute({ db }: Context): Route {
  return route({
    method: "POST",
    path: PATH,
    roles: ["operator", "supplier"],
    summary: "Compares what a supplier counted with what is recorded",
    params: SUPPLIER,
    body: OPEN,
    responses: {
      200: "it was told before, with the same content",
      201: "the differences",
      404: "no such supplier",
      409: "the stocktakeId stands for another count",
      422: "an article that the supplier has no code for, or that is named twice",
    },
    handler: (context) => {
      const { params, body, actor, bodyHash: content } = context;
      const { supplierId } = params;
      const stocktakeId = body.stocktakeId ?? `key-${idempotencyClaim(context).id.slice(0, 32)}`;
      const told = { supplierId, stocktakeId, content, toldBy: actor.subject, lines: body.lines };
      const plan = async (session: Parameters<typeof skusCounted>[0]) => {
        const skus = await skusCounted(session, supplierId, body.lines);
        return { skus: skus.filter((one) => one !== null) };
      };
      return answerOnce(db, context, plan, async (unit) => {
        const opened = await openStocktake(unit, told);
        if (opened.outcome === "REFUSED") return refusalAnswer(opened);
        return { status: opened.outcome === "OPENED" ? 201 : 200, body: stocktakeView(opened.stocktake) };
      });
    },
  });
}

function lookRoutes({ db }: Context): Route[] {
  return [
    route({
      method: "GET",
      path: PATH,
      roles: [...READERS, "supplier"],
      summary: "The stocktakes of a supplier, oldest first",
      params: SUPPLIER,
      query: PAGE,
      responses: { 200: "a page of stocktakes without their lines" },
      handler: async ({ params, query: { cursor, limit } }) => {
        const [openedAt, stocktakeId] = cursor === undefined ? [] : decodeCursor(cursor, ["whole", "text"]);
        const after = cursor === undefined ? null : { openedAt: Number(openedAt), stocktakeId: String(stocktakeId) };
        const found = await listStocktakes(db, params.supplierId, after, limit + 1);
        const { items, nextCursor } = page(found, limit, (last) => [last.openedAt, last.stocktakeId]);
        return { status: 200, body: { items: items.map(headView), nextCursor } };
      },
    }),
    route({
      method: "GET",
      path: `${PATH}/{stocktakeId}`,
      roles: [...READERS, "supplier"],
      summary: "A stocktake with its lines",
      params: ONE,
      responses: { 200: "the stocktake", 404: "no such stocktake" },
      handler: async ({ params }) => ({ status: 200, body: stocktakeView(await found(db, params)) }),
    }),
  ];
}

function stepRoutes({ db }: Context): Route[] {
  return [
    route({
      method: "POST",
      path: `${PATH}/{stocktakeId}/explain`,
      roles: MANAGERS,
      summary: "Says why lines differ, and who sees to it until when",
      params: ONE,
      body: EXPLAIN,
      responses: { 200: "the stocktake", ...REFUSED, 422: "no such line, or nothing to explain" },
      handler: (context) =>
        step(db, context, (unit, before) => {
          const told = context.body.lines.map(({ sku: one, cause, owner, dueOn, note = null }) => {
            return { sku: one, why: { cause, followUp: { owner, dueOn, note } } };
          });
          return changeStocktake(
            unit,
            before,
            folded(before, told, (now, { sku: one, why }) => explain(now, one, why)),
          );
        }),
    }),
    route({
      method: "POST",
      path: `${PATH}/{stocktakeId}/follow-ups`,
      roles: MANAGERS,
      summary: "Says that the follow-ups of lines are done",
      params: ONE,
      body: DONE,
      responses: { 200: "the stocktake", 404: "no such stocktake", 422: "a line without a follow-up" },
      handler: (context) =>
        step(db, context, (unit, before) =>
          changeStocktake(unit, before, folded(before, context.body.skus, followedUp)),
        ),
    }),
    route({
      method: "POST",
      path: `${PATH}/{stocktakeId}/approve`,
      roles: MANAGERS,
      summary: "Approves a stocktake and corrects what is recorded by its differences",
      params: ONE,
      responses: { 200: "the stocktake", ...REFUSED, 422: "a difference without cause or follow-up" },
      handler: (context) =>
        step(db, context, (unit, before) => approveStocktake(unit, before, context.actor.subject), true),
    }),
    route({
      method: "POST",
      path: `${PATH}/{stocktakeId}/cancel`,
      roles: MANAGERS,
      summary: "Gives a stocktake up",
      params: ONE,
      responses: { 200: "the stocktake", ...REFUSED },
      handler: (context) => step(db, context, (unit, before) => cancelStocktake(unit, before, context.actor.subject)),
    }),
  ];
}

/** Takes a step with a stocktake under its row and, where asked for, under the streams of its SKUs: its lines never change. */
function step(
  db: Context["db"],
  context: OneContext,
  take: (unit: UnitOfWork, before: Stocktake) => Promise<Stocktake | Refusal>,
  withSkus = false,
): Promise<Answer> {
  const { supplierId, stocktakeId } = context.params;
  const documents = [{ table: "stocktake", idColumn: "stocktake_id", ids: [stocktakeId] }];
  const plan = async (session: Parameters<typeof loadStocktake>[0]) => {
    const known = withSkus ? await loadStocktake(session, supplierId, stocktakeId) : undefined;
    return { documents, skus: known === undefined ? [] : skusToAdjust(known) };
  };
  return answerOnce(db, context, plan, async (unit) => {
    const taken = await take(unit, await found(unit, context.params));
    return "outcome" in taken ? refusalAnswer(taken) : { status: 200, body: stocktakeView(taken) };
  });
}

/** One step after the other, until one is refused. */
function folded<T>(
  before: Reconciliation,
  steps: readonly T[],
  take: (now: Reconciliation, one: T) => ReturnType<typeof explain>,
): ReturnType<typeof explain> {
  let now: Reconciliation = before;
  for (const one of steps) {
    const taken = take(now, one);
    if ("outcome" in taken) return taken;
    now = taken;
  }
  return now;
}

async function found(session: Parameters<typeof loadStocktake>[0], { supplierId, stocktakeId }: z.output<typeof ONE>) {
  const known = await loadStocktake(session, supplierId, stocktakeId);
  if (known === undefined) throw notFound(`stocktake ${stocktakeId}`);
  return known;
}

function headView({ stocktakeId, state, openedAt, openedBy, closedAt, closedBy }: StocktakeHead) {
  return { stocktakeId, state, openedAt: isoTime(openedAt), openedBy, closedAt: isoTime(closedAt), closedBy };
}

function stocktakeView(stocktake: Stocktake) {
  const lines = stocktake.lines.map((line) => ({ ...line, difference: differenceOf(line) }));
  return { ...headView(stocktake), lines };
}
