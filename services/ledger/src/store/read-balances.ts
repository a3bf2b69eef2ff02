import type { Session } from "@septet/messaging";
import type { Balance } from "@septet/stock-contracts";

import { placeKey } from "../domain/running-balances.js";
import { balancesOf, selectAccounts } from "./account-columns.js";

/** The most movements that one slice may fold; the block of ledger numbers a slice draws. */
export const MAX_SLICE_MOVEMENTS = 1_000;

/** What a slice starts from, read under the locks of its streams. */
export interface Before {
  readonly balances: ReadonlyMap<string, Balance>;
  /** The number before the slice's first movement; later slices of the same SKU always get higher ones. */
  readonly ledgerSeq: number;
  /** When the latest of these balances was written, epoch ms; 0 when all are new. */
  readonly latestRecordedAt: number;
}

/** `OFFSET 0` keeps it at one index lookup per place; left free, the planner reads the whole table once it is large. */
const READ = `
  SELECT place.sku, place.location, b.*
    FROM unnest($1::text[], $2::text[]) AS place (sku, location)
   CROSS JOIN LATERAL (
     SELECT ${selectAccounts("balance")}, (extract(epoch FROM recorded_at) * 1000)::float8 AS "recordedAt"
       FROM balance WHERE balance.sku = place.sku AND balance.location = place.location
     OFFSET 0
   ) AS b`;

/** Reads the balances of the places, and draws the slice's block of ledger numbers. Call it after the last lock. */
export async function readBalances(
  session: Session,
  places: readonly { sku: string; location: string }[],
): Promise<Before> {
  const balances = new Map<string, Balance>();
  let latestRecordedAt = 0;
  const rows = await session.query<Balance & { sku: string; location: string; recordedAt: number }>(READ, [
    places.map((place) => place.sku),
    places.map((place) => place.location),
  ]);
  for (const row of rows) {
    balances.set(placeKey(row.sku, row.location), balancesOf(row));
    if (row.recordedAt > latestRecordedAt) latestRecordedAt = row.recordedAt;
  }
  const [block] = await session.query<{ seq: string }>(`SELECT nextval('ledger_block') AS seq`);
  return { balances, ledgerSeq: Number(block!.seq), latestRecordedAt };
}
