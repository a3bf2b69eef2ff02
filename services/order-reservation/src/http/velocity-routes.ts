import {
  answerOnce,
  conflict,
  type Database,
  decodeCursor,
  notFound,
  page,
  pageFields,
  type Route,
  route,
  type ServiceContext,
} from "@septet/service-kit";
import { LIMITS } from "@septet/stock-contracts";
import { z } from "zod";
import { type Velocity, velocityOf } from "../domain/index.js";
import { countersToLock } from "../slice-counters.js";
import { hashed, namesOf } from "../source-hashes.js";
import { listPolicies } from "../store/policies.js";
import { hashesOfRefused, listRefused, ordersSeen, unblock } from "../store/sightings.js";
import { findAllowed, listAllowed, putAllowed, removeAllowed } from "../store/velocity-allowed.js";
import { ensureLastingKey, loadVelocityKeys } from "../store/velocity-keys.js";
import { id } from "./schemas.js";

type Context = Pick<ServiceContext, "db" | "transact">;

const text = z.string().trim().min(1).max(LIMITS.MAX_ID_CHARS);
/** One device or one address: bodies of these routes are neither kept nor hashed into an idempotency key. */
const NAMED = { deviceId: text.optional(), ipAddress: text.optional() };
const ONE_OF = { error: "takes deviceId or ipAddress, one of them" };
const oneOf = ({ deviceId, ipAddress }: { deviceId?: string | undefined; ipAddress?: string | undefined }) =>
  (deviceId === undefined) !== (ipAddress === undefined);
/** A year: what an operator lets through is looked at again. */
const MAX_ALLOWED_DAYS = 365;
const DAY_MS = 86_400_000;

const SOURCE = z.object({ source: id });
const PAGE_QUERY = z.object({
  ...pageFields(1_000),
});
const REFUSED = z.object({
  source: z.string().describe("a keyed hash: device:… or ip:…"),
  orders: z.number().int().describe("orders refused within the window"),
  firstAt: z.iso.datetime(),
  lastAt: z.iso.datetime(),
});
const ALLOWED = z.object({ source: z.string(), note: z.string(), until: z.iso.datetime(), allowedBy: z.string() });
const FOUND = z.object({
  source: z.string().nullable().describe("its hash under the newest key; null: nothing is counted"),
  unpaidOrders: z.number().int().describe("unpaid or expired orders within the window, at most 100"),
  orderIds: z.array(z.string()),
  blocked: z.boolean(),
  allowed: z.boolean(),
});
const listOf = (item: z.ZodType) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });
const after = (cursor: string | undefined): string => (cursor === undefined ? "" : String(decodeCursor(cursor)[0]));

/** What operators see of devices and addresses that leave orders unpaid, and whom they let through. */
export function velocityRoutes(context: Context): Route[] {
  return [refusedRoute(context), lookupRoute(context), unblockRoute(context), ...allowRoutes(context)];
}

function refusedRoute({ db }: Context): Route {
  return route({
    method: "GET",
    path: "/v1/velocity/refused",
    roles: ["operator", "sre"],
    summary: "Devices and addresses whose unpaid orders were refused within the window",
    query: PAGE_QUERY,
    responses: { 200: { description: "a page", body: listOf(REFUSED) } },
    handler: async ({ query: { cursor, limit } }) => {
      const rows = await listRefused(db, after(cursor), limit + 1);
      return { status: 200, body: page(rows, limit, (row) => [row.source]) };
    },
  });
}

/** A POST, because a device or an address has no place in a URL that gets logged. */
function lookupRoute({ db }: Context): Route {
  return route({
    method: "POST",
    path: "/v1/velocity/lookup",
    roles: ["operator", "sre"],
    summary: "What counts against a device or an address now",
    body: z.strictObject(NAMED).refine(oneOf, ONE_OF),
    responses: { 200: { description: "what is known", body: FOUND } },
    handler: async ({ body }) => ({ status: 200, body: await lookUp(db, body) }),
  });
}

async function lookUp(db: Database, body: { deviceId?: string | undefined; ipAddress?: string | undefined }) {
  const velocity = await ruleOf(db);
  const keys = await loadVelocityKeys(db);
  const [name] = namesOf({ deviceId: body.deviceId ?? null, ipAddress: body.ipAddress ?? null });
  if (name === undefined) throw new Error("a device or an address was asked for");
  const [kind, value] = name;
  const ids = keys.rotating.map((key) => hashed(key, kind, value));
  const lasting = keys.lasting === undefined ? [] : [hashed(keys.lasting, kind, value)];
  const allowed = (await findAllowed(db, lasting)).size > 0;
  const orderIds = velocity === null ? [] : await ordersSeen(db, ids, velocity.windowSeconds);
  const most = kind === "DEVICE" ? velocity?.perDevice : velocity?.perIp;
  const blocked = !allowed && most !== undefined && orderIds.length >= Math.min(most, MAX_COUNTED);
  return { source: ids[0] ?? null, unpaidOrders: orderIds.length, orderIds, blocked, allowed };
}

/** As many orders as a lookup counts. */
const MAX_COUNTED = 100;

async function ruleOf(db: Database): Promise<Velocity | null> {
  const policies = await listPolicies(db, "default");
  return velocityOf(new Map(policies.map(({ scope, rules }) => [scope, rules])));
}

function unblockRoute({ db }: Context): Route {
  return route({
    method: "POST",
    path: "/v1/velocity/refused/{source}/unblock",
    roles: ["operator"],
    summary: "Forget what counts against a device or an address",
    description: "By the hash that the list of refused ones or a lookup shows. It may order again at once.",
    params: SOURCE,
    body: z.strictObject({ reason: z.string().max(LIMITS.MAX_TEXT_CHARS).optional() }),
    responses: {
      200: { description: "forgotten", body: z.object({ source: z.string() }) },
      409: "nothing counts against it",
    },
    handler: (context) => {
      const { source } = context.params;
      let hashes: string[] = [];
      const plan = async (session: Parameters<typeof hashesOfRefused>[0]) => {
        hashes = [...new Set([source, ...(await hashesOfRefused(session, source))])];
        return { counters: countersToLock(new Set(hashes)) };
      };
      return answerOnce(db, context, plan, async (unit) => {
        if (!(await unblock(unit, hashes))) throw conflict("not-blocked", "Nothing counts against it", { source });
        return { status: 200, body: { source } };
      });
    },
  });
}

function allowRoutes({ db, transact }: Context): Route[] {
  const put = route({
    method: "PUT",
    path: "/v1/velocity/allowed",
    roles: ["operator"],
    summary: "Let a device or an address through until a day",
    body: z
      .strictObject({ ...NAMED, until: z.iso.datetime({ offset: true }), note: z.string().max(LIMITS.MAX_TEXT_CHARS) })
      .refine(oneOf, ONE_OF)
      .refine(({ until }) => Date.parse(until) <= Date.now() + MAX_ALLOWED_DAYS * DAY_MS, {
        error: `takes a day within the next ${MAX_ALLOWED_DAYS}`,
        path: ["until"],
      }),
    responses: { 200: { description: "let through", body: ALLOWED } },
    handler: async ({ body, actor }) => {
      const [name] = namesOf({ deviceId: body.deviceId ?? null, ipAddress: body.ipAddress ?? null });
      await transact({}, (unit) => ensureLastingKey(unit));
      const { lasting } = await loadVelocityKeys(db);
      if (name === undefined || lasting === undefined) throw new Error("there is nothing to hash, or no key");
      const source = hashed(lasting, ...name);
      const { note, until } = body;
      const allowedBy = actor.subject;
      return { status: 200, body: await putAllowed(db, { source, note, until: Date.parse(until), allowedBy }) };
    },
  });
  const list = route({
    method: "GET",
    path: "/v1/velocity/allowed",
    roles: ["operator", "sre"],
    summary: "What operators let through",
    query: PAGE_QUERY,
    responses: { 200: { description: "a page", body: listOf(ALLOWED) } },
    handler: async ({ query: { cursor, limit } }) => {
      const rows = await listAllowed(db, after(cursor), limit + 1);
      return { status: 200, body: page(rows, limit, (row) => [row.source]) };
    },
  });
  const remove = route({
    method: "DELETE",
    path: "/v1/velocity/allowed/{source}",
    roles: ["operator"],
    summary: "Let it through no longer",
    params: SOURCE,
    responses: { 204: "let through no longer", 404: "it is not on the list" },
    handler: async ({ params: { source } }) => {
      if (!(await removeAllowed(db, source))) throw notFound(`Source ${source}`);
      return { status: 204 };
    },
  });
  return [put, list, remove];
}
