import type { Session } from "@septet/messaging";
import { salesWindow } from "@septet/stock-contracts";
import { readNow } from "./database-time.js";

/** Rows that are taken in one go: short transactions, whatever has gathered. */
const ROWS_PER_BITE = 5_000;

// Passing over what somebody holds: a slice that began before midnight may still be adding to the day that has just ended.
const DROP = `DELETE FROM daily_sale WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM daily_sale WHERE day < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)) RETURNING 1`;

/** Drops the days of `daily_sale` that have left the window of daily sales by the database's clock. */
export async function dropOldSales(session: Session): Promise<void> {
  const { firstDay } = salesWindow(await readNow(session));
  while ((await session.query(DROP, [firstDay, ROWS_PER_BITE])).length === ROWS_PER_BITE);
}
