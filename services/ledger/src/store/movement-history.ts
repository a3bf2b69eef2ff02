import type { Session } from "@septet/messaging";
import type { Balance } from "@septet/stock-contracts";

import { balancesOf, selectAccounts } from "./account-columns.js";

/** A movement as the ledger keeps it, with the balances it left behind. */
export interface RecordedMovement {
  readonly ledgerSeq: number;
  readonly movementId: string;
  readonly sku: string;
  readonly kind: string;
  readonly sequence: number;
  readonly recordedBy: string;
  readonly reference: { readonly type: string; readonly id: string; readonly line: string | null };
  readonly reverses: string | null;
  readonly reason: string | null;
  readonly actor: string | null;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
  readonly legs: readonly { location: string; bucket: string; delta: number }[];
  /** The accounts after the movement, at each location it touches. */
  readonly after: readonly { location: string; kind: string | null; balances: Balance }[];
}

type MovementRow = Omit<RecordedMovement, "reference" | "after"> & {
  referenceType: string;
  referenceId: string;
  referenceLine: string | null;
};

function page(order: "asc" | "desc"): string {
  return `
  SELECT ledger_seq::float8 AS "ledgerSeq", movement_id AS "movementId", sku, kind, sequence::float8 AS sequence,
         recorded_by AS "recordedBy", reference_type AS "referenceType", reference_id AS "referenceId",
         reference_line AS "referenceLine", reverses, reason, actor, occurred_at AS "occurredAt",
         recorded_at AS "recordedAt", legs
    FROM movement
   WHERE sku = $1 AND ($2::bigint IS NULL OR ledger_seq ${order === "asc" ? ">" : "<"} $2)
   ORDER BY ledger_seq ${order} LIMIT $3`;
}

/** Recorded instants are compared inside the database: a JavaScript date has milliseconds only. */
const AFTER = `
  SELECT m.ledger_seq::float8 AS "ledgerSeq", touched.location, l.kind, ${selectAccounts("ml")}
    FROM movement m
   CROSS JOIN LATERAL (SELECT DISTINCT leg.value ->> 'location' AS location FROM jsonb_array_elements(m.legs) leg) touched
   CROSS JOIN LATERAL (
     SELECT * FROM movement_location
      WHERE sku = m.sku AND location = touched.location AND recorded_at = m.recorded_at AND ledger_seq = m.ledger_seq
     OFFSET 0
   ) AS ml
    LEFT JOIN location l ON l.location = touched.location
   WHERE m.sku = $1 AND m.ledger_seq = ANY ($2::bigint[])
   ORDER BY touched.location`;

/** Up to `limit` movements of a SKU before (`desc`) or after (`asc`) a ledger number, which may be null: from the end. */
export async function readMovements(
  session: Session,
  o: { sku: string; order: "asc" | "desc"; beyond: number | null; limit: number },
): Promise<RecordedMovement[]> {
  const rows = await session.query<MovementRow>(page(o.order), [o.sku, o.beyond, o.limit]);
  const after = new Map<number, { location: string; kind: string | null; balances: Balance }[]>();
  for (const row of rows) after.set(row.ledgerSeq, []);
  const places = await session.query<Balance & { ledgerSeq: number; location: string; kind: string | null }>(AFTER, [
    o.sku,
    rows.map((row) => row.ledgerSeq),
  ]);
  for (const place of places)
    after.get(place.ledgerSeq)!.push({ location: place.location, kind: place.kind, balances: balancesOf(place) });
  return rows.map(({ referenceType, referenceId, referenceLine, ...row }) => ({
    ...row,
    reference: { type: referenceType, id: referenceId, line: referenceLine },
    after: after.get(row.ledgerSeq)!,
  }));
}
