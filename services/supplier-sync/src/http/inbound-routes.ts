import {
  type Answer,
  answerOnce,
  decodeCursor,
  idempotencyClaim,
  isoTime,
  page,
  pageFields,
  type RequestContext,
  type Route,
  route,
  type ServiceContext,
  StartOver,
  sqlState,
} from "@septet/service-kit";
import { z } from "zod";
import { type RefusedField, refuse } from "../domain/refusal.js";
import { unknownSupplier } from "../reporting.js";
import { scopeOf, settleHeld } from "../settle.js";
import { createInbound, type Inbound, listInbounds, loadInbound } from "../store/inbound-rows.js";
import { mappingsNaming } from "../store/mapping-rows.js";
import { loadSupplier } from "../store/supplier-rows.js";
import { refusalAnswer } from "./problem-answer.js";
import { ownId, quantity, SUPPLIER, sku, warehouse } from "./schemas.js";
import { READERS } from "./supplier-routes.js";

const UNIQUE_VIOLATION = "23505";
const MAX_LINES = 1_000;
const BODY = z.strictObject({
  inboundId: ownId.optional().describe("makes it one for ever, under whichever keys it is told"),
  warehouse,
  lines: z
    .array(z.strictObject({ sku, quantity }))
    .min(1)
    .max(MAX_LINES)
    .refine((lines) => new Set(lines.map((line) => line.sku)).size === lines.length, "names each SKU once"),
});
const PAGE = z.strictObject(pageFields());

type Context = Pick<ServiceContext, "db">;
type Told = RequestContext<z.output<typeof SUPPLIER>, unknown, z.output<typeof BODY>>;

/** Suppliers' goods that are brought into our warehouses. */
export function inboundRoutes({ db }: Context): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/suppliers/{supplierId}/inbound",
      roles: ["operator", "warehouse"],
      summary: "Supplier's goods are brought into a warehouse and become our own",
      description: "The warehouse does not receive them a second time.",
      params: SUPPLIER,
      body: BODY,
      responses: {
        200: "it was told before, with the same content",
        201: "the goods are our own",
        404: "no such supplier",
        409: "the inboundId stands for other goods",
        422: "a SKU that the supplier has no code for",
      },
      handler: (context) => bringIn(db, context),
    }),
    route({
      method: "GET",
      path: "/v1/suppliers/{supplierId}/inbound",
      roles: [...READERS, "warehouse"],
      summary: "What was brought in of a supplier's goods, oldest first",
      params: SUPPLIER,
      query: PAGE,
      responses: { 200: "a page of inbounds" },
      handler: async ({ params, query: { cursor, limit } }) => {
        const [broughtAt, inboundId] = cursor === undefined ? [] : decodeCursor(cursor, ["whole", "text"]);
        const after = cursor === undefined ? null : { broughtAt: Number(broughtAt), inboundId: String(inboundId) };
        const found = await listInbounds(db, params.supplierId, after, limit + 1);
        const { items, nextCursor } = page(found, limit, (last) => [last.broughtAt, last.inboundId]);
        return { status: 200, body: { items: items.map(inboundView), nextCursor } };
      },
    }),
  ];
}

function bringIn(db: Context["db"], context: Told): Promise<Answer> {
  const { params, body, actor, bodyHash: content } = context;
  const { supplierId } = params;
  const { lines, warehouse: into } = body;
  const inboundId = body.inboundId ?? `key-${idempotencyClaim(context).id.slice(0, 32)}`;
  const command = { type: "BRING_IN", supplierId, inboundId, warehouse: into, lines, actor: actor.subject } as const;
  return answerOnce(db, context, { skus: lines.map((line) => line.sku) }, async (unit) => {
    if ((await loadSupplier(unit, supplierId)) === undefined) return refusalAnswer(unknownSupplier());
    const known = await loadInbound(unit, supplierId, inboundId);
    if (known !== undefined) {
      if (known.content === content) return { status: 200, body: inboundView(known) };
      return refusalAnswer(refuse("INBOUND_CONFLICT", "the inboundId stands for other goods: choose another, or none"));
    }
    const skus = lines.map((line) => line.sku);
    const mapped = new Set((await mappingsNaming(unit, supplierId, [], skus)).map((mapping) => mapping.sku));
    const unknown = skus.flatMap((name, index): RefusedField[] =>
      mapped.has(name) ? [] : [{ field: `lines[${index}].sku`, reason: `the supplier has no code for ${name}` }],
    );
    if (unknown.length > 0) return refusalAnswer(refuse("UNKNOWN_SKU", "the goods are not this supplier's", unknown));
    const about = { supplierId, inboundId, warehouse: into, lines };
    const inbound: Inbound = { ...about, content, broughtAt: unit.now, toldBy: actor.subject };
    try {
      await createInbound(unit, inbound);
    } catch (error) {
      if (sqlState(error) === UNIQUE_VIOLATION) throw new StartOver("it was told meanwhile");
      throw error;
    }
    await settleHeld(unit, scopeOf([command]), [command]);
    return { status: 201, body: inboundView(inbound) };
  });
}

function inboundView({ inboundId, warehouse, broughtAt, toldBy, lines }: Inbound) {
  return { inboundId, warehouse, broughtAt: isoTime(broughtAt), toldBy, lines };
}
