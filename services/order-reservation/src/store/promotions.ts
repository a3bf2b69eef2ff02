import type { Session } from "@septet/messaging";
import type { Promotion, PromotionLock, PromotionOfSku } from "../domain/index.js";

const ms = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8 AS ${column}`;

const COLUMNS = `promotion_id, sku, ${ms("starts_at")}, ${ms("ends_at")}, ${ms("ended_at")}, started, opened,
  ${ms("sold_out_at")}, alerted, closed, locks`;

/**
 * What the slice needs to know: promotions of its SKUs that are not closed, closed ones that its orders name, and all SKUs of
 * those that it schedules or ends. Nothing stands here for a SKU without a promotion.
 */
const OF_SLICE = `
SELECT ${COLUMNS} FROM promotion_sku
WHERE (sku = ANY($1::text[]) AND NOT closed) OR (promotion_id = ANY($2::text[]) AND sku = ANY($1::text[]))
  OR promotion_id = ANY($3::text[])
ORDER BY sku, starts_at, promotion_id`;
const OF_SKUS = `
SELECT ${COLUMNS} FROM promotion_sku WHERE sku = ANY($1::text[]) AND NOT closed ORDER BY sku, starts_at, promotion_id`;
const BY_ID = `SELECT promotion_id, ${ms("starts_at")}, ${ms("ends_at")}, ${ms("ended_at")}
FROM promotion WHERE promotion_id = ANY($1::text[])`;
/** Not locking: it only says which streams to lock; under the locks the slice sees whether it is still so. */
const SKUS = `SELECT sku FROM promotion_sku WHERE promotion_id = ANY($1::text[])`;
const DUE = `SELECT DISTINCT sku FROM (SELECT sku FROM promotion_sku WHERE due_at <= septet_now() ORDER BY due_at LIMIT $1) AS due
ORDER BY sku`;
const LIST = `
SELECT ${COLUMNS} FROM promotion_sku
WHERE ($1::text IS NULL OR promotion_id = $1) AND ($2::text IS NULL OR sku = $2) AND (promotion_id, sku) > ($3, $4)
ORDER BY promotion_id, sku LIMIT $5`;
/** Pieces promised or sent in orders that name the promotions. */
const SOLD = `
SELECT o.details ->> 'promotionId' AS promotion_id, a.sku, sum(a.open + a.shipped)::float8 AS pieces
FROM orders o JOIN allocation a ON a.order_id = o.order_id AND a.sku = ANY($2::text[])
WHERE o.details ? 'promotionId' AND o.details ->> 'promotionId' = ANY($1::text[])
GROUP BY 1, 2`;
/** Of its own SKUs only: an order that names it may have others. */
const SOLD_TOTAL = `
SELECT coalesce(sum(a.open + a.shipped), 0)::float8 AS pieces
FROM orders o JOIN allocation a ON a.order_id = o.order_id
JOIN promotion_sku p ON p.promotion_id = $1 AND p.sku = a.sku
WHERE o.details ? 'promotionId' AND o.details ->> 'promotionId' = $1`;

interface Row {
  promotion_id: string;
  sku: string;
  starts_at: number;
  ends_at: number;
  ended_at: number | null;
  started: boolean;
  opened: boolean;
  sold_out_at: number | null;
  alerted: boolean;
  closed: boolean;
  locks: PromotionLock[];
}

const rounded = (time: number | null): number | null => (time === null ? null : Math.round(time));

const promotionOfSku = (row: Row): PromotionOfSku => ({
  promotionId: row.promotion_id,
  sku: row.sku,
  startsAt: Math.round(row.starts_at),
  endsAt: Math.round(row.ends_at),
  endedAt: rounded(row.ended_at),
  started: row.started,
  opened: row.opened,
  soldOutAt: rounded(row.sold_out_at),
  alerted: row.alerted,
  closed: row.closed,
  locks: row.locks,
});

/** By SKU, those that begin first before the others. */
export async function loadPromotedSkus(
  session: Session,
  o: { skus: readonly string[]; named: readonly string[]; changed: readonly string[] },
): Promise<Map<string, PromotionOfSku[]>> {
  const ofSku = new Map<string, PromotionOfSku[]>();
  if (o.skus.length + o.changed.length === 0) return ofSku;
  const rows =
    o.named.length + o.changed.length === 0
      ? await session.query<Row>(OF_SKUS, [o.skus])
      : await session.query<Row>(OF_SLICE, [o.skus, o.named, o.changed]);
  for (const row of rows) ofSku.set(row.sku, [...(ofSku.get(row.sku) ?? []), promotionOfSku(row)]);
  return ofSku;
}

export async function loadPromotions(session: Session, ids: readonly string[]): Promise<Map<string, Promotion>> {
  if (ids.length === 0) return new Map();
  const rows = await session.query<Pick<Row, "promotion_id" | "ended_at"> & Times>(BY_ID, [ids]);
  return new Map(
    rows.map((row) => [
      row.promotion_id,
      {
        promotionId: row.promotion_id,
        startsAt: rounded(row.starts_at),
        endsAt: rounded(row.ends_at),
        endedAt: rounded(row.ended_at),
      },
    ]),
  );
}
type Times = Record<"starts_at" | "ends_at", number | null>;

/** SKUs that promotions are about. */
export async function skusOfPromotions(session: Session, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  return (await session.query<{ sku: string }>(SKUS, [ids])).map(({ sku }) => sku);
}

/** SKUs that have a promotion to begin or to end by now. */
export const duePromotions = async (session: Session, limit: number): Promise<string[]> =>
  (await session.query<{ sku: string }>(DUE, [limit])).map(({ sku }) => sku);

/** Promotions and their SKUs after `after`, in the order of both. */
export async function listPromotedSkus(
  session: Session,
  o: { promotionId: string | null; sku: string | null; after: readonly [string, string]; limit: number },
): Promise<PromotionOfSku[]> {
  const rows = await session.query<Row>(LIST, [o.promotionId, o.sku, ...o.after, o.limit]);
  return rows.map(promotionOfSku);
}

/** Pieces sold of each promotion and SKU, by `soldKey`. */
export async function soldPieces(
  session: Session,
  promoted: readonly Pick<PromotionOfSku, "promotionId" | "sku">[],
): Promise<Map<string, number>> {
  if (promoted.length === 0) return new Map();
  const columns = [[...new Set(promoted.map((one) => one.promotionId))], [...new Set(promoted.map((one) => one.sku))]];
  const rows = await session.query<{ promotion_id: string; sku: string; pieces: number }>(SOLD, columns);
  return new Map(rows.map((row) => [soldKey(row.promotion_id, row.sku), row.pieces]));
}

/** Pieces sold of all SKUs of a promotion. */
export async function soldTotal(session: Session, promotionId: string): Promise<number> {
  const [row] = await session.query<{ pieces: number }>(SOLD_TOTAL, [promotionId]);
  return row?.pieces ?? 0;
}

export const soldKey = (promotionId: string, sku: string): string => `${promotionId}\u0000${sku}`;
