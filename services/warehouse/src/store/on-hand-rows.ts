import type { Session } from "@septet/messaging";
import { type OnHand, type OnHandChange, onHandKey } from "../domain/on-hand.js";

const LOAD = `SELECT sku, location, total::float8 AS total, unsellable::float8 AS unsellable
  FROM on_hand WHERE sku = ANY($1::text[])`;

// Deltas and not absolute figures, although the streams are held: a wrong lock then shows as drift and loses nothing.
// An upsert was tried in thought only: its proposed row must satisfy the CHECK by itself, and a delta below 0 does not.
const ADD = `UPDATE on_hand o SET total = o.total + c.total, unsellable = o.unsellable + c.unsellable
  FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) AS c (sku, location, total, unsellable)
  WHERE o.sku = c.sku AND o.location = c.location`;
const CREATE = `INSERT INTO on_hand (sku, location, total, unsellable)
  SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[])`;

/** What lies where of these SKUs, at every location. The caller holds their streams. */
export async function loadOnHand(session: Session, skus: readonly string[]): Promise<Map<string, OnHand>> {
  if (skus.length === 0) return new Map();
  const rows = await session.query<OnHand>(LOAD, [skus]);
  return new Map(rows.map((row) => [onHandKey(row.sku, row.location), row]));
}

/** Adds the changes: one statement for the rows that are there (`known`), one for those that are not. */
export async function addToOnHand(
  session: Session,
  changes: readonly OnHandChange[],
  known: ReadonlyMap<string, OnHand>,
): Promise<void> {
  const isKnown = (change: OnHandChange) => known.has(onHandKey(change.sku, change.location));
  await write(session, ADD, changes.filter(isKnown));
  await write(
    session,
    CREATE,
    changes.filter((change) => !isKnown(change)),
  );
}

async function write(session: Session, statement: string, changes: readonly OnHandChange[]): Promise<void> {
  if (changes.length === 0) return;
  await session.query(statement, [
    changes.map((change) => change.sku),
    changes.map((change) => change.location),
    changes.map((change) => change.total),
    changes.map((change) => change.unsellable),
  ]);
}
