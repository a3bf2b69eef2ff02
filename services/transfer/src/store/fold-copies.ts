import type { Session } from "@septet/messaging";
import { foldDaySales, type StockMovement, salesWindow } from "@septet/stock-contracts";

const ADD = `UPDATE stock_copy c SET sellable = c.sellable + d.sellable
  FROM unnest($1::text[], $2::text[], $3::bigint[]) AS d (sku, location, sellable)
  WHERE c.sku = d.sku AND c.location = d.location RETURNING c.sku, c.location`;
const CREATE = `INSERT INTO stock_copy (sku, location, sellable)
  SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])`;
const ADD_SALES = `INSERT INTO daily_sale AS s (sku, location, day, pieces)
  SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[])
  ON CONFLICT (sku, location, day) DO UPDATE SET pieces = s.pieces + excluded.pieces`;

interface CopyChange {
  readonly sku: string;
  readonly location: string;
  sellable: number;
}

/**
 * Folds movements into the copies: their legs of `sellable`, and what they sold, by day. Changes and not figures, each
 * movement once: the caller has taken its position, or records it, in this transaction, and holds the streams of the SKUs.
 * Days before the window that ends at `now` (epoch ms) are passed over: no window will hold them again.
 */
export async function foldCopies(session: Session, movements: readonly StockMovement[], now: number): Promise<void> {
  await addToStock(session, changesOf(movements));
  const { firstDay } = salesWindow(now);
  const sales = foldDaySales(movements).filter(({ day }) => day >= firstDay);
  if (sales.length === 0) return;
  await session.query(ADD_SALES, [
    sales.map(({ sku }) => sku),
    sales.map(({ location }) => location),
    sales.map(({ day }) => day),
    sales.map(({ pieces }) => pieces),
  ]);
}

function changesOf(movements: readonly StockMovement[]): CopyChange[] {
  const changes = new Map<string, CopyChange>();
  for (const { sku, legs } of movements) {
    for (const { location, bucket, delta } of legs) {
      if (bucket !== "sellable") continue;
      const key = `${sku}\u0000${location}`;
      const known = changes.get(key);
      if (known === undefined) changes.set(key, { sku, location, sellable: delta });
      else known.sellable += delta;
    }
  }
  return [...changes.values()].filter(({ sellable }) => sellable !== 0);
}

/** An update costs a third of an upsert, and nearly every place has its row; the few new ones are inserted after it. */
async function addToStock(session: Session, changes: readonly CopyChange[]): Promise<void> {
  if (changes.length === 0) return;
  const known = await session.query<{ sku: string; location: string }>(ADD, columnsOf(changes));
  if (known.length === changes.length) return;
  const there = new Set(known.map(({ sku, location }) => `${sku}\u0000${location}`));
  const fresh = changes.filter(({ sku, location }) => !there.has(`${sku}\u0000${location}`));
  await session.query(CREATE, columnsOf(fresh));
}

const columnsOf = (changes: readonly CopyChange[]): unknown[] => [
  changes.map(({ sku }) => sku),
  changes.map(({ location }) => location),
  changes.map(({ sellable }) => sellable),
];
