import {
  type Answer,
  answerOnce,
  conflict,
  type Database,
  decodeCursor,
  isoTime,
  type LockPlan,
  notFound,
  Problem,
  page,
  pageFields,
  type RequestContext,
  type Route,
  route,
  type ServiceContext,
  type UnitOfWork,
} from "@septet/service-kit";
import { z } from "zod";
import { type AnnouncedHead, announcementLocks, announceRows } from "../announce.js";
import { ANNOUNCEMENT_STATES, type Announcement, differenceOf, stateOf } from "../domain/announcement.js";
import { refuse } from "../domain/refusal.js";
import { labelFaults } from "../label-faults.js";
import {
  type ComparedSums,
  closeAnnouncement,
  compareLines,
  compareSums,
  listAnnouncements,
  loadAnnouncedLines,
  loadAnnouncements,
} from "../store/announcement-rows.js";
import { bulkUpload, checkedRow } from "./bulk-upload.js";
import { refusalProblem } from "./problem-answer.js";
import { id, iso, lines, location, quantity, reason, sku } from "./schemas.js";

const HEAD = { reference: id, location, supplier: id.optional(), expectedAt: iso.optional() };
const BODY = z.strictObject({
  ...HEAD,
  lines: lines(z.strictObject({ sku, quantity })).refine(
    (told) => new Set(told.map((line) => line.sku)).size === told.length,
    "names a SKU twice: announce the sum",
  ),
});
const ROW = z.object({ ...HEAD, sku, quantity });
const COLUMNS = {
  names: ["reference", "location", "supplier", "expectedAt", "sku", "quantity"],
  required: ["sku", "quantity"],
  figures: ["quantity"],
};
const PAGE = {
  ...pageFields(),
};
const PARAMS = z.object({ reference: id });
const WRITERS = ["warehouse", "operator"] as const;
const READERS = ["warehouse", "operator", "sre"] as const;
const NOTHING: ComparedSums = { announced: 0, receivedSellable: 0, receivedUnsellable: 0, lines: 0 };

type Context = Pick<ServiceContext, "db" | "transact">;

/** Goods that are announced, and what of them has arrived. */
export function announcementRoutes(context: Context): Route[] {
  return [announceRoute(context), listRoute(context), oneRoute(context), closeRoute(context)];
}

function announceRoute({ db, transact }: Context): Route {
  return route({
    method: "POST",
    path: "/v1/announcements",
    roles: WRITERS,
    summary: "Announces goods that are to come",
    description:
      "Receipts name the announcement by `inbound`, or bear its reference. JSON announces all lines or none; text/csv (UTF-8, " +
      "header sku,quantity,[reference],[location],[supplier],[expectedAt]) and application/x-ndjson row by row, each row a SKU of " +
      "the announcement that it names; the query stands in for what rows leave out.",
    query: z.strictObject({
      reference: id.optional(),
      location: location.optional(),
      supplier: id.optional(),
      expectedAt: iso.optional(),
    }),
    body: BODY,
    bulk: true,
    responses: {
      200: "announced before with the same content; or an upload: counts, and what is wrong with which row",
      201: "announced",
      409: "the reference stands for something else",
      422: "no such warehouse, a code that labels unsellable stock, or an upload that cannot be read",
    },
    handler: (handed) => (handed.bulk === undefined ? announceTold(db, handed) : announceSheet(db, transact, handed)),
  });
}

function announceTold(db: Database, handed: RequestContext<unknown, unknown, z.output<typeof BODY>>): Promise<Answer> {
  const { lines, ...told } = handed.body;
  const head = headOf(told);
  return answerOnce(db, handed, locksOf([head.reference], lines), async (unit) => {
    const known = (await loadAnnouncements(unit, [head.reference])).get(head.reference);
    const standing = (await loadAnnouncedLines(unit, [head.reference], null)).get(head.reference)?.size;
    if (known === undefined) await refuseLabels(unit, head.location, lines);
    const rows = lines.map((line, index) => ({ row: index, head, line }));
    const outcomes = await announceRows(unit, rows, handed.actor.subject);
    const misplaced = outcomes.find((one) => one.outcome === "REJECTED" && one.field === "location");
    if (misplaced?.outcome === "REJECTED") throw unknownWarehouse(misplaced.reason);
    const wanted = known ? "ALREADY_APPLIED" : "APPLIED";
    if (outcomes.some(({ outcome }) => outcome !== wanted) || (known && standing !== lines.length)) {
      throw conflict("announcement-conflict", `${head.reference} was announced before with other content`);
    }
    const announcement = (await loadAnnouncements(unit, [head.reference])).get(head.reference)!;
    const sums = (await compareSums(unit, [head.reference])).get(head.reference) ?? NOTHING;
    return { status: known ? 200 : 201, body: headView(announcement, sums, unit.now) };
  });
}

/** What comes under a code that labels unsellable stock is stock of its SKU: that is announced, and judged when it comes. */
async function refuseLabels(unit: UnitOfWork, location: string, lines: readonly { sku: string }[]): Promise<void> {
  const faultOf = await labelFaults(
    unit,
    lines.map(({ sku }) => ({ location, sku })),
  );
  const errors = lines.flatMap(({ sku }, index) => {
    const reason = faultOf(location, sku);
    return reason === undefined ? [] : [{ field: `lines[${index}].sku`, reason }];
  });
  if (errors.length === 0) return;
  throw refusalProblem(refuse("ALREADY_UNSELLABLE", "codes that label unsellable stock are not announced", errors));
}

function announceSheet(
  db: Database,
  transact: ServiceContext["transact"],
  handed: RequestContext<unknown, { [K in keyof typeof HEAD]?: z.output<(typeof HEAD)[K]> | undefined }, unknown>,
): Promise<Answer> {
  const told = Object.fromEntries(Object.entries(handed.query).filter(([, value]) => value !== undefined));
  return bulkUpload(db, {
    context: handed,
    columns: COLUMNS,
    told,
    read: (row, fields) => {
      const read = checkedRow(ROW, row, { ...told, ...fields });
      if (!("data" in read)) return read;
      const { sku, quantity, ...head } = read.data;
      return { row, head: headOf(head), line: { sku, quantity } };
    },
    book: (rows) =>
      transact(
        locksOf(
          rows.map(({ head }) => head.reference),
          rows.map(({ line }) => line),
        ),
        (unit) => announceRows(unit, rows, handed.actor.subject),
      ),
  });
}

/** With the streams: a receipt on its way at the same moment would see no announcement, and the announcement no receipt. */
const locksOf = (references: readonly string[], lines: readonly { readonly sku: string }[]): LockPlan => ({
  skus: lines.map(({ sku }) => sku),
  documents: announcementLocks(references),
});

const headOf = (told: Omit<z.output<typeof ROW>, "sku" | "quantity">): AnnouncedHead => {
  const expectedAt = told.expectedAt === undefined ? null : Date.parse(told.expectedAt);
  return { reference: told.reference, location: told.location, supplier: told.supplier ?? null, expectedAt };
};

function listRoute({ db }: Context): Route {
  return route({
    method: "GET",
    path: "/v1/announcements",
    roles: READERS,
    summary: "Announcements, oldest first, with what of them has arrived",
    query: z.strictObject({
      state: z.enum(ANNOUNCEMENT_STATES).optional(),
      location: id.optional(),
      supplier: id.optional(),
      sku: sku.optional(),
      ...PAGE,
    }),
    responses: { 200: "a page of announcements; OPEN includes those that are LATE" },
    handler: async ({ query: { cursor, limit, state = null, location = null, supplier = null, sku = null } }) => {
      const after = cursor === undefined ? [0, ""] : decodeCursor(cursor, ["whole", "text"]);
      const filter = { state, location, supplier, sku };
      const rows = await listAnnouncements(db, filter, after as [number, string], limit + 1);
      const { items, nextCursor } = page(rows, limit, (last) => [last.announcedAt, last.reference]);
      const sums = await compareSums(
        db,
        items.map((item) => item.reference),
      );
      const now = await readNow(db);
      const shown = items.map((item) => headView(item, sums.get(item.reference) ?? NOTHING, now));
      return { status: 200, body: { items: shown, nextCursor } };
    },
  });
}

function oneRoute({ db }: Context): Route {
  return route({
    method: "GET",
    path: "/v1/announcements/{reference}",
    roles: READERS,
    summary: "One announcement: announced, received and the difference by SKU",
    params: PARAMS,
    query: z.strictObject(PAGE),
    responses: { 200: "its sums and a page of its lines; extra SKUs have announced 0", 404: "nobody announced it" },
    handler: async ({ params: { reference }, query: { cursor, limit } }) => {
      const announcement = (await loadAnnouncements(db, [reference])).get(reference);
      if (!announcement) throw notFound("the announcement");
      const sums = (await compareSums(db, [reference])).get(reference) ?? NOTHING;
      const after = cursor === undefined ? "" : String(decodeCursor(cursor)[0]);
      const rows = await compareLines(db, reference, after, limit + 1);
      const { items, nextCursor } = page(rows, limit, (last) => [last.sku]);
      const compared = items.map((line) => ({ ...line, difference: differenceOf(line) }));
      const body = { ...headView(announcement, sums, await readNow(db)), items: compared, nextCursor };
      return { status: 200, body };
    },
  });
}

function closeRoute({ db }: Context): Route {
  return route({
    method: "POST",
    path: "/v1/announcements/{reference}/close",
    roles: WRITERS,
    summary: "No more will come: what is missing stays missing; what comes all the same still counts",
    params: PARAMS,
    body: z.strictObject({ reason: reason.optional() }).optional(),
    responses: { 200: "the announcement as it is now", 404: "nobody announced it", 409: "it is closed already" },
    handler: (handed) => {
      const { reference } = handed.params;
      return answerOnce(db, handed, { documents: announcementLocks([reference]) }, async (unit) => {
        const known = (await loadAnnouncements(unit, [reference])).get(reference);
        if (!known) throw notFound("the announcement");
        if (known.closedAt !== null) throw conflict("announcement-closed", `${reference} is closed already`);
        const by = { now: unit.now, actor: handed.actor.subject, reason: handed.body?.reason ?? null };
        await closeAnnouncement(unit, reference, by);
        const closed = { ...known, closedAt: by.now, closedBy: by.actor, closeReason: by.reason };
        const sums = (await compareSums(unit, [reference])).get(reference) ?? NOTHING;
        return { status: 200, body: headView(closed, sums, unit.now) };
      });
    },
  });
}

function headView(announcement: Announcement, sums: ComparedSums, now: number) {
  return {
    ...announcement,
    state: stateOf(announcement, now),
    expectedAt: isoTime(announcement.expectedAt),
    announcedAt: isoTime(announcement.announcedAt),
    closedAt: isoTime(announcement.closedAt),
    ...sums,
    difference: differenceOf(sums),
  };
}

const unknownWarehouse = (reason: string): Problem =>
  new Problem({
    status: 422,
    type: "unknown-warehouse",
    title: "No such warehouse",
    errors: [{ field: "body.location", reason }],
  });

async function readNow(db: Database): Promise<number> {
  const [row] = await db.query<{ now: number }>("SELECT (extract(epoch FROM septet_now()) * 1000)::float8 AS now");
  return Math.floor(row!.now);
}
