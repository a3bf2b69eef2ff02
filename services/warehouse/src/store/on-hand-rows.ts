import type { Session } from "@septet/messaging";
import type { LowChange } from "../domain/alert-line.js";
import { type OnHand, type OnHandChange, onHandKey } from "../domain/on-hand.js";

// Deltas and not absolute figures, although the streams are held: a wrong lock then shows as drift and loses nothing.
// An upsert was tried in thought only: its proposed row must satisfy the CHECK by itself, and a delta below 0 does not.
const ADD = `UPDATE on_hand o SET total = o.total + c.total, unsellable = o.unsellable + c.unsellable,
    low = COALESCE(c.low, o.low)
  FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bool[]) AS c (sku, location, total, unsellable, low)
  WHERE o.sku = c.sku AND o.location = c.location`;
const CREATE = `INSERT INTO on_hand (sku, location, total, unsellable, low)
  SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bool[])`;

const THERE = `SELECT sku FROM on_hand WHERE sku = ANY($1::text[]) AND location = $2 AND (total <> 0 OR unsellable <> 0)`;

/** Those of the SKUs of which the book knows pieces at a location. */
export async function skusAt(session: Session, location: string, skus: readonly string[]): Promise<Set<string>> {
  return new Set((await session.query<{ sku: string }>(THERE, [skus, location])).map(({ sku }) => sku));
}

/**
 * Adds the changes: one statement for the rows that are there (`known`), one for those that are not.
 * @param low which of them crossed their alert line
 */
export async function addToOnHand(
  session: Session,
  changes: readonly OnHandChange[],
  known: ReadonlyMap<string, OnHand>,
  low: readonly LowChange[],
): Promise<void> {
  const crossed = new Map(low.map((change) => [onHandKey(change.sku, change.location), change.low]));
  const isKnown = (change: OnHandChange) => known.has(onHandKey(change.sku, change.location));
  await write(session, ADD, changes.filter(isKnown), crossed);
  await write(
    session,
    CREATE,
    changes.filter((change) => !isKnown(change)),
    crossed,
  );
}

async function write(
  session: Session,
  statement: string,
  changes: readonly OnHandChange[],
  crossed: ReadonlyMap<string, boolean>,
): Promise<void> {
  if (changes.length === 0) return;
  await session.query(statement, [
    changes.map((change) => change.sku),
    changes.map((change) => change.location),
    changes.map((change) => change.total),
    changes.map((change) => change.unsellable),
    changes.map((change) => crossed.get(onHandKey(change.sku, change.location)) ?? null),
  ]);
}
