import {
  type Answer,
  answerOnce,
  decodeCursor,
  isoTime,
  notFound,
  Problem,
  page,
  pageFields,
  type RequestContext,
  type Route,
  readNow,
  route,
  type ServiceContext,
} from "@septet/service-kit";
import { z } from "zod";
import { offeredOf } from "../domain/low-offer.js";
import { explainOffer, type OfferExplained, termsNow } from "../domain/offer.js";
import { type OfferRow, offerKey } from "../domain/offer-row.js";
import { basisOf } from "../domain/workbench.js";
import { NO_FACTS, type World } from "../domain/world.js";
import { lookAgainAtAll } from "../looking-again.js";
import { unknownSupplier } from "../reporting.js";
import { scopeOf, settleHeld } from "../settle.js";
import { settleStopped } from "../settling.js";
import { loadWorld } from "../store/load-world.js";
import { listOffers } from "../store/offer-rows.js";
import { openAt } from "../store/order-duties.js";
import { loadSupplier, updateSupplier } from "../store/supplier-rows.js";
import { refusalAnswer } from "./problem-answer.js";
import { reason, SUPPLIER, sku, supplierId } from "./schemas.js";
import { READERS } from "./supplier-routes.js";

const OFFER = z.object({ supplierId, sku });
const STOP = z.strictObject({ reason });
const STOP_SUPPLIER = z.strictObject({
  reason,
  settle: z
    .boolean()
    .default(false)
    .describe("shorts every order there, too, and each later one on arrival (operators)"),
});
const RESUME = z.strictObject({}).optional();
const PAGE = z.strictObject(pageFields());
const STOPPERS = ["operator", "supplier"] as const;

type Context = Pick<ServiceContext, "db">;
type Asked = RequestContext<{ supplierId: string }, unknown, unknown>;

/** What is offered of a supplier's goods and why, and stopping it. The figures are ours: a supplier does not see them. */
export function offerRoutes({ db }: Context): Route[] {
  return [...readRoutes(db), ...stopRoutes(db)];
}

function readRoutes(db: Context["db"]): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/suppliers/{supplierId}/offers",
      roles: READERS,
      summary: "What is offered of a supplier's goods, by SKU",
      params: SUPPLIER,
      query: PAGE,
      responses: { 200: "a page of offers" },
      handler: async ({ params, query: { cursor, limit } }) => {
        const after = cursor === undefined ? "" : String(decodeCursor(cursor)[0]);
        const rows = await listOffers(db, params.supplierId, after, limit + 1);
        const { items, nextCursor } = page(rows, limit, (row) => [row.sku]);
        return { status: 200, body: { items: items.map(rowView), nextCursor } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/suppliers/{supplierId}/offers/{sku}",
      roles: READERS,
      summary: "What is offered of a SKU, with every term of the formula",
      params: OFFER,
      responses: { 200: "the offer, explained", 404: "nothing is known of the SKU at this supplier" },
      handler: ({ params }) => explained(db, params),
    }),
  ];
}

function explained(db: Context["db"], key: z.output<typeof OFFER>): Promise<Answer> {
  return db.snapshot(async (session) => {
    const scope = scopeOf([{ type: "LOOK_AGAIN", offers: [key], why: "FRESHNESS" }]);
    const world = await loadWorld(session, scope, await readNow(session));
    const row = world.offers.get(offerKey(key));
    const known = world.suppliers.get(key.supplierId);
    if (row === undefined || known === undefined) throw notFound(`an offer of ${key.sku}`);
    const basis = basisOf(row, world.facts.get(offerKey(key)) ?? NO_FACTS, world);
    const terms = explainOffer(basis, termsNow(known.clock, world.now), world.now);
    return { status: 200, body: { ...rowView(row), offering: basis.offering, computed: termsView(terms, world) } };
  });
}

function rowView(row: OfferRow) {
  const { sku, virtual, reserved, reported, kept, asOf, reportId, stopped } = row;
  const report = reported === null ? null : { reportId, quantity: reported, kept, asOf: isoTime(asOf) };
  return { sku, report, stopped, virtual, reserved, offered: offeredOf(row) };
}

/** The formula as it comes out now; `virtual` of the row follows within seconds. */
function termsView(of: OfferExplained, { now }: Pick<World, "now">) {
  const { freshness, changesAt, counted, gone, open, kept, buffer, worth, virtual } = of;
  const { worth: part, of: whole, keptStands } = freshness;
  const fresh = { worth: part, of: whole, keptStands };
  return {
    at: isoTime(now),
    kept,
    buffer,
    freshness: fresh,
    worth,
    counted,
    gone,
    open,
    virtual,
    changesAt: isoTime(changesAt),
  };
}

function stopRoutes(db: Context["db"]): Route[] {
  const responses = { 200: "so it stands", 404: "no such supplier" };
  return [
    route({
      method: "POST",
      path: "/v1/suppliers/{supplierId}/stop",
      roles: STOPPERS,
      summary: "Offers nothing of a supplier for now",
      description:
        "At once and with a reason; nothing is deleted, and what was ordered goes on. With `settle` (fire, flood) every piece " +
        "that is ordered there and not shipped is short, and served from elsewhere where it can be.",
      params: SUPPLIER,
      body: STOP_SUPPLIER,
      responses,
      handler: (context) => {
        const { reason: why, settle } = context.body;
        if (settle && !context.actor.roles.includes("operator")) {
          throw new Problem({ status: 403, type: "role-missing", title: "Only operators settle what was ordered" });
        }
        return stopSupplier(db, context, why, settle);
      },
    }),
    route({
      method: "GET",
      path: "/v1/suppliers/{supplierId}/stop",
      roles: READERS,
      summary: "What stopping a supplier and settling would short",
      params: SUPPLIER,
      responses: { 200: "orders and pieces that are open there" },
      handler: async ({ params }) => ({ status: 200, body: await openAt(db, params.supplierId) }),
    }),
    route({
      method: "POST",
      path: "/v1/suppliers/{supplierId}/resume",
      roles: STOPPERS,
      summary: "Offers a supplier's goods again",
      params: SUPPLIER,
      body: RESUME,
      responses,
      handler: (context) => stopSupplier(db, context, null, false),
    }),
    route({
      method: "POST",
      path: "/v1/suppliers/{supplierId}/offers/{sku}/stop",
      roles: STOPPERS,
      summary: "Offers nothing of a SKU at a supplier's for now",
      params: OFFER,
      body: STOP,
      responses,
      handler: (context) => stopSku(db, context, context.params, context.body.reason),
    }),
    route({
      method: "POST",
      path: "/v1/suppliers/{supplierId}/offers/{sku}/resume",
      roles: STOPPERS,
      summary: "Offers a SKU at a supplier's again",
      params: OFFER,
      body: RESUME,
      responses,
      handler: (context) => stopSku(db, context, context.params, null),
    }),
  ];
}

async function stopSupplier(
  db: Context["db"],
  context: Asked,
  stopped: string | null,
  settling: boolean,
): Promise<Answer> {
  const { supplierId } = context.params;
  const documents = [{ table: "supplier", idColumn: "supplier_id", ids: [supplierId] }];
  const answer = await answerOnce(db, context, { documents }, async (unit) => {
    const supplier = await loadSupplier(unit, supplierId);
    if (supplier === undefined) return refusalAnswer(unknownSupplier());
    await updateSupplier(unit, { ...supplier, stopped, settling, revision: supplier.revision + 1 });
    return { status: 200, body: { supplierId, stopped, settling } };
  });
  // Whoever is told that it has stopped may rely on it; broken off here, the next look does the rest.
  if (answer.status !== 200) return answer;
  await lookAgainAtAll(db);
  if (settling) await settleStopped(db);
  return answer;
}

function stopSku(
  db: Context["db"],
  context: Asked,
  key: z.output<typeof OFFER>,
  stopped: string | null,
): Promise<Answer> {
  const command = { type: "STOP_SKU", ...key, reason: stopped, actor: context.actor.subject } as const;
  const scope = scopeOf([command]);
  return answerOnce(db, context, { skus: [key.sku] }, async (unit) => {
    if ((await loadSupplier(unit, key.supplierId)) === undefined) return refusalAnswer(unknownSupplier());
    await settleHeld(unit, scope, [command]);
    return { status: 200, body: { ...key, stopped } };
  });
}
