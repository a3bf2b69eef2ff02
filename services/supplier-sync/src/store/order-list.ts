import type { Session } from "@septet/messaging";
import type { SupplierOrder } from "../domain/order.js";
import { HEAD_COLUMNS, type HeadRow, withParts } from "./order-rows.js";

/** Which orders; what is missing does not matter. */
export interface OrderFilter {
  readonly supplierId: string;
  readonly state?: string | undefined;
  readonly batchDay?: string | undefined;
  /** Only what the supplier has been sent. */
  readonly sentOnly: boolean;
}

/** Where the page before ended; `requestedAt` is epoch ms. */
export interface OrderCursor {
  readonly requestedAt: number;
  readonly fulfilmentId: string;
}

/** At most `limit` orders of a supplier with their lines, oldest request first, ties by id. */
export async function listOrders(
  session: Session,
  { supplierId, state, batchDay, sentOnly }: OrderFilter,
  after: OrderCursor | null,
  limit: number,
): Promise<SupplierOrder[]> {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const conditions = [`h.supplier_id = ${value(supplierId)}`];
  if (state !== undefined) conditions.push(`h.state = ${value(state)}`);
  if (batchDay !== undefined) conditions.push(`h.batch_day = ${value(batchDay)}`);
  if (sentOnly) conditions.push("h.sent_at IS NOT NULL");
  if (after !== null) {
    const time = `to_timestamp(${value(after.requestedAt)}::float8 / 1000.0)`;
    conditions.push(`(h.requested_at, h.fulfilment_id) > (${time}, ${value(after.fulfilmentId)})`);
  }
  const heads = await session.query<HeadRow>(
    `SELECT ${HEAD_COLUMNS} FROM supplier_order h WHERE ${conditions.join(" AND ")}
     ORDER BY h.requested_at, h.fulfilment_id LIMIT ${value(limit)}`,
    values,
  );
  return [...(await withParts(session, heads)).values()];
}
