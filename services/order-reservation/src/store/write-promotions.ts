import type { Session } from "@septet/messaging";
import { type Decided, dueAt, type Promotion, type PromotionOfSku } from "../domain/index.js";

const time = (column: string) => `to_timestamp(n.${column} / 1000)`;

const PROMOTIONS = `unnest($1::text[], $2::float8[], $3::float8[], $4::float8[])
  AS n (promotion_id, starts_at, ends_at, ended_at)`;
/** Sorted and without ON CONFLICT: whoever makes the same promotion at the same moment starts over and reads this one. */
const INSERT_PROMOTIONS = `
INSERT INTO promotion (promotion_id, starts_at, ends_at, ended_at)
SELECT n.promotion_id, ${time("starts_at")}, ${time("ends_at")}, ${time("ended_at")}
FROM ${PROMOTIONS} ORDER BY n.promotion_id COLLATE "C"`;
const UPDATE_PROMOTIONS = `
UPDATE promotion p SET starts_at = ${time("starts_at")}, ends_at = ${time("ends_at")}, ended_at = ${time("ended_at")}
FROM ${PROMOTIONS} WHERE p.promotion_id = n.promotion_id`;

const WRITE_SKUS = `
INSERT INTO promotion_sku (promotion_id, sku, starts_at, ends_at, ended_at, started, opened, sold_out_at, alerted, closed,
  due_at, locks)
SELECT n.promotion_id, n.sku, ${time("starts_at")}, ${time("ends_at")}, ${time("ended_at")}, n.started, n.opened,
  ${time("sold_out_at")}, n.alerted, n.closed, ${time("due_at")}, n.locks
FROM unnest($1::text[], $2::text[], $3::float8[], $4::float8[], $5::float8[], $6::bool[], $7::bool[], $8::float8[],
  $9::bool[], $10::bool[], $11::float8[], $12::jsonb[])
  AS n (promotion_id, sku, starts_at, ends_at, ended_at, started, opened, sold_out_at, alerted, closed, due_at, locks)
ON CONFLICT (promotion_id, sku) DO UPDATE SET starts_at = excluded.starts_at, ends_at = excluded.ends_at,
  ended_at = excluded.ended_at, started = excluded.started, opened = excluded.opened, sold_out_at = excluded.sold_out_at,
  alerted = excluded.alerted, closed = excluded.closed, due_at = excluded.due_at, locks = excluded.locks`;

/** The rows of promotions are locked, those of their SKUs lie under the locks of the streams. `now` is epoch ms. */
export async function writePromotions(
  session: Session,
  { promotions, promotedSkus, promotionGraceMs }: Pick<Decided, "promotions" | "promotedSkus" | "promotionGraceMs">,
  now: number,
): Promise<void> {
  const created = promotions.filter(({ isNew }) => isNew).map(({ after }) => after);
  const changed = promotions.filter(({ isNew }) => !isNew).map(({ after }) => after);
  if (created.length > 0) await session.query(INSERT_PROMOTIONS, columnsOf(created));
  if (changed.length > 0) await session.query(UPDATE_PROMOTIONS, columnsOf(changed));
  if (promotedSkus.length === 0) return;
  const rows = promotedSkus.map(({ after }) => after);
  const column = <T>(of: (row: PromotionOfSku) => T): T[] => rows.map(of);
  await session.query(WRITE_SKUS, [
    column((row) => row.promotionId),
    column((row) => row.sku),
    column((row) => row.startsAt),
    column((row) => row.endsAt),
    column((row) => row.endedAt),
    column((row) => row.started),
    column((row) => row.opened),
    column((row) => row.soldOutAt),
    column((row) => row.alerted),
    column((row) => row.closed),
    column((row) => dueAt(row, now, promotionGraceMs)),
    column((row) => JSON.stringify(row.locks)),
  ]);
}

const columnsOf = (promotions: readonly Promotion[]): unknown[] => [
  promotions.map((one) => one.promotionId),
  promotions.map((one) => one.startsAt),
  promotions.map((one) => one.endsAt),
  promotions.map((one) => one.endedAt),
];
