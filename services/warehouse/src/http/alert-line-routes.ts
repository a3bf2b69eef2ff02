import {
  answerOnce,
  decodeCursor,
  notFound,
  page,
  pageFields,
  type Route,
  route,
  type ServiceContext,
} from "@septet/service-kit";
import { z } from "zod";
import { type AlertLine, EVERYWHERE, LINE_OFF } from "../domain/alert-line.js";
import { dropAlertLine, planOf, setAlertLines, setHeld } from "../set-alert-lines.js";
import { listAlertLines, listLow } from "../store/alert-line-rows.js";
import { bulkUpload, checkedRow } from "./bulk-upload.js";
import { id, lines, location, name, part, sku } from "./schemas.js";

const LINE = {
  /** Null = the default line; "off" = none. */
  pieces: z
    .union([part, z.literal("off")])
    .nullable()
    .default(null),
  buyer: name.nullable().default(null),
};
const BODY = z.strictObject(LINE);
const ITEM = z.object({ sku, location: location.optional(), ...LINE });
const BULK = z.strictObject({ lines: lines(z.strictObject(ITEM.shape)) });
const COLUMNS = { names: ["sku", "location", "pieces", "buyer"], required: ["sku"], figures: ["pieces"] };
const PAGE = {
  buyer: name.optional(),
  ...pageFields(),
};
const READERS = ["warehouse", "operator", "sre"] as const;

type Context = Pick<ServiceContext, "db" | "transact">;
type Told = z.output<typeof ITEM>;

const lineOf = ({ sku, location = EVERYWHERE, pieces, buyer }: Told): AlertLine => {
  return { sku, location, pieces: pieces === "off" ? LINE_OFF : pieces, buyer };
};

const view = ({ sku, location, pieces, buyer }: AlertLine) => {
  return {
    sku,
    location: location === EVERYWHERE ? null : location,
    pieces: pieces === LINE_OFF ? "off" : pieces,
    buyer,
  };
};

/**
 * Alert lines of own stock towards its buyers, and what is at or below them.
 * @param defaultPieces the line of SKUs that have none, pieces, or `LINE_OFF`
 */
export function alertLineRoutes(context: Context, defaultPieces: number): Route[] {
  return [
    ...putRoutes(context, defaultPieces),
    ...deleteRoutes(context, defaultPieces),
    bulkRoute(context, defaultPieces),
    listRoute(context),
    lowRoute(context, defaultPieces),
  ];
}

const AT_SKU = z.object({ sku });
const AT_PLACE = z.object({ sku, location });

function putRoutes(context: Context, defaultPieces: number): Route[] {
  const put = async (place: { sku: string; location?: string }, body: z.output<typeof BODY>, actor: string) => {
    const line = lineOf({ ...place, ...body });
    await setAlertLines(context, defaultPieces, [line], actor);
    return { status: 200, body: view(line) };
  };
  const spec = { method: "PUT", roles: ["operator"], body: BODY, responses: { 200: "the line as it is now" } } as const;
  return [
    route({
      ...spec,
      path: "/v1/alert-lines/{sku}",
      summary: "Sets a SKU's line at every location that has none of its own, and its buyer",
      params: AT_SKU,
      handler: ({ params, body, actor }) => put(params, body, actor.subject),
    }),
    route({
      ...spec,
      path: "/v1/alert-lines/{sku}/{location}",
      summary: "Sets a SKU's line at a location, and its buyer there",
      params: AT_PLACE,
      handler: ({ params, body, actor }) => put(params, body, actor.subject),
    }),
  ];
}

function deleteRoutes(context: Context, defaultPieces: number): Route[] {
  const drop = async (sku: string, location: string) => {
    if (!(await dropAlertLine(context, defaultPieces, { sku, location }))) throw notFound(`the alert line of ${sku}`);
    return { status: 204 };
  };
  const spec = {
    method: "DELETE",
    roles: ["operator"],
    responses: { 204: "it is gone", 404: "no such line" },
  } as const;
  return [
    route({
      ...spec,
      path: "/v1/alert-lines/{sku}",
      summary: "Takes a SKU's line away: the default holds again",
      params: AT_SKU,
      handler: ({ params }) => drop(params.sku, EVERYWHERE),
    }),
    route({
      ...spec,
      path: "/v1/alert-lines/{sku}/{location}",
      summary: "Takes a SKU's line at a location away: the SKU's holds again",
      params: AT_PLACE,
      handler: ({ params }) => drop(params.sku, params.location),
    }),
  ];
}

function bulkRoute(context: Context, defaultPieces: number): Route {
  return route({
    method: "POST",
    path: "/v1/alert-lines",
    roles: ["operator"],
    summary: "Sets many lines",
    description:
      "JSON sets all lines or none; text/csv (UTF-8, header sku,[location],[pieces],[buyer]) and application/x-ndjson row by " +
      "row. Without a location a line holds everywhere; `pieces` may be `off`, and left out means the default.",
    body: BULK,
    bulk: true,
    responses: { 200: "how many lines changed; or an upload: counts, and what is wrong with which row" },
    handler: (handed) => {
      const actor = handed.actor.subject;
      if (handed.bulk === undefined) {
        const wanted = handed.body.lines.map(lineOf);
        return answerOnce(context.db, handed, planOf(wanted), async (unit) => {
          const changed = await setHeld(unit, defaultPieces, wanted, actor);
          return { status: 200, body: { lines: changed.length, changed: changed.filter(Boolean).length } };
        });
      }
      return bulkUpload<{ row: number; line: AlertLine }>(context.db, {
        context: handed,
        columns: COLUMNS,
        told: {},
        read: (row, fields) => {
          const read = checkedRow(ITEM, row, fields);
          return "data" in read ? { row, line: lineOf(read.data) } : read;
        },
        book: async (rows) => {
          const told = rows.map(({ line }) => line);
          const changed = await setAlertLines(context, defaultPieces, told, actor);
          return rows.map(({ row }, i) => ({ row, outcome: changed[i] ? "APPLIED" : "ALREADY_APPLIED" }));
        },
      });
    },
  });
}

function listRoute({ db }: Context): Route {
  return route({
    method: "GET",
    path: "/v1/alert-lines",
    roles: READERS,
    summary: "Lines that somebody set, by SKU and location",
    query: z.strictObject({ sku: sku.optional(), ...PAGE }),
    responses: { 200: "a page of lines; `pieces` null = the default, `location` null = everywhere" },
    handler: async ({ query: { sku = null, buyer = null, cursor, limit } }) => {
      const rows = await listAlertLines(db, { sku, buyer }, placeOf(cursor), limit + 1);
      const { items, nextCursor } = page(rows, limit, (last) => [last.sku, last.location]);
      const shown = items.map(({ changedAt, changedBy, ...line }) => ({ ...view(line), changedAt, changedBy }));
      return { status: 200, body: { items: shown, nextCursor } };
    },
  });
}

function lowRoute({ db }: Context, defaultPieces: number): Route {
  return route({
    method: "GET",
    path: "/v1/low-stock",
    roles: READERS,
    summary: "What is at or below its line, by SKU and location",
    query: z.strictObject({ location: id.optional(), ...PAGE }),
    responses: { 200: "a page of places: the usable pieces there, the line and the buyer" },
    handler: async ({ query: { location = null, buyer = null, cursor, limit } }) => {
      const rows = await listLow(db, { location, buyer }, placeOf(cursor), limit + 1);
      const { items, nextCursor } = page(rows, limit, (last) => [last.sku, last.location]);
      const shown = items.map(({ pieces, ...row }) => ({ ...row, line: pieces ?? defaultPieces }));
      return { status: 200, body: { items: shown, nextCursor } };
    },
  });
}

const placeOf = (cursor: string | undefined) =>
  (cursor === undefined ? ["", ""] : decodeCursor(cursor, ["text", "text"])) as [string, string];
