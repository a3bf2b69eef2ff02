import type { Session } from "@septet/messaging";
import { ACCOUNTS, type StockMovement } from "@septet/stock-contracts";
import type { BalanceAfter } from "../domain/running-balances.js";
import { ACCOUNT_COLUMNS } from "./account-columns.js";
import { bigints } from "./sql-arrays.js";

const MOVEMENTS = `
  INSERT INTO movement (ledger_seq, movement_id, sku, kind, sequence, recorded_by, reference_type, reference_id,
                        reference_line, reverses, reason, actor, occurred_at, recorded_at, legs)
  SELECT ledger_seq, movement_id, sku, kind, sequence, recorded_by, reference_type, reference_id,
         reference_line, reverses, reason, actor, to_timestamp(occurred_at / 1000.0), to_timestamp($15::float8 / 1000), legs
    FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[],
                $9::text[], $10::text[], $11::text[], $12::text[], $13::bigint[], $14::jsonb[])
      AS m (ledger_seq, movement_id, sku, kind, sequence, recorded_by, reference_type, reference_id,
            reference_line, reverses, reason, actor, occurred_at, legs)`;

/** Writes the movements of a slice down, numbered from `ledgerSeq + 1` in the order given. */
export async function writeMovements(
  session: Session,
  movements: readonly StockMovement[],
  ledgerSeq: number,
  recordedAt: number,
): Promise<void> {
  if (movements.length === 0) return;
  await session.query(MOVEMENTS, [
    bigints(movements.map((_, i) => ledgerSeq + 1 + i)),
    movements.map((m) => m.movementId),
    movements.map((m) => m.sku),
    movements.map((m) => m.kind),
    bigints(movements.map((m) => m.sequence)),
    movements.map((m) => m.recordedBy),
    movements.map((m) => m.reference.type),
    movements.map((m) => m.reference.id),
    movements.map((m) => m.reference.line),
    movements.map((m) => m.reverses),
    movements.map((m) => m.reason),
    movements.map((m) => m.actor),
    bigints(movements.map((m) => m.occurredAt)),
    movements.map((m) => JSON.stringify(m.legs)),
    recordedAt,
  ]);
}

const HISTORY = `
  INSERT INTO movement_location (sku, location, ledger_seq, recorded_at, ${ACCOUNT_COLUMNS})
  SELECT sku, location, ledger_seq, to_timestamp($4::float8 / 1000), ${ACCOUNT_COLUMNS}
    FROM unnest($1::text[], $2::text[], $3::bigint[], ${ACCOUNTS.map((_, i) => `$${i + 5}::bigint[]`).join(", ")})
      AS after (sku, location, ledger_seq, ${ACCOUNT_COLUMNS})`;

/** Writes the balances after each movement at each location it touches. */
export async function writeHistory(
  session: Session,
  history: readonly BalanceAfter[],
  ledgerSeq: number,
  recordedAt: number,
): Promise<void> {
  if (history.length === 0) return;
  await session.query(HISTORY, [
    history.map((entry) => entry.sku),
    history.map((entry) => entry.location),
    bigints(history.map((entry) => ledgerSeq + 1 + entry.movement)),
    recordedAt,
    ...ACCOUNTS.map((account) => bigints(history.map((entry) => entry.after[account]))),
  ]);
}
