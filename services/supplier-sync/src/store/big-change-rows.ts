import type { Session } from "@septet/messaging";
import type { BigChange } from "../domain/decision.js";

const ADD = `INSERT INTO big_change (supplier_id, ordinal, sku, mark, before, after)
  SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])`;

/** Writes down changes that the contract wants to hear of at once; a report speaks of a SKU once. */
export async function addBigChanges(session: Session, changes: readonly BigChange[]): Promise<void> {
  if (changes.length === 0) return;
  await session.query(ADD, [
    changes.map((change) => change.supplierId),
    changes.map((change) => change.ordinal),
    changes.map((change) => change.sku),
    changes.map((change) => change.mark),
    changes.map((change) => change.before),
    changes.map((change) => change.after),
  ]);
}
