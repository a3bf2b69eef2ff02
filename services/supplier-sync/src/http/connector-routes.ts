import {
  type Answer,
  answerOnce,
  decodeCursor,
  invalid,
  isoTime,
  notFound,
  page,
  pageFields,
  type Route,
  route,
  type ServiceContext,
} from "@septet/service-kit";
import { z } from "zod";
import { neverPulled } from "../domain/connector.js";
import { TIERS } from "../domain/terms.js";
import type { PULL_VARIABLES } from "../pull-config.js";
import { allowedAddresses } from "../pulling/allowed-addresses.js";
import { checkedUrl, FetchFault } from "../pulling/guarded-request.js";
import { jsonPath } from "../pulling/json-path.js";
import { unknownSupplier } from "../reporting.js";
import {
  type ConnectorRow,
  callConnector,
  deleteConnector,
  listConnectors,
  loadConnector,
  putConnector,
} from "../store/connector-rows.js";
import { loadSupplier } from "../store/supplier-rows.js";
import { refusalAnswer } from "./problem-answer.js";
import { ownId, SUPPLIER } from "./schemas.js";
import { MANAGERS, READERS } from "./supplier-routes.js";

const MAX_HEADERS = 20;
const path = z
  .string()
  .max(500)
  .refine((text) => jsonPath(text) !== undefined, "takes a path to one place, such as $.data.items");
const heading = z.string().trim().min(1).max(100).optional();
const parameter = z.string().regex(/^[\w.-]{1,64}$/, "takes the name of a parameter");
/** Names of headers as HTTP has them, without those that we set ourselves. */
const HEADER =
  /^(?!(?:host|connection|content-length|transfer-encoding|accept-encoding|if-none-match|if-modified-since)$)[!#$%&'*+\-.^_`|~0-9a-z]{1,64}$/;
const headers = z
  .record(
    z.string().toLowerCase().regex(HEADER, "takes the name of a header that we do not set ourselves"),
    z.string().regex(/^[\x20-\x7e]{1,2000}$/, "takes 1 to 2,000 printable ASCII characters"),
  )
  .refine((all) => Object.keys(all).length <= MAX_HEADERS, `takes at most ${MAX_HEADERS} headers`);

const FORM = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("CSV"),
    headings: z.strictObject({ code: heading, sku: heading, quantity: heading, kept: heading }).default({}),
  }),
  z.strictObject({
    kind: z.literal("JSON"),
    items: path.describe("where the list is"),
    fields: z
      .strictObject({ code: path.optional(), sku: path.optional(), quantity: path, kept: path.optional() })
      .refine(({ code, sku }) => code !== undefined || sku !== undefined, "needs a path to the code or to the SKU"),
  }),
]);
const PAGING = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("NONE") }),
  z.strictObject({ kind: z.literal("COUNTED"), parameter, first: z.int().min(0).max(1_000_000).default(1) }),
  z.strictObject({ kind: z.literal("CURSOR"), parameter, path }),
  z.strictObject({ kind: z.literal("LINK") }),
]);
const BODY = z.strictObject({
  url: z.url().max(2_000),
  headers: headers.optional().describe("tokens and keys; left out they stay as they are, and they are never shown"),
  form: FORM,
  paging: PAGING.default({ kind: "NONE" }),
  tier: z.enum(TIERS).default("MIDDLE").describe("how often, by the supplier's terms"),
  full: z.boolean().default(false).describe("the feed names all that the supplier has"),
  enabled: z.boolean().default(true),
});
const ONE = SUPPLIER.extend({ connectorId: ownId });
const PAGE = z.strictObject(pageFields());

type Context = ServiceContext<typeof PULL_VARIABLES>;

/** The ways to suppliers' own systems. */
export function connectorRoutes({ db, transact, config }: Context): Route[] {
  const allowed = allowedAddresses(config.PULL_ALLOWED_NETWORKS);
  const ofSupplier = (supplierId: string) => ({
    documents: [{ table: "supplier", idColumn: "supplier_id", ids: [supplierId] }],
  });
  return [
    route({
      method: "PUT",
      path: "/v1/suppliers/{supplierId}/connectors/{connectorId}",
      roles: MANAGERS,
      summary: "Pulls a supplier's stock from its own system",
      description: "HTTP, JSON by path or CSV by column. It is pulled at once and then as its tier says.",
      params: ONE,
      body: BODY,
      responses: { 200: "the connector", 400: "an address that may not be reached", 404: "no such supplier" },
      handler: ({ params, body }) => {
        refuseUnreachable(body.url, allowed);
        return transact(ofSupplier(params.supplierId), async (unit) => {
          if ((await loadSupplier(unit, params.supplierId)) === undefined) return refusalAnswer(unknownSupplier());
          const known = await loadConnector(unit, params.supplierId, params.connectorId);
          const { url, form, paging, tier, full, enabled } = body;
          const source = { url, form, paging } as ConnectorRow["source"];
          const kept = body.headers ?? known?.headers ?? {};
          await putConnector(unit, { ...params, source, headers: kept, tier, full, enabled }, neverPulled(unit.now));
          const written = await loadConnector(unit, params.supplierId, params.connectorId);
          return { status: 200, body: connectorView(written!) };
        });
      },
    }),
    route({
      method: "GET",
      path: "/v1/suppliers/{supplierId}/connectors",
      roles: READERS,
      summary: "The connectors of a supplier and how they went, by id",
      params: SUPPLIER,
      query: PAGE,
      responses: { 200: "a page of connectors" },
      handler: async ({ params, query: { cursor, limit } }): Promise<Answer> => {
        const after = cursor === undefined ? "" : String(decodeCursor(cursor)[0]);
        const found = await listConnectors(db, params.supplierId, after, limit + 1);
        const { items, nextCursor } = page(found, limit, ({ connectorId }) => [connectorId]);
        return { status: 200, body: { items: items.map(connectorView), nextCursor } };
      },
    }),
    route({
      method: "POST",
      path: "/v1/suppliers/{supplierId}/connectors/{connectorId}/pull",
      roles: MANAGERS,
      summary: "Pulls a connector now",
      params: ONE,
      responses: { 202: "it is due", 404: "no such connector" },
      handler: (context) =>
        answerOnce(db, context, {}, async (unit) => {
          const { supplierId, connectorId } = context.params;
          if (!(await callConnector(unit, supplierId, connectorId))) throw notFound(`connector ${connectorId}`);
          return { status: 202, body: { connectorId } };
        }),
    }),
    route({
      method: "DELETE",
      path: "/v1/suppliers/{supplierId}/connectors/{connectorId}",
      roles: MANAGERS,
      summary: "Pulls it no more",
      params: ONE,
      responses: { 204: "it is gone", 404: "no such connector" },
      handler: ({ params }) =>
        transact({}, async (unit) => {
          if (await deleteConnector(unit, params.supplierId, params.connectorId)) return { status: 204 };
          throw notFound(`connector ${params.connectorId}`);
        }),
    }),
  ];
}

/** By its number at once; by its name when it is pulled, since what a name means can change. */
export function refuseUnreachable(url: string, allowed: ReturnType<typeof allowedAddresses>, field = "body.url"): void {
  try {
    checkedUrl(url, allowed);
  } catch (error) {
    if (!(error instanceof FetchFault)) throw error;
    throw invalid([{ field, reason: error.message }]);
  }
}

/** Headers by name only. */
function connectorView({ connectorId, source, headers, tier, full, enabled, ...how }: ConnectorRow) {
  const { nextAt, failures, circuit, readAt, pulledAt, lastOutcome, lastFault } = how;
  const times = { nextAt: isoTime(nextAt), readAt: isoTime(readAt), pulledAt: isoTime(pulledAt) };
  const went = { failures, circuit: circuit.state, lastOutcome, lastFault };
  return { connectorId, ...source, headers: Object.keys(headers).sort(), tier, full, enabled, ...times, ...went };
}
