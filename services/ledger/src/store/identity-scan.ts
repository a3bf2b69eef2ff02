import type { Session } from "@septet/messaging";
import { ACCOUNTS, type Balance, identityHolds } from "@septet/stock-contracts";
import type { IdentityScan } from "../domain/audit.js";
import { balancesOf, COLUMN, selectAccounts } from "./account-columns.js";

const SUMS = ACCOUNTS.map((a) => `coalesce(sum(${COLUMN[a]}), 0) AS ${COLUMN[a]}`).join(", ");
const BROKEN = `total <> sellable + order_reserved + unsellable + locked + transfer_reserved - in_transit - virtual`;

/** Scans the identity of every row and of the network's sums. `limit` bounds the rows named. */
export async function scanIdentity(session: Session, limit: number): Promise<IdentityScan> {
  const [row] = await session.query<
    Balance & { skus: number; rows: number; broken: { sku: string; location: string }[] }
  >(
    `SELECT s.skus, s.rows, ${selectAccounts("s")},
            (SELECT coalesce(jsonb_agg(jsonb_build_object('sku', sku, 'location', location)), '[]')
               FROM (SELECT sku, location FROM balance WHERE ${BROKEN} ORDER BY sku, location LIMIT $1) b) AS broken
       FROM (SELECT count(DISTINCT sku)::int AS skus, count(*)::int AS rows, ${SUMS} FROM balance) s`,
    [limit],
  );
  const network = balancesOf(row!);
  const { skus, rows, broken } = row!;
  return { skus, rows, broken, network, identityHolds: broken.length === 0 && identityHolds(network) };
}
