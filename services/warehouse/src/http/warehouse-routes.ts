import {
  decodeCursor,
  notFound,
  page,
  pageFields,
  type Route,
  route,
  type ServiceContext,
  StartOver,
  sqlState,
} from "@septet/service-kit";
import { z } from "zod";
import { defineWarehouse, type Warehouse, type WarehouseDefinition } from "../domain/warehouse.js";
import { createWarehouse, listWarehouses, loadWarehouse, updateWarehouse } from "../store/warehouse-rows.js";
import { name, warehouseCode } from "./schemas.js";

const UNIQUE_VIOLATION = "23505";
const CODE = z.object({ code: warehouseCode });
const BODY = z.strictObject({
  name,
  region: name.nullish(),
  active: z.boolean().default(true),
});
const PAGE = z.object({
  ...pageFields(400),
});
const READERS = ["warehouse", "operator", "sre"] as const;

type Context = Pick<ServiceContext, "db" | "transact">;

/** Defining warehouses, and looking at them. */
export function warehouseRoutes(context: Context): Route[] {
  return [
    route({
      method: "PUT",
      path: "/v1/warehouses/{code}",
      roles: ["warehouse", "operator"],
      summary: "Defines a warehouse, or changes it",
      params: CODE,
      body: BODY,
      responses: { 200: "it stands as told", 201: "it is new" },
      handler: async ({ params, body }) => {
        const wanted = { code: params.code, name: body.name, region: body.region ?? null, active: body.active };
        const { warehouse, outcome } = await define(context, wanted);
        return { status: outcome === "CREATED" ? 201 : 200, body: warehouse };
      },
    }),
    route({
      method: "GET",
      path: "/v1/warehouses",
      roles: READERS,
      summary: "All warehouses, by code",
      query: PAGE,
      responses: { 200: "a page of warehouses" },
      handler: async ({ query: { cursor, limit } }) => {
        const after = cursor === undefined ? "" : String(decodeCursor(cursor)[0]);
        const rows = await listWarehouses(context.db, after, limit + 1);
        return { status: 200, body: page(rows, limit, (warehouse) => [warehouse.code]) };
      },
    }),
    route({
      method: "GET",
      path: "/v1/warehouses/{code}",
      roles: READERS,
      summary: "One warehouse",
      params: CODE,
      responses: { 200: "the warehouse", 404: "nobody has defined it" },
      handler: async ({ params }) => {
        const warehouse = await loadWarehouse(context.db, params.code);
        if (!warehouse) throw notFound(`warehouse ${params.code}`);
        return { status: 200, body: warehouse };
      },
    }),
  ];
}

/** Tells the other services of every change, counted up; what changes nothing is not told. */
function define(
  context: Context,
  wanted: WarehouseDefinition,
): Promise<{ warehouse: Warehouse; outcome: "CREATED" | "CHANGED" | "UNCHANGED" }> {
  const documents = [{ table: "warehouse", idColumn: "code", ids: [wanted.code] }];
  return context.transact({ documents }, async (unit) => {
    const defined = defineWarehouse(await loadWarehouse(unit, wanted.code), wanted);
    const { warehouse, outcome } = defined;
    if (outcome === "UNCHANGED") return defined;
    if (outcome === "CHANGED") await updateWarehouse(unit, warehouse);
    else {
      try {
        await createWarehouse(unit, warehouse);
      } catch (error) {
        if (sqlState(error) === UNIQUE_VIOLATION) throw new StartOver("the warehouse was defined meanwhile");
        throw error;
      }
    }
    const { code: location, ...rest } = warehouse;
    unit.publish("LocationDefined", { location, kind: "WAREHOUSE", attachedTo: null, ...rest });
    return defined;
  });
}
