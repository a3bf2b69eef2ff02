import type { Session } from "@septet/messaging";
import {
  type Answer,
  answerOnce,
  conflict,
  type Database,
  decodeCursor,
  hashOfJson,
  invalid,
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
import { hashed, namesOf, type VelocityKeys } from "../source-hashes.js";
import { databaseNow } from "../store/payments-read.js";
import { listPolicies } from "../store/policies.js";
import { hashesOfRefused, listRefused, ordersSeen, unblock } from "../store/sightings.js";
import { findAllowed, listAllowed, putAllowed, removeAllowed } from "../store/velocity-allowed.js";
import { ensureLastingKey, loadVelocityKeys } from "../store/velocity-keys.js";
import { id } from "./schemas.js";

type Context = Pick<ServiceContext, "db" | "transact" | "logger">;

const text = z.string().trim().min(1).max(LIMITS.MAX_ID_CHARS);
/** One device or one address: bodies of these routes are neither kept nor hashed into an idempotency key. */
const NAMED = { deviceId: text.optional(), ipAddress: text.optional() };
const ONE_OF = { error: "takes deviceId or ipAddress, one of them" };
type Named = { deviceId?: string | undefined; ipAddress?: string | undefined };
const oneOf = ({ deviceId, ipAddress }: Named) => (deviceId === undefined) !== (ipAddress === undefined);
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
  unpaidOrders: z.number().int().describe("unpaid or expired orders within the window"),
  orderIds: z.array(z.string()).describe("the first hundred of them"),
  blocked: z.boolean(),
  allowed: z.boolean(),
});
const listOf = (item: z.ZodType) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });
const after = (cursor: string | undefined): string => (cursor === undefined ? "" : String(decodeCursor(cursor)[0]));

/** What operators see of devices and addresses that leave orders unpaid, and whom they let through. */
export function velocityRoutes(context: Context): Route[] {
  return [
    refusedRoute(context),
    lookupRoute(context),
    unblockRoute(context),
    unblockNamedRoute(context),
    ...allowRoutes(context),
  ];
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

async function lookUp(db: Database, body: Named) {
  const velocity = await ruleOf(db);
  const keys = await loadVelocityKeys(db);
  const [kind, value] = nameIn(body);
  const ids = hashesOf(body, keys);
  const lasting = keys.lasting === undefined ? [] : [hashed(keys.lasting, kind, value)];
  const allowed = (await findAllowed(db, lasting)).size > 0;
  const { orders, orderIds } = await ordersSeen(db, ids, velocity?.windowSeconds ?? 0);
  const most = kind === "DEVICE" ? velocity?.perDevice : velocity?.perIp;
  const blocked = !allowed && most !== undefined && orders >= most;
  return { source: ids[0] ?? null, unpaidOrders: orders, orderIds, blocked, allowed };
}

function nameIn({ deviceId, ipAddress }: Named) {
  const [name] = namesOf({ deviceId: deviceId ?? null, ipAddress: ipAddress ?? null });
  if (name === undefined) throw new Error("a device or an address was asked for");
  return name;
}

/** Its hashes under every key that counts now, the newest first. */
const hashesOf = (body: Named, { rotating }: VelocityKeys): string[] =>
  rotating.map((key) => hashed(key, ...nameIn(body)));

async function ruleOf(db: Database): Promise<Velocity | null> {
  const policies = await listPolicies(db, "default");
  return velocityOf(new Map(policies.map(({ scope, rules }) => [scope, rules])));
}

/** Why an operator has something forgotten: it goes into the log, with who did it. */
const REASON = z.string().max(LIMITS.MAX_TEXT_CHARS).optional();
const FORGOTTEN = {
  200: { description: "forgotten", body: z.object({ source: z.string() }) },
  409: "nothing counts against it",
};

function unblockRoute(o: Context): Route {
  return route({
    method: "POST",
    path: "/v1/velocity/refused/{source}/unblock",
    roles: ["operator"],
    summary: "Forget what counts against a device or an address that was refused",
    description: "By the hash that the list of refused ones shows. It may order again at once.",
    params: SOURCE,
    body: z.strictObject({ reason: REASON }),
    responses: FORGOTTEN,
    handler: (context) => {
      const { source } = context.params;
      const find = async (session: Session) => [source, ...(await hashesOfRefused(session, source))];
      return forget(o, context, source, find);
    },
  });
}

/** By name, because a hash tells nothing of what was hashed under the key before. */
function unblockNamedRoute(o: Context): Route {
  return route({
    method: "POST",
    path: "/v1/velocity/unblock",
    roles: ["operator"],
    summary: "Forget what counts against a device or an address",
    description: "Refused or not yet, and whatever key it was hashed under. It may order again at once.",
    body: z.strictObject({ ...NAMED, reason: REASON }).refine(oneOf, ONE_OF),
    responses: FORGOTTEN,
    handler: async (context) => {
      const { reason } = context.body;
      const ids = hashesOf(context.body, await loadVelocityKeys(o.db));
      const source = ids[0] ?? null;
      return forget(o, { ...context, bodyHash: hashOfJson({ reason }) }, source, async () => ids);
    },
  });
}

type Unblocking = Parameters<typeof answerOnce>[1] & { body: { reason?: string | undefined } };

function forget(
  { db, logger }: Context,
  context: Unblocking,
  source: string | null,
  find: (session: Session) => Promise<string[]>,
): Promise<Answer> {
  let hashes: string[] = [];
  const plan = async (session: Session) => {
    hashes = [...new Set(await find(session))];
    return { counters: countersToLock(new Set(hashes)) };
  };
  return answerOnce(db, context, plan, async (unit) => {
    if (!(await unblock(unit, hashes))) throw conflict("not-blocked", "Nothing counts against it", { source });
    logger.info({ source, actor: context.actor.subject, reason: context.body.reason }, "unblocked");
    return { status: 200, body: { source } };
  });
}

/** Epoch ms. @throws Problem when it is over already, or too far away. */
function untilWithin(until: string, now: number): number {
  const at = Date.parse(until);
  if (at > now && at <= now + MAX_ALLOWED_DAYS * DAY_MS) return at;
  throw invalid([{ field: "body.until", reason: `takes a time within the next ${MAX_ALLOWED_DAYS} days` }]);
}

function allowRoutes({ db, transact }: Context): Route[] {
  const put = route({
    method: "PUT",
    path: "/v1/velocity/allowed",
    roles: ["operator"],
    summary: "Let a device or an address through until a day",
    body: z
      .strictObject({ ...NAMED, until: z.iso.datetime({ offset: true }), note: z.string().max(LIMITS.MAX_TEXT_CHARS) })
      .refine(oneOf, ONE_OF),
    responses: { 200: { description: "let through", body: ALLOWED } },
    handler: async ({ body, actor }) => {
      const name = nameIn(body);
      await transact({}, (unit) => ensureLastingKey(unit));
      const { lasting } = await loadVelocityKeys(db);
      if (lasting === undefined) throw new Error("there is no key for the allow-list");
      const until = untilWithin(body.until, await databaseNow(db));
      const source = hashed(lasting, ...name);
      const allowedBy = actor.subject;
      return { status: 200, body: await putAllowed(db, { source, note: body.note, until, allowedBy }) };
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
