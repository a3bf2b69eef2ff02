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
  sqlState,
} from "@septet/service-kit";
import { supplierLocation } from "@septet/stock-contracts";
import { z } from "zod";
import {
  defineSupplier,
  offersStock,
  SUPPLIER_STATES,
  type Supplier,
  type SupplierDefinition,
  type SupplierState,
} from "../domain/supplier.js";
import { createSupplier, listSuppliers, loadSupplier, updateSupplier } from "../store/supplier-rows.js";
import { refusalAnswer } from "./problem-answer.js";
import { contacts, name, SUPPLIER, timeZone, warehouse } from "./schemas.js";

const UNIQUE_VIOLATION = "23505";
const STATES = Object.keys(SUPPLIER_STATES) as [SupplierState, ...SupplierState[]];
const BODY = z.strictObject({
  name,
  timeZone,
  state: z.enum(STATES).optional(),
  attachedTo: warehouse.nullish(),
  contacts: contacts.default([]),
});
const PAGE = z.strictObject(pageFields());

export const MANAGERS = ["operator"] as const;
export const READERS = ["operator", "sre"] as const;

type Context = Pick<ServiceContext, "db" | "transact">;

/** Defining suppliers, and looking at them. */
export function supplierRoutes(context: Context): Route[] {
  return [
    route({
      method: "PUT",
      path: "/v1/suppliers/{supplierId}",
      roles: MANAGERS,
      summary: "Defines a supplier, or changes it",
      description:
        "Its location is `supplier:<supplierId>`, told to all. Without a state it keeps its own, or begins as a DRAFT; only " +
        "TRIAL and ACTIVE offer stock.",
      params: SUPPLIER,
      body: BODY,
      responses: { 200: "it stands as told", 201: "it is new", 409: "its state cannot become that" },
      handler: ({ params, body }) => {
        const told = body.contacts.map((contact) => ({ email: null, phone: null, ...withoutGaps(contact) }));
        const { state = null, attachedTo = null, ...rest } = body;
        return define(context, { ...rest, supplierId: params.supplierId, state, attachedTo, contacts: told });
      },
    }),
    route({
      method: "GET",
      path: "/v1/suppliers",
      roles: READERS,
      summary: "All suppliers, by id",
      query: PAGE,
      responses: { 200: "a page of suppliers" },
      handler: async ({ query: { cursor, limit } }) => {
        const after = cursor === undefined ? "" : String(decodeCursor(cursor)[0]);
        const rows = await listSuppliers(context.db, after, limit + 1);
        return { status: 200, body: page(rows, limit, (supplier) => [supplier.supplierId]) };
      },
    }),
    route({
      method: "GET",
      path: "/v1/suppliers/{supplierId}",
      roles: [...READERS, "supplier"],
      summary: "One supplier",
      params: SUPPLIER,
      responses: { 200: "the supplier", 404: "nobody has defined it" },
      handler: async ({ params }) => {
        const supplier = await loadSupplier(context.db, params.supplierId);
        if (supplier === undefined) throw notFound(`supplier ${params.supplierId}`);
        return { status: 200, body: supplier };
      },
    }),
  ];
}

type ToldContact = z.output<typeof contacts>[number];

/** A field that is left out and one that is null mean the same. */
function withoutGaps({ name, email, phone }: ToldContact): { name: string; email?: string; phone?: string } {
  return { name, ...(email ? { email } : {}), ...(phone ? { phone } : {}) };
}

/** Tells the other services of every change, counted up; what changes nothing is not told. */
function define(context: Context, wanted: SupplierDefinition): Promise<Answer> {
  const documents = [{ table: "supplier", idColumn: "supplier_id", ids: [wanted.supplierId] }];
  return context.transact({ documents }, async (unit) => {
    const defined = defineSupplier(await loadSupplier(unit, wanted.supplierId), wanted);
    if (defined.outcome === "REFUSED") return refusalAnswer(defined);
    const { supplier, outcome } = defined;
    if (outcome === "UNCHANGED") return { status: 200, body: supplier };
    if (outcome === "CHANGED") await updateSupplier(unit, supplier);
    else {
      try {
        await createSupplier(unit, supplier);
      } catch (error) {
        if (sqlState(error) === UNIQUE_VIOLATION) throw new StartOver("the supplier was defined meanwhile");
        throw error;
      }
    }
    unit.publish("LocationDefined", locationOf(supplier));
    return { status: outcome === "CREATED" ? 201 : 200, body: supplier };
  });
}

function locationOf({ supplierId, name, state, attachedTo, version }: Supplier) {
  const location = supplierLocation(supplierId);
  return { location, kind: "SUPPLIER", name, region: null, attachedTo, active: offersStock(state), version };
}
