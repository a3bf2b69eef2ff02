import type { Session } from "@septet/messaging";
import { ACCOUNTS } from "@septet/stock-contracts";
import type { BalanceChange } from "../domain/running-balances.js";
import { ACCOUNT_COLUMNS, COLUMN } from "./account-columns.js";
import { bigints } from "./sql-arrays.js";

const ADD = `
  INSERT INTO balance (sku, location, recorded_at, ${ACCOUNT_COLUMNS})
  SELECT sku, location, to_timestamp($3::float8 / 1000), ${ACCOUNT_COLUMNS}
    FROM unnest($1::text[], $2::text[], ${ACCOUNTS.map((_, i) => `$${i + 4}::bigint[]`).join(", ")})
      AS change (sku, location, ${ACCOUNT_COLUMNS})
  ON CONFLICT (sku, location) DO UPDATE
    SET recorded_at = excluded.recorded_at,
        ${ACCOUNTS.map((a) => `${COLUMN[a]} = balance.${COLUMN[a]} + excluded.${COLUMN[a]}`).join(", ")}`;

/**
 * Adds the changes to the balances. Changes, not figures: whatever the row holds, it is folded from legs alone. The
 * table's identity constraint fails the statement, and so the slice, when the legs of a place do not add up.
 */
export async function writeBalances(
  session: Session,
  changes: readonly BalanceChange[],
  recordedAt: number,
): Promise<void> {
  if (changes.length === 0) return;
  await session.query(ADD, [
    changes.map((change) => change.sku),
    changes.map((change) => change.location),
    recordedAt,
    ...ACCOUNTS.map((account) => bigints(changes.map((change) => change.delta[account]))),
  ]);
}
