import {
  type Answer,
  type Database,
  decodeCursor,
  isoTime,
  notFound,
  page,
  pageFields,
  problemAnswer,
  type Route,
  route,
} from "@septet/service-kit";
import { type Language, LIMITS, locationKindOf } from "@septet/stock-contracts";
import { z } from "zod";
import type { LockWish, Outcome } from "../domain/index.js";
import type { ReservationDesk } from "../reservation-desk.js";
import { databaseNow } from "../store/payments-read.js";
import { listPromotedSkus, loadPromotions, soldKey, soldPieces, soldTotal } from "../store/promotions.js";
import { askedLanguage } from "./language.js";
import { LOCKS, LOCKS_SOLD, lockNameOf, locksOf, releasePolicy } from "./lock-view.js";
import { refusedWish } from "./refused-wish.js";
import { id, quantity, sku } from "./schemas.js";
import { settledOnce } from "./settled-once.js";

type Parts = { desk: ReservationDesk; db: Database };

const WISH = z.strictObject({
  sku,
  location: id.refine((location) => locationKindOf(location) === "WAREHOUSE", {
    error: "takes a warehouse: stock of suppliers is not locked",
  }),
  lockedQuantity: quantity,
  releasePolicy: releasePolicy.default("AT_ZERO"),
});
const SCHEDULE = z
  .strictObject({
    promotionId: id,
    startsAt: z.iso.datetime({ offset: true }),
    endsAt: z.iso.datetime({ offset: true }),
    items: z.array(WISH).min(1).max(LIMITS.MAX_ORDER_LINES),
  })
  .refine(({ startsAt, endsAt }) => Date.parse(endsAt) > Date.parse(startsAt), {
    error: "takes an end after the start",
    path: ["endsAt"],
  })
  .refine(
    ({ items }) => new Set(items.map((item) => JSON.stringify([item.sku, item.location]))).size === items.length,
    {
      error: "names a SKU at a location only once",
      path: ["items"],
    },
  );
const RELEASE = z.strictObject({
  quantity: quantity.optional().describe("left out: the whole lock, and what it still waits for"),
});
/** Three ids, percent-encoded. */
const LOCK_ID = z
  .string()
  .min(1)
  .max(9 * LIMITS.MAX_ID_CHARS + 2);

/** Stock that is kept out of promotions, and what they sold: for operators, never for a storefront. */
export function lockRoutes(parts: Parts): Route[] {
  return [scheduleRoute(parts), releaseRoute(parts), endRoute(parts), listRoute(parts.db), showRoute(parts.db)];
}

function scheduleRoute({ desk, db }: Parts): Route {
  return route({
    method: "POST",
    path: "/v1/locks",
    roles: ["operator"],
    summary: "Set stock aside from a promotion",
    description:
      "From its start to its end: what can be locked is locked, the rest when stock comes. The times hold for the whole promotion; locks of it that are not named stay.",
    body: SCHEDULE,
    responses: {
      201: { description: "by SKU of the promotion", body: z.object({ items: z.array(LOCKS) }) },
      409: "nothing is set aside, with the reason",
    },
    handler: async (context) => {
      const { promotionId, startsAt, endsAt } = context.body;
      const items: LockWish[] = context.body.items;
      const times = { startsAt: Date.parse(startsAt), endsAt: Date.parse(endsAt) };
      const command = { type: "SchedulePromotion", schedule: { promotionId, ...times, items, whole: false } } as const;
      const about = { now: await databaseNow(db), asked: askedLanguage(context.request) };
      const answer = (outcome: Outcome) =>
        answerLocks(about, outcome, (locks) => ({ status: 201, body: { items: locks } }));
      return settledOnce(desk, context, command, answer);
    },
  });
}

function releaseRoute({ desk, db }: Parts): Route {
  return route({
    method: "POST",
    path: "/v1/locks/{lockId}/release",
    roles: ["operator"],
    summary: "Give a lock, or a part of it, back to sale",
    description: "It does not fill up again. While the promotion runs the pieces sell at its price too.",
    params: z.object({ lockId: LOCK_ID }),
    body: RELEASE,
    responses: {
      200: { description: "the locks of the SKU as they are now", body: LOCKS },
      404: "no such lock",
      409: "not that many pieces are set aside",
    },
    handler: async (context) => {
      const lock = lockNameOf(context.params.lockId);
      if (lock === undefined) throw notFound(`Lock ${context.params.lockId}`);
      const command = { type: "ReleaseLock", lock, quantity: context.body.quantity ?? null } as const;
      const about = { now: await databaseNow(db), asked: askedLanguage(context.request) };
      const answer = (outcome: Outcome) =>
        answerLocks(about, outcome, ([locks]) => (locks === undefined ? noSuchLock() : { status: 200, body: locks }));
      return settledOnce(desk, context, command, answer);
    },
  });
}

function endRoute({ desk, db }: Parts): Route {
  return route({
    method: "POST",
    path: "/v1/promotions/{promotionId}/end",
    roles: ["operator"],
    summary: "End a promotion before its time",
    description:
      "What is set aside from it goes back to sale, by the policy of each lock at once or after the grace time. One that is over stays over.",
    params: z.object({ promotionId: id }),
    body: z.strictObject({}),
    responses: {
      200: { description: "by SKU of the promotion", body: z.object({ items: z.array(LOCKS) }) },
      404: "no such promotion",
    },
    handler: async (context) => {
      const { promotionId } = context.params;
      // Promotions are never forgotten, so what is found here is there.
      if (!(await loadPromotions(db, [promotionId])).has(promotionId)) throw notFound(`Promotion ${promotionId}`);
      const about = { now: await databaseNow(db), asked: askedLanguage(context.request) };
      const answer = (outcome: Outcome) =>
        answerLocks(about, outcome, (locks) => ({ status: 200, body: { items: locks } }));
      return settledOnce(desk, context, { type: "EndPromotion", promotionId }, answer);
    },
  });
}

/** When, and in which language. */
type Asked = { now: number; asked: Language | null };

const noSuchLock = (): Answer => problemAnswer(notFound("The lock"));

function answerLocks(
  { now, asked }: Asked,
  outcome: Outcome,
  shown: (locks: z.output<typeof LOCKS>[]) => Answer,
): Answer {
  if (outcome.type === "LOCKS_DECIDED") return shown(outcome.skus.map((promotion) => locksOf(promotion, now)));
  if (outcome.type !== "LOCK_REFUSED") throw new Error(`a wish about locks ended as ${outcome.type}`);
  const { code, index } = outcome;
  if (code === "UNKNOWN_LOCK") return noSuchLock();
  const refused = { type: "locks-unchanged", title: "The locks stay as they are", code, index } as const;
  return refusedWish({ ...refused, kind: "LOCK_REFUSED", list: "items" }, asked);
}

function listRoute(db: Database): Route {
  return route({
    method: "GET",
    path: "/v1/locks",
    roles: ["operator", "sre"],
    summary: "What is set aside from promotions, and what they sold",
    query: z.object({ promotionId: id.optional(), sku: sku.optional(), ...pageFields(200) }),
    responses: {
      200: {
        description: "a page, by promotion and SKU",
        body: z.object({ items: z.array(LOCKS_SOLD), nextCursor: z.string().nullable() }),
      },
    },
    handler: async ({ query: { promotionId = null, sku = null, cursor, limit } }) => {
      const [afterPromotion = "", afterSku = ""] =
        cursor === undefined ? [] : decodeCursor(cursor, ["text", "text"]).map(String);
      const after = [afterPromotion, afterSku] as const;
      const rows = await listPromotedSkus(db, { promotionId, sku, after, limit: limit + 1 });
      const sold = await soldPieces(db, rows);
      const now = await databaseNow(db);
      const items = rows.map((row) => ({
        ...locksOf(row, now),
        sold: sold.get(soldKey(row.promotionId, row.sku)) ?? 0,
      }));
      return { status: 200, body: page(items, limit, (item) => [item.promotionId, item.sku]) };
    },
  });
}

const PROMOTION = z.object({
  promotionId: z.string(),
  startsAt: z.iso.datetime().nullable().describe("null: only its end is known"),
  endsAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable().describe("when its end was told"),
  sold: z.number().int().min(0).describe("pieces of its SKUs promised or sent in orders that name it"),
});

function showRoute(db: Database): Route {
  return route({
    method: "GET",
    path: "/v1/promotions/{promotionId}",
    roles: ["operator", "sre"],
    summary: "A promotion and what it sold",
    description: "By SKU: GET /v1/locks?promotionId=",
    params: z.object({ promotionId: id }),
    responses: { 200: { description: "the promotion", body: PROMOTION }, 404: "no such promotion" },
    handler: async ({ params: { promotionId } }) => {
      const promotion = (await loadPromotions(db, [promotionId])).get(promotionId);
      if (promotion === undefined) throw notFound(`Promotion ${promotionId}`);
      const [startsAt, endsAt, endedAt] = [promotion.startsAt, promotion.endsAt, promotion.endedAt].map(isoTime);
      return { status: 200, body: { promotionId, startsAt, endsAt, endedAt, sold: await soldTotal(db, promotionId) } };
    },
  });
}
