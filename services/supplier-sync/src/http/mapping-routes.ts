import type { Session } from "@septet/messaging";
import {
  type Answer,
  decodeCursor,
  notFound,
  page,
  pageFields,
  type Route,
  route,
  type ServiceContext,
  StartOver,
  transact,
} from "@septet/service-kit";
import { z } from "zod";
import { chooseMappings, type Mapping } from "../domain/mapping.js";
import { applyWaiting, unknownSupplier } from "../reporting.js";
import { scopeOf, settleHeld } from "../settle.js";
import { addMappings, deleteMapping, listMappings, mappingsNaming } from "../store/mapping-rows.js";
import { loadSupplier } from "../store/supplier-rows.js";
import { refusalAnswer } from "./problem-answer.js";
import { code, MAX_LINES_BODY_BYTES, MAX_REPORT_LINES, SUPPLIER, sku, supplierId } from "./schemas.js";
import { MANAGERS, READERS } from "./supplier-routes.js";

const BODY = z.strictObject({ mappings: z.array(z.strictObject({ code, sku })).min(1).max(MAX_REPORT_LINES) });
const PAGE = z.strictObject(pageFields());
const ONE = z.object({ supplierId, code });

type Context = Pick<ServiceContext, "db" | "transact">;

/** What a supplier calls our SKUs. */
export function mappingRoutes(context: Context): Route[] {
  return [
    route({
      method: "PUT",
      path: "/v1/suppliers/{supplierId}/mappings",
      roles: MANAGERS,
      summary: "Adds mappings of supplier codes to SKUs, in bulk",
      description:
        "A code stands for one SKU and a SKU has one code, per supplier. All rows are taken or none; those that stand already " +
        "are passed over, and nothing is mapped over: take the old mapping back first.",
      params: SUPPLIER,
      body: BODY,
      maxBodyBytes: MAX_LINES_BODY_BYTES,
      responses: { 200: "they stand", 404: "no such supplier", 409: "rows that contradict others, by row" },
      handler: ({ params, body }) => add(context, params.supplierId, body.mappings),
    }),
    route({
      method: "GET",
      path: "/v1/suppliers/{supplierId}/mappings",
      roles: [...READERS, "supplier"],
      summary: "The mappings of a supplier, by code",
      params: SUPPLIER,
      query: PAGE,
      responses: { 200: "a page of mappings" },
      handler: async ({ params, query: { cursor, limit } }) => {
        const after = cursor === undefined ? "" : String(decodeCursor(cursor)[0]);
        const rows = await listMappings(context.db, params.supplierId, after, limit + 1);
        return { status: 200, body: page(rows, limit, (mapping) => [mapping.code]) };
      },
    }),
    route({
      method: "DELETE",
      path: "/v1/suppliers/{supplierId}/mappings/{code}",
      roles: MANAGERS,
      summary: "Takes a mapping back",
      params: ONE,
      responses: { 204: "it is gone", 404: "no such mapping" },
      handler: ({ params }) => remove(context, params.supplierId, params.code),
    }),
  ];
}

const held = (supplierId: string) => ({
  documents: [{ table: "supplier", idColumn: "supplier_id", ids: [supplierId] }],
});

async function add(context: Context, supplierId: string, wanted: readonly Mapping[]): Promise<Answer> {
  const codes = wanted.map((mapping) => mapping.code);
  const skus = wanted.map((mapping) => mapping.sku);
  const answer = await context.transact(held(supplierId), async (unit) => {
    const supplier = await loadSupplier(unit, supplierId);
    if (supplier === undefined) return refusalAnswer(unknownSupplier());
    if (unit.lockedRows.get("supplier") !== 1) throw new StartOver("the supplier was defined meanwhile");
    const chosen = chooseMappings(await mappingsNaming(unit, supplierId, codes, skus), wanted);
    if (chosen.outcome === "REFUSED") return refusalAnswer(chosen);
    await addMappings(unit, supplierId, chosen.added);
    return { status: 200, body: { told: wanted.length, added: chosen.added.length } };
  });
  // Told again after it broke off here, the same mappings apply what still waits.
  if (answer.status !== 200) return answer;
  const applied = await applyWaiting(context.db, supplierId, codes);
  return { ...answer, body: { ...(answer.body as object), applied } };
}

/** What was reported under the code was meant for another SKU: nothing of it is offered any more. */
function remove({ db }: Context, supplierId: string, mapped: string): Promise<Answer> {
  const find = async (session: Session) => (await mappingsNaming(session, supplierId, [mapped], []))[0];
  const plan = async (session: Session) => {
    const found = await find(session);
    return { ...held(supplierId), skus: found === undefined ? [] : [found.sku] };
  };
  return transact(db, plan, async (unit) => {
    const gone = await deleteMapping(unit, supplierId, mapped);
    if (gone === undefined) throw notFound(`the mapping of ${mapped}`);
    if (unit.sequenceOf(gone.sku) === undefined) throw new StartOver("the code was mapped otherwise meanwhile");
    const command = { type: "FORGET_REPORTED", supplierId, sku: gone.sku } as const;
    await settleHeld(unit, scopeOf([command]), [command]);
    return { status: 204 };
  });
}
