import { decodeCursor, notFound, page, pageFields, type Route, route, type ServiceContext } from "@septet/service-kit";
import { z } from "zod";
import { NO_LABELLING } from "../domain/labelling.js";
import { labellingChanged, loadLabellings, putLabelling } from "../store/labelling-rows.js";
import { listSuffixReadings } from "../store/suffix-reading-list.js";
import { loadWarehouse } from "../store/warehouse-rows.js";
import { area, sku, warehouseCode } from "./schemas.js";

const MAX_AREAS = 1_000;
const MAX_SUFFIX_CHARS = 16;

const CODE = z.object({ code: warehouseCode });
const LABELLING = z.strictObject({
  unsellableSuffix: z
    .string()
    .min(1)
    .max(MAX_SUFFIX_CHARS)
    .regex(/^\S+$/, "holds no spaces: codes are trimmed")
    .nullable()
    .default(null),
  areas: z
    .array(z.strictObject({ area, unsellable: z.boolean() }))
    .max(MAX_AREAS)
    .refine((areas) => new Set(areas.map((one) => one.area)).size === areas.length, "names an area twice")
    .default([]),
});
const READINGS = z.strictObject({
  code: sku.optional(),
  listedSince: z.enum(["true", "false"]).default("false"),
  ...pageFields(),
});
const READERS = ["warehouse", "operator", "sre"] as const;

type Context = Pick<ServiceContext, "db" | "transact">;

/** How a warehouse labels unsellable stock, and what was read by its suffix. */
export function labellingRoutes(context: Context): Route[] {
  return [getRoute(context), putRoute(context), readingsRoute(context)];
}

function getRoute({ db }: Context): Route {
  return route({
    method: "GET",
    path: "/v1/warehouses/{code}/labelling",
    roles: READERS,
    summary: "How the warehouse labels unsellable stock",
    params: CODE,
    responses: { 200: "its suffix (null: off) and its areas", 404: "no such warehouse" },
    handler: async ({ params: { code } }) => {
      if (!(await loadWarehouse(db, code))) throw notFound(`warehouse ${code}`);
      const labelling = (await loadLabellings(db, [code])).get(code) ?? NO_LABELLING;
      const changed = (await labellingChanged(db, code)) ?? { changedAt: null, changedBy: null };
      return { status: 200, body: { code, ...labelling, ...changed } };
    },
  });
}

function putRoute(context: Context): Route {
  return route({
    method: "PUT",
    path: "/v1/warehouses/{code}/labelling",
    roles: ["warehouse", "operator"],
    summary: "Sets how the warehouse labels unsellable stock, for what is booked from now on",
    description:
      "With `unsellableSuffix: U` the code `12345U` means unsellable stock of `12345`, unless the catalogue lists `12345U`. " +
      "What is received or comes back into an area with `unsellable: true` is unsellable. What is left out is off.",
    params: CODE,
    body: LABELLING,
    responses: { 200: "the labelling as it is now", 404: "no such warehouse" },
    handler: async ({ params: { code }, body, actor }) => {
      const documents = [{ table: "warehouse", idColumn: "code", ids: [code] }];
      const changed = await context.transact({ documents }, async (unit) => {
        if (!(await loadWarehouse(unit, code))) throw notFound(`warehouse ${code}`);
        await putLabelling(unit, code, body, actor.subject);
        return labellingChanged(unit, code);
      });
      return { status: 200, body: { code, ...body, ...changed } };
    },
  });
}

function readingsRoute({ db }: Context): Route {
  return route({
    method: "GET",
    path: "/v1/suffix-readings",
    roles: READERS,
    summary: "Lines whose code was read as unsellable stock of a SKU",
    description:
      "`listedSince=true` leaves those whose code the catalogue has listed meanwhile: they are to be looked at.",
    query: READINGS,
    responses: { 200: "a page of lines, by code" },
    handler: async ({ query: { code = null, listedSince, cursor, limit } }) => {
      const after = cursor === undefined ? ["", "", ""] : decodeCursor(cursor, ["text", "text", "text"]);
      const rows = await listSuffixReadings(
        db,
        { code, listedSince: listedSince === "true" },
        after as [string, string, string],
        limit + 1,
      );
      const { items, nextCursor } = page(rows, limit, (last) => [last.code, last.documentId, last.line]);
      return { status: 200, body: { items: items.map(({ documentId, ...item }) => item), nextCursor } };
    },
  });
}
