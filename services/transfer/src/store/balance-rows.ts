import type { Session } from "@septet/messaging";
import type { BalanceChange } from "../domain/balances.js";

// Two statements and no upsert: the proposed row of an upsert must satisfy the CHECK by itself, and a delta below 0 does not.
const CREATE = `INSERT INTO transfer_balance (sku, location, transfer_reserved, in_transit)
  SELECT sku, location, 0, 0 FROM unnest($1::text[], $2::text[]) AS c (sku, location)
  ORDER BY sku COLLATE "C", location COLLATE "C" ON CONFLICT (sku, location) DO NOTHING`;
// Deltas and not absolute figures, although the streams are held: a wrong lock then shows as drift and loses nothing.
const ADD = `UPDATE transfer_balance b SET transfer_reserved = b.transfer_reserved + c.transfer_reserved,
    in_transit = b.in_transit + c.in_transit
  FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) AS c (sku, location, transfer_reserved, in_transit)
  WHERE b.sku = c.sku AND b.location = c.location`;

/** Adds the changes; the caller holds the SKUs' streams. */
export async function addToBalances(session: Session, changes: readonly BalanceChange[]): Promise<void> {
  if (changes.length === 0) return;
  // Nothing is on the way that was not promised first, so a row comes into being with a promise.
  const mayBeNew = changes.filter((change) => change.transferReserved > 0 || change.inTransit > 0);
  if (mayBeNew.length > 0) {
    await session.query(CREATE, [mayBeNew.map((change) => change.sku), mayBeNew.map((change) => change.location)]);
  }
  await session.query(ADD, [
    changes.map((change) => change.sku),
    changes.map((change) => change.location),
    changes.map((change) => change.transferReserved),
    changes.map((change) => change.inTransit),
  ]);
}
